//! Books an appointment from what the caller said, or holds its time while the caller makes up their mind.

use voxanne_slots::Cause;

use super::arguments::{Arguments, Names, NotANumber};
use super::attempt::AttemptError;
use super::run::{Answer, Caller};
use super::speech::{self, visits};
use super::wanted_practitioner::wanted_practitioner;
use super::wanted_start::{Said, wanted_start};
use crate::appointments::{self, BookError, NewBooking};
use crate::calls::Unmet;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::{self, Location, Matched, RuleBook, Service, Teller};
use crate::spoken_name::SpokenName;
use crate::when::PartOfDay;

/// Visit lengths that may be asked for where the catalogue has none.
const SAID_MINUTES: std::ops::RangeInclusive<u16> = 15..=180;

pub(super) async fn answer(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    arguments: Arguments<'_>,
) -> Result<Answer, AttemptError> {
    let Some(location) = book.location(caller.location) else {
        return Ok(Answer::result(speech::NO_SERVICES));
    };
    let service = match wanted_service(book, arguments) {
        Ok(service) => service,
        Err(question) => return Ok(Answer::result(question)),
    };
    let wanted = match wanted(app, caller, book, location, &service, arguments) {
        Ok(wanted) => wanted,
        Err(question) => return Ok(Answer::result(question)),
    };
    let said = if arguments.flag(Names::PREPARE_ONLY) {
        prepare(app, tx, caller, &wanted).await
    } else {
        appointments::book(app, tx, caller.org, &wanted).await.map(|booked| booked.said)
    };
    match said {
        Ok(said) => Ok(Answer::result(said)),
        Err(BookError::RulesChanged(version)) => Err(AttemptError::RulesChanged(version)),
        Err(BookError::CalendarUnknown(window)) => Err(AttemptError::CalendarUnknown(window)),
        Err(BookError::Unexpected(error)) => Err(AttemptError::Database(error)),
        Err(refused) => {
            let tell = Teller::new(book, &location.zone);
            let lacking = |said: String| match &refused {
                BookError::Refused { .. } => Answer::result(said).lacking(unmet(&wanted)),
                _ => Answer::result(said),
            };
            // With none of their times in sight, asking for another day would go round in circles.
            if let (BookError::Refused { refusal, alternatives }, Some(_)) = (&refused, wanted.practitioner)
                && alternatives.is_empty()
                && matches!(
                    refusal.first(),
                    Cause::NotWorking { .. } | Cause::LicenceExpired { .. } | Cause::Away { .. }
                )
            {
                return Ok(lacking(speech::somebody_else(&tell.caller(refusal.first()))));
            }
            Ok(lacking(appointments::refused_sentence(&refused, &tell, &location.zone)))
        }
    }
}

/// The time that was asked for, as one that could not be had.
fn unmet(wanted: &NewBooking<'_>) -> Unmet {
    let at = wanted.starts_at.to_zoned(wanted.location.zone.clone());
    let part = PartOfDay::of(at.time()).name();
    Unmet { service: wanted.service.id, location: wanted.location.id, on: Some(at.date()), part }
}

/// Holds the time for this call and reads it back. A call without an id could not convert the hold: nothing is held
/// then, and nothing is said to be.
async fn prepare(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    wanted: &NewBooking<'_>,
) -> Result<String, BookError> {
    let service = wanted.service_said.as_deref().unwrap_or(&wanted.service.name);
    let starts_at = wanted.starts_at.to_zoned(wanted.location.zone.clone());
    if wanted.call_ref.is_none() {
        return Ok(visits::read_back(service, &starts_at));
    }
    appointments::hold_instead(app, tx, caller.org, wanted).await?;
    Ok(visits::held(service, &starts_at))
}

/// The service to book with its duration, and the caller's own word when the catalogue has none.
struct Wanted {
    service: Service,
    said: Option<String>,
}

