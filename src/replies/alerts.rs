//! A 1 of somebody of the clinic: they take an alert that their phone was told of.

use super::conversation::{ANSWER, Conversation, hand_over};
use crate::leads::{self, Taken, Via};
use crate::messaging::wording::{self, Ended};
use crate::messaging::{self, NewText};
use crate::platform::db::PgConnection;
use crate::platform::ids::EscalationId;

/// Takes it, or says who has it. The answer is for staff: it leaves at any hour, and to a phone that said STOP to texts of
/// patients.
pub(super) async fn take(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    id: EscalationId,
) -> Result<(), sqlx::Error> {
    let took = leads::acknowledge_by_text(talk.app, tx, talk.org, (id, talk.from)).await?;
    let Some(took) = took else {
        return hand_over(talk.app, tx, talk.org, talk.received, (ANSWER, "Answer a text", None)).await;
    };
    let waiting = took.escalation.waiting(talk.app.clock.now());
    let body = if took.is_first {
        wording::yours(&waiting, leads::alerts_waiting(tx, talk.org, talk.from).await?)
    } else {
        let taken = took.escalation.taken.as_ref();
        if took.is_own && taken.is_some_and(|taken| taken.via == Via::Text) {
            wording::yours_already(&waiting)
        } else {
            wording::no_longer_waiting(&waiting, taken.map_or(Ended::Taken(""), Taken::ended))
        }
    };
    let new = NewText {
        kind: took.escalation.kind.text(),
        to: talk.from,
        body,
        dedupe_key: format!("reply:{}", talk.received.id.0),
        contact: None,
        appointment: None,
        call: None,
        sent_by: None,
    };
    messaging::queue_text(talk.app, tx, talk.org, &talk.book.settings, new).await?;
    talk.done(tx).await
}
