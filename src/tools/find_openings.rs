//! Finds the nearest open times over several days, in words for speech. Reads only.

use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};

use super::arguments::{Arguments, Names};
use super::check_availability::rules_version;
use super::run::{Answer, Caller};
use super::speech::openings::DayTimes;
use super::speech::{self, openings};
use super::wanted_practitioner::wanted_practitioner;
use crate::calls::Unmet;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::scheduling::{self, Search, Teller};
use crate::when::{self, PartOfDay, Weekdays};

/// Days looked at when the caller names no end.
const DAYS: i64 = 14;
/// Days looked at at most.
const DAYS_MAX: i64 = 31;
/// More than this and a caller stops listening.
const TIMES_SPOKEN_MAX: usize = 5;
const DAYS_SPOKEN_MAX: usize = 3;

/// Which times the caller would take.
struct Wish {
    from: Date,
    until: Date,
    weekdays: Weekdays,
    part: PartOfDay,
}

pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    arguments: Arguments<'_>,
) -> Result<Answer, Arc<sqlx::Error>> {
    let before = rules_version(app, caller).await?;
    let said = find(app, caller, arguments).await?;
    let is_old = rules_version(app, caller).await? != before;
    Ok(if is_old { find(app, caller, arguments).await? } else { said })
}

pub(super) async fn find(
    app: &App,
    caller: &Caller,
    arguments: Arguments<'_>,
) -> Result<Answer, Arc<sqlx::Error>> {
    let book = scheduling::rule_book(app, caller.org, None).await?;
    let Some(location) = book.location(caller.location) else { return Ok(speech::NO_SERVICES.into()) };
    let today = app.clock.now().to_zoned(location.zone.clone()).date();
    let said_service = arguments.text(Names::SERVICE).unwrap_or_default();
    let Some(matched) = scheduling::match_service(&book, &said_service) else {
        return Ok(speech::WHICH_SERVICE.into());
    };
    let service = matched.service();
    let practitioner = match wanted_practitioner(&book, location, service, arguments) {
        Ok(practitioner) => practitioner,
        Err(question) => return Ok(question.into()),
    };
    let wish = match wish(arguments, today) {
        Ok(wish) => wish,
        Err(question) => return Ok(question.into()),
    };
    let last = today.checked_add(i64::from(service.rules.horizon_days).days()).unwrap_or(today);
    if wish.from > last {
        return Ok(speech::TOO_FAR_AHEAD.into());
    }
    let search = Search {
        org: caller.org,
        location: Some(location.id),
        service: service.id,
        practitioner,
        resource: None,
        guest: caller.phone.as_ref().map(Phone::as_str),
        from: wish.from,
        to: wish.until.min(last),
    };
    let found = scheduling::open_times(app, &search).await?;
    if let Some(obstacle) = &found.obstacle {
        return Ok(speech::needs_something_first(&Teller::new(&book, &location.zone), obstacle).into());
    }
    let local = |at: jiff::Timestamp| at.to_zoned(location.zone.clone()).datetime();
    let times: Vec<(Date, Time)> =
        found.openings.iter().map(|o| local(o.starts_at)).map(|at| (at.date(), at.time())).collect();
    let wanted =
        times.iter().filter(|(date, time)| wish.weekdays.contains(*date) && wish.part.contains(*time));
    let wanted = spread(wanted.copied());
    if !wanted.is_empty() {
        return Ok(openings::nearest(&wanted).into());
    }
    let on = (search.from == search.to).then_some(search.from);
    let unmet = Unmet { service: search.service, location: location.id, on, part: wish.part.name() };
    if !times.is_empty() {
        return Ok(Answer::result(openings::others(&spread(times.into_iter()))).lacking(unmet));
    }
    let next = scheduling::next_open_day(app, &search).await?;
    if let Some(obstacle) = &next.obstacle {
        return Ok(speech::needs_something_first(&Teller::new(&book, &location.zone), obstacle).into());
    }
    let next = next.openings.first().map(|o| local(o.starts_at));
    let said = openings::none_until(search.to, next.map(|at| (at.date(), at.time())));
    Ok(Answer::result(said).lacking(unmet))
}

/// What the caller would take; a question when a day was not understood.
fn wish(arguments: Arguments<'_>, today: Date) -> Result<Wish, String> {
    let ahead = |date: Date, days: i64| date.checked_add(days.days()).unwrap_or(date);
    let (said_from, said_until) = (arguments.text(Names::FROM_DATE), arguments.text(Names::TO_DATE));
    let (from, named_until) = match said_from.as_deref().map(|said| (said, when::parse_stretch(said, today)))
    {
        None => (today, None),
        Some((_, Some((first, last)))) => (first, Some(last)),
        Some((said, None)) => {
            (when::parse_date(said, today).map_err(|question| speech::ask_date(question, today))?, None)
        }
    };
    let until = match said_until.as_deref().map(|said| (said, when::parse_stretch(said, today))) {
        None => named_until.unwrap_or_else(|| ahead(from, DAYS - 1)),
        Some((_, Some((_, last)))) => last,
        Some((said, None)) => {
            when::parse_date(said, today).map_err(|question| speech::ask_date(question, today))?
        }
    };
    if until < from {
        return Err(openings::BACKWARDS.into());
    }
    let weekdays = match arguments.texts(Names::WEEKDAYS) {
        None => Weekdays::ANY,
        Some(said) => Weekdays::parse(&said).ok_or(openings::WHICH_WEEKDAYS)?,
    };
    let part =
        arguments.text(Names::PART_OF_DAY).and_then(|said| PartOfDay::parse(&said)).unwrap_or(PartOfDay::Any);
    Ok(Wish { from, until: until.min(ahead(from, DAYS_MAX - 1)), weekdays, part })
}

/// The first days, and as many of their first times as a caller can follow, shared out fairly.
fn spread(times: impl Iterator<Item = (Date, Time)>) -> Vec<DayTimes> {
    let mut days: Vec<DayTimes> = Vec::new();
    for (date, time) in times {
        let known = days.len();
        match days.last_mut() {
            Some((last, its)) if *last == date => its.push(time),
            _ if known == DAYS_SPOKEN_MAX => break,
            _ => days.push((date, vec![time])),
        }
    }
    let mut shares = vec![0; days.len()];
    let mut left = TIMES_SPOKEN_MAX;
    while left > 0 {
        let before = left;
        for (share, (_, its)) in shares.iter_mut().zip(&days) {
            if left > 0 && *share < its.len() {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    for (share, (_, its)) in shares.into_iter().zip(&mut days) {
        its.truncate(share);
    }
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn five_times_are_shared_out_over_three_days_and_none_is_wasted() {
        let on = |day: i8, count: i8| (0..count).map(move |n| (date(2026, 12, day), time(9 + n, 0, 0, 0)));
        let counts = |days: Vec<DayTimes>| days.iter().map(|(_, its)| its.len()).collect::<Vec<_>>();
        assert_eq!(counts(spread(on(1, 9))), [5]);
        assert_eq!(counts(spread(on(1, 9).chain(on(2, 9)))), [3, 2]);
        assert_eq!(counts(spread(on(1, 9).chain(on(2, 9)).chain(on(3, 9)).chain(on(4, 9)))), [2, 2, 1]);
        assert_eq!(counts(spread(on(1, 1).chain(on(2, 1)).chain(on(3, 9)))), [1, 1, 3]);
        assert_eq!(counts(spread(on(1, 1).chain(on(2, 1)))), [1, 1]);
        assert_eq!(counts(spread(on(1, 0))), Vec::<usize>::new());
    }
}
