//! Keeps two times for a hot caller of a closed clinic and texts them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, Zoned};

use super::store::{self, CallerRow, NewOffer};
use super::terms::{ANSWERS, ASKS, TIMES, TO_ANSWER, closed_until, kept_as, kept_until, service};
use crate::appointments::{self, BookError, Held, Times};
use crate::language::Language;
use crate::leads::{OfferTimes, is_the_clinics_own};
use crate::messaging::{self, Choice, Class, Kind, NewQuestion, NewText, Verdict, wording};
use crate::orgs::{self, Settings};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::{CallId, OrgId, TimesOfferId};
use crate::scheduling::{self, Location, RuleBook, Service, Window};

/// Times that the rules or a calendar may change under our hands before the queue has to try again.
const ATTEMPTS_MAX: usize = 4;

/// A call that began longer ago is not answered as if it had just ended.
const OF_USE: SignedDuration = SignedDuration::from_hours(4);

/// Why nothing was offered. The queue tries again.
#[derive(Debug, thiserror::Error)]
pub enum OfferTimesError {
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
    /// The rules kept changing.
    #[error("the rules kept changing")]
    Restless,
}

/// How far one try came.
enum Tried {
    Offered,
    /// Nobody is to be offered anything, for the reason that the metric counts.
    Not(&'static str),
    RulesChanged(i64),
    CalendarUnknown(Window),
}

/// Runs the job: looks anew whether the caller is to be offered times, holds two and texts them. Hold, offer, text and
/// question commit together, or nothing does.
pub async fn offer_times(app: &App, job: OfferTimes) -> Result<(), OfferTimesError> {
    let (mut seen, mut has_asked) = (None, false);
    for _ in 0..ATTEMPTS_MAX {
        match attempt(app, job, (seen, !has_asked)).await? {
            Tried::Offered => {
                scheduling::forget(app, job.org);
                count("offered");
                tracing::info!(org.id = %job.org, call.id = %job.call, "Offered two times to a caller after hours");
                return Ok(());
            }
            Tried::Not(why) => {
                count(why);
                return Ok(());
            }
            Tried::RulesChanged(version) => seen = Some(version),
            Tried::CalendarUnknown(window) => {
                has_asked = true;
                scheduling::ask_calendars(app, job.org, window).await;
            }
        }
    }
    Err(OfferTimesError::Restless)
}

/// Counts what became of an offer.
pub(super) fn count(outcome: &'static str) {
    metrics::counter!("voxanne_after_hours_offers_total", "outcome" => outcome).increment(1);
}

async fn attempt(
    app: &App,
    job: OfferTimes,
    (seen, asks_calendars): (Option<i64>, bool),
) -> Result<Tried, OfferTimesError> {
    let org = job.org;
    let version = if let Some(version) = seen {
        version
    } else {
        // What a promise of times rests on is read anew, whatever this process remembers.
        let mut tx = app.begin(org).await?;
        let version = scheduling::rules_version(&mut tx, org).await?;
        tx.commit().await?;
        version
    };
    let book = scheduling::rule_book(app, org, Some(version)).await?;
    let mut tx: OrgTx = app.begin(org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    // An org that switched its texts or this off knows.
    if !settings.texting_enabled || !settings.after_hours_offer {
        return Ok(Tried::Not("switched_off"));
    }
    let Some(row) = store::caller(&mut tx, org, job.call).await? else { return Ok(Tried::Not("no_call")) };
    let caller = match caller(app, &settings, &book, &row) {
        Ok(caller) => caller,
        Err(why) => return Ok(Tried::Not(why)),
    };
    // Nothing is held for somebody whom no text may reach.
    let forecast = messaging::forecast(app, &mut tx, org, &settings, &caller.phone).await?;
    if matches!(forecast.verdict(Class::Conversational, caller.leaves_at), Verdict::Deny(_)) {
        return Ok(Tried::Not("not_allowed"));
    }
    let offering = Offering { org, call: job.call, settings: &settings, book: &book, row: &row, caller };
    let tried = offering.make(app, &mut tx, asks_calendars).await?;
    if matches!(tried, Tried::Offered) {
        tx.commit().await?;
    }
    Ok(tried)
}

/// Whom to offer what.
struct Caller<'b> {
    phone: Phone,
    language: Option<Language>,
    location: &'b Location,
    service: &'b Service,
    /// When the text leaves: at once, or when the recipient's night is over.
    leaves_at: Timestamp,
    opens_at: Timestamp,
    expires_at: Timestamp,
}

/// Who it is, if they are to be offered times now; else why not.
fn caller<'b>(
    app: &App,
    settings: &Settings,
    book: &'b RuleBook,
    row: &CallerRow,
) -> Result<Caller<'b>, &'static str> {
    let now = app.clock.now();
    if !row.is_hot || row.has_offer {
        return Err("not_wanted");
    }
    // A report that came late, or a score that was given anew: whoever was there then has seen to it.
    if row.created_at.to_jiff().checked_add(OF_USE).is_ok_and(|until| until <= now) {
        return Err("too_late");
    }
    // Whoever called again is on the phone: that call decides.
    if row.is_served || row.has_called_again {
        return Err("served");
    }
    let phone = row.phone.as_deref().and_then(|phone| Phone::parse_e164(phone).ok()).ok_or("no_number")?;
    if row.is_staff || is_the_clinics_own(settings, &phone) {
        return Err("own_number");
    }
    let location = book.location(row.location_id).ok_or("no_site")?;
    let opens_at = closed_until(location, now).ok_or("open")?;
    let day = |at: Timestamp| location.zone.to_datetime(at).date();
    if row.has_promise && day(opens_at) == day(now) {
        return Err("promised");
    }
    let service = service(book, row.interest_service_id).ok_or("no_service")?;
    let leaves_at =
        messaging::daytime_of(settings, &phone, now).map(|(from, _)| from).ok_or("not_allowed")?;
    let expires_at = kept_until(now, opens_at);
    if leaves_at.checked_add(TO_ANSWER).is_ok_and(|answered| answered > expires_at) {
        return Err("too_late");
    }
    let known = row.language.as_deref().and_then(|language| language.parse().ok());
    let language = known.or_else(|| spoken(&row.said));
    Ok(Caller { phone, language, location, service, leaves_at, opens_at, expires_at })
}

