//! Callers who meet the rules of a real clinic.

use futures::future::try_join_all;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;

use super::super::CommandError;
use super::super::output::say;
use super::changes::not_told;
use super::stage::{Line, Stage};
use crate::when::{self, say_date};

const CONSULTATION: &str = "Consultation";
const FILLER: &str = "Dermal Filler";
const LASER: &str = "Laser Treatment";
/// Who works at both sites.
const LENA: &str = "Lena Ortiz";
const ROUNDS: usize = 3;
/// Callers in each.
const CALLERS: usize = 8;
/// Their times lie so far apart, four of them within one visit and its clean-up: whoever is first leaves none.
const APART_MINUTES: i64 = 15;
const TIMES: i64 = 4;

pub(super) async fn needs_consultation(stage: &Stage) -> Result<(), CommandError> {
    let Some(denver) = stage.site(0) else {
        not_told();
        return Ok(());
    };
    let mut line = denver.ring(Some("Zoe Lindqvist")).await?;
    line.says("I'd like lip filler in two weeks or so. It's my first time.").await?;
    line.times(FILLER, denver.day(14)).await?;
    line.says("Okay, then a consultation first.").await?;
    let (day, times) = line.first_free(CONSULTATION, 1).await?;
    line.book(CONSULTATION, day, &times[0]).await?;
    line.says(&format!("And the filler after {}, please.", say_date(day))).await?;
    let (day, times) = line.first_free(FILLER, days_ahead(denver, day) + 1).await?;
    line.book(FILLER, day, &times[0]).await?;
    line.hangs_up().await
}

pub(super) async fn two_sites(stage: &Stage) -> Result<(), CommandError> {
    let (Some(denver), Some(phoenix)) = (stage.site(0), stage.site(1)) else {
        not_told();
        return Ok(());
    };
    say("   (Phoenix)");
    let mut line = phoenix.ring(Some("Ben Carver")).await?;
    let number = line.number.clone();
    book_with_lena(&mut line).await?;
    line.hangs_up().await?;
    say("   (Denver, the same caller)");
    let mut line = denver.ring_from(Some("Ben Carver"), number).await?;
    book_with_lena(&mut line).await?;
    line.says("Which visits do I have now?").await?;
    line.tool("find_my_appointments", json!({})).await?;
    line.hangs_up().await
}

/// The first consultation with her at this site.
async fn book_with_lena(line: &mut Line<'_>) -> Result<(), CommandError> {
    line.says("When could I see Lena Ortiz for a consultation?").await?;
    let (day, times) = line.first_free_with(Some(LENA), CONSULTATION, 1).await?;
    let mut wanted = line.booking(CONSULTATION, day, &times[0]);
    wanted["practitionerName"] = LENA.into();
    line.tool("book_appointment", wanted).await?;
    Ok(())
}

pub(super) async fn race_laser(stage: &Stage) -> Result<(), CommandError> {
    for _ in 0..ROUNDS {
        let mut scout = stage.ring(None).await?;
        let (day, times) = scout.first_free(LASER, 14).await?;
        scout.hangs_up().await?;
        let wishes = overlapping(&times[0]);
        let mut lines = Vec::new();
        for _ in 0..CALLERS {
            lines.push(stage.ring(None).await?);
        }
        let racing =
            lines.iter_mut().zip(wishes.iter().cycle()).map(|(line, wish)| line.book(LASER, day, wish));
        let answers = try_join_all(racing).await?;
        for line in lines {
            line.hangs_up().await?;
        }
        let winners = answers.iter().filter(|answer| answer.starts_with("Great!")).count();
        say(format_args!(
            "   {winners} of {CALLERS} got the laser on {} at {}",
            say_date(day),
            wishes.join(", ")
        ));
        if let Some(refused) = answers.iter().find(|answer| !answer.starts_with("Great!")) {
            say(format_args!("   the others heard: {refused}"));
        }
    }
    Ok(())
}

/// A time and some after it that it overlaps with.
fn overlapping(time: &str) -> Vec<String> {
    let Ok(first) = when::parse_time(time) else { return vec![time.to_owned()] };
    (0..TIMES).map(|n| when::say_time(first.wrapping_add((n * APART_MINUTES).minutes()))).collect()
}

fn days_ahead(stage: &Stage, day: Date) -> i32 {
    stage.day(0).until(day).map_or(0, |span| span.get_days())
}
