//! Keeps a text and leaves the job that answers it.

use std::time::Duration;

use super::answer_text::{ANSWER_TASK, AnswerText};
use crate::messaging::{self, Inbound, Meaning};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::jobs::{NewJob, enqueue};
use crate::sequences;
use crate::waitlist;

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
    match (received.meaning, &received.from) {
        (Meaning::Stop, Some(from)) => {
            waitlist::decline_all(app, tx, org, from).await?;
            return Ok(());
        }
        (Meaning::Stop | Meaning::Start, _) => return Ok(()),
        (Meaning::Help, _) if inbound.opt_out_type.is_some() => return Ok(()),
        _ => {}
    }
    let job = AnswerText { org, text: received.id };
    let key = format!("{ANSWER_TASK}:{}", received.id.0);
    let new = NewJob { task: ANSWER_TASK, queue: ANSWER_TASK, payload: &job, key, after: Duration::ZERO };
    enqueue(tx, org, new).await
}
