//! Callers who come for a time.

use super::super::CommandError;
use super::super::output::say;
use super::stage::Stage;
use crate::when::say_date;

const BOTOX: &str = "Botox";
const LASER: &str = "Laser Treatment";
/// More visits than the laser can do in a day.
const VISITS_A_DAY_MAX: usize = 20;

pub(super) async fn books(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Dana O'Neil")).await?;
    line.says(&format!("Hi, what do you have for Botox on {}?", say_date(stage.day(1)))).await?;
    let (day, times) = line.first_free(BOTOX, 1).await?;
    let time = &times[0];
    line.says(&format!("{time}, please.")).await?;
    line.hears(&format!("That's Botox on {}, at {time}. Is that right?", say_date(day))).await?;
    line.says("Yes. It's Dana O'Neil, and this number is fine.").await?;
    line.book(BOTOX, day, time).await?;
    line.says("Thanks. Bye!").await?;
    line.hangs_up().await
}

pub(super) async fn asks_full_day(stage: &Stage) -> Result<(), CommandError> {
    let day = stage.day(21);
    let mut visits = 0;
    while visits < VISITS_A_DAY_MAX {
        let mut regular = stage.ring(None).await?;
        let times = regular.times(LASER, day).await?;
        if let Some(time) = times.first() {
            regular.book(LASER, day, time).await?;
            visits += 1;
        }
        regular.hangs_up().await?;
        if times.is_empty() {
            break;
        }
    }
    if visits > 0 {
        say(format_args!("   (regulars book the laser's last {visits} times on {})", say_date(day)));
    }
    let mut line = stage.ring(Some("Sam Rivera")).await?;
    line.says("Is the laser free three weeks from today?").await?;
    line.times(LASER, day).await?;
    line.says("Oh well. Let me look at my calendar, I'll call again.").await?;
    line.hangs_up().await
}

pub(super) async fn races_for_last_slot(stage: &Stage) -> Result<(), CommandError> {
    let (mut one, mut other) = (stage.ring(Some("Alex Kim")).await?, stage.ring(Some("Jo Brandt")).await?);
    one.says("When is the laser free?").await?;
    let (day, times) = one.first_free(LASER, 1).await?;
    let Some(time) = times.last() else { return Ok(()) };
    other.says(&format!("Could I have the laser at {time}?")).await?;
    // There is one laser, so each of its times is the last one.
    let (first, second) = tokio::join!(one.book(LASER, day, time), other.book(LASER, day, time));
    let winners = [first?, second?].iter().filter(|answer| answer.starts_with("Great!")).count();
    say(format_args!("   ({winners} of 2 got {time})"));
    one.hangs_up().await?;
    other.hangs_up().await
}

pub(super) async fn repeats_tool_call(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Lee Park")).await?;
    line.says("Please book me a HydraFacial, any time the day after tomorrow.").await?;
    let (day, times) = line.first_free("HydraFacial", 2).await?;
    let wanted = line.booking("HydraFacial", day, &times[0]);
    let id = format!("call_{}", line.call_ref.replace('-', ""));
    let first = line.tool_as(&id, "book_appointment", wanted.clone()).await?;
    let same_id = line.tool_as(&id, "book_appointment", wanted.clone()).await?;
    let new_id = line.tool("book_appointment", wanted).await?;
    let is_same = first == same_id && first == new_id;
    say(format_args!("   ({})", if is_same { "three requests, one answer" } else { "THE ANSWERS DIFFER" }));
    line.hangs_up().await
}