fn wanted_service(book: &RuleBook, arguments: Arguments<'_>) -> Result<Wanted, String> {
    let said = arguments.text(Names::SERVICE).ok_or(speech::WHICH_SERVICE)?;
    let matched = scheduling::match_service(book, &said).ok_or(speech::NO_SERVICES)?;
    let minutes = match arguments.whole_number(Names::DURATION) {
        Ok(Some(minutes)) => {
            let minutes = u16::try_from(minutes).ok().filter(|m| (5..=720).contains(m));
            Some(minutes.ok_or(speech::BAD_DURATION)?)
        }
        // The catalogue's length stands; a length that is no number is the model's noise.
        Ok(None) | Err(NotANumber) => None,
    };
    let mut service = matched.service().clone();
    // The catalogue knows how long its services take; a length given by voice counts only where it knows nothing.
    if let (Matched::Other(_), Some(minutes)) = (matched, minutes) {
        if !SAID_MINUTES.contains(&minutes) {
            return Err(speech::BAD_DURATION.into());
        }
        service.rules.duration_minutes = minutes;
    }
    let is_other = matches!(matched, Matched::Other(_)) && !said.eq_ignore_ascii_case("other");
    if is_other && !could_be_a_treatment(&said) {
        return Err(speech::WHICH_SERVICE.into());
    }
    Ok(Wanted { service, said: is_other.then(|| speech::plain_words(&said)) })
}

/// More words than this are a sentence.
const TREATMENT_WORDS_MAX: usize = 4;

/// Whether an unknown service can be the name of one: short, and none of the words that sentences are made of.
fn could_be_a_treatment(said: &str) -> bool {
    const SENTENCES: [&str; 22] = [
        "i",
        "you",
        "me",
        "my",
        "we",
        "want",
        "need",
        "please",
        "yes",
        "no",
        "not",
        "cancel",
        "stop",
        "ignore",
        "instructions",
        "book",
        "hello",
        "hi",
        "what",
        "can",
        "have",
        "call",
    ];
    let lower = said.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    (1..=TREATMENT_WORDS_MAX).contains(&words.len())
        && !words.iter().any(|w| SENTENCES.contains(w))
        && words.iter().any(|w| w.chars().any(char::is_alphabetic))
}

fn wanted<'b>(
    app: &App,
    caller: &Caller,
    book: &'b RuleBook,
    location: &'b Location,
    service: &'b Wanted,
    arguments: Arguments<'_>,
) -> Result<NewBooking<'b>, String> {
    let said = Said { date: arguments.text(Names::DATE), time: arguments.text(Names::TIME) };
    let starts_at = wanted_start(app, location, &said)?;
    let practitioner = wanted_practitioner(book, location, &service.service, arguments)?;
    // A time can be held for somebody who has not said who they are.
    let prepares = arguments.flag(Names::PREPARE_ONLY);
    let said_name = arguments.text(Names::CUSTOMER_NAME);
    if said_name.is_none() && !prepares {
        return Err(speech::WHICH_NAME.into());
    }
    let said_phone = arguments
        .text(Names::CUSTOMER_PHONE)
        .and_then(|said| Phone::parse(&said, &book.settings.default_region).ok());
    let phone = caller.phone.clone().or_else(|| said_phone.clone());
    if phone.is_none() && !prepares {
        return Err(speech::WHICH_PHONE.into());
    }
    Ok(NewBooking {
        service_said: service.said.clone(),
        practitioner,
        // A name that could be anything but a name is left out; the visit stands without it.
        name: said_name.as_deref().and_then(SpokenName::parse),
        said_phone: said_phone.filter(|said| phone.as_ref().is_none_or(|phone| !said.same(phone))),
        phone,
        is_caller_id: caller.phone.is_some(),
        email: arguments.text(Names::CUSTOMER_EMAIL).filter(|email| is_email(email)),
        notes: arguments.text(Names::NOTES),
        call_ref: caller.call_ref.clone(),
        language: caller.language,
        asks_calendars: true,
        ..NewBooking::new(book, location, &service.service, starts_at)
    })
}

fn is_email(said: &str) -> bool {
    let Some((user, host)) = said.split_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c))
    };
    said.len() <= 254
        && plain(user)
        && plain(host)
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
}
