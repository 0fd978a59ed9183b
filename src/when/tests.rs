#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
//! What callers say, and what it means on a Tuesday: 2026-11-24.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Weekday, date, time};
use proptest::prelude::*;

use super::spoken_forms::{DATES, TIMES};
use super::*;
use crate::language::Language::{English, Spanish};

const TUESDAY: Date = date(2026, 11, 24);
const MONDAY: Date = date(2026, 11, 23);

/// A reading in one line: "2026-12-03", "2026-12-03?2026-12-04", "past 2025-11-26 (2026-11-26)".
fn read_date(said: &str, today: Date) -> String {
    match parse_date(said, today) {
        Ok(date) => date.to_string(),
        Err(DateQuestion::TwoReadings(one, other)) => format!("{one}?{other}"),
        Err(DateQuestion::Past { said, same_day_ahead: Some(ahead) }) => format!("past {said} ({ahead})"),
        Err(DateQuestion::Past { said, same_day_ahead: None }) => format!("past {said}"),
        Err(DateQuestion::Impossible) => "impossible".into(),
        Err(DateQuestion::Unclear) => "unclear".into(),
    }
}

fn read_time(said: &str) -> String {
    let clock = |time: Time| time.strftime("%H:%M").to_string();
    match parse_time(said) {
        Ok(time) => clock(time),
        Err(TimeQuestion::TwoReadings(one, other)) => format!("{}?{}", clock(one), clock(other)),
        Err(TimeQuestion::Impossible) => "impossible".into(),
        Err(TimeQuestion::Unclear) => "unclear".into(),
    }
}

fn check(table: &str, read: impl Fn(&str) -> String) -> usize {
    let rows = table.lines().map(str::trim).filter(|row| !row.is_empty());
    rows.map(|row| {
        let (said, meant) = row.split_once('|').expect("said | meant");
        assert_eq!(read(said.trim()), meant.trim(), "{said:?}");
    })
    .count()
}

#[test]
fn d9_p6_spoken_dates_are_read_or_asked_about() {
    let rows = check(DATES, |said| read_date(said, TUESDAY));
    assert!(rows >= 80, "{rows} rows");
}

#[test]
fn d10_spoken_times_are_read_or_asked_about() {
    let rows = check(TIMES, read_time);
    assert!(rows >= 80, "{rows} rows");
}

#[test]
fn t_v7_next_tuesday_is_in_a_week_on_a_tuesday_and_a_question_on_a_monday() {
    assert_eq!(read_date("next Tuesday", TUESDAY), "2026-12-01");
    assert_eq!(read_date("next Tuesday", MONDAY), "2026-11-24?2026-12-01");
    assert_eq!(read_date("Tuesday after next", TUESDAY), "2026-12-08");
    assert_eq!(read_date("Tuesday after next", MONDAY), "2026-12-01?2026-12-08");
    assert_eq!(read_date("Tuesday next week", MONDAY), "2026-12-01");
    assert!(say_date(parse_date("next Tuesday", TUESDAY).unwrap()).starts_with("Tuesday"));
}

#[test]
fn t_d15_d11_tomorrow_is_counted_from_the_clinics_evening_not_from_utc() {
    let today =
        |at: &str, zone: &str| at.parse::<Timestamp>().unwrap().to_zoned(TimeZone::get(zone).unwrap()).date();
    let evening = today("2026-05-27T03:45:00Z", "America/Los_Angeles");
    assert_eq!(evening, date(2026, 5, 26));
    assert_eq!(read_date("tomorrow", evening), "2026-05-27");
    assert_eq!(read_date("2026-05-26", evening), "2026-05-26", "today is not past at 20:45");
    assert_eq!(read_date("this Friday", evening), "2026-05-29");
    // D11: 23:30 and 00:30 local.
    assert_eq!(read_date("today", today("2026-05-27T06:30:00Z", "America/Los_Angeles")), "2026-05-26");
    assert_eq!(read_date("today", today("2026-05-27T07:30:00Z", "America/Los_Angeles")), "2026-05-27");
    assert_eq!(read_date("tomorrow", today("2026-05-26T23:30:00Z", "Africa/Lagos")), "2026-05-28");
}

