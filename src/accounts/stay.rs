//! How long a session still lasts while nobody does anything, and one more time from now.

use jiff::Timestamp;

use super::staff::{Staff, limits};
use super::store::sessions;
use crate::platform::app::App;
use crate::platform::db::PgConnection;

/// What is left of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLeft {
    /// Seconds until it ends if nobody does anything.
    pub seconds: i64,
    /// Whether doing something would make it longer: towards its end in any case it does not.
    pub can_stay: bool,
}

/// What is left of whoever asks; `None` when they have no session. The transaction is of the person.
pub async fn time_left(
    app: &App,
    tx: &mut PgConnection,
    staff: &Staff,
) -> Result<Option<TimeLeft>, sqlx::Error> {
    let Some(session) = staff.session else { return Ok(None) };
    let (now, seen_since) = limits(app);
    let times = sessions::times(tx, staff.user, session).await?;
    Ok(times.map(|(last_seen_at, expires_at)| left(now, (seen_since, last_seen_at), expires_at)))
}

/// Somebody is there: the session lasts anew.
pub async fn stay(app: &App, tx: &mut PgConnection, staff: &Staff) -> Result<Option<TimeLeft>, sqlx::Error> {
    if let Some(session) = staff.session {
        sessions::touch(tx, staff.user, session, app.clock.now()).await?;
    }
    time_left(app, tx, staff).await
}

fn left(
    now: Timestamp,
    (seen_since, last_seen_at): (Timestamp, Timestamp),
    expires_at: Timestamp,
) -> TimeLeft {
    let idle = last_seen_at.duration_since(seen_since).as_secs();
    let at_most = expires_at.duration_since(now).as_secs();
    TimeLeft { seconds: idle.min(at_most).max(0), can_stay: idle < at_most }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_session_lasts_as_long_as_the_nearer_of_its_two_ends() {
        let at = |time: &str| format!("2026-11-24T{time}Z").parse::<Timestamp>().unwrap();
        // Idle for 4 of 15 minutes.
        let since = (at("17:45:00"), at("17:56:00"));
        let of = |ends| left(at("18:00:00"), since, at(ends));
        assert_eq!(of("23:00:00"), TimeLeft { seconds: 660, can_stay: true });
        assert_eq!(of("18:02:00"), TimeLeft { seconds: 120, can_stay: false });
        assert_eq!(of("17:59:00"), TimeLeft { seconds: 0, can_stay: false });
    }
}
