//! The front desk of the demo's clinic with a Google Calendar: what it enters there, and what it sees.

use std::time::Duration;

use jiff::Zoned;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::super::CommandError;
use super::super::demo_file::DemoFile;
use super::super::failure::Doing as _;

/// A push and its look take well under a second.
const PATIENCE: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(100);

pub(in super::super) struct Desk {
    http: reqwest::Client,
    calendar_url: String,
    api_url: String,
    api_key: String,
}

impl Desk {
    pub(super) fn of_demo(demo: &DemoFile, http: reqwest::Client) -> Self {
        Self {
            http,
            calendar_url: demo.calendar_url.clone(),
            api_url: format!("{}/api/v1", demo.base_url),
            api_key: demo.other_org.api_key.clone(),
        }
    }

    /// Staff enter something in Google. True once Voxanne knows that `service` cannot be booked then.
    pub(super) async fn blocks(
        &self,
        service: &str,
        (from, to): (&Zoned, &Zoned),
    ) -> Result<bool, CommandError> {
        let event = json!({
            "summary": "Closed for a team day", "start": from.timestamp(), "end": to.timestamp(),
        });
        self.ask(self.http.post(&self.calendar_url).json(&event)).await?;
        let services = self.api("/services?limit=100").await?;
        let all = services["items"].as_array();
        let id = all.and_then(|all| all.iter().find(|known| known["name"] == service)?["id"].as_str());
        let id = id.ok_or_else(|| CommandError::Refused(format!("the clinic has no {service}")))?;
        let why = format!("/openings/why?service_id={id}&starts_at={}", from.timestamp());
        let known = until(async || {
            let answer = self.api(&why).await?;
            Ok((answer["bookable"] == false).then_some(()))
        });
        Ok(known.await?.is_some())
    }

    /// The title of the event that begins then, once it is there.
    pub(super) async fn sees(&self, at: &Zoned) -> Result<Option<String>, CommandError> {
        let start = json!(at.timestamp());
        until(async || {
            let events = self.ask(self.http.get(&self.calendar_url)).await?;
            let found = events.as_array().and_then(|all| all.iter().find(|event| event["start"] == start));
            Ok(found.and_then(|event| event["summary"].as_str()).map(str::to_owned))
        })
        .await
    }

    async fn api(&self, path: &str) -> Result<Value, CommandError> {
        self.ask(self.http.get(format!("{}{path}", self.api_url)).bearer_auth(&self.api_key)).await
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Value, CommandError> {
        let answer = async { request.send().await?.error_for_status()?.json().await };
        answer.await.doing("ask the demo")
    }
}

/// Looks again until there is something, bounded.
async fn until<T>(
    look: impl AsyncFn() -> Result<Option<T>, CommandError>,
) -> Result<Option<T>, CommandError> {
    let found = async {
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            tokio::time::sleep(TICK).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.ok().transpose()
}
