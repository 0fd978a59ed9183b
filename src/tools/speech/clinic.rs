//! What a clinic says about itself. Only what its own data holds; what it does not hold is said to be unknown.

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use voxanne_slots::{Hours, LocalSpan};

use super::{fits, list};
use crate::scheduling::{ChangePolicy, Treatment};
use crate::when::{say_date, say_time};

pub(in crate::tools) const WHICH_TOPIC: &str = "I can tell you about our hours, address, parking, prices, treatments, preparation or policies. Which would you like to know?";
pub(in crate::tools) const WHICH_PREPARATION: &str = "Which treatment would you like to prepare for?";
const NO_HOURS: &str =
    "I don't have regular opening hours to tell you. Would you like our team to call you back?";
const NO_ADDRESS: &str = "I don't have our address here. Would you like our team to call you back with it?";
const NO_PARKING: &str =
    "I don't have any details about parking here. Would you like our team to call you back about it?";
const NO_PRICE: &str =
    "I don't have a price for that here. Would you like our team to call you back about it?";
const NO_TREATMENT: &str =
    "I don't see that among our treatments. Would you like our team to call you back about it?";
const NO_PREPARATION: &str =
    "I don't have any preparation advice for that here. Would you like our team to call you back about it?";
const NO_POLICY: &str =
    "I don't have our policy for changes here. Would you like our team to call you back about it?";

/// Treatments named before "and N more".
const TREATMENTS_SPOKEN_MAX: usize = 6;
/// Prices named when no treatment was.
const PRICES_SPOKEN_MAX: usize = 3;
/// How far ahead a day that differs is worth mentioning.
const DIFFERENT_DAYS: i64 = 7;
/// A weekday without an ordinary date for so many weeks has none.
const WEEKS_MAX: i64 = 8;
const MINUTES_PER_DAY: u16 = 24 * 60;

/// The week, and today or the next day that differs from it.
pub(in crate::tools) fn hours(hours: &Hours, today: Date) -> String {
    let week = ordinary_week(hours, today);
    let exception = exception(hours, today).unwrap_or_default();
    let Some(week) = say_week(&week) else {
        return if exception.is_empty() { NO_HOURS.into() } else { format!("{NO_HOURS} {exception}") };
    };
    let whole = format!("{week} {exception}");
    if fits(&whole) {
        return whole.trim_end().to_owned();
    }
    let today = say_day(&hours.spans(today));
    format!("Our hours differ from day to day. Today we're {today}. Which day would you like to come in?")
}

/// Each weekday's spans, Monday first, as of its next date that is no exception.
fn ordinary_week(hours: &Hours, today: Date) -> Vec<(&'static str, Vec<LocalSpan>)> {
    const WEEK: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let since_monday = i64::from(today.weekday().to_monday_zero_offset());
    (0_i64..)
        .zip(WEEK)
        .map(|(offset, name)| {
            let dates = (0..WEEKS_MAX).filter_map(|week| {
                let ahead = (offset - since_monday).rem_euclid(7) + 7 * week;
                today.checked_add(ahead.days()).ok()
            });
            let ordinary = dates.into_iter().find(|date| !hours.overrides.contains_key(date));
            (name, ordinary.map(|date| hours.spans(date).to_vec()).unwrap_or_default())
        })
        .collect()
}

