//! People who text back: what they write is understood, and what they want is done.

use super::super::CommandError;
use super::super::output::say;
use super::stage::Stage;

const BOTOX: &str = "Botox";
/// In every confirmation.
const CONFIRMED: &str = "confirmed for";

/// Rings, books Botox and reads the confirmation; the number.
async fn books(stage: &Stage, name: &'static str, days_ahead: i32) -> Result<String, CommandError> {
    let mut line = stage.ring(Some(name)).await?;
    line.says("Botox, please. The first time you have then.").await?;
    let (day, times) = line.first_free(BOTOX, days_ahead).await?;
    line.book(BOTOX, day, &times[0]).await?;
    let number = line.number.clone();
    line.hangs_up().await?;
    stage.text_to(&number, CONFIRMED).await?;
    Ok(number)
}

pub(super) async fn confirms_by_text(stage: &Stage) -> Result<(), CommandError> {
    let Some(texting) = &stage.texting else {
        nobody_texts();
        return Ok(());
    };
    let number = books(stage, "Cora Lind", 5).await?;
    texting.says(&number, "Is there parking?").await?;
    texting.says(&number, "C").await?;
    texting.says(&number, "Thanks!").await
}

pub(super) async fn moves_by_text(stage: &Stage) -> Result<(), CommandError> {
    let Some(texting) = &stage.texting else {
        nobody_texts();
        return Ok(());
    };
    let number = books(stage, "Raul Ortiz", 6).await?;
    texting.says(&number, "No puedo ese día, ¿puedo cambiar mi cita?").await?;
    texting.says(&number, "R").await?;
    texting.says(&number, "la primera").await?;
    texting.says(&number, "X").await
}

pub(super) async fn stops(stage: &Stage) -> Result<(), CommandError> {
    let Some(texting) = &stage.texting else {
        nobody_texts();
        return Ok(());
    };
    let number = books(stage, "Stella Marks", 8).await?;
    texting.says(&number, "Stop texting me please").await?;
    let mut line = stage.ring_from(Some("Stella Marks"), number.clone()).await?;
    line.says("I need another Botox two weeks later.").await?;
    let (day, times) = line.first_free(BOTOX, 22).await?;
    line.book(BOTOX, day, &times[0]).await?;
    line.hangs_up().await?;
    texting.says(&number, "START").await?;
    texting.says(&number, "HELP").await
}

fn nobody_texts() {
    say("   (this one is told with the demo: elsewhere nobody can text in its name)");
}
