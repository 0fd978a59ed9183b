//! E-mails the clinic's recipients what happened yesterday, once each morning.
//!
//! A morning begins at the org's hour by its first location's clock and lasts until midnight: a summary that a stopped
//! server delayed is late, not lost. The row of the civil day decides: whoever inserts it queues the e-mails with it, so
//! neither a restart nor a second worker nor an hour that the clocks show twice makes a second one.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::email::Kind;
use super::mailer::is_on;
use super::queue_email::{NewEmail, queue_email};
use super::store::{self, Span, Wish};
use super::wording;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Open tasks that are named.
const TASKS_TOLD_MAX: i64 = 5;

/// Queues the summary of `org` if its morning has begun and has none, and says to how many recipients.
///
/// One look-up by key when there is nothing to do, and none where no e-mail can leave.
pub async fn send_summary(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    if !is_on(&app.config) {
        return Ok(0);
    }
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let Some(morning) = store::next_morning(&mut tx, org).await? else { return Ok(0) };
    let zone = TimeZone::get(&morning.time_zone).unwrap_or(TimeZone::UTC);
    let Some(today) = due(now, &zone, morning.hour, morning.last) else { return Ok(0) };
    if !store::claim_morning(&mut tx, org, today, now).await? {
        return Ok(0);
    }
    let yesterday = today.saturating_sub(1.day());
    let span = Span {
        from: start_of(yesterday, &zone),
        until: start_of(today, &zone),
        today_until: start_of(today.saturating_add(1.day()), &zone),
    };
    let numbers = store::numbers(&mut tx, org, &span).await?;
    let oldest = store::oldest_tasks(&mut tx, org, &zone, TASKS_TOLD_MAX).await?;
    let mut queued = 0;
    for recipient in &store::recipients_who_want(&mut tx, org, Wish::Summary).await? {
        let about = (morning.clinic_name.as_str(), yesterday);
        let new = NewEmail {
            kind: Kind::DailySummary,
            recipient,
            words: wording::summary(recipient.language, about, &numbers, &oldest),
            dedupe_key: format!("summary:{today}:{}", recipient.id.0),
            call: None,
        };
        queued += usize::from(queue_email(app, &mut tx, org, new).await?.is_some());
    }
    tx.commit().await?;
    tracing::info!(org.id = %org, queued, "Queued the daily summary");
    Ok(queued)
}

/// The civil day whose morning has begun and was not summarised.
fn due(now: Timestamp, zone: &TimeZone, hour: i8, last: Option<Date>) -> Option<Date> {
    let here = now.to_zoned(zone.clone());
    let has_begun = here.hour() >= hour && last.is_none_or(|last| last < here.date());
    has_begun.then(|| here.date())
}

/// The first instant of a civil day, which is not midnight where the clocks skip it.
fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_zoned(day.into())
        .compatible()
        .and_then(|at| at.start_of_day())
        .map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::civil::date;

    use super::*;

    fn at(instant: &str) -> Timestamp {
        instant.parse().unwrap()
    }

    #[test]
    fn a_morning_begins_at_the_orgs_hour_and_lasts_until_midnight() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let today = Some(date(2026, 11, 24));
        assert_eq!(due(at("2026-11-24T14:59:59Z"), &zone, 7, None), None);
        assert_eq!(due(at("2026-11-24T15:00:00Z"), &zone, 7, None), today);
        assert_eq!(due(at("2026-11-25T07:59:59Z"), &zone, 7, Some(date(2026, 11, 23))), today);
        assert_eq!(due(at("2026-11-24T15:00:00Z"), &zone, 7, today), None, "once");
        assert_eq!(due(at("2026-11-25T08:00:00Z"), &zone, 7, today), None, "the next one waits for its hour");
        // The clinic moved to where it is still yesterday.
        assert_eq!(due(at("2026-11-24T15:00:00Z"), &zone, 0, Some(date(2026, 11, 25))), None);
    }

    #[test]
    fn an_hour_that_the_clocks_skip_begins_with_the_next_and_one_they_repeat_begins_once() {
        let zone = TimeZone::get("America/New_York").unwrap();
        // March 14th 2027: 2 AM is followed by 3 AM.
        assert_eq!(due(at("2027-03-14T06:59:59Z"), &zone, 2, None), None);
        assert_eq!(due(at("2027-03-14T07:00:00Z"), &zone, 2, None), Some(date(2027, 3, 14)));
        // November 7th 2027: 1 AM to 2 AM comes twice.
        let first = due(at("2027-11-07T05:00:00Z"), &zone, 1, None);
        assert_eq!(first, Some(date(2027, 11, 7)));
        assert_eq!(due(at("2027-11-07T06:00:00Z"), &zone, 1, first), None);
    }

    #[test]
    fn a_day_has_the_hours_that_the_clocks_give_it() {
        let hours = |zone: &str, day: Date| {
            let zone = TimeZone::get(zone).unwrap();
            let until = start_of(day.saturating_add(1.day()), &zone);
            until.duration_since(start_of(day, &zone)).as_hours()
        };
        assert_eq!(hours("America/New_York", date(2027, 3, 14)), 23);
        assert_eq!(hours("America/New_York", date(2027, 11, 7)), 25);
        // Midnight itself is skipped here.
        assert_eq!(hours("America/Santiago", date(2026, 9, 6)), 23);
        assert_eq!(hours("America/Santiago", date(2026, 9, 5)), 24);
    }
}
