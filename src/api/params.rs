//! What a URL asks: checked like a body, and refused by name like one.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use jiff::SignedDuration;
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::problems;
use super::request::parsed;
use crate::platform::app::App;
use crate::platform::bounded::{Day, Instant};
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::Filter;

/// Items of one page at most.
const LIMIT_MAX: i64 = 100;
/// Items of a page unless it says otherwise.
const LIMIT_DEFAULT: i64 = 50;
/// Days that a list may span, the first and the last included.
const DAYS_MAX: i32 = 92;

/// A query of known parameters, each at most once. It is read when the handler asks for it: after it has looked at whether the
/// caller may, so that nobody learns what a query takes who may not send it.
#[derive(Debug)]
pub(super) struct Params<T>(Result<T, Problem>);

impl<T> Params<T> {
    /// What was asked; a refusal names the parameter that is wrong.
    pub fn read(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        Ok(Self(asked(parts)))
    }
}

fn asked<T: DeserializeOwned>(parts: &Parts) -> Result<T, Problem> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok();
    let Query(pairs) = pairs.ok_or_else(|| problems::invalid_field("query", "cannot be read"))?;
    let mut all = Map::new();
    for (name, value) in pairs {
        if all.insert(name.clone(), Value::String(value)).is_some() {
            return Err(problems::invalid_field(&name, "must be given once"));
        }
    }
    parsed(Value::Object(all))
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParams {
    /// Items at most, 1 to 100.
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    pub limit: Limit,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those that are booked, or only those that no longer are.
    #[param(value_type = Option<bool>)]
    pub active: Option<Flag>,
}

/// Which page of a list of things that lie on days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DayPageParams {
    /// Items at most, 1 to 100.
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    pub limit: Limit,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those on this civil day or later.
    #[param(inline)]
    pub from: Option<Day>,
    /// Only those on this civil day or earlier; with `from`, up to 92 days.
    #[param(inline)]
    pub to: Option<Day>,
}

/// A page as any list asks for it.
#[derive(Debug)]
pub(super) struct Asked {
    pub limit: i64,
    pub cursor: Option<String>,
    pub filter: Filter,
}

impl TryFrom<PageParams> for Asked {
    type Error = Problem;

    fn try_from(params: PageParams) -> Result<Self, Problem> {
        let filter = Filter { active: params.active.map(|flag| flag.0), ..Filter::default() };
        Ok(Self { limit: params.limit.0, cursor: params.cursor, filter })
    }
}

impl TryFrom<DayPageParams> for Asked {
    type Error = Problem;

    fn try_from(params: DayPageParams) -> Result<Self, Problem> {
        if let (Some(from), Some(to)) = (params.from, params.to) {
            check_range(from, to)?;
        }
        let filter =
            Filter { active: None, from: params.from.map(|day| day.0), to: params.to.map(|day| day.0) };
        Ok(Self { limit: params.limit.0, cursor: params.cursor, filter })
    }
}

/// Refuses ranges that end before they begin, and such as would make one answer of a year.
pub(super) fn check_range(from: Day, to: Day) -> Result<(), Problem> {
    if (0..DAYS_MAX).contains(&(to.0 - from.0).get_days()) {
        return Ok(());
    }
    Err(problems::invalid_field("to", "must be on or after from, and within 92 days of it"))
}

/// The same of two instants and what they are called. Days in which clocks are set back are an hour longer.
pub(super) fn check_span(
    (first, from): (&str, Option<Instant>),
    (last, to): (&str, Option<Instant>),
) -> Result<(), Problem> {
    let (Some(from), Some(to)) = (from, to) else { return Ok(()) };
    let longest = SignedDuration::from_hours(i64::from(DAYS_MAX) * 24 + 1);
    if (SignedDuration::ZERO..=longest).contains(&to.0.duration_since(from.0)) {
        return Ok(());
    }
    let wrong = format!("must be on or after {first}, and within {DAYS_MAX} days of it");
    Err(problems::invalid_field(last, &wrong))
}

/// Items of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit(i64);

impl Limit {
    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT_DEFAULT)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = String::deserialize(from)?.parse().ok();
        let within = number.filter(|n| (1..=LIMIT_MAX).contains(n));
        within.map(Self).ok_or_else(|| de::Error::custom("must be a whole number from 1 to 100"))
    }
}

/// `true` or `false`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let flag = String::deserialize(from)?.parse().ok();
        flag.map(Self).ok_or_else(|| de::Error::custom("must be true or false"))
    }
}
