//! `/dashboard/first-run`: what a new clinic is asked, one thing after another, until a caller can book.

use std::borrow::Borrow;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::hours::{self, Week};
use super::services::Offered;
use super::{Catalogue, Values, opened, practitioners};
use crate::accounts::{self, Scope};
use crate::alert_phones::{self, AlertPhones};
use crate::calendars::{self, Account};
use crate::dashboard::page::{self, PageError};
use crate::dashboard::settings;
use crate::dashboard::settings::consent::{self, CameBack};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::first_run::{self, Decision, Progress, Step};
use crate::orgs::{self, Assistant, DialledNumber, ListedDoor, ListedSecret, Settings};
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{Location, Practitioner};

/// More than a new clinic has of numbers or assistants.
const ALL_MAX: i64 = 100;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/first-run", get(show_first_run))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Which step; the first open one when left out.
    step: Option<String>,
    /// The browser comes back from a consent.
    #[serde(flatten)]
    back: CameBack,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/first_run.html")]
struct FirstRunPage {
    s: Shell,
    can_write: bool,
    progress: Progress,
    /// `None`: nothing is left.
    step: Option<Step>,
    catalogue: Catalogue,
    site: Values,
    week: Week,
    templates: Vec<Offered>,
    v: Values,
    sites: Vec<Location>,
    people: Vec<Practitioner>,
    numbers: Vec<DialledNumber>,
    assistants: Vec<Assistant>,
    doors: Vec<ListedDoor>,
    secrets: Vec<ListedSecret>,
    phones: AlertPhones,
    accounts: Vec<Account>,
    settings: Settings,
    has_google: bool,
    is_known: bool,
    /// What came of a consent, and its tone.
    consent: Option<(&'static str, &'static str)>,
}

async fn show_first_run(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let is_known = accounts::signed_in_lately(&app, &staff).await?;
    let (mut tx, s) = opened(&app, staff, Scope::SettingsWrite).await?;
    let progress = first_run::progress(&mut tx, org).await?;
    let step = match asked.step.as_deref() {
        Some("end") => None,
        Some(name) => Some(Step::parse(name).ok_or(Problem::NOT_FOUND)?),
        None => progress.next(),
    };
    let catalogue = Catalogue::read(&mut tx, org).await?;
    let site = catalogue.sites.first().cloned().ok_or(Problem::NOT_FOUND)?;
    let week = hours::week_of(&mut tx, org, &site.id(), "").await?;
    let templates = Offered::beside(&catalogue.services);
    let v = if step == Some(Step::Practitioners) { practitioners::begun(&catalogue) } else { site.clone() };
    let page = FirstRunPage {
        can_write: s.may("catalogue:write"),
        sites: settings::sites(&mut tx, org).await?,
        people: settings::people(&mut tx, org).await?,
        numbers: orgs::phone_numbers(&mut tx, org, (None, None, ALL_MAX)).await?,
        assistants: orgs::assistants(&mut tx, org, (None, None, ALL_MAX)).await?,
        doors: orgs::doors(&mut tx, org).await?,
        secrets: orgs::webhook_secrets(&mut tx, org).await?,
        phones: alert_phones::alert_phones(&app, &mut tx, org).await?,
        accounts: calendars::list(&app, &mut tx, org).await?,
        settings: orgs::settings(&mut tx, &app.keys, org).await?,
        has_google: !app.config.google.client_id.is_empty(),
        consent: consent::said(&s, &asked.back),
        is_known,
        progress,
        step,
        catalogue,
        site,
        week,
        templates,
        v,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}

impl FirstRunPage {
    fn name(&self, step: impl Borrow<Step>) -> &'static str {
        self.s.t(match step.borrow() {
            Step::Clinic => "Your clinic",
            Step::Hours => "Opening hours",
            Step::Services => "Services",
            Step::Practitioners => "Practitioners",
            Step::PhoneNumber => "Phone number",
            Step::AlertPhone => "Alert phone",
            Step::Calendar => "Calendar",
            Step::Assistant => "Assistant",
        })
    }

    /// Why it matters.
    fn why(&self, step: impl Borrow<Step>) -> &'static str {
        self.s.t(match step.borrow() {
            Step::Clinic => {
                "Callers are told where you are, and are connected to you when they want a person."
            }
            Step::Hours => "Nobody is offered a time at which you are closed.",
            Step::Services => "What callers can book, how long it takes and what it costs. Who gives it is asked next.",
            Step::Practitioners => "Who gives your services. With the first one, callers can book.",
            Step::PhoneNumber => "The number that callers dial. The assistant of the step before answers it.",
            Step::AlertPhone => "Who is texted when a caller is worth calling back now. The number counts once you enter the code that is texted to it.",
            Step::Calendar => "Connect the calendar you use, or keep your calendar here.",
            Step::Assistant => "The voice that answers. It lives at the voice platform; here it is told who it works for.",
        })
    }

    /// The step after this one that is still open, else the end.
    fn after(&self, step: impl Borrow<Step>) -> &'static str {
        let later = Step::ALL.into_iter().skip_while(|other| other != step.borrow()).skip(1);
        let is_open = |other: &Step| self.progress.of(*other) == Decision::Open;
        later.into_iter().find(is_open).map_or("end", Step::name)
    }

    fn is_here(&self, step: impl Borrow<Step>) -> bool {
        self.step == Some(*step.borrow())
    }

    fn after_page(&self, step: impl Borrow<Step>) -> String {
        format!("/dashboard/first-run?step={}", self.after(step))
    }

    /// Where a consent of this step comes back to.
    fn here(&self) -> String {
        format!("/dashboard/first-run?step={}", self.step.map_or("end", Step::name))
    }

    fn hours_address(&self) -> String {
        hours::address_of(&self.site.id(), "")
    }

    fn is_settled(&self, step: impl Borrow<Step>) -> bool {
        self.progress.of(*step.borrow()) != Decision::Open
    }

    fn is_skipped(&self, step: impl Borrow<Step>) -> bool {
        self.progress.of(*step.borrow()) == Decision::Skipped
    }
}
