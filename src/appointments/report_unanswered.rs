//! Tells staff which of tomorrow's people have not said that they come.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::attendance::Attendance;
use super::send_reminders::RemindError;
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling::{self, Location};
use crate::tasks::{self, NewTask};

/// From this hour on, by the location's clock: reminders have been out for a while, and staff are still there.
const FROM_HOUR: i8 = 15;

/// Leaves one task for each location and day: how many visits of tomorrow have not answered. It is reworded while it is
/// open, and done when the last one answers.
pub async fn report_unanswered(app: &App, org: OrgId) -> Result<(), RemindError> {
    let book = scheduling::rule_book(app, org, None).await?;
    for location in &book.locations {
        report(app, org, location).await?;
    }
    Ok(())
}

async fn report(app: &App, org: OrgId, location: &Location) -> Result<(), RemindError> {
    let now = app.clock.now();
    let local = location.zone.to_datetime(now);
    if local.hour() < FROM_HOUR {
        return Ok(());
    }
    let Some((date, day)) = tomorrow(location, local.date()) else { return Ok(()) };
    let mut tx = app.begin(org).await?;
    let asked = store::unconfirmed(&mut tx, org, location.id, day).await?;
    let silent =
        asked.iter().filter(|(starts_at, asked_at)| Attendance::is_overdue(*starts_at, *asked_at, now));
    tell(app, &mut tx, org, (location, date, silent.count())).await?;
    tx.commit().await?;
    Ok(())
}

fn tomorrow(location: &Location, today: Date) -> Option<(Date, (Timestamp, Timestamp))> {
    let date = today.tomorrow().ok()?;
    let start = |date: Date| date.to_zoned(location.zone.clone()).ok().map(|at| at.timestamp());
    Some((date, (start(date)?, start(date.checked_add(1.day()).ok()?)?)))
}

async fn tell(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (location, date, silent): (&Location, Date, usize),
) -> Result<(), sqlx::Error> {
    let key = format!("unanswered:{}:{date}", location.id.0);
    if silent == 0 {
        tasks::finish(app, tx, org, &key).await?;
        return Ok(());
    }
    let (day, at) = (date.strftime("%A, %B %-d"), &location.name);
    let title = if silent == 1 {
        format!("{silent} visit on {day} at {at} has not answered a reminder: call its person")
    } else {
        format!("{silent} visits on {day} at {at} have not answered a reminder: call them")
    };
    let task = NewTask {
        kind: "call_unanswered",
        title: title.clone(),
        dedupe_key: key.clone(),
        ..NewTask::default()
    };
    if !tasks::raise(app, tx, org, &task).await? {
        tasks::reword(tx, org, &key, &title).await?;
    }
    Ok(())
}
