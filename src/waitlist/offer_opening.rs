//! Offers a time that became free to whoever waits for it, one after the other.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::call_instead::call_instead;
use super::lapse::{LapseOffer, lapse_later};
use super::store::{self, Candidate, NewOffer};
use crate::appointments::{self, Actor, BookError, Held, NewBooking, OfferOpening};
use crate::messaging::{self, Daytime, Kind, NewQuestion, NewText, QuestionKind, wording};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::{OfferId, OrgId, ResourceId};
use crate::platform::secrets::{SecretError, new_token};
use crate::scheduling::{self, Location, RuleBook, Search, Service};

/// An offer that lives shorter than this would hardly be read.
const LIFE_MIN: SignedDuration = SignedDuration::from_mins(5);
/// Times that the rules may change under our hands before the queue has to try again.
const RULES_READ_MAX: usize = 3;

/// Why a freed time was not offered. The queue tries again.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The rules or the openings could not be read.
    #[error("the openings could not be read")]
    Openings(#[from] Arc<sqlx::Error>),
    /// No token could be made.
    #[error("no token could be made")]
    Token(#[from] SecretError),
    /// The rules kept changing.
    #[error("the rules kept changing")]
    Restless,
}

/// What became of one candidate.
enum Tried {
    Offered,
    /// Not this one: the time does not suit them, or no text may go to them.
    Skipped,
    /// It is night where they are.
    Asleep(Timestamp),
    /// The freed time has an open offer.
    OnOffer,
    RulesChanged(i64),
}

/// Runs the job: holds the time for the best match and texts the offer; nothing when nobody fits, when the time is no
/// longer free, or when it is too late. At night it comes again in the morning.
///
/// Everything is read anew, so the job may run twice, late, or after everything changed.
pub async fn offer_opening(app: &App, freed: OfferOpening) -> Result<(), OfferError> {
    // What this process remembers may be older than the time that became free.
    scheduling::forget(app, freed.org);
    let mut seen = None;
    for _ in 0..RULES_READ_MAX {
        match offer_by(app, &freed, seen).await? {
            None => return Ok(()),
            Some(version) => seen = Some(version),
        }
    }
    Err(OfferError::Restless)
}

/// `Some` version when the rules are no longer what was read.
async fn offer_by(app: &App, freed: &OfferOpening, seen: Option<i64>) -> Result<Option<i64>, OfferError> {
    let book = scheduling::rule_book(app, freed.org, seen).await?;
    let Some(location) = book.locations.iter().find(|l| l.id == freed.location) else { return Ok(None) };
    let now = app.clock.now();
    if !book.settings.texting_enabled || life(app, freed.ends_at, now).is_none() {
        return Ok(None);
    }
    match daytime(app).next(now, std::slice::from_ref(&location.zone)) {
        Some(at) if at == now => {}
        Some(at) => return put_off(app, freed, at).await.map(|()| None),
        None => return Ok(None),
    }
    let civil = |at: Timestamp| at.to_zoned(location.zone.clone()).date();
    let days = (civil(freed.starts_at), civil(freed.ends_at));
    let mut tx = app.begin(freed.org).await?;
    let candidates = store::candidates(&mut tx, freed, days).await?;
    tx.commit().await?;
    let mut wakes_at: Option<Timestamp> = None;
    for candidate in candidates {
        match try_one(app, freed, (&book, location), &candidate, days).await? {
            Tried::Offered | Tried::OnOffer => return Ok(None),
            Tried::RulesChanged(version) => return Ok(Some(version)),
            Tried::Asleep(until) => wakes_at = Some(wakes_at.map_or(until, |other| other.min(until))),
            Tried::Skipped => {}
        }
    }
    if let Some(at) = wakes_at {
        put_off(app, freed, at).await?;
    }
    Ok(None)
}

/// The hours between which offers leave.
fn daytime(app: &App) -> Daytime {
    let settings = &app.config.waitlist;
    Daytime { from_hour: settings.texts_from_hour, to_hour: settings.texts_to_hour }
}

/// Until when a time that starts then can be offered from now on; `None` when it is too late.
fn life(app: &App, starts_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let settings = &app.config.waitlist;
    let ahead = SignedDuration::from_mins(settings.ahead_minutes);
    let own = now.checked_add(SignedDuration::from_mins(settings.offer_minutes)).ok()?;
    let ends_at = starts_at.checked_sub(ahead).ok()?.min(own);
    (ends_at.duration_since(now) >= LIFE_MIN).then_some(ends_at)
}

/// Comes again at that instant, by the database's clock, if anything of the freed time can still be offered then.
async fn put_off(app: &App, freed: &OfferOpening, at: Timestamp) -> Result<(), OfferError> {
    if life(app, freed.ends_at, at).is_none() {
        return Ok(());
    }
    let wait = Duration::try_from(at.duration_since(app.clock.now())).unwrap_or(Duration::ZERO);
    let mut tx = app.begin(freed.org).await?;
    appointments::offer_later(&mut tx, freed, wait).await?;
    tx.commit().await?;
    Ok(())
}

async fn try_one(
    app: &App,
    freed: &OfferOpening,
    (book, location): (&RuleBook, &Location),
    candidate: &Candidate,
    days: (Date, Date),
) -> Result<Tried, OfferError> {
    let (Some(service), Ok(phone)) =
        (book.service(candidate.service_id), Phone::parse_e164(&candidate.phone))
    else {
        return Ok(Tried::Skipped);
    };
    let now = app.clock.now();
    let daytime = daytime(app);
    let zones = messaging::clocks(&location.zone, &phone, daytime);
    match daytime.next(now, &zones) {
        Some(at) if at == now => {}
        Some(at) => return Ok(Tried::Asleep(at)),
        None => return Ok(Tried::Skipped),
    }
    let practitioner = practitioner_for(candidate, service, freed);
    let search = Search {
        org: freed.org,
        location: Some(location.id),
        service: service.id,
        practitioner,
        resource: None,
        guest: Some(phone.as_str()),
        from: days.0,
        to: days.1,
    };
    let Some(starts_at) = start_within(app, freed, (location, candidate), &search).await? else {
        return Ok(Tried::Skipped);
    };
    let Some(expires_at) = life(app, starts_at, now) else { return Ok(Tried::Skipped) };
    let wanted = NewBooking {
        practitioner,
        phone: Some(phone.clone()),
        booked_by: Actor::Waitlist,
        ..NewBooking::new(book, location, service, starts_at)
    };
    let leave_before = expires_at.min(daytime.end(now, &zones));
    let offer = Offering { freed, candidate, wanted: &wanted, phone: &phone, expires_at, leave_before };
    offer.make(app).await
}

/// Whoever became free gives the visit if they can and nobody else was asked for; otherwise it is a room or a device that
/// became free, and anybody who can will do.
fn practitioner_for(candidate: &Candidate, service: &Service, freed: &OfferOpening) -> Option<ResourceId> {
    let freed = ResourceId(freed.practitioner);
    candidate
        .practitioner_id
        .map(ResourceId)
        .or_else(|| service.practitioners.contains(&freed).then_some(freed))
}

/// The freed start if it suits, else the earliest start on the grid within the freed time that does.
async fn start_within(
    app: &App,
    freed: &OfferOpening,
    (location, candidate): (&Location, &Candidate),
    search: &Search<'_>,
) -> Result<Option<Timestamp>, Arc<sqlx::Error>> {
    let now = app.clock.now();
    let suits = |at: &Timestamp| {
        let local = location.zone.to_datetime(*at);
        freed.starts_at <= *at
            && *at < freed.ends_at
            && candidate.suits(local)
            && life(app, *at, now).is_some()
    };
    if suits(&freed.starts_at)
        && let Some(Ok(_)) = scheduling::why_not(app, search, freed.starts_at).await?
    {
        return Ok(Some(freed.starts_at));
    }
    let found = scheduling::open_times(app, search).await?;
    Ok(found.openings.into_iter().map(|opening| opening.starts_at).find(suits))
}

/// A time about to be offered to somebody.
struct Offering<'o> {
    freed: &'o OfferOpening,
    candidate: &'o Candidate,
    wanted: &'o NewBooking<'o>,
    phone: &'o Phone,
    expires_at: Timestamp,
    leave_before: Timestamp,
}

