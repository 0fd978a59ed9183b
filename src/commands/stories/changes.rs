//! Callers who change their minds, and one who wants the time kept meanwhile.

use serde_json::json;

use super::super::CommandError;
use super::super::output::say;
use super::stage::Stage;
use crate::when::say_date;

const BOTOX: &str = "Botox";
const FACIAL: &str = "HydraFacial";
const NEEDLING: &str = "Microneedling";
/// In the link of an offer.
const LINK: &str = "/w/";

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

pub(super) async fn fills_from_waitlist(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Ada Novak")).await?;
    line.says("Microneedling, in three days or so.").await?;
    let (day, times) = line.first_free(NEEDLING, 3).await?;
    line.book(NEEDLING, day, &times[0]).await?;
    let booked_from = line.number.clone();
    line.hangs_up().await?;
    let mut waiting = stage.ring(Some("Una Berg")).await?;
    let number = waiting.number.clone();
    waiting.says(&format!("I can only come on {}. Is there a waitlist?", say_date(day))).await?;
    let wish = json!({ "serviceType": NEEDLING, "fromDate": day.to_string(), "toDate": day.to_string() });
    waiting.tool("join_waitlist", wish).await?;
    waiting.hangs_up().await?;
    let mut line = stage.ring_from(Some("Ada Novak"), booked_from).await?;
    line.says("I can't come after all.").await?;
    line.tool("cancel_appointment", json!({ "appointmentHint": NEEDLING })).await?;
    line.hangs_up().await?;
    let Some(offer) = stage.text_to(&number, LINK).await? else {
        say("   (no offer left: none does at night, and elsewhere texts cannot be looked at)");
        return Ok(());
    };
    say(format_args!("   ✉ to {number}:\n       {offer}"));
    let link = offer.split_whitespace().find(|word| word.contains(LINK)).unwrap_or_default();
    let status = stage.taps(link.trim_end_matches('.')).await?;
    say(format_args!("   (Una taps the link and its button: HTTP {status})"));
    let mut waiting = stage.ring_from(Some("Una Berg"), number).await?;
    waiting.says("Did I get it?").await?;
    waiting.tool("find_my_appointments", json!({})).await?;
    waiting.hangs_up().await
}

/// Only the demo has a clinic with such rules.
pub(super) fn not_told() {
    say("   (this one is told at the demo's clinic with two sites)");
}
