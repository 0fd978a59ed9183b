//! Makes a visit of an offer.

use std::sync::Arc;

use jiff::Zoned;
use voxanne_slots::Cause;

use super::decline::decline;
use super::store::{self, Offer, OfferState};
use crate::appointments::{self, Actor, BookError, Booked, NewBooking, Status};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::{OfferId, OrgId, ResourceId};
use crate::scheduling::{self, RuleBook};
use crate::spoken_name::SpokenName;

/// Times that somebody else may change the offer or the rules under our hands before we give up.
const ATTEMPTS_MAX: usize = 8;

/// What became of an acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is a visit now. The confirmation text, if one may go, is queued.
    Booked {
        /// When, in the location's zone.
        at: Zoned,
        /// Whether staff still have to confirm.
        is_pending: bool,
    },
    /// They have it already: by another tap, word or device, or by phone.
    AlreadyTheirs {
        /// When, in the location's zone.
        at: Zoned,
        /// Whether staff still have to confirm.
        is_pending: bool,
    },
    /// Somebody else has the time now.
    Gone,
    /// The clinic's rules no longer allow it.
    NotBookable,
    /// They have another visit at that time.
    HasAnotherVisit,
    /// The time has passed.
    Past,
    /// They no longer wait: booked otherwise, left, expired, or the visit was called off since.
    Over,
}

/// Why nothing became of it. It may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
    /// Others kept changing it.
    #[error("the offer kept changing")]
    Restless,
}

impl TakeError {
    /// The database's own words, if it was the database.
    pub fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Rules(error) => Some(error),
            Self::Restless => None,
        }
    }
}

enum Attempt {
    /// The transaction stands as it is.
    Commit(Taken),
    /// Nothing was changed, or must not be.
    Leave(Taken),
    /// Somebody settled the offer or the entry first: look again.
    Again,
    RulesChanged(i64),
}

/// Takes an offer, open or not: a lapsed one whose time is still free is booked all the same. `None` when the org has no
/// such offer.
///
/// Of two acceptances at once one books and the other is told so: the offer's state is changed from what was read, in the
/// transaction that books, or not at all.
pub async fn take(app: &App, org: OrgId, offer: OfferId) -> Result<Option<Taken>, TakeError> {
    let mut seen = None;
    for _ in 0..ATTEMPTS_MAX {
        let book = scheduling::rule_book(app, org, seen).await?;
        let mut tx: OrgTx = app.begin(org).await?;
        let Some(offer) = store::offer(&mut tx, org, offer).await? else { return Ok(None) };
        match attempt(app, &mut tx, org, &book, &offer).await? {
            Attempt::Commit(taken) => {
                tx.commit().await?;
                scheduling::forget(app, org);
                metrics::counter!("voxanne_waitlist_offers_total", "outcome" => "taken").increment(1);
                tracing::info!(org.id = %org, offer.id = %offer.id, "An offer became a visit");
                return Ok(Some(taken));
            }
            Attempt::Leave(taken) => return Ok(Some(taken)),
            Attempt::Again => {}
            Attempt::RulesChanged(version) => seen = Some(version),
        }
    }
    Err(TakeError::Restless)
}

async fn attempt(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    book: &RuleBook,
    offer: &Offer,
) -> Result<Attempt, sqlx::Error> {
    let Some(location) = book.locations.iter().find(|l| l.id == offer.location) else {
        return Ok(Attempt::Leave(Taken::NotBookable));
    };
    let at = offer.starts_at.to_zoned(location.zone.clone());
    if let Some(end) = ended(app, tx, org, offer, &at).await? {
        return Ok(Attempt::Leave(end));
    }
    let Some(service) = book.service(offer.service) else { return Ok(Attempt::Leave(Taken::NotBookable)) };
    let wanted = NewBooking {
        practitioner: Some(ResourceId(offer.practitioner)),
        name: offer.name.as_deref().and_then(SpokenName::parse),
        phone: Phone::parse_e164(&offer.phone).ok(),
        hold: offer.hold,
        booked_by: Actor::Waitlist,
        ..NewBooking::new(book, location, service, offer.starts_at)
    };
    match appointments::book(app, tx, org, &wanted).await {
        Ok(booked) => conclude(app, tx, org, offer, &booked, at).await,
        Err(BookError::RulesChanged(version)) => Ok(Attempt::RulesChanged(version)),
        Err(BookError::Unexpected(error)) => Err(error),
        Err(refused) => {
            // What stands in the way may be their own visit, of another tap that was faster.
            let is_as_read =
                store::offer(tx, org, offer.id).await?.is_some_and(|now| now.state == offer.state);
            Ok(if is_as_read { Attempt::Leave(why(&refused)) } else { Attempt::Again })
        }
    }
}

fn why(refused: &BookError) -> Taken {
    match refused {
        BookError::HasAnotherVisit => Taken::HasAnotherVisit,
        BookError::Refused { refusal, .. } => match refusal.first() {
            Cause::PractitionerBusy { .. } | Cause::BusyElsewhere { .. } | Cause::ResourceBusy { .. } => {
                Taken::Gone
            }
            Cause::InThePast => Taken::Past,
            _ => Taken::NotBookable,
        },
        BookError::TooMany(_)
        | BookError::RulesChanged(_)
        | BookError::CalendarUnknown(_)
        | BookError::Unexpected(_) => Taken::NotBookable,
    }
}

/// Offer and entry follow the visit; when either was settled meanwhile, the visit must not stand.
async fn conclude(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    offer: &Offer,
    booked: &Booked,
    at: Zoned,
) -> Result<Attempt, sqlx::Error> {
    let now = app.clock.now();
    if !store::settle_offer(tx, org, offer.id, (offer.state, OfferState::Taken), now).await? {
        return Ok(Attempt::Again);
    }
    // They answered an earlier offer: the newer one goes to the next in line.
    if let Some(other) = store::open_offer_of(tx, org, offer.entry).await? {
        decline(app, tx, org, other).await?;
    }
    if !store::book_entry(tx, org, offer.entry, booked.id).await? {
        return Ok(Attempt::Again);
    }
    let is_pending =
        store::visit_of(tx, org, offer.entry).await?.as_deref() == Some(Status::Pending.as_str());
    Ok(Attempt::Commit(if booked.is_repeat {
        Taken::AlreadyTheirs { at, is_pending }
    } else {
        Taken::Booked { at, is_pending }
    }))
}

/// What an acceptance comes to that can no longer change anything. Reads only.
pub(super) async fn ended(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    offer: &Offer,
    at: &Zoned,
) -> Result<Option<Taken>, sqlx::Error> {
    if offer.state != OfferState::Taken {
        let is_waiting = matches!(offer.entry_state.as_str(), "waiting" | "offered");
        let is_past = offer.starts_at <= app.clock.now();
        return Ok((!is_waiting).then_some(Taken::Over).or(is_past.then_some(Taken::Past)));
    }
    let status = store::visit_of(tx, org, offer.entry).await?.and_then(|word| word.parse::<Status>().ok());
    Ok(Some(match status {
        None | Some(Status::Cancelled | Status::NoShow) => Taken::Over,
        Some(status) => Taken::AlreadyTheirs { at: at.clone(), is_pending: status == Status::Pending },
    }))
}