#[test]
fn dates_without_a_year_are_the_next_ones() {
    assert_eq!(read_date("november 24", TUESDAY), "2026-11-24", "today counts");
    assert_eq!(read_date("november 23", TUESDAY), "2027-11-23");
    assert_eq!(read_date("february 29", date(2027, 6, 1)), "2028-02-29");
    assert_eq!(read_date("the 31st", TUESDAY), "2026-12-31", "November has 30 days");
    assert_eq!(read_date("this weekend", date(2026, 11, 28)), "2026-11-28?2026-11-29");
    assert_eq!(read_date("this weekend", date(2026, 11, 29)), "2026-11-29?2026-12-05");
}

#[test]
fn d16_dates_and_times_are_said_as_people_say_them() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let at = |date, time| resolve(date, time, &zone).unwrap();
    assert_eq!(say_moment(&at(date(2026, 2, 1), time(14, 0, 0, 0))), "Sunday, February 1st at 2 PM");
    assert_eq!(say_moment(&at(date(2026, 2, 5), time(17, 0, 0, 0))), "Thursday, February 5th at 5 PM");
    // T-M8
    assert_eq!(
        text_moment(&at(date(2026, 2, 1), time(13, 40, 0, 0)), English),
        "Sunday, February 1 at 1:40 PM"
    );
    assert_eq!(
        text_moment(&at(date(2026, 2, 1), time(14, 0, 0, 0)), English),
        "Sunday, February 1 at 2:00 PM"
    );
    assert_eq!(say_time(time(12, 0, 0, 0)), "12 PM");
    assert_eq!(say_time(time(0, 5, 0, 0)), "12:05 AM");
    let suffixes = [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (23, "23rd"),
        (30, "30th"),
        (31, "31st"),
    ];
    for (day, said) in suffixes {
        assert!(say_date(date(2026, 12, day)).ends_with(&format!(" December {said}")));
    }
}

#[test]
fn t_m8_spanish_texts_show_weekday_date_and_clock() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let text = |date, time| text_moment(&resolve(date, time, &zone).unwrap(), Spanish);
    assert_eq!(text(date(2026, 2, 1), time(14, 0, 0, 0)), "domingo 1 de febrero a las 2:00 PM");
    assert_eq!(text(date(2026, 2, 1), time(13, 40, 0, 0)), "domingo 1 de febrero a la 1:40 PM");
    assert_eq!(text(date(2026, 9, 30), time(0, 5, 0, 0)), "miércoles 30 de septiembre a las 12:05 AM");
    assert_eq!(text_time(time(1, 0, 0, 0), Spanish), "la 1:00 AM");
    let week: Vec<_> = (7..14).map(|day| text_day(date(2026, 12, day), Spanish)).collect();
    assert_eq!(
        week.join(", "),
        "lunes 7 de diciembre, martes 8 de diciembre, miércoles 9 de diciembre, jueves 10 de diciembre, \
         viernes 11 de diciembre, sábado 12 de diciembre, domingo 13 de diciembre"
    );
    let months: Vec<_> = (1..=12).map(|month| text_day(date(2026, month, 1), Spanish)).collect();
    let named: Vec<_> = months.iter().filter_map(|day| day.rsplit(' ').next()).collect();
    assert_eq!(
        named.join(" "),
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    );
}

