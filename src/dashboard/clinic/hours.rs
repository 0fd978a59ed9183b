//! `/dashboard/settings/hours`: the week of a site or of somebody there, the days that differ, and who is away.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::{Catalogue, Choice, Values, name_of, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::say;
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{
    Closure, Entry as _, Filter, HoursError, TimeOff, Wanted, WriteError, weekly_hours, whose,
};

/// Days ahead that are listed.
const AHEAD_DAYS: i32 = 730;
/// So many of each.
const LISTED_MAX: i64 = 200;
const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// What a week begins with when nothing is said: Monday to Friday.
const BEGUN: (&str, &str, usize) = ("09:00", "18:00", 5);

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/hours", get(show_hours))
}

/// Whose week.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    site: String,
    #[serde(default)]
    who: String,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/hours.html")]
struct HoursPage {
    s: Shell,
    can_write: bool,
    catalogue: Catalogue,
    site: String,
    who: String,
    week: Week,
    closures: Vec<Different>,
    absences: Vec<Different>,
}

/// A week in a form.
#[derive(Debug)]
pub(super) struct Week {
    /// Monday first.
    pub days: Vec<DayHours>,
    /// The version that a change is of.
    pub etag: String,
    /// Nothing is stored: what is shown is what callers do not hear yet.
    pub is_begun: bool,
}

/// One weekday.
#[derive(Debug)]
pub(super) struct DayHours {
    /// As the API names it.
    pub key: &'static str,
    /// Open spans and breaks.
    pub spans: Vec<Values>,
}

/// Days that differ, or time that somebody is away.
#[derive(Debug)]
struct Different {
    id: String,
    when: String,
    /// The last of several days, as a field has it.
    until: String,
    whose: String,
    hours: Option<String>,
    reason: String,
}

async fn show_hours(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let catalogue = Catalogue::read(&mut tx, org).await?;
    let first = || catalogue.sites.first().map(Values::id).unwrap_or_default();
    let site = if asked.site.is_empty() { first() } else { asked.site };
    let week = week_of(&mut tx, org, &site, &asked.who).await?;
    let wanted = Wanted {
        filter: Filter {
            from: Some(s.today()),
            to: Some(s.today().checked_add(AHEAD_DAYS.days())?),
            ..Filter::default()
        },
        limit: LISTED_MAX,
        ..Wanted::default()
    };
    let closures = Closure::select(&mut tx, org, &wanted).await?;
    let absences = TimeOff::select(&mut tx, org, &wanted).await?;
    tx.commit().await?;
    let closures = closures.iter().map(|one| closed(&s, &catalogue, one)).collect();
    let absences = absences.iter().map(|one| away(&s, &catalogue, one)).collect();
    let can_write = s.may("catalogue:write");
    Ok(page::render(&HoursPage { s, can_write, catalogue, site, who: asked.who, week, closures, absences }))
}

/// The week of a site, or of `who` there.
pub(super) async fn week_of(
    tx: &mut PgConnection,
    org: OrgId,
    site: &str,
    who: &str,
) -> Result<Week, PageError> {
    let person = (!who.is_empty()).then_some(who);
    let whose = whose(site, person).ok_or(Problem::NOT_FOUND)?;
    let hours = weekly_hours(tx, org, whose).await.map_err(|error| match error {
        HoursError::Unknown => PageError::Refused(Problem::NOT_FOUND),
        HoursError::Write(WriteError::Database(error)) => error.into(),
        HoursError::Write(_) => PageError::Refused(Problem::INTERNAL),
    })?;
    let stored = Values::of(&hours);
    let spans = stored.list("hours");
    let is_begun = spans.is_empty() && person.is_none();
    let day = |(at, key): (usize, &'static str)| {
        let mut spans: Vec<Values> =
            spans.iter().filter(|span| span.text("weekday") == key).cloned().collect();
        let (opens, closes, days) = BEGUN;
        if is_begun && at < days {
            spans
                .push(Values::of(&json!({"weekday": key, "kind": "open", "opens": opens, "closes": closes})));
        }
        DayHours { key, spans }
    };
    Ok(Week { days: WEEK.into_iter().enumerate().map(day).collect(), etag: stored.etag(), is_begun })
}

fn closed(s: &Shell, catalogue: &Catalogue, closure: &Closure) -> Different {
    let v = Values::of(closure);
    let day = |name: &str| {
        v.text(name).parse().map_or_else(|_| String::new(), |date| say::day_of_year(date, s.language()))
    };
    let until = v.text("local_until");
    let is_one_day = until.is_empty() || until == v.text("local_date");
    let when = if is_one_day {
        day("local_date")
    } else {
        format!("{} – {}", day("local_date"), day("local_until"))
    };
    let person = name_of(&catalogue.people, &v.text("practitioner_id"));
    let site = name_of(&catalogue.sites, &v.text("location_id"));
    let whose = match (person.as_str(), site.as_str()) {
        ("", "") => s.t("The whole clinic").to_owned(),
        ("", site) => site.to_owned(),
        (person, "") => person.to_owned(),
        (person, site) => format!("{person}, {site}"),
    };
    let hours = (!v.text("opens").is_empty()).then(|| format!("{} – {}", v.text("opens"), v.text("closes")));
    Different { id: v.id(), when, until, whose, hours, reason: v.text("reason") }
}

fn away(s: &Shell, catalogue: &Catalogue, time_off: &TimeOff) -> Different {
    let v = Values::of(time_off);
    let who = v.text("practitioner_id");
    let site = catalogue.people.iter().find(|one| one.id() == who).map(|one| one.text("location_id"));
    let zone =
        TimeZone::get(&catalogue.zone_of(&site.unwrap_or_default())).unwrap_or_else(|_| s.zone.clone());
    let at = |at: jiff::Timestamp| say::moment(at, s.now, &zone, s.language());
    Different {
        id: v.id(),
        when: format!("{} – {}", at(time_off.starts_at.0), at(time_off.ends_at.0)),
        until: String::new(),
        whose: name_of(&catalogue.people, &who),
        hours: None,
        reason: v.text("reason"),
    }
}

impl DayHours {
    /// For people.
    pub fn name(&self, s: &Shell) -> &'static str {
        s.t(match self.key {
            "monday" => "Monday",
            "tuesday" => "Tuesday",
            "wednesday" => "Wednesday",
            "thursday" => "Thursday",
            "friday" => "Friday",
            "saturday" => "Saturday",
            _ => "Sunday",
        })
    }
}

impl HoursPage {
    /// The site itself, then the people who may work there.
    fn who_choices(&self) -> Vec<Choice> {
        let mut all = vec![Choice::new("", self.s.t("The site itself"))];
        all.extend(self.catalogue.people_choices());
        all
    }

    /// Where the form goes.
    fn address(&self) -> String {
        address_of(&self.site, &self.who)
    }

    fn whole_clinic(&self) -> Vec<Choice> {
        let mut all = vec![Choice::new("", self.s.t("The whole clinic"))];
        all.extend(self.catalogue.site_choices());
        all
    }

    fn everybody(&self) -> Vec<Choice> {
        let mut all = vec![Choice::new("", self.s.t("Everybody"))];
        all.extend(self.catalogue.people_choices());
        all
    }
}

/// Where a week is put.
pub(super) fn address_of(site: &str, who: &str) -> String {
    let person = if who.is_empty() { String::new() } else { format!("&practitioner_id={who}") };
    format!("/api/v1/hours?location_id={site}{person}")
}

super::tabs!(HoursPage);
