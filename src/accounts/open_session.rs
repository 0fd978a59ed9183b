//! Opens a session: the only place that makes one.

use std::net::IpAddr;

use jiff::SignedDuration;
use serde_json::json;

use super::actor::Actor;
use super::record_act::{Act, record_act};
use super::staff::limits;
use super::store::sessions::{self, NewSession};
use super::store::users;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, SessionId, UserId};
use crate::platform::secrets::{self, SecretError};

/// How long somebody may look for their phone.
const SECOND_FACTOR_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// As long as the column allows.
const AGENT_LENGTH_MAX: usize = 200;

/// Where a session is opened from.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Its address, or the /64.
    pub network: IpAddr,
    /// What it calls itself.
    pub agent: String,
}

/// Why no session was opened. Ours to fix.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There was no randomness to make it of.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Opens a session of `user` that shows `org`, and returns its token: this once. One that waits for its second factor
/// opens nothing.
///
/// W17: always with a token of its own, whatever cookie the browser came with.
pub(super) async fn open_session(
    app: &App,
    tx: &mut PgConnection,
    (user, org): (UserId, OrgId),
    browser: &Browser,
    second_factor_due: bool,
) -> Result<String, OpenError> {
    let (now, config) = (app.clock.now(), &app.config.accounts);
    let lasts = if second_factor_due {
        SECOND_FACTOR_WITHIN
    } else {
        SignedDuration::from_hours(config.absolute_hours)
    };
    let token = secrets::new_token()?;
    let network = browser.network.to_string();
    let agent: String = browser.agent.chars().filter(|c| !c.is_control()).take(AGENT_LENGTH_MAX).collect();
    let id: SessionId = app.new_id();
    let new = NewSession {
        id,
        user,
        digest: app.keys.digest(&token),
        org,
        second_factor_due,
        agent: &agent,
        network: &network,
        expires_at: now.saturating_add(lasts).unwrap_or(now),
    };
    sessions::forget_ended(tx, user, limits(app)).await?;
    sessions::insert(tx, &new, now).await?;
    if !second_factor_due {
        users::remember_place(tx, user, &network, now).await?;
        let act = Act {
            actor: &Actor::Staff(user).to_string(),
            action: "session.begin",
            subject: Some(id.to_string()),
            detail: json!({}),
        };
        record_act(app, tx, org, &act).await?;
    }
    Ok(token)
}
