//! Callers who change their minds, and one who wants the time kept meanwhile.

use serde_json::json;

use super::super::CommandError;
use super::super::output::say;
use super::stage::Stage;
use crate::when::say_date;

const BOTOX: &str = "Botox";
const FACIAL: &str = "HydraFacial";

pub(super) async fn moves(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Nina Falk")).await?;
    line.says("Botox next week sometime, please. The first you have.").await?;
    let (day, times) = line.first_free(BOTOX, 7).await?;
    line.book(BOTOX, day, &times[0]).await?;
    line.says("Oh no, that's when I fly. Do you have anything the week after?").await?;
    let (later, times) = line.first_free(BOTOX, 14).await?;
    let time = &times[0];
    line.says(&format!("Then {} at {time}, instead.", say_date(later))).await?;
    line.hears(&format!("I'll move it to {} at {time}. Is that right?", say_date(later))).await?;
    line.says("Yes, please.").await?;
    let to = json!({ "appointmentHint": BOTOX, "newDate": later.to_string(), "newTime": time });
    line.tool("reschedule_appointment", to).await?;
    line.says("And what do I have with you now?").await?;
    line.tool("find_my_appointments", json!({})).await?;
    line.hangs_up().await
}

pub(super) async fn cancels(stage: &Stage) -> Result<(), CommandError> {
    let Some(denver) = stage.site(0) else {
        not_told();
        return Ok(());
    };
    let mut line = denver.ring(Some("Owen Hale")).await?;
    line.says("What does it cost if I have to call a visit off?").await?;
    line.tool("get_clinic_info", json!({ "topic": "policies" })).await?;
    line.says("Fine. A HydraFacial, as soon as you can.").await?;
    let (day, times) = line.first_free(FACIAL, 0).await?;
    line.book(FACIAL, day, &times[0]).await?;
    line.says("Sorry, my boss just called. I have to cancel that.").await?;
    line.hears("Shall I cancel your HydraFacial? It's inside our notice, so the fee applies.").await?;
    line.says("Yes, I know.").await?;
    let which = json!({ "appointmentHint": FACIAL, "reason": "Has to work" });
    line.tool("cancel_appointment", which).await?;
    line.hangs_up().await
}

pub(super) async fn prepares(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Ruth Adler")).await?;
    line.says("Is there anything for Botox in about ten days?").await?;
    let (day, times) = line.first_free(BOTOX, 10).await?;
    line.says(&format!("{} sounds good, but let me ask my husband.", times[0])).await?;
    let mut wanted = line.booking(BOTOX, day, &times[0]);
    wanted["prepareOnly"] = true.into();
    line.tool("book_appointment", wanted).await?;
    let mut other = stage.ring(Some("Ivo Blanc")).await?;
    other.says(&format!("Hello, Botox on {}, please.", say_date(day))).await?;
    other.times(BOTOX, day).await?;
    other.hangs_up().await?;
    line.says("He says yes. Please book it, for Ruth Adler.").await?;
    line.book(BOTOX, day, &times[0]).await?;
    line.hangs_up().await
}

/// Only the demo has a clinic with such rules.
pub(super) fn not_told() {
    say("   (this one is told at the demo's clinic with two sites)");
}
