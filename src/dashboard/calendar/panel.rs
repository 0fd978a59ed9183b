//! One visit beside the calendar: whose it is, what became of it, and what can be done with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::tz::TimeZone;

use super::super::list::calendar::{self as list, Visit};
use super::super::page::{self, PageError};
use super::super::say;
use super::super::shell::{Place, Shell};
use super::super::signed_in::SignedIn;
use super::{local, may_see, rules};
use crate::appointments::Status;
use crate::platform::app::App;
use crate::platform::ids::{AppointmentId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::scheduling::{RuleBook, Service};

#[derive(Template)]
#[template(path = "dashboard/calendar_visit.html")]
struct VisitPanel<'a> {
    s: &'a Shell,
    visit: Visit,
    zone: TimeZone,
    people: Vec<(ResourceId, String)>,
    /// The rooms and devices that its service takes.
    things: Vec<(ResourceId, String)>,
}

/// The panel of a visit, for whoever clicks on it.
pub(super) async fn show_visit(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    may_see(&staff)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let visit = list::visit(&mut tx, org, id).await?.ok_or(Problem::NOT_FOUND)?;
    let s = Shell::load(&app, &mut tx, staff, Place::Calendar).await?;
    let book = rules(&app, &mut tx, org).await?;
    tx.commit().await?;
    Ok(page::render(&panel(&s, &book, visit)))
}

/// The same inside the page.
pub(super) fn markup(s: &Shell, book: &Arc<RuleBook>, visit: Visit) -> Result<String, PageError> {
    Ok(panel(s, book, visit).render()?)
}

fn panel<'a>(s: &'a Shell, book: &RuleBook, visit: Visit) -> VisitPanel<'a> {
    let location = book.locations.iter().find(|location| location.id == visit.location_id);
    let able = book.service(visit.service_id).map_or(&[][..], |service| &service.practitioners);
    let people = book.practitioners.iter().filter(|person| able.contains(&person.id));
    let takes = book.service(visit.service_id).map(Service::things).unwrap_or_default();
    VisitPanel {
        things: book.things.iter().filter(|(id, _)| takes.contains(id)).cloned().collect(),
        people: people.map(|person| (person.id, person.name.clone())).collect(),
        zone: location.map_or_else(|| s.zone.clone(), |location| location.zone.clone()),
        s,
        visit,
    }
}

impl Visit {
    /// The tone of its badge.
    pub(super) fn tone(&self) -> &'static str {
        match self.status.as_str() {
            "pending" => "warn",
            "scheduled" => "brand",
            "arrived" => "good",
            "no_show" | "cancelled" => "bad",
            _ => "",
        }
    }

    /// Its room and devices.
    pub(super) fn things_in_a_row(&self) -> String {
        self.things.join(", ")
    }
}

impl VisitPanel<'_> {
    fn status(&self) -> &'static str {
        self.s.t(say::status(&self.visit.status))
    }

    fn may(&self, to: &str) -> bool {
        let states = self.visit.status.parse::<Status>().ok().zip(to.parse::<Status>().ok());
        self.s.may("appointments:write") && states.is_some_and(|(from, to)| from.may_become(to))
    }

    fn is_ahead(&self) -> bool {
        self.visit.status.parse().is_ok_and(Status::is_ahead) && self.s.may("appointments:write")
    }

    fn has_begun(&self) -> bool {
        self.visit.starts_at.to_jiff() <= self.s.now
    }

    /// By the calendar of its site.
    fn is_today(&self) -> bool {
        local(self.visit.starts_at.to_jiff(), &self.zone).date() == local(self.s.now, &self.zone).date()
    }

    fn day(&self) -> String {
        self.s.day(local(self.visit.starts_at.to_jiff(), &self.zone).date())
    }

    fn date(&self) -> String {
        local(self.visit.starts_at.to_jiff(), &self.zone).date().to_string()
    }

    fn time(&self) -> String {
        local(self.visit.starts_at.to_jiff(), &self.zone).strftime("%H:%M").to_string()
    }

    fn from(&self) -> String {
        say::clock(self.visit.starts_at.to_jiff(), &self.zone)
    }

    fn to(&self) -> String {
        say::clock(self.visit.ends_at.to_jiff(), &self.zone)
    }

    fn minutes(&self) -> i64 {
        self.visit.ends_at.to_jiff().duration_since(self.visit.starts_at.to_jiff()).as_mins()
    }

    fn booked_by(&self) -> &'static str {
        let by = self.visit.booked_by.as_str();
        match by {
            "voice" => self.s.t("The assistant, on the phone"),
            "waitlist" => self.s.t("Took an offer of the waitlist"),
            "text" => self.s.t("By text"),
            by if by.starts_with("staff") || by.starts_with("usr") => self.s.t("The clinic"),
            _ => self.s.t("Another program"),
        }
    }
}
