//! Hot leads whom nobody is there for: they are told of until somebody is, and may help themselves meanwhile.

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};
use serde_json::json;

use super::super::CommandError;
use super::super::output::say;
use super::super::texting::Texting;
use super::stage::Stage;
use super::time::Time;
use crate::seed::JUNIPER;

const WISH: &str = "laser hair removal";
/// Minutes between one telling and the next, and what has passed by then.
const RUNGS: [(i64, i64); 3] = [(3, 3), (5, 8), (7, 15)];

pub(super) async fn alert_climbs(stage: &Stage) -> Result<(), CommandError> {
    let Some((denver, time, texting)) = denver(stage) else { return Ok(()) };
    let day = latest(denver, |day| day.weekday() != Weekday::Sunday);
    let then = denver.at(day, "11 AM")?.timestamp();
    time.as_of(then, Box::pin(nobody_answers(denver, time, texting))).await
}

async fn nobody_answers(denver: &Stage, time: &Time, texting: &Texting) -> Result<(), CommandError> {
    let mut line = denver.ring(Some("Iris Vaughn")).await?;
    line.says("Could somebody call me about Botox? I have the budget and want it this week.").await?;
    let lead = json!({
        "leadName": "Iris Vaughn",
        "leadPhone": line.number,
        "serviceInterest": "Botox",
        "summary": "Wants a call back about Botox this week",
        "urgency": "high",
    });
    line.tool("notify_hot_lead", lead).await?;
    let (call, number) = (line.call_ref.clone(), line.number.clone());
    line.hangs_up().await?;
    for (pause, waiting) in RUNGS {
        say(format_args!("   (nobody answers; it becomes {waiting} minutes)"));
        time.passes(JUNIPER.org, SignedDuration::from_mins(pause)).await?;
        hears(denver, &format!("({waiting} min): Iris Vaughn, {number}")).await?;
    }
    let tasks = denver.open_tasks(&call).await?;
    show(&tasks);
    holds(tasks.iter().any(|task| task.starts_with("Nobody has acknowledged")), "nobody has that task")?;
    let answers = texting.asks(JUNIPER.alert_phone, "1").await?;
    holds(answers.iter().any(|text| text.contains(&number)), "a 1 did not take the lead")?;
    let left = denver.open_tasks(&call).await?;
    holds(left.is_empty(), "a lead that somebody has is still a task")
}

pub(super) async fn times_by_night(stage: &Stage) -> Result<(), CommandError> {
    let Some((denver, time, texting)) = denver(stage) else { return Ok(()) };
    // The evening before a day on which they open, and which has begun by now.
    let evening = |day: Date| day.weekday() != Weekday::Saturday && day < denver.day(-1);
    let day = latest(denver, evening);
    let then = denver.at(day, "7 PM")?.timestamp();
    time.as_of(then, Box::pin(until_opening(denver, time, (texting, day)))).await
}

async fn until_opening(
    denver: &Stage,
    time: &Time,
    (texting, day): (&Texting, Date),
) -> Result<(), CommandError> {
    let (taker, takers_call) = is_offered(denver, "Petra Lund").await?;
    let (silent, silent_call) = is_offered(denver, "Hugo Stern").await?;
    let answers = texting.asks(&taker, "1").await?;
    holds(
        answers.iter().any(|text| text.contains("confirmed for")),
        "a 1 did not book the time that was kept",
    )?;
    let next = day.saturating_add(jiff::Span::new().days(1));
    let opens = if next.weekday() == Weekday::Saturday { "10 AM" } else { "9 AM" };
    say(format_args!("   (the next morning, {opens}: {} opens)", JUNIPER.name));
    time.becomes(JUNIPER.org, denver.at(next, opens)?.timestamp()).await?;
    // Before anybody answers: an answer is told from them by coming later.
    hears(denver, &format!("Booked meanwhile: {taker}")).await?;
    hears(denver, &format!("{silent}, {WISH}")).await?;
    holds(denver.open_tasks(&takers_call).await?.is_empty(), "somebody has to call who has booked")?;
    let tasks = denver.open_tasks(&silent_call).await?;
    show(&tasks);
    let is_told =
        |task: &String| task.contains(&silent) && task.contains("two times offered by text, no visit yet");
    holds(tasks.iter().any(is_told), "staff do not find the other one")?;
    let answers = texting.asks(JUNIPER.alert_phone, "1").await?;
    holds(answers.iter().any(|text| text.contains(&silent)), "a 1 did not take the lead")?;
    time.passes(JUNIPER.org, SignedDuration::from_mins(1)).await?;
    holds(denver.open_tasks(&silent_call).await?.is_empty(), "a lead that somebody has is still a task")
}

/// Rings while they are closed, and is texted two times; the number and the call.
async fn is_offered(denver: &Stage, name: &'static str) -> Result<(String, String), CommandError> {
    let mut line = denver.ring(Some(name)).await?;
    line.says(&format!("I'm interested in {WISH}, I have budget, need it this week.")).await?;
    let (number, call) = (line.number.clone(), line.call_ref.clone());
    line.hangs_up().await?;
    let offer = denver.text_to(&number, "kept two times for you").await?;
    let offer = offer.ok_or_else(|| failed("a hot caller was offered nothing"))?;
    say(format_args!("   ✉ to {number}:\n       {offer}"));
    Ok((number, call))
}

/// Juniper's first site, with its clock and somebody who texts; says so where that is not to be had.
fn denver(stage: &Stage) -> Option<(&Stage, &Time, &Texting)> {
    let denver = stage.site(0);
    let found = denver.and_then(|denver| Some((denver, stage.time.as_ref()?, denver.texting.as_ref()?)));
    if found.is_none() {
        say("   (this one is told by `voxanne demo --play` alone: it moves the demo's clock)");
    }
    found
}

/// The latest day before today that is meant.
fn latest(stage: &Stage, is_meant: impl Fn(Date) -> bool) -> Date {
    (1..=7).map(|ago| stage.day(-ago)).find(|day| is_meant(*day)).unwrap_or_else(|| stage.day(-7))
}

/// The clinic's phone is texted such words.
async fn hears(denver: &Stage, words: &str) -> Result<(), CommandError> {
    let told = denver.text_to(JUNIPER.alert_phone, words).await?;
    let told = told.ok_or_else(|| failed(&format!("the clinic's phone was not told: {words}")))?;
    say(format_args!("   ✉ to {}:\n       {told}", JUNIPER.alert_phone));
    Ok(())
}

fn show(tasks: &[String]) {
    for task in tasks {
        say(format_args!("   = {:<13} {task}", "task"));
    }
}

fn holds(is_so: bool, otherwise: &str) -> Result<(), CommandError> {
    if is_so { Ok(()) } else { Err(failed(otherwise)) }
}

fn failed(what: &str) -> CommandError {
    CommandError::Refused(format!("the story did not end as it should: {what}"))
}