impl Offering<'_> {
    /// Hold, offer, text and the job that ends it: all in one transaction, or nothing.
    async fn make(&self, app: &App) -> Result<Tried, OfferError> {
        let (org, now) = (self.freed.org, app.clock.now());
        let mut tx: OrgTx = app.begin(org).await?;
        let lifetime = self.expires_at.duration_since(now);
        let held = match appointments::hold_for(app, &mut tx, org, self.wanted, lifetime).await {
            Ok(held) => held,
            Err(BookError::RulesChanged(version)) => return Ok(Tried::RulesChanged(version)),
            Err(BookError::Unexpected(error)) => return Err(error.into()),
            Err(_) => return Ok(Tried::Skipped),
        };
        let (id, token) = (app.new_id::<OfferId>(), new_token()?);
        let new = NewOffer {
            id,
            entry: self.candidate.id,
            hold: held.id,
            practitioner: held.practitioner,
            starts_at: held.starts_at,
            ends_at: held.ends_at,
            freed: (self.freed.practitioner, self.freed.starts_at, self.freed.ends_at),
            token_digest: &app.keys.digest(&token),
            expires_at: self.expires_at,
        };
        if !store::insert_offer(&mut tx, org, &new, now).await? {
            return Ok(Tried::OnOffer);
        }
        if !store::mark_offered(&mut tx, org, self.candidate.id).await? {
            return Ok(Tried::Skipped);
        }
        if !self.text(app, &mut tx, (id, &token), &held).await? {
            drop(tx);
            return self.skip(app).await;
        }
        let after = Duration::try_from(lifetime).unwrap_or(Duration::ZERO);
        lapse_later(&mut tx, &LapseOffer { org, offer: id }, after).await?;
        tx.commit().await?;
        scheduling::forget(app, org);
        metrics::counter!("voxanne_waitlist_offers_total", "outcome" => "made").increment(1);
        tracing::info!(org.id = %org, offer.id = %id, "Offered a time that became free");
        Ok(Tried::Offered)
    }

    /// False when no text may go to them.
    async fn text(
        &self,
        app: &App,
        tx: &mut PgConnection,
        (id, token): (OfferId, &str),
        held: &Held,
    ) -> Result<bool, sqlx::Error> {
        let (settings, zone) = (&self.wanted.book.settings, &self.wanted.location.zone);
        let head = self.wanted.book.letterhead(self.wanted.location, self.candidate.language());
        let starts_at = held.starts_at.to_zoned(zone.clone());
        let until = self.expires_at.to_zoned(zone.clone());
        let base = &app.config.server.public_url;
        let link = (!base.is_empty()).then(|| format!("{base}/w/{token}"));
        let text = NewText {
            kind: Kind::WaitlistOffer,
            to: self.phone,
            body: wording::waitlist_offer(&head, &starts_at, &until, link.as_deref()),
            dedupe_key: format!("waitlist_offer:{}", id.0),
            contact: Some(self.candidate.contact_id),
            appointment: None,
            call: None,
            sent_by: None,
        };
        let org = self.freed.org;
        let queued = messaging::queue_text_before(app, tx, org, settings, (text, self.leave_before)).await?;
        let Some(text) = queued.text() else { return Ok(false) };
        let question = NewQuestion {
            phone: self.phone,
            kind: QuestionKind::Offer,
            subject: Some(id.0),
            options: &[],
            text: Some(text),
            expires_at: self.expires_at,
        };
        messaging::ask(app, tx, org, &question).await?;
        Ok(true)
    }

    /// Staff learn once per place on the list that somebody there cannot be reached by text.
    async fn skip(&self, app: &App) -> Result<Tried, OfferError> {
        let org: OrgId = self.freed.org;
        let mut tx = app.begin(org).await?;
        call_instead(app, &mut tx, org, (self.candidate.id, self.candidate.call_id)).await?;
        tx.commit().await?;
        metrics::counter!("voxanne_waitlist_offers_total", "outcome" => "unreachable").increment(1);
        Ok(Tried::Skipped)
    }
}