fn say_week(week: &[(&'static str, Vec<LocalSpan>)]) -> Option<String> {
    let mut kinds: Vec<&[LocalSpan]> = Vec::new();
    for (_, spans) in week {
        if !spans.is_empty() && !kinds.contains(&spans.as_slice()) {
            kinds.push(spans);
        }
    }
    let days_of =
        |kind: &[LocalSpan]| -> Vec<bool> { week.iter().map(|(_, s)| s.as_slice() == kind).collect() };
    let open: Vec<String> =
        kinds.iter().map(|kind| format!("{} {}", say_days(week, &days_of(kind)), say_spans(kind))).collect();
    let closed = days_of(&[]);
    match (open.is_empty(), closed.contains(&true)) {
        (true, _) => None,
        (false, true) => Some(format!("We're open {}; closed on {}.", list(&open), say_days(week, &closed))),
        (false, false) => Some(format!("We're open {}.", list(&open))),
    }
}

/// "every day", "Monday to Friday", "Monday, Wednesday, and Friday".
fn say_days(week: &[(&'static str, Vec<LocalSpan>)], wanted: &[bool]) -> String {
    if wanted.iter().all(|day| *day) {
        return "every day".into();
    }
    let mut said = Vec::new();
    let mut at = 0;
    while at < week.len() {
        let run = wanted[at..].iter().take_while(|day| **day).count();
        match run {
            0 => {}
            1 | 2 => said.extend(week[at..at + run].iter().map(|(name, _)| (*name).to_owned())),
            _ => said.push(format!("{} to {}", week[at].0, week[at + run - 1].0)),
        }
        at += run.max(1);
    }
    list(&said)
}

fn say_spans(spans: &[LocalSpan]) -> String {
    let said: Vec<String> = spans
        .iter()
        .map(|s| format!("from {} to {}", say_minute(s.opens_minute()), say_minute(s.closes_minute())))
        .collect();
    list(&said)
}

fn say_minute(minute: u16) -> String {
    if minute == MINUTES_PER_DAY {
        return "midnight".into();
    }
    let part = |n: u16| i8::try_from(n).unwrap_or(0);
    Time::new(part(minute / 60), part(minute % 60), 0, 0).map_or_else(|_| "midnight".into(), say_time)
}

fn say_day(spans: &[LocalSpan]) -> String {
    if spans.is_empty() { "closed".into() } else { format!("open {}", say_spans(spans)) }
}

/// Today when it differs, else the next day of the week ahead that does.
fn exception(hours: &Hours, today: Date) -> Option<String> {
    let last = today.checked_add(DIFFERENT_DAYS.days()).ok()?;
    let (date, spans) = hours.overrides.range(today..=last).next()?;
    Some(if *date == today {
        format!("Today we're {}.", say_day(spans))
    } else {
        format!("On {} we're {}.", say_date(*date), say_day(spans))
    })
}

/// Where the clinic is.
pub(in crate::tools) fn address(address: Option<&str>) -> String {
    address.map_or_else(|| NO_ADDRESS.into(), |at| format!("We're at {}.", at.trim_end_matches('.')))
}

/// Where to park.
pub(in crate::tools) fn parking(parking: Option<&str>) -> String {
    parking.map_or_else(|| NO_PARKING.into(), as_sentence)
}

/// What one treatment costs, or where some start when none was named.
pub(in crate::tools) fn prices(treatments: &[Treatment], wanted: Option<&Treatment>) -> String {
    if let Some(treatment) = wanted {
        return price_of(treatment).map_or_else(|| NO_PRICE.into(), |said| format!("{said}."));
    }
    let known: Vec<String> = treatments.iter().filter_map(price_of).collect();
    for shown in (1..=PRICES_SPOKEN_MAX.min(known.len())).rev() {
        let said = format!("{}. Which treatment are you interested in?", list(&known[..shown]));
        if fits(&said) {
            return said;
        }
    }
    NO_PRICE.into()
}

fn price_of(treatment: &Treatment) -> Option<String> {
    let name = &treatment.name;
    Some(match treatment.price_cents? {
        0 => format!("{name} is free of charge"),
        cents => format!("{name} starts at {}", say_money(cents)),
    })
}

/// "$420", "$42.50", "$1,200".
pub(in crate::tools) fn say_money(cents: i32) -> String {
    let (dollars, rest) = (cents / 100, cents % 100);
    let whole = match (dollars / 1000, dollars % 1000) {
        (0, below) => below.to_string(),
        (thousands, below) => format!("{thousands},{below:03}"),
    };
    if rest == 0 { format!("${whole}") } else { format!("${whole}.{rest:02}") }
}

/// What the clinic offers, or that it offers what was asked for.
pub(in crate::tools) fn treatments(treatments: &[Treatment], wanted: Option<&Treatment>) -> String {
    if let Some(treatment) = wanted {
        return format!("Yes, we offer {}. Would you like me to look for a time?", treatment.name);
    }
    for shown in (1..=TREATMENTS_SPOKEN_MAX.min(treatments.len())).rev() {
        let mut names: Vec<String> = treatments[..shown].iter().map(|t| t.name.clone()).collect();
        match treatments.len() - shown {
            0 => {}
            1 => names.push("1 more treatment".into()),
            more => names.push(format!("{more} more treatments")),
        }
        let said = format!("We offer {}. Which one are you interested in?", list(&names));
        if fits(&said) {
            return said;
        }
    }
    NO_TREATMENT.into()
}

/// A treatment was named that the clinic does not have.
pub(in crate::tools) fn unknown(is_about_price: bool) -> String {
    (if is_about_price { NO_PRICE } else { NO_TREATMENT }).into()
}

/// What to do before a treatment.
pub(in crate::tools) fn preparation(treatment: &Treatment) -> String {
    treatment.preparation.as_deref().map_or_else(|| NO_PREPARATION.into(), as_sentence)
}

/// What changing or cancelling late costs.
pub(in crate::tools) fn policy(policy: Option<&ChangePolicy>) -> String {
    let Some(policy) = policy else { return NO_POLICY.into() };
    if policy.notice_minutes == 0 {
        return "You can change or cancel your visit at any time before it begins.".into();
    }
    let notice = say_notice(policy.notice_minutes, policy.counts_open_time);
    let late = match (&policy.fee_sentence, policy.fee_cents) {
        (Some(own), _) => as_sentence(own),
        (None, 0) => "After that, our team decides with you.".into(),
        (None, cents) => format!("After that, there's a fee of {}.", say_money(cents)),
    };
    let said = format!("Please change or cancel at least {notice} before your visit. {late}");
    if fits(&said) { said } else { format!("Please change or cancel at least {notice} before your visit.") }
}

fn say_notice(minutes: i32, counts_open_time: bool) -> String {
    let (count, unit) = match minutes {
        m if m % 1440 == 0 && m > 2 * 1440 && !counts_open_time => (m / 1440, "day"),
        m if m % 60 == 0 => (m / 60, "hour"),
        m => (m, "minute"),
    };
    let kind = if counts_open_time { "opening " } else { "" };
    format!("{count} {kind}{unit}{}", if count == 1 { "" } else { "s" })
}

/// The clinic's own words, ended as a sentence.
fn as_sentence(words: &str) -> String {
    let words = words.trim();
    if words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}

pub(super) fn samples() -> Vec<String> {
    let mut all: Vec<String> = [
        WHICH_TOPIC,
        WHICH_PREPARATION,
        NO_HOURS,
        NO_ADDRESS,
        NO_PARKING,
        NO_PRICE,
        NO_TREATMENT,
        NO_PREPARATION,
        NO_POLICY,
    ]
    .map(str::to_owned)
    .to_vec();
    let today = jiff::civil::date(2026, 11, 25);
    for kind in 0..4_u16 {
        let mut rules = Hours::daily(&[]);
        for (day, spans) in
            (0_u16..).zip(rules.weeks.iter_mut().flat_map(|week| &mut week.days)).skip(usize::from(kind % 2))
        {
            let opens = 540 + 15 * day * (kind / 2);
            spans.extend(LocalSpan::new(opens, 720));
            spans.extend(LocalSpan::new(780, 1065 + opens - 540));
        }
        all.push(hours(&rules, today));
        rules.overrides.insert(today, Vec::new());
        all.push(hours(&rules, today));
    }
    let treatment = |price_cents| Treatment {
        service: crate::platform::ids::ServiceId(uuid::Uuid::nil()),
        name: "Laser Hair Removal Full Legs".into(),
        price_cents,
        preparation: Some(
            "Please shave the area the day before, and stay out of the sun for two weeks".into(),
        ),
    };
    let known: Vec<Treatment> = [Some(0), Some(123_456), Some(42_000), None].map(treatment).to_vec();
    for one in &known {
        all.extend([prices(&known, Some(one)), treatments(&known, Some(one)), preparation(one)]);
    }
    all.extend([prices(&known, None), prices(&[], None), treatments(&known, None), treatments(&[], None)]);
    for (notice_minutes, counts_open_time, fee_cents) in
        [(0, false, 0), (1440, false, 5_000), (10_080, false, 0), (480, true, 2_550), (90, false, 5_000)]
    {
        let rules = ChangePolicy { notice_minutes, counts_open_time, fee_cents, fee_sentence: None };
        all.push(policy(Some(&rules)));
        let own =
            "A late change costs half of the treatment's price, which our team takes from the card on file";
        all.push(policy(Some(&ChangePolicy { fee_sentence: Some(own.into()), ..rules })));
    }
    all.extend([
        address(Some("8500 Sunset Boulevard, West Hollywood, CA 90069")),
        parking(Some("Park behind the house")),
    ]);
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn span(from: u16, to: u16) -> LocalSpan {
        LocalSpan::new(from * 60, to * 60).unwrap()
    }

    #[test]
    fn a_week_is_said_in_as_few_words_as_it_has_kinds_of_days() {
        let today = jiff::civil::date(2026, 11, 24);
        let mut rules = Hours::daily(&[span(9, 18)]);
        assert_eq!(hours(&rules, today), "We're open every day from 9 AM to 6 PM.");
        rules.weeks[0].days[5] = vec![span(10, 14)];
        rules.weeks[0].days[6].clear();
        assert_eq!(
            hours(&rules, today),
            "We're open Monday to Friday from 9 AM to 6 PM and Saturday from 10 AM to 2 PM; closed on Sunday."
        );
        rules.weeks[0].days[1] = vec![span(12, 24)];
        assert_eq!(
            hours(&rules, today),
            "We're open Monday and Wednesday to Friday from 9 AM to 6 PM, Tuesday from 12 PM to midnight, and Saturday from 10 AM to 2 PM; closed on Sunday."
        );
    }

    #[test]
    fn a_day_that_differs_is_mentioned_and_does_not_change_the_week() {
        let today = jiff::civil::date(2026, 11, 24);
        let mut rules = Hours::daily(&[span(9, 18)]);
        rules.overrides.insert(jiff::civil::date(2026, 11, 26), Vec::new());
        assert_eq!(
            hours(&rules, today),
            "We're open every day from 9 AM to 6 PM. On Thursday, November 26th we're closed."
        );
        rules.overrides.insert(today, vec![span(12, 15)]);
        assert_eq!(
            hours(&rules, today),
            "We're open every day from 9 AM to 6 PM. Today we're open from 12 PM to 3 PM."
        );
        assert_eq!(hours(&Hours::daily(&[]), today), NO_HOURS);
    }

    #[test]
    fn money_is_said_as_it_is_written_on_a_price_list() {
        let said = [42_000, 4_250, 120_000, 100_005].map(say_money);
        assert_eq!(said, ["$420", "$42.50", "$1,200", "$1,000.05"]);
    }
}
