//! Keeps a text and leaves the job that answers it.

use std::time::Duration;

use super::answer_text::{ANSWER_TASK, AnswerText};
use super::conversation::hand_over;
use crate::after_hours;
use crate::appointments;
use crate::messaging::{self, Inbound, Meaning, Received};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::jobs::{NewJob, Priority, enqueue};
use crate::sequences;
use crate::tasks;
use crate::waitlist;

/// The kind of the task to see whether words that sounded like a STOP were meant as one.
const REVIEW: &str = "review_opt_out";

/// Keeps `inbound` once, in the caller's transaction. A STOP takes effect in it, and gives back what was on offer; what else
/// was meant is done by the job. Words that Twilio has answered itself are left alone.
pub(super) async fn receive(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    inbound: &Inbound<'_>,
) -> Result<(), sqlx::Error> {
    let Some(received) = messaging::receive_text(app, tx, org, inbound).await? else { return Ok(()) };
    if let Some(from) = &received.from {
        sequences::end_for(app, tx, org, from).await?;
    }
    if received.meaning == Meaning::Start || inbound.is_start() {
        // They want texts: nobody has to see any more whether they meant to have none.
        let thread = messaging::texts_of_sender(tx, org, &received.sender).await?;
        tasks::finish_for_thread(app, tx, org, REVIEW, &thread).await?;
    }
    match (received.meaning, &received.from) {
        (meaning, Some(from)) if meaning.is_stop() => {
            waitlist::decline_all(app, tx, org, from).await?;
            after_hours::decline_all(app, tx, org, from).await?;
            return have_a_look(app, tx, org, (&received, from)).await;
        }
        (Meaning::Stop | Meaning::Start, _) => return Ok(()),
        (Meaning::Help, _) if inbound.opt_out_type.is_some() => return Ok(()),
        _ => {}
    }
    let job = AnswerText { org, text: received.id };
    let key = format!("{ANSWER_TASK}:{}", received.id.0);
    let new = NewJob {
        priority: Priority::Usual,
        task: ANSWER_TASK,
        queue: ANSWER_TASK,
        payload: &job,
        key,
        after: Duration::ZERO,
    };
    enqueue(tx, org, new).await
}

/// An opt-out holds in any words (T11), and a person sees to it that it was meant: CANCEL may have meant the visit (T12).
async fn have_a_look(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (received, from): (&Received, &Phone),
) -> Result<(), sqlx::Error> {
    match received.meaning {
        Meaning::StopOrCancel => {
            let ahead = appointments::ahead_of_phone(app, tx, org, from.as_str()).await?;
            if let Some(visit) = ahead.first() {
                let title = "Somebody with a visit ahead texted CANCEL: carriers take that for STOP, so they get no more texts. \
                             Call and ask whether they meant the visit";
                return hand_over(app, tx, org, received, ("cancel_or_stop", title, Some(visit.id))).await;
            }
            messaging::mark_answered(app, tx, org, received.id, false).await
        }
        Meaning::StopInWords => {
            let title = "Somebody asked for no more texts in their own words, and gets none: read it and see that it was meant";
            hand_over(app, tx, org, received, (REVIEW, title, None)).await
        }
        _ => messaging::mark_answered(app, tx, org, received.id, false).await,
    }
}
