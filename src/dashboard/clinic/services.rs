//! `/dashboard/settings/services`: what can be booked, by which rules, and who gives it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;

use super::{Catalogue, Choice, Values, one, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;
use crate::scheduling::catalogue::Service;
use crate::scheduling::{TEMPLATES, Template as ServiceTemplate};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dashboard/settings/services", get(show_services))
        .route("/dashboard/settings/services/{id}", get(show_service))
}

#[derive(Template)]
#[template(path = "dashboard/clinic/services.html")]
struct ServicesPage {
    s: Shell,
    can_write: bool,
    catalogue: Catalogue,
    templates: Vec<Offered>,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/service.html")]
struct ServicePage {
    s: Shell,
    can_write: bool,
    v: Values,
    is_new: bool,
    catalogue: Catalogue,
}

/// A template that the clinic does not have yet.
#[derive(Debug)]
pub(super) struct Offered {
    /// What it is.
    pub template: &'static ServiceTemplate,
    /// What it commonly costs, as an input shows it.
    pub dollars: String,
}

impl Offered {
    /// Those whose names no service goes by.
    pub fn beside(services: &[Values]) -> Vec<Self> {
        let is_there = |template: &ServiceTemplate| {
            let name = template.name.to_lowercase();
            services.iter().any(|service| {
                service.text("name").to_lowercase() == name
                    || service.words("aliases").iter().any(|alias| alias.to_lowercase() == name)
            })
        };
        let offered = TEMPLATES.iter().filter(|template| !is_there(template));
        let dollars = |template: &ServiceTemplate| {
            template.usual_price_cents.map(|cents| (cents / 100).to_string()).unwrap_or_default()
        };
        offered.map(|template| Self { template, dollars: dollars(template) }).collect()
    }

    /// Its buffers as people read them; empty without any.
    pub fn minutes_between(&self) -> i16 {
        self.template.buffer_before_minutes + self.template.buffer_after_minutes
    }
}

async fn show_services(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let catalogue = Catalogue::read(&mut tx, org).await?;
    tx.commit().await?;
    let templates = Offered::beside(&catalogue.services);
    Ok(page::render(&ServicesPage { can_write: s.may("catalogue:write"), s, catalogue, templates }))
}

async fn show_service(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let is_new = id == "new";
    let v = if is_new { begun() } else { one::<Service>(&mut tx, org, &id).await? };
    let catalogue = Catalogue::read(&mut tx, org).await?;
    tx.commit().await?;
    Ok(page::render(&ServicePage { can_write: s.may("catalogue:write"), s, v, is_new, catalogue }))
}

/// What a new service begins with: the API's own defaults.
fn begun() -> Values {
    Values::of(&json!({
        "duration_minutes": 45, "buffer_before_minutes": 0, "buffer_after_minutes": 0, "grid_minutes": 45,
        "minimum_notice_minutes": 0, "horizon_days": 365, "lead_value": "low", "assignment": "preferred",
    }))
}

impl ServicesPage {
    /// Who gives it.
    fn by(&self, service: &Values) -> String {
        let all = service.words("practitioners");
        let names: Vec<String> = all.iter().map(|id| super::name_of(&self.catalogue.people, id)).collect();
        names.join(", ")
    }
}

impl ServicePage {
    fn values(&self) -> Vec<Choice> {
        let s = &self.s;
        vec![
            Choice::new("low", s.t("Low")),
            Choice::new("medium", s.t("Medium")),
            Choice::new("high", s.t("High")),
        ]
    }

    fn assignments(&self) -> Vec<Choice> {
        let s = &self.s;
        vec![
            Choice::new("preferred", s.t("The first in the list who is free")),
            Choice::new("round_robin", s.t("In turn")),
        ]
    }

    /// Other services: none requires itself.
    fn others(&self) -> Vec<Choice> {
        let id = self.v.id();
        self.catalogue.service_choices().into_iter().filter(|other| !other.is(&id)).collect()
    }
}

super::tabs!(ServicesPage, ServicePage);
