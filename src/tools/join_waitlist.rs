//! Puts the caller on the waitlist for a service.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::arguments::{Arguments, Names};
use super::attempt::AttemptError;
use super::run::{Answer, Caller};
use super::speech;
use super::wanted_practitioner::wanted_practitioner;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::ResourceId;
use crate::scheduling::{self, Location, RuleBook, Service};
use crate::waitlist::{self, JoinError, Wish};
use crate::when::{self, PartOfDay};
use crate::{calls, contacts, messaging};

/// How long somebody waits who names no day.
const WINDOW_DAYS: i32 = 30;

/// Only the number that calls is put on the list: whoever has that phone answers the offer.
pub(super) async fn answer(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    arguments: Arguments<'_>,
) -> Result<Answer, AttemptError> {
    let Some(phone) = &caller.phone else { return Ok(Answer::result(speech::NO_CALLER_ID)) };
    let Some(location) = book.location(caller.location) else {
        return Ok(Answer::result(speech::NO_SERVICES));
    };
    let asked = match asked(app, book, location, arguments) {
        Ok(asked) => asked,
        Err(question) => return Ok(Answer::result(question)),
    };
    let contact = contacts::find_or_create(app, tx, caller.org, phone, None, None).await?;
    let heard = caller.language.filter(|heard| *heard != book.settings.language);
    let contact = contacts::note_language(tx, caller.org, contact, heard).await?.id;
    let call = match &caller.call_ref {
        Some(call_ref) => {
            let now = app.clock.now();
            Some(calls::ensure(tx, caller.org, app.new_id(), call_ref, Some(phone.as_str()), now).await?)
        }
        None => None,
    };
    let wish = Wish {
        location: location.id,
        service: asked.service.id,
        practitioner: asked.practitioner,
        contact,
        from: asked.window.0,
        to: asked.window.1,
        part: asked.part,
        call,
    };
    let joined = match waitlist::join(app, tx, caller.org, &wish).await {
        Ok(joined) => joined,
        Err(JoinError::NoDay) => return Ok(Answer::result(speech::WHICH_DAY)),
        Err(JoinError::Unexpected(error)) => return Err(error.into()),
    };
    let may_text = may_text(tx, caller, book, phone).await?;
    if !may_text {
        waitlist::call_instead(app, tx, caller.org, (joined.id, call)).await?;
    }
    Ok(Answer::result(waitlist::joined_sentence(&asked.service.name, asked.window, asked.part, may_text)))
}

async fn may_text(
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    phone: &Phone,
) -> Result<bool, sqlx::Error> {
    let settings = &book.settings;
    Ok(settings.texting_enabled
        && phone.may_text(&settings.text_regions).is_ok()
        && !messaging::has_opted_out(tx, caller.org, phone).await?)
}

struct Asked<'b> {
    service: &'b Service,
    practitioner: Option<ResourceId>,
    window: (Date, Date),
    part: PartOfDay,
}

fn asked<'b>(
    app: &App,
    book: &'b RuleBook,
    location: &Location,
    arguments: Arguments<'_>,
) -> Result<Asked<'b>, String> {
    let said = arguments.text(Names::SERVICE).ok_or(speech::WHICH_SERVICE)?;
    // The catch-all is too vague to be offered without a word.
    let matched = scheduling::match_service(book, &said).ok_or(speech::NO_SERVICES)?;
    let scheduling::Matched::Known(service) = matched else { return Err(speech::WHICH_SERVICE.into()) };
    let today = app.clock.now().to_zoned(location.zone.clone()).date();
    let date = |names: Names| match arguments.text(names) {
        Some(said) => {
            when::parse_date(&said, today).map(Some).map_err(|question| speech::ask_date(question, today))
        }
        None => Ok(None),
    };
    let stretch = |names: Names| arguments.text(names).and_then(|said| when::parse_stretch(&said, today));
    let (from, named_to) = match stretch(Names::FROM_DATE) {
        Some((first, last)) => (Some(first), Some(last)),
        None => (date(Names::FROM_DATE)?, None),
    };
    let to = match stretch(Names::TO_DATE) {
        Some((_, last)) => Some(last),
        None => date(Names::TO_DATE)?.or(named_to),
    };
    let first = from.unwrap_or(today);
    let last = to.unwrap_or_else(|| first.checked_add(WINDOW_DAYS.days()).unwrap_or(first));
    let horizon = today.checked_add(i64::from(service.rules.horizon_days).days()).unwrap_or(today);
    if first > horizon {
        return Err(speech::TOO_FAR_AHEAD.into());
    }
    let part = arguments.text(Names::PART_OF_DAY).and_then(|said| PartOfDay::parse(&said));
    let practitioner = wanted_practitioner(book, location, service, arguments)?;
    Ok(Asked {
        service,
        practitioner,
        window: (first, last.min(horizon)),
        part: part.unwrap_or(PartOfDay::Any),
    })
}
