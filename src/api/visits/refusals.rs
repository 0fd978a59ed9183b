//! Why a visit is not booked or changed, as problem documents. Causes and alternatives are data.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use voxanne_slots::{Opening, Refusal};

use super::appointment::local;
use crate::api::problems;
use crate::appointments::{self, BookError, ChangeError, LeftOut, SeriesError, Status};
use crate::language::Language;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::scheduling::{Location, RuleBook, Teller};
use crate::when::{text_moment, text_time};

const NOT_BOOKABLE: Problem = Problem::new(
    StatusCode::CONFLICT,
    "not_bookable",
    "The time cannot be had; causes tells why, alternatives the nearest times that can.",
);
const ANOTHER_VISIT: Problem = Problem::new(
    StatusCode::CONFLICT,
    "another_visit",
    "The person has another visit at that time: move that one instead.",
);
const SERIES_COLLIDES: Problem = Problem::new(
    StatusCode::CONFLICT,
    "series_collides",
    "Some visits of the series cannot be had, and nothing was booked; left_out tells which and why. Send partial to book the others.",
);
const VERSION_CONFLICT: Problem = Problem::new(
    StatusCode::CONFLICT,
    "version_conflict",
    "Somebody has changed the visit since you read it; difference and changes tell what. Read it again and decide anew.",
);
pub(super) const ILLEGAL_STATE: Problem =
    Problem::new(StatusCode::CONFLICT, "illegal_state", "The visit's state does not allow that.");
const NOT_BEGUN: Problem = Problem::new(
    StatusCode::CONFLICT,
    "not_begun",
    "Nobody can have failed to come before the visit begins.",
);
/// Of a room or device that somebody asks for.
pub(super) const NOT_NEEDED: &str = "is no room or device that the service takes here";
const NO_LONGER_OFFERED: Problem = Problem::new(
    StatusCode::CONFLICT,
    "no_longer_offered",
    "The service or the location is no longer booked: cancel the visit and book another.",
);

/// A change of this visit that was refused, by the clock of where the visit is.
pub(in crate::api) async fn refused_change(
    tx: &mut PgConnection,
    org: OrgId,
    book: &RuleBook,
    (id, language): (AppointmentId, Language),
    error: ChangeError,
) -> Problem {
    let visit = appointments::find(tx, org, id).await.ok().flatten();
    match book.location(visit.map(|visit| visit.location)) {
        Some(location) => Words { org, book, location, language }.change(error),
        None => Problem::NOT_FOUND,
    }
}

/// What a refused time tells of itself.
pub(super) struct Words<'b> {
    pub org: OrgId,
    pub book: &'b RuleBook,
    pub location: &'b Location,
    /// Of the words for staff.
    pub language: Language,
}

