//! Opening hours by weekday, of a location or of one practitioner there, and the breaks in them.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::entry::WriteError;
use super::local_time::LocalTime;
use super::store;
use crate::platform::bounded::{Day, List};
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, Prefixed as _, ResourceId};

/// The names of ISO weekdays 1 to 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "self-explaining")]
pub enum Week {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Week {
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// 1 is Monday.
    pub const fn iso(self) -> i16 {
        self as i16 + 1
    }
}

impl TryFrom<i16> for Week {
    type Error = String;

    fn try_from(iso: i16) -> Result<Self, String> {
        let day = Self::ALL.into_iter().find(|day| day.iso() == iso);
        day.ok_or_else(|| format!("{iso} is no weekday"))
    }
}

/// Open, or a break that is cut out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum SpanKind {
    /// Open.
    #[default]
    Open,
    /// Cut out of it.
    Break,
}

/// Part of a weekday.
#[derive(Debug, Clone, Serialize, Deserialize, FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// On which.
    #[sqlx(try_from = "i16")]
    pub weekday: Week,
    /// Open, or a break that is cut out of it.
    #[serde(default)]
    pub kind: SpanKind,
    /// From then on.
    #[schema(inline)]
    pub opens: LocalTime,
    /// Until then.
    #[schema(inline)]
    pub closes: LocalTime,
    /// First civil day on which it holds; null has always held.
    #[schema(inline)]
    #[sqlx(skip)]
    pub effective_from: Option<Day>,
    /// Last civil day on which it holds; null holds until changed.
    #[schema(inline)]
    #[sqlx(skip)]
    pub effective_to: Option<Day>,
}

/// All weekly hours of a location, or of one practitioner there.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyHours {
    /// In the order of the week.
    #[schema(value_type = Vec<Span>, max_items = 200)]
    pub hours: List<Span, 200>,
}

/// Why hours were not read or set.
#[derive(Debug, thiserror::Error)]
pub enum HoursError {
    /// The org has no such location, or no such practitioner.
    #[error("there is no such location or practitioner")]
    Unknown,
    /// They cannot be so.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<sqlx::Error> for HoursError {
    fn from(error: sqlx::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Whose hours: a location's, or a practitioner's there.
type Whose = (LocationId, Option<ResourceId>);

/// The hours as they are.
pub async fn weekly_hours(
    tx: &mut PgConnection,
    org: OrgId,
    whose: Whose,
) -> Result<WeeklyHours, HoursError> {
    if !store::hours::exists(tx, org, whose).await? {
        return Err(HoursError::Unknown);
    }
    Ok(WeeklyHours { hours: store::hours::select(tx, org, whose).await?.into() })
}

/// Replaces all of them.
pub async fn set_weekly_hours(
    tx: &mut PgConnection,
    org: OrgId,
    whose: Whose,
    wanted: &WeeklyHours,
    new_id: impl Fn() -> uuid::Uuid,
) -> Result<WeeklyHours, HoursError> {
    check(&wanted.hours)?;
    if !store::hours::exists(tx, org, whose).await? {
        return Err(HoursError::Unknown);
    }
    let ids: Vec<_> = wanted.hours.iter().map(|_| new_id()).collect();
    store::hours::replace(tx, org, whose, (&ids, &wanted.hours)).await?;
    weekly_hours(tx, org, whose).await
}

fn check(spans: &[Span]) -> Result<(), WriteError> {
    for (index, span) in spans.iter().enumerate() {
        if span.opens >= span.closes {
            return Err(WriteError::field("hours", "must close after they open"));
        }
        if span.effective_from.zip(span.effective_to).is_some_and(|(from, to)| from > to) {
            return Err(WriteError::field("hours", "must have effective_from no later than effective_to"));
        }
        if spans[..index].iter().any(|other| overlap(span, other)) {
            return Err(WriteError::field("hours", "must not overlap on one day"));
        }
    }
    Ok(())
}

fn overlap(one: &Span, other: &Span) -> bool {
    let begins_in_time =
        |a: &Span, b: &Span| a.effective_from.zip(b.effective_to).is_none_or(|(a, b)| a <= b);
    one.weekday == other.weekday
        && one.kind == other.kind
        && one.opens < other.closes
        && other.opens < one.closes
        && begins_in_time(one, other)
        && begins_in_time(other, one)
}

/// Whose hours a request means: `None` when an id is not of its kind, and hence nobody's.
pub fn whose(location: &str, practitioner: Option<&str>) -> Option<Whose> {
    let location = LocationId::parse(location)?;
    match practitioner {
        None => Some((location, None)),
        Some(written) => Some((location, Some(ResourceId::parse(written)?))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    fn wrong(spans: &serde_json::Value) -> Option<String> {
        let hours: WeeklyHours = serde_json::from_value(json!({"hours": spans})).unwrap();
        check(&hours.hours).err().map(|error| error.to_string())
    }

    #[test]
    fn hours_of_one_day_do_not_overlap_unless_they_hold_at_different_times() {
        let span = |opens: &str, closes: &str| json!({"weekday": "monday", "opens": opens, "closes": closes});
        assert_eq!(wrong(&json!([span("09:00", "12:00"), span("12:00", "24:00")])), None);
        assert!(wrong(&json!([span("09:00", "12:00"), span("11:59", "13:00")])).is_some());
        assert!(wrong(&json!([span("12:00", "09:00")])).is_some());
        let mut summer = span("08:00", "12:00");
        summer["effective_from"] = json!("2027-06-01");
        let mut until_then = span("09:00", "12:00");
        until_then["effective_to"] = json!("2027-05-31");
        assert_eq!(wrong(&json!([until_then, summer])), None);
        let mut pause = span("10:00", "10:30");
        pause["kind"] = json!("break");
        assert_eq!(wrong(&json!([span("09:00", "12:00"), pause])), None);
    }
}
