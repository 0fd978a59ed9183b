//! How long the job of an event that could not be written waits.

use std::time::Duration;

use jiff::Timestamp;

use super::ask::AskError;
use super::connection::Calendar;
use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// When only this event is in trouble.
const PAUSE: Duration = Duration::from_secs(30);
/// What is left of a calendar's pause may be a moment, and the queue waits by the database's clock, not by ours: without a
/// least pause the job comes back before ours gets there, and is told the same, again and again.
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// As long as the calendar is left alone.
pub(super) async fn pause(
    tx: &mut PgConnection,
    org: OrgId,
    (calendar, error): (&Calendar, &AskError),
    now: Timestamp,
) -> Result<Duration, sqlx::Error> {
    let until = match error {
        AskError::Paused(until) => Some(*until),
        // Written down meanwhile, with the trouble.
        _ => store::calendar(tx, org, calendar.id).await?.and_then(|row| {
            let pauses = [row.paused_until, row.writes_paused_until];
            pauses.into_iter().flatten().map(jiff_sqlx::Timestamp::to_jiff).max()
        }),
    };
    Ok(left(until, now))
}

fn left(until: Option<Timestamp>, now: Timestamp) -> Duration {
    // A pause that is over says nothing of this event.
    until
        .filter(|until| now < *until)
        .map_or(PAUSE, |until| Duration::try_from(until.duration_since(now)).unwrap_or(PAUSE).max(PAUSE_MIN))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_event_waits_as_long_as_its_calendar_and_never_for_nothing() {
        let at = |time: &str| format!("2026-12-01T{time}Z").parse::<Timestamp>().unwrap();
        let now = at("10:00:00");
        for (until, millis) in [
            (None, 30_000),
            (Some(at("10:02:30")), 150_000),
            (Some(at("10:00:00.01")), 1_000),
            // Over: the calendar is asked, and it is the event that is in trouble.
            (Some(now), 30_000),
            (Some(at("09:00:00")), 30_000),
        ] {
            assert_eq!(left(until, now), Duration::from_millis(millis), "{until:?}");
        }
    }
}