/// Spanish when most of what they said was; a word of courtesy alone makes it nobody's language.
fn spoken(said: &[String]) -> Option<Language> {
    let spanish = said.iter().filter(|turn| messaging::is_spanish(turn)).count();
    (spanish * 2 > said.len()).then_some(Language::Spanish)
}

/// An offer about to be made.
struct Offering<'o> {
    org: OrgId,
    call: CallId,
    settings: &'o Settings,
    book: &'o RuleBook,
    row: &'o CallerRow,
    caller: Caller<'o>,
}

impl Offering<'_> {
    async fn make(
        &self,
        app: &App,
        tx: &mut PgConnection,
        asks_calendars: bool,
    ) -> Result<Tried, sqlx::Error> {
        let (now, caller) = (app.clock.now(), &self.caller);
        let wanted = Times {
            book: self.book,
            location: caller.location,
            service: caller.service,
            phone: &caller.phone,
            call_ref: &kept_as(self.call),
            from: caller.leaves_at.checked_add(TO_ANSWER).unwrap_or(caller.leaves_at),
            expires_at: caller.expires_at,
            count: TIMES,
            asks_calendars,
        };
        let held = match appointments::hold_times(app, tx, self.org, &wanted).await {
            Ok(held) => held,
            Err(BookError::RulesChanged(version)) => return Ok(Tried::RulesChanged(version)),
            Err(BookError::CalendarUnknown(window)) => return Ok(Tried::CalendarUnknown(window)),
            Err(BookError::Unexpected(error)) => return Err(error),
            Err(_) => return Ok(Tried::Not("no_times")),
        };
        let Some(leave_before) = held.iter().map(|held| held.expires_at).min() else {
            return Ok(Tried::Not("no_times"));
        };
        let local_date = caller.location.zone.to_datetime(now).date();
        let new = NewOffer {
            id: app.new_id::<TimesOfferId>(),
            call: self.call,
            phone: caller.phone.as_str(),
            local_date,
            location: caller.location.id,
            service: caller.service.id,
            language: caller.language,
            expires_at: caller.expires_at,
            opens_at: caller.opens_at,
        };
        if !store::insert(tx, self.org, &new, now).await? {
            return Ok(Tried::Not("had_one_today"));
        }
        Ok(if self.text(app, tx, &held, leave_before).await? {
            Tried::Offered
        } else {
            Tried::Not("not_allowed")
        })
    }

    /// False when no text may go to them.
    async fn text(
        &self,
        app: &App,
        tx: &mut PgConnection,
        held: &[Held],
        leave_before: Timestamp,
    ) -> Result<bool, sqlx::Error> {
        let (now, caller) = (app.clock.now(), &self.caller);
        let head = self.book.letterhead(caller.location, caller.language).to(self.row.name.as_deref());
        let at = |held: &Held| held.starts_at.to_zoned(caller.location.zone.clone());
        let times: Vec<Zoned> = held.iter().map(at).collect();
        let text = NewText {
            kind: Kind::TimesOffer,
            to: &caller.phone,
            body: wording::times_offer(&head, &times, caller.leaves_at < caller.opens_at),
            dedupe_key: format!("times_offer:{}", self.call.0),
            contact: self.row.contact_id,
            appointment: None,
            call: Some(self.call),
            sent_by: None,
        };
        let queued =
            messaging::queue_text_before(app, tx, self.org, self.settings, (text, leave_before)).await?;
        let Some(text) = queued.text() else { return Ok(false) };
        let options: Vec<Choice> = held.iter().map(Choice::from).collect();
        let question = NewQuestion {
            phone: &caller.phone,
            kind: ASKS,
            subject: Some(self.call.0),
            options: &options,
            text: Some(text),
            expires_at: now.checked_add(ANSWERS).unwrap_or(now),
        };
        messaging::ask(app, tx, self.org, &question).await?;
        Ok(true)
    }
}
