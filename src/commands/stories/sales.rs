//! Callers who are worth a call back, and callers who are not.

use serde_json::json;

use super::super::CommandError;
use super::stage::Stage;
use crate::seed::GLOW;

pub(super) async fn price_shops(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Pat Moreau")).await?;
    line.says("How much is a chemical peel at your place?").await?;
    line.tool("get_clinic_info", json!({ "topic": "prices", "serviceType": "Chemical Peel" })).await?;
    line.says("I see. I'm only comparing. How much does a consultation cost?").await?;
    line.tool("get_clinic_info", json!({ "topic": "prices", "serviceType": "Consultation" })).await?;
    line.says("Thanks. I'll think about it.").await?;
    line.hangs_up().await
}

pub(super) async fn turns_hot(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Sarah Johnson")).await?;
    line.says("I'm interested in Botox and filler. I have budget, and I need it this week.").await?;
    let lead = json!({
        "leadName": "Sarah Johnson",
        "leadPhone": line.number,
        "serviceInterest": "Botox and filler",
        "summary": "Wants Botox and filler this week and has the budget",
        "urgency": "high",
    });
    line.tool("notify_hot_lead", lead).await?;
    line.says("Wonderful, thank you so much!").await?;
    line.hangs_up().await
}

pub(super) async fn alert_is_taken(stage: &Stage) -> Result<(), CommandError> {
    let Some(texting) = &stage.texting else { return turns_hot(stage).await };
    let mut line = stage.ring(Some("Noor Haddad")).await?;
    line.says("Could somebody call me about fillers and Botox? I have the budget and want it this week.")
        .await?;
    let lead = json!({
        "leadName": "Noor Haddad",
        "leadPhone": line.number,
        "serviceInterest": "Dermal filler and Botox",
        "summary": "Wants a call back about filler and Botox this week",
        "urgency": "high",
    });
    line.tool("notify_hot_lead", lead).await?;
    line.hangs_up().await?;
    stage.text_to(GLOW.alert_phone, "Noor Haddad").await?;
    texting.says(GLOW.alert_phone, "1").await
}

pub(super) async fn wrong_number(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Chris Doyle")).await?;
    line.says("Hi, a large pepperoni pizza for pick-up, please.").await?;
    line.hears("You've reached Glow MedSpa. Were you trying to call somebody else?").await?;
    line.says("Oh, sorry, I have the wrong number.").await?;
    line.hangs_up().await
}

pub(super) async fn swollen_face(stage: &Stage) -> Result<(), CommandError> {
    let mut line = stage.ring(Some("Mia Torres")).await?;
    line.says("My face is swollen after filler yesterday, this is urgent.").await?;
    line.hears("Please hang up now and call 911. They can help you right away.").await?;
    line.says("Okay.").await?;
    line.hangs_up().await
}