impl Words<'_> {
    /// The causes as data, each with its two sentences.
    pub fn causes(&self, refusal: &Refusal) -> Value {
        let tell = Teller::new(self.book, &self.location.zone).speaking(self.language);
        refusal.causes.iter().map(|cause| tell.data(cause)).collect()
    }

    fn not_bookable(&self, refusal: &Refusal, alternatives: &[Opening]) -> Problem {
        let alternatives: Value = alternatives
            .iter()
            .map(|opening| {
                json!({
                    "starts_at": opening.starts_at,
                    "local_starts_at": local(opening.starts_at, &self.location.zone),
                    "practitioner_id": ResourceId(opening.practitioner).to_string(),
                })
            })
            .collect();
        NOT_BOOKABLE.with("causes", self.causes(refusal)).with("alternatives", alternatives)
    }

    /// A booking or a hold that was refused. The rules are current: the caller has seen to it.
    pub fn book(&self, error: &BookError) -> Problem {
        match error {
            BookError::Refused { refusal, alternatives } => self.not_bookable(refusal, alternatives),
            BookError::HasAnotherVisit | BookError::TooMany(_) => ANOTHER_VISIT,
            BookError::RulesChanged(_) | BookError::CalendarUnknown(_) => Problem::UNAVAILABLE,
            BookError::Unexpected(error) => problems::database(self.org, error),
        }
    }

    /// A series that was refused.
    pub fn series(&self, error: &SeriesError) -> Problem {
        match error {
            SeriesError::Collides(left_out) => SERIES_COLLIDES.with("left_out", self.left_out(left_out)),
            SeriesError::Book(error) => self.book(error),
        }
    }

    /// The visits of a series that cannot be had.
    pub fn left_out(&self, all: &[LeftOut]) -> Value {
        all.iter()
            .map(|left_out| {
                json!({
                    "nth": left_out.nth,
                    "starts_at": left_out.starts_at,
                    "causes": self.causes(&left_out.refusal),
                })
            })
            .collect()
    }

    /// A change that was refused.
    pub fn change(&self, error: ChangeError) -> Problem {
        match error {
            ChangeError::NotFound => Problem::NOT_FOUND,
            ChangeError::VersionConflict { current, difference } => {
                let changes = self.changes(&difference);
                VERSION_CONFLICT
                    .with("version", current)
                    .with("difference", Value::Object(difference))
                    .with("changes", changes)
            }
            ChangeError::IllegalState { from, to } => ILLEGAL_STATE
                .with("from", from.as_str())
                .with("to", to.as_str())
                .saying(format!("A visit that is {} does not become {}.", from.as_str(), to.as_str())),
            ChangeError::NotAhead(status) => ILLEGAL_STATE
                .with("from", status.as_str())
                .saying(format!("A visit that is {} does not move any more.", status.as_str())),
            ChangeError::NotBegun => NOT_BEGUN,
            ChangeError::NoLongerOffered => NO_LONGER_OFFERED,
            ChangeError::NotNeeded => problems::invalid_field("resource_id", NOT_NEEDED),
            ChangeError::Refused { refusal, alternatives } => self.not_bookable(&refusal, &alternatives),
            ChangeError::RulesChanged(_) | ChangeError::CalendarUnknown(_) => Problem::UNAVAILABLE,
            ChangeError::Unexpected(error) => problems::database(self.org, &error),
        }
    }

    /// What became of the visit meanwhile, in sentences for staff.
    fn changes(&self, difference: &Map<String, Value>) -> Vec<String> {
        let to = |field: &str| difference.get(field).and_then(|change| change["to"].as_str());
        let at = |field: &str| {
            let at: jiff::Timestamp = to(field)?.parse().ok()?;
            Some(at.to_zoned(self.location.zone.clone()))
        };
        let moment = |at| text_moment(&at, self.language);
        let starts = at("starts_at").map(|at| format!("It is on {} now.", moment(at)));
        // A visit that moved ends at another time as well.
        let ends = at("ends_at").filter(|_| starts.is_none());
        let ends = ends.map(|at| format!("It ends at {} now.", text_time(at.time(), self.language)));
        let person = to("practitioner").and_then(ResourceId::parse);
        let person = person.and_then(|id| self.book.practitioner_name(id.0));
        let person = person.map(|name| format!("It is with {name} now."));
        let things = difference.get("resources").and_then(|change| change["to"].as_array());
        let things = things.map(|ids| self.things(ids)).filter(|names| !names.is_empty());
        let things = things.map(|names| format!("It is in {names} now."));
        let state =
            to("status").and_then(|status| status.parse().ok()).map(|status| became(status).to_owned());
        let told = [starts, ends, person, things, state].into_iter().flatten();
        told.map(|sentence| self.language.say(&sentence)).collect()
    }

    /// The names of rooms and devices.
    fn things(&self, ids: &[Value]) -> String {
        let of = |id: &Value| {
            let id = ResourceId::parse(id.as_str()?)?;
            self.book.things.iter().find(|(thing, _)| *thing == id).map(|(_, name)| name.as_str())
        };
        ids.iter().filter_map(of).collect::<Vec<_>>().join(", ")
    }
}

fn became(status: Status) -> &'static str {
    match status {
        Status::Pending => "It has to be confirmed now.",
        Status::Scheduled => "It is confirmed now.",
        Status::Arrived => "The person has arrived.",
        Status::Completed => "It has taken place.",
        Status::Cancelled => "It was cancelled.",
        Status::NoShow => "The person did not come.",
    }
}
