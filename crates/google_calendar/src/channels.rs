//! Pushes: Google tells an address that a calendar has changed. Not every one arrives, so they only hurry a poll.

use std::fmt;

use jiff::Timestamp;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::client::{ANSWER_BYTES_MAX, events_path};
use crate::wire::millis;
use crate::{Client, Error};

/// Where and until when to be told.
#[derive(Clone, Copy)]
pub struct NewChannel<'a> {
    /// Unique, at most 64 characters.
    pub id: &'a str,
    /// Comes with each push and proves it; at most 256 characters.
    pub token: &'a str,
    /// An https URL.
    pub address: &'a str,
    /// Wished for; Google may end it earlier.
    pub expires_at: Timestamp,
}

/// Without its token.
impl fmt::Debug for NewChannel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewChannel")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A channel that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// What is watched; needed for [`Client::stop`].
    pub resource_id: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelWire {
    resource_id: String,
    #[serde(default, deserialize_with = "millis")]
    expiration: Option<Timestamp>,
}

impl Client {
    /// Opens a channel for the changes of a calendar's events.
    pub async fn watch(
        &self,
        access: &SecretString,
        calendar: &str,
        channel: &NewChannel<'_>,
    ) -> Result<Channel, Error> {
        let body = json!({
            "id": channel.id,
            "type": "web_hook",
            "address": channel.address,
            "token": channel.token,
            "expiration": channel.expires_at.as_millisecond().to_string(),
        });
        let path = format!("{}/watch", events_path(calendar));
        let request = self.call(Method::POST, access, &path).json(&body);
        let wire: ChannelWire = self.read(request, ANSWER_BYTES_MAX).await?;
        Ok(Channel {
            resource_id: wire.resource_id,
            expires_at: wire.expiration.unwrap_or(channel.expires_at),
        })
    }

    /// Closes a channel; one that is not there is fine.
    pub async fn stop(
        &self,
        access: &SecretString,
        channel_id: &str,
        resource_id: &str,
    ) -> Result<(), Error> {
        let body = json!({ "id": channel_id, "resourceId": resource_id });
        let request = self.call(Method::POST, access, "/channels/stop").json(&body);
        match self.ask(request, ANSWER_BYTES_MAX, Error::api).await {
            Ok(_) | Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_end_of_a_channel_is_read_as_text_or_number() {
        for raw in [r#""1796148000000""#, "1796148000000"] {
            let wire: ChannelWire =
                serde_json::from_str(&format!(r#"{{"resourceId":"r","expiration":{raw}}}"#)).unwrap();
            assert_eq!(wire.expiration, Some("2026-12-01T18:00:00Z".parse().unwrap()));
        }
        let wire: ChannelWire = serde_json::from_str(r#"{"resourceId":"r"}"#).unwrap();
        assert_eq!(wire.expiration, None);
        assert!(serde_json::from_str::<ChannelWire>(r#"{"resourceId":"r","expiration":"soon"}"#).is_err());
    }
}
