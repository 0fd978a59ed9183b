//! Tells which times of a day are free, in words for speech. Reads only.

use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};

use super::arguments::{Arguments, Names};
use super::run::{Answer, Caller};
use super::wanted_practitioner::wanted_practitioner;
use super::{find_openings, speech};
use crate::calls::Unmet;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::scheduling::{self, Location, Search, Teller};
use crate::when::{self, PartOfDay};

/// More than this and a caller stops listening.
const TIMES_SPOKEN_MAX: usize = 5;

pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    arguments: Arguments<'_>,
) -> Result<Answer, Arc<sqlx::Error>> {
    let before = rules_version(app, caller).await?;
    let said = openings(app, caller, arguments).await?;
    // Names were matched against a book that the look has shown to be old.
    let is_old = rules_version(app, caller).await? != before;
    Ok(if is_old { openings(app, caller, arguments).await? } else { said })
}

/// The version of the rules that are kept.
pub(super) async fn rules_version(app: &App, caller: &Caller) -> Result<i64, Arc<sqlx::Error>> {
    Ok(scheduling::rule_book(app, caller.org, None).await?.version)
}

async fn openings(app: &App, caller: &Caller, arguments: Arguments<'_>) -> Result<Answer, Arc<sqlx::Error>> {
    let book = scheduling::rule_book(app, caller.org, None).await?;
    let Some(location) = book.location(caller.location) else { return Ok(speech::NO_SERVICES.into()) };
    let today = app.clock.now().to_zoned(location.zone.clone()).date();
    let Some(said_date) = arguments.text(Names::DATE) else { return Ok(speech::WHICH_DAY.into()) };
    let date = match when::parse_date(&said_date, today) {
        Ok(date) => date,
        // "Next week" names no day, and says clearly which ones.
        Err(_) if when::parse_stretch(&said_date, today).is_some() => {
            return find_openings::find(app, caller, arguments).await;
        }
        Err(question) => return Ok(speech::ask_date(question, today).into()),
    };
    let said_service = arguments.text(Names::SERVICE).unwrap_or_default();
    let Some(matched) = scheduling::match_service(&book, &said_service) else {
        return Ok(speech::WHICH_SERVICE.into());
    };
    let practitioner = match wanted_practitioner(&book, location, matched.service(), arguments) {
        Ok(practitioner) => practitioner,
        Err(question) => return Ok(question.into()),
    };
    let last = today.checked_add(i64::from(matched.service().rules.horizon_days).days()).unwrap_or(today);
    if date > last {
        return Ok(speech::TOO_FAR_AHEAD.into());
    }
    let day = Search {
        org: caller.org,
        location: Some(location.id),
        service: matched.service().id,
        practitioner,
        resource: None,
        guest: caller.phone.as_ref().map(Phone::as_str),
        from: date,
        to: date,
    };
    let found = scheduling::open_times(app, &day).await?;
    if let Some(obstacle) = &found.obstacle {
        return Ok(speech::needs_something_first(&Teller::new(&book, &location.zone), obstacle).into());
    }
    let local = |at: jiff::Timestamp| at.to_zoned(location.zone.clone());
    let part =
        arguments.text(Names::PART_OF_DAY).and_then(|said| PartOfDay::parse(&said)).unwrap_or(PartOfDay::Any);
    let unmet = Unmet { service: day.service, location: location.id, on: Some(date), part: part.name() };
    let times: Vec<Time> = found.openings.iter().map(|o| local(o.starts_at).time()).collect();
    if times.is_empty() {
        let next = scheduling::next_open_day(app, &day).await?;
        // The day may have nothing for anybody, and the days after it nothing for this caller.
        if let Some(obstacle) = &next.obstacle {
            return Ok(speech::needs_something_first(&Teller::new(&book, &location.zone), obstacle).into());
        }
        let next = next.openings.first().map(|o| local(o.starts_at)).map(|z| (z.date(), z.time()));
        let with = practitioner.and_then(|id| book.practitioner_name(id.0));
        let said = speech::no_openings(date, is_closed(location, date), next, with);
        return Ok(Answer::result(said).lacking(unmet));
    }
    let wanted: Vec<Time> = times.iter().copied().filter(|t| part.contains(*t)).collect();
    Ok(if wanted.is_empty() {
        Answer::result(speech::other_times(date, &times, TIMES_SPOKEN_MAX)).lacking(unmet)
    } else {
        Answer::result(speech::open_times(date, &wanted, TIMES_SPOKEN_MAX))
    })
}

fn is_closed(location: &Location, date: Date) -> bool {
    location.hours.spans(date).is_empty()
}