#[test]
fn lists_of_times_stop_at_the_limit() {
    let times: Vec<Time> = [(9, 0), (10, 30), (13, 0), (14, 45), (16, 0), (16, 45), (17, 0), (17, 15)]
        .map(|(hour, minute)| time(hour, minute, 0, 0))
        .to_vec();
    assert_eq!(say_times(&times, 5), "9 AM, 10:30 AM, 1 PM, 2:45 PM, 4 PM, and 3 more times");
    assert_eq!(say_times(&times[..6], 5), "9 AM, 10:30 AM, 1 PM, 2:45 PM, 4 PM, and 1 more time");
    assert_eq!(say_times(&times[..3], 3), "9 AM, 10:30 AM, and 1 PM");
    assert_eq!(say_times(&times[..2], 5), "9 AM and 10:30 AM");
    assert_eq!(say_times(&times[..1], 5), "9 AM");
    assert_eq!(say_times(&times[..2], 1), "9 AM and 1 more time");
    assert_eq!(say_times(&[], 5), "");
}

#[test]
fn t_d13_d14_the_text_shows_the_clinics_date_and_time_in_any_zone() {
    let instant: Timestamp = "2026-05-27T00:30:00Z".parse().unwrap();
    for (zone, said, text) in [
        ("America/Los_Angeles", "Tuesday, May 26th at 5:30 PM", "Tuesday, May 26 at 5:30 PM"),
        ("Africa/Lagos", "Wednesday, May 27th at 1:30 AM", "Wednesday, May 27 at 1:30 AM"),
        ("Asia/Kathmandu", "Wednesday, May 27th at 6:15 AM", "Wednesday, May 27 at 6:15 AM"),
    ] {
        let moment = instant.to_zoned(TimeZone::get(zone).unwrap());
        assert_eq!(say_moment(&moment), said);
        assert_eq!(text_moment(&moment, English), text);
    }
}

#[test]
fn local_times_that_the_clocks_skip_or_repeat_are_told_apart() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let half_past = |hour| time(hour, 30, 0, 0);
    assert_eq!(resolve(date(2026, 3, 8), half_past(2), &zone), Err(LocalTimeError::DoesNotExist));
    let Err(LocalTimeError::Twice(earlier, later)) = resolve(date(2026, 11, 1), half_past(1), &zone) else {
        panic!("01:30 happens twice");
    };
    assert_eq!(
        (earlier.timestamp().to_string(), later.timestamp().to_string()),
        ("2026-11-01T05:30:00Z".into(), "2026-11-01T06:30:00Z".into())
    );
    assert_eq!(
        resolve(date(2026, 11, 1), half_past(9), &zone).unwrap().timestamp().to_string(),
        "2026-11-01T14:30:00Z"
    );
    assert_eq!(resolve(Date::MAX, Time::MAX, &zone), Err(LocalTimeError::DoesNotExist));
}

#[test]
fn parts_of_the_day_are_understood() {
    use PartOfDay::{Afternoon, Any, Evening, Morning};
    for (said, meant) in [
        ("morning", Some(Morning)),
        ("in the morning", Some(Morning)),
        ("AM", Some(Morning)),
        ("a.m.", Some(Morning)),
        ("Afternoon", Some(Afternoon)),
        ("after lunch", Some(Afternoon)),
        ("pm", Some(Afternoon)),
        ("evening please", Some(Evening)),
        ("after work", Some(Evening)),
        ("tonight", Some(Evening)),
        ("", Some(Any)),
        ("any", Some(Any)),
        ("whenever", Some(Any)),
        ("I don't mind", Some(Any)),
        ("purple", None),
        ("2 pm", None),
        ("'; drop table", None),
    ] {
        assert_eq!(PartOfDay::parse(said), meant, "{said:?}");
    }
    let parts = |hour| [Morning, Afternoon, Evening, Any].map(|part| part.contains(time(hour, 0, 0, 0)));
    assert_eq!(parts(11), [true, false, false, true]);
    assert_eq!(parts(12), [false, true, false, true]);
    assert_eq!(parts(17), [false, false, true, true]);
}

