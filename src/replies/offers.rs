//! TAKE, PASS and LEAVE: what somebody who waits wants with a time on offer.

use super::conversation::Conversation;
use crate::messaging::Kind;
use crate::messaging::wording::{self, answers};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OfferId, OrgId};
use crate::waitlist::{self, Answerable, TakeError, Taken};

/// What came of TAKE.
pub(super) enum Took {
    /// Its confirmation is the answer.
    Booked,
    /// It was tried, in transactions of its own.
    Tried(Taken),
    /// There is nothing to take.
    Nothing,
    /// There is more than one.
    WhichOne,
}

/// Takes the open offer, else the latest: TAKE also comes late.
pub(super) async fn take(app: &App, org: OrgId, offers: &[Answerable]) -> Result<Took, TakeError> {
    let open: Vec<OfferId> = offers.iter().filter(|offer| offer.is_open()).map(|offer| offer.id).collect();
    let chosen = match (open.as_slice(), offers.first()) {
        ([only], _) => *only,
        ([], Some(latest)) => latest.id,
        ([], None) => return Ok(Took::Nothing),
        (_, _) => return Ok(Took::WhichOne),
    };
    Ok(match waitlist::take(app, org, chosen).await? {
        Some(Taken::Booked { .. }) => Took::Booked,
        Some(taken) => Took::Tried(taken),
        None => Took::Nothing,
    })
}

/// Says what came of it.
pub(super) async fn tell(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    took: &Took,
) -> Result<(), sqlx::Error> {
    let head = talk.head(None);
    let said = match took {
        Took::Booked => None,
        Took::Tried(taken) => Some(wording::reply(&head, &waitlist::sentence(taken, head.language))),
        Took::Nothing => Some(answers::nothing_on_offer(&head)),
        Took::WhichOne => Some(answers::which_offer(&head)),
    };
    if let Some(said) = said {
        talk.say(tx, (Kind::WaitlistReply, said), None).await?;
    }
    talk.done(tx).await
}

/// Gives what is on offer back.
pub(super) async fn pass(talk: &Conversation<'_>, tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    let passed = waitlist::decline_all(talk.app, tx, talk.org, talk.from).await?;
    let head = talk.head(None);
    let said = if passed > 0 { answers::passed(&head) } else { answers::nothing_to_pass(&head) };
    talk.say(tx, (Kind::WaitlistReply, said), None).await?;
    talk.done(tx).await
}

/// Takes them off the list.
pub(super) async fn leave(talk: &Conversation<'_>, tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    let left = waitlist::leave_all(talk.app, tx, talk.org, talk.from).await?;
    let head = talk.head(None);
    let said = if left > 0 { answers::off_the_list(&head) } else { answers::not_on_the_list(&head) };
    talk.say(tx, (Kind::WaitlistReply, said), None).await?;
    talk.done(tx).await
}
