//! Books an appointment from what the caller said.

use super::arguments::{Arguments, Names, NotANumber};
use super::attempt::AttemptError;
use super::run::{Answer, Caller};
use super::speech;
use super::wanted_practitioner::wanted_practitioner;
use super::wanted_start::{Said, wanted_start};
use crate::appointments::{self, BookError, NewBooking};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::{self, Location, Matched, RuleBook, Service, Teller};
use crate::spoken_name::SpokenName;

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
    match appointments::book(app, tx, caller.org, &wanted).await {
        Ok(booked) => Ok(Answer::result(booked.said)),
        Err(BookError::RulesChanged(version)) => Err(AttemptError::RulesChanged(version)),
        Err(BookError::Unexpected(error)) => Err(AttemptError::Database(error)),
        Err(refused) => {
            let tell = Teller::new(book, &location.zone);
            Ok(Answer::result(appointments::refused_sentence(&refused, &tell, &location.zone)))
        }
    }
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
    Ok(Wanted { service, said: is_other.then(|| spoken_service(&said)) })
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

/// An unknown service is repeated to the caller: letters, digits and spaces only, and not a speech.
fn spoken_service(said: &str) -> String {
    let plain: String =
        said.chars().map(|c| if c.is_alphanumeric() || "-'&".contains(c) { c } else { ' ' }).collect();
    plain.split_whitespace().take(5).collect::<Vec<_>>().join(" ").chars().take(40).collect()
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
    let practitioner = wanted_practitioner(book, &service.service, arguments)?;
    let said_name = arguments.text(Names::CUSTOMER_NAME).ok_or(speech::WHICH_NAME)?;
    let said_phone = arguments
        .text(Names::CUSTOMER_PHONE)
        .and_then(|said| Phone::parse(&said, &book.settings.default_region).ok());
    let phone = caller.phone.clone().or_else(|| said_phone.clone()).ok_or(speech::WHICH_PHONE)?;
    Ok(NewBooking {
        service_said: service.said.clone(),
        practitioner,
        // A name that could be anything but a name is left out; the visit stands without it.
        name: SpokenName::parse(&said_name),
        said_phone: said_phone.filter(|said| !said.same(&phone)),
        phone: Some(phone),
        is_caller_id: caller.phone.is_some(),
        email: arguments.text(Names::CUSTOMER_EMAIL).filter(|email| is_email(email)),
        notes: arguments.text(Names::NOTES),
        call_ref: caller.call_ref.clone(),
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
