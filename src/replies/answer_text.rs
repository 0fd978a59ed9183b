//! Does what a text asks, and answers it.

use serde::{Deserialize, Serialize};

use crate::messaging::wording::{self, Letterhead};
use crate::messaging::{self, Kind, Meaning, NewText, Received};
use crate::orgs::{self, Settings};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::ids::{InboundTextId, OfferId, OrgId};
use crate::tasks::{self, NewTask};
use crate::waitlist::{self, Answerable, TakeError, Taken};

/// The task that answers a text.
pub const ANSWER_TASK: &str = "answer_text";

const NOTHING_ON_OFFER: &str = "There's no time on offer for you right now. Please call us to book.";
const WHICH_ONE: &str = "You have more than one time on offer. Please tap the link of the one you'd like.";
const PASSED: &str = "Thanks for telling us. You're still on the list for another time.";
const NOTHING_TO_PASS: &str = "That offer is over already. There's nothing more you need to do.";
const LEFT: &str = "You're off the waitlist. Call us any time to book.";
const NOT_ON_IT: &str = "You aren't on our waitlist. Call us any time to book.";

/// Every sentence above, for the test of their wording.
#[cfg(test)]
const SENTENCES: [&str; 6] = [NOTHING_ON_OFFER, WHICH_ONE, PASSED, NOTHING_TO_PASS, LEFT, NOT_ON_IT];

/// The job: which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerText {
    /// Whose.
    pub org: OrgId,
    /// Which.
    pub text: InboundTextId,
}

/// Why a text was not answered. The queue tries again.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The offer could not be taken just now.
    #[error("the offer could not be taken")]
    Take(#[from] TakeError),
}

/// What there is to say.
enum Answer {
    Said(String),
    /// Something else tells them, such as a confirmation.
    Nothing,
    /// A person reads it.
    ForStaff,
}

/// Runs the job. Twice is once: what is done is found done, and a text has one answer.
pub async fn answer_text(app: &App, job: AnswerText) -> Result<(), AnswerError> {
    let mut tx = app.begin(job.org).await?;
    let received = messaging::inbound(&mut tx, job.org, job.text).await?;
    let settings = orgs::settings(&mut tx, &app.keys, job.org).await?;
    tx.commit().await?;
    let Some(received) = received else { return Ok(()) };
    let answer = match &received.from {
        Some(from) => act(app, job.org, &settings, received.meaning, from).await?,
        None => Answer::ForStaff,
    };
    match (answer, &received.from) {
        (Answer::Said(said), Some(from)) => reply(app, job, &settings, from, &said).await?,
        (Answer::ForStaff, _) => hand_over(app, job.org, &received).await?,
        (Answer::Said(_) | Answer::Nothing, _) => {}
    }
    Ok(())
}

async fn act(
    app: &App,
    org: OrgId,
    settings: &Settings,
    meaning: Meaning,
    from: &Phone,
) -> Result<Answer, AnswerError> {
    Ok(match meaning {
        Meaning::Take => take(app, org, from, false).await?,
        Meaning::Yes => take(app, org, from, true).await?,
        Meaning::Pass => pass(app, org, from, false).await?,
        Meaning::No => pass(app, org, from, true).await?,
        Meaning::Leave => {
            let mut tx = app.begin(org).await?;
            let left = waitlist::leave_all(app, &mut tx, org, from).await?;
            tx.commit().await?;
            Answer::Said(if left > 0 { LEFT } else { NOT_ON_IT }.into())
        }
        Meaning::Help => Answer::Said(waitlist::help_sentence(settings.human_phone.as_deref())),
        Meaning::Stop | Meaning::Start => Answer::Nothing,
        Meaning::Other => Answer::ForStaff,
    })
}

async fn offers(app: &App, org: OrgId, from: &Phone) -> Result<Vec<Answerable>, AnswerError> {
    let mut tx = app.begin(org).await?;
    let offers = waitlist::offers_of(&mut tx, org, from.as_str()).await?;
    tx.commit().await?;
    Ok(offers)
}

/// A plain yes means an offer only to whoever has exactly one open; TAKE also comes late.
async fn take(app: &App, org: OrgId, from: &Phone, is_plain: bool) -> Result<Answer, AnswerError> {
    let offers = offers(app, org, from).await?;
    let open: Vec<OfferId> = offers.iter().filter(|offer| offer.is_open()).map(|offer| offer.id).collect();
    let chosen = match (open.as_slice(), offers.first()) {
        ([only], _) => *only,
        (_, _) if is_plain => return Ok(Answer::ForStaff),
        ([], Some(latest)) => latest.id,
        ([], None) => return Ok(Answer::Said(NOTHING_ON_OFFER.into())),
        (_, _) => return Ok(Answer::Said(WHICH_ONE.into())),
    };
    Ok(match waitlist::take(app, org, chosen).await? {
        // Its confirmation is the answer.
        Some(Taken::Booked { .. }) => Answer::Nothing,
        Some(taken) => Answer::Said(waitlist::sentence(&taken)),
        None => Answer::Said(NOTHING_ON_OFFER.into()),
    })
}

async fn pass(app: &App, org: OrgId, from: &Phone, is_plain: bool) -> Result<Answer, AnswerError> {
    if is_plain && offers(app, org, from).await?.iter().filter(|offer| offer.is_open()).count() != 1 {
        return Ok(Answer::ForStaff);
    }
    let mut tx = app.begin(org).await?;
    let passed = waitlist::decline_all(app, &mut tx, org, from).await?;
    tx.commit().await?;
    Ok(Answer::Said(if passed > 0 { PASSED } else { NOTHING_TO_PASS }.into()))
}

async fn reply(
    app: &App,
    job: AnswerText,
    settings: &Settings,
    to: &Phone,
    said: &str,
) -> Result<(), AnswerError> {
    let text = NewText {
        kind: Kind::WaitlistReply,
        to,
        body: wording::reply(&Letterhead::plain(&settings.clinic_name, None, settings.language), said),
        dedupe_key: format!("reply:{}", job.text.0),
        contact: None,
        appointment: None,
        call: None,
        sent_by: None,
    };
    let mut tx = app.begin(job.org).await?;
    messaging::queue_text(app, &mut tx, job.org, settings, text).await.map_err(sqlx::Error::from)?;
    tx.commit().await?;
    Ok(())
}

async fn hand_over(app: &App, org: OrgId, received: &Received) -> Result<(), AnswerError> {
    let task = NewTask {
        kind: "answer_text",
        title: "Answer a text".into(),
        inbound_text: Some(received.id),
        dedupe_key: format!("answer_text:{}", received.id.0),
        ..NewTask::default()
    };
    let mut tx = app.begin(org).await?;
    tasks::raise(app, &mut tx, org, &task).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::SENTENCES;
    use crate::language::Language;
    use crate::messaging::wording::{Letterhead, gsm7_safe, reply};

    #[test]
    fn every_answer_fits_one_segment_and_the_alphabet() {
        for said in SENTENCES {
            let text = reply(&Letterhead::plain("Glow MedSpa", None, Language::English), said);
            assert!(text.len() <= 160 && text.ends_with(said) && gsm7_safe(&text) == text, "{text}");
        }
    }
}
