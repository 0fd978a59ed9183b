//! What is at the address of a feed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::super::store::{self, FeedRow, FeedVisit, FeedVisits};
use super::document::document;
use crate::orgs::{self, Claimed};
use crate::platform::app::App;

/// 32 bytes in base64.
const TOKEN_LENGTH: usize = 43;
/// What was, for as long as somebody might look it up.
const DAYS_BACK: i64 = 30;
/// Beyond the farthest day that can be booked.
const DAYS_AHEAD: i64 = 400;
/// A visit every five minutes of every working day; more is no practitioner's.
const VISITS_MAX: i64 = 20_000;

/// Why a feed could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    /// The database refused or went away, while its org was looked up.
    #[error("the owner of a feed could not be looked up")]
    Owner(#[from] Arc<sqlx::Error>),
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// It does not fit the format.
    #[error("a calendar could not be written")]
    Written(#[from] std::fmt::Error),
}

/// The iCalendar document of a feed; `None` when there is none, or no more.
pub(super) async fn read(app: &App, token: &str) -> Result<Option<String>, ReadError> {
    // Nothing of another form is looked up or remembered.
    let may_be_in_a_token = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
    if token.len() != TOKEN_LENGTH || !token.bytes().all(may_be_in_a_token) {
        return Ok(None);
    }
    let Some(owner) = orgs::owner_of(app, &Claimed::Feed(token.to_owned())).await? else { return Ok(None) };
    let mut tx = app.begin(owner.org).await?;
    // The directory's answer may be some seconds old; the row is not.
    let Some(feed) = store::feed(&mut tx, owner.org, app.keys.digest(token)).await? else { return Ok(None) };
    let now = app.clock.now();
    let wanted = FeedVisits {
        practitioner: feed.practitioner_id,
        from: days_from(now, -DAYS_BACK),
        until: days_from(now, DAYS_AHEAD),
        with_names: feed.feed_names,
        limit: VISITS_MAX,
    };
    let visits = store::feed_visits(&mut tx, owner.org, &wanted).await?;
    tx.commit().await?;
    Ok(Some(written(&feed, &visits)?))
}

fn written(feed: &FeedRow, visits: &[FeedVisit]) -> Result<String, std::fmt::Error> {
    let name = format!("{} - {}", feed.practitioner_name, feed.clinic_name);
    document(&name, visits)
}

fn days_from(now: Timestamp, days: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}
