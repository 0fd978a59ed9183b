//! The start a caller asked for, as one instant.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::speech;
use crate::platform::app::App;
use crate::scheduling::Location;
use crate::when::{self, TimeQuestion};

/// Starts are on whole steps of this; anything finer is a misheard time.
const START_STEP_MINUTES: i8 = 5;

/// Date and time as they were said.
pub(super) struct Said {
    pub date: Option<String>,
    pub time: Option<String>,
}

/// One instant in the location's zone against the call's clock; otherwise the question that is left.
pub(super) fn wanted_start(app: &App, location: &Location, said: &Said) -> Result<Timestamp, String> {
    let today = app.clock.now().to_zoned(location.zone.clone()).date();
    let said_date = said.date.as_deref().ok_or(speech::WHICH_DAY)?;
    let date = when::parse_date(said_date, today).map_err(|question| speech::ask_date(question, today))?;
    let said_time = said.time.as_deref().ok_or(speech::WHICH_TIME)?;
    let time = match when::parse_time(said_time) {
        Ok(time) => time,
        Err(TimeQuestion::TwoReadings(one, other)) => open_reading(location, date, one, other)?,
        Err(question) => return Err(speech::ask_time(question)),
    };
    if time.minute() % START_STEP_MINUTES != 0 || time.second() != 0 {
        return Err(speech::ask_time(TimeQuestion::Unclear));
    }
    let resolved =
        when::resolve(date, time, &location.zone).map_err(|e| speech::ask_clock_change(&e, date, time))?;
    Ok(resolved.timestamp())
}

/// "At 2" is the one of both that the clinic is open at; when it is open at both, or neither, the caller is asked.
fn open_reading(location: &Location, date: Date, one: Time, other: Time) -> Result<Time, String> {
    let is_open = |time: Time| {
        let minute = u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or(0);
        location.hours.spans(date).iter().any(|s| (s.opens_minute()..s.closes_minute()).contains(&minute))
    };
    match (is_open(one), is_open(other)) {
        (true, false) => Ok(one),
        (false, true) => Ok(other),
        _ => Err(speech::ask_time(TimeQuestion::TwoReadings(one, other))),
    }
}
