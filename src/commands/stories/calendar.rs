//! A caller who meets what staff keep in Google.

use jiff::civil::Date;

use super::super::CommandError;
use super::super::output::say;
use super::stage::Stage;
use crate::when::say_date;

const FACIAL: &str = "HydraFacial";
/// After what the demo's staff have planned by themselves.
const FROM_DAYS: i32 = 3;
const UNTIL_DAYS: i32 = 40;

pub(super) async fn asks_for_a_blocked_time(stage: &Stage) -> Result<(), CommandError> {
    let Some((clinic, desk)) = stage.with_calendar() else {
        say("   (this one is told at the demo's clinic with a Google Calendar)");
        return Ok(());
    };
    let (day, morning) = free_morning(clinic).await?;
    let (noon, evening) = (clinic.at(day, "12 PM")?, clinic.at(day, "6 PM")?);
    say(format_args!("   (the front desk blocks the afternoon of {} in Google)", say_date(day)));
    if !desk.blocks(FACIAL, (&noon, &evening)).await? {
        say("   (Voxanne does not know of it yet: is a worker running?)");
    }
    let mut line = clinic.ring(Some("Ida Palm")).await?;
    line.says(&format!("Could I have a HydraFacial on {} at 2 PM?", say_date(day))).await?;
    line.book(FACIAL, day, "2 PM").await?;
    line.says(&format!("Oh. Then {morning} that day, please.")).await?;
    line.book(FACIAL, day, &morning).await?;
    line.hangs_up().await?;
    match desk.sees(&clinic.at(day, &morning)?).await? {
        Some(summary) => say(format_args!("   (in Google now: {summary}, {morning})")),
        None => say("   (the visit is not in Google yet: is a worker running?)"),
    }
    Ok(())
}

/// The first day on which there is something in the morning, and what.
async fn free_morning(clinic: &Stage) -> Result<(Date, String), CommandError> {
    let mut scout = clinic.ring(None).await?;
    for days in FROM_DAYS..UNTIL_DAYS {
        let day = clinic.day(days);
        let times = scout.times(FACIAL, day).await?;
        if let Some(morning) = times.into_iter().find(|time| time.ends_with("AM")) {
            scout.hangs_up().await?;
            return Ok((day, morning));
        }
    }
    Err(CommandError::Refused(format!("{FACIAL} is booked out in the mornings: start with a new --data-dir")))
}