#[test]
fn what_is_said_is_understood_again() {
    for (days, minutes) in (0..360).zip((0..).step_by(4)) {
        let day = TUESDAY.checked_add(i64::from(days).days()).unwrap();
        assert_eq!(parse_date(&say_date(day), TUESDAY), Ok(day));
        let moment = day.to_zoned(TimeZone::UTC).unwrap().checked_add(i64::from(minutes).minutes()).unwrap();
        assert_eq!(parse_date(&say_moment(&moment), TUESDAY), Ok(moment.date()));
        assert!(!say_moment(&moment).contains(['_', '-', '/']) && !say_moment(&moment).contains("at 0"));
        let text = text_moment(&moment, English);
        let (date, time) = text.split_once(" at ").unwrap();
        assert_eq!((parse_date(date, TUESDAY), parse_time(time)), (Ok(moment.date()), Ok(moment.time())));
    }
    for minute in 0..1440 {
        let time = Time::midnight() + i64::from(minute).minutes();
        let said = say_time(time);
        assert_eq!(parse_time(&said), Ok(time), "{said}");
        assert_eq!(parse_time(&time.strftime("%H:%M").to_string()), Ok(time));
        assert!(!said.contains('_') && !said.contains('-') && !said.starts_with('0'));
        let hour: i8 = said.split([':', ' ']).next().unwrap().parse().unwrap();
        assert!((1..=12).contains(&hour) && (said.ends_with(" AM") || said.ends_with(" PM")));
    }
}

/// Walks day by day, unlike the parser.
fn oracle(kind: &str, weekday: Weekday, today: Date) -> String {
    let days = || today.series(1.day());
    let soonest = |from: usize| days().skip(from).find(|day| day.weekday() == weekday).unwrap();
    if kind == "this" {
        return soonest(0).to_string();
    }
    let next_monday = days().skip(1).find(|day| day.weekday() == Weekday::Monday).unwrap();
    let first = soonest(1);
    if first >= next_monday {
        first.to_string()
    } else {
        format!("{first}?{}", soonest(usize::try_from((first - today).get_days()).unwrap() + 1))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn p7_relative_phrases_agree_with_a_calendar_walked_by_day(
        ahead in 0..4000_i64,
        weekday in 0..7_i8,
        count in 0..400_usize,
        kind in 0..5,
    ) {
        let today = date(2025, 1, 1) + ahead.days();
        let weekday = Weekday::from_monday_zero_offset(weekday).unwrap();
        let name = MONDAY + i64::from(weekday.to_monday_zero_offset()).days();
        let name = name.strftime("%A").to_string();
        match kind {
            0 => prop_assert_eq!(read_date(&format!("next {name}"), today), oracle("next", weekday, today)),
            1 => prop_assert_eq!(read_date(&format!("this {name}"), today), oracle("this", weekday, today)),
            2 => prop_assert_eq!(read_date(&name, today), oracle("this", weekday, today)),
            3 => {
                let expected = today.series(1.day()).nth(count).unwrap();
                prop_assert_eq!(read_date(&format!("in {count} days"), today), expected.to_string());
            }
            _ => {
                let expected = today.series(1.day()).nth(count * 7).unwrap();
                prop_assert_eq!(read_date(&format!("in {count} weeks"), today), expected.to_string());
            }
        }
    }

    #[test]
    fn no_words_make_the_parsers_panic(said in prop_oneof![
        "\\PC*",
        "([0-9]{1,6}[-/:.T+ ]{0,2}){1,6}[zZ]?",
        "((next|this|in|a|weeks?|from|after|friday|may|the|31st|9999|days|weekend|month|at|,|-) ?){1,7}",
        "((thirty|two|quarter|half|minutes|to|past|noon|oh|o'clock|9999|pm|in the morning|:|hundred) ?){1,7}",
    ]) {
        for today in [TUESDAY, Date::MIN, Date::MAX] {
            if let Ok(date) = parse_date(&said, today) {
                prop_assert!(date >= today);
            }
        }
        let _ = parse_time(&said);
        let _ = PartOfDay::parse(&said);
    }
}
