//! `/dashboard/settings/practitioners`: who can be booked, for what, and until when they may.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use serde_json::json;

use super::{Catalogue, Values, one, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;
use crate::scheduling::catalogue::Practitioner;

/// Days before a licence expires from which the list warns.
const WARN_DAYS: i32 = 60;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dashboard/settings/practitioners", get(show_practitioners))
        .route("/dashboard/settings/practitioners/{id}", get(show_practitioner))
}

#[derive(Template)]
#[template(path = "dashboard/clinic/practitioners.html")]
struct PractitionersPage {
    s: Shell,
    can_write: bool,
    catalogue: Catalogue,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/practitioner.html")]
struct PractitionerPage {
    s: Shell,
    can_write: bool,
    v: Values,
    is_new: bool,
    catalogue: Catalogue,
}

async fn show_practitioners(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let catalogue = Catalogue::read(&mut tx, org).await?;
    tx.commit().await?;
    Ok(page::render(&PractitionersPage { can_write: s.may("catalogue:write"), s, catalogue }))
}

async fn show_practitioner(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let is_new = id == "new";
    let catalogue = Catalogue::read(&mut tx, org).await?;
    let v = if is_new { begun(&catalogue) } else { one::<Practitioner>(&mut tx, org, &id).await? };
    tx.commit().await?;
    Ok(page::render(&PractitionerPage { can_write: s.may("catalogue:write"), s, v, is_new, catalogue }))
}

/// Somebody new gives everything until told otherwise.
pub(super) fn begun(catalogue: &Catalogue) -> Values {
    let services: Vec<String> =
        catalogue.services.iter().filter(|one| one.is_active()).map(Values::id).collect();
    Values::of(&json!({ "services": services, "location_id": catalogue.sites.first().map(Values::id) }))
}

impl PractitionersPage {
    fn services(&self, person: &Values) -> String {
        let all = person.words("services");
        let names: Vec<String> = all.iter().map(|id| super::name_of(&self.catalogue.services, id)).collect();
        names.join(", ")
    }

    fn site(&self, person: &Values) -> String {
        super::name_of(&self.catalogue.sites, &person.text("location_id"))
    }

    /// What is to be said of a licence: that it has expired, or soon will.
    fn licence(&self, person: &Values) -> Option<(&'static str, &'static str)> {
        let until: Date = person.text("licence_expires_on").parse().ok()?;
        let days = (until - self.s.today()).get_days();
        match days {
            ..0 => Some(("bad", self.s.t("License expired"))),
            0..=WARN_DAYS => Some(("warn", self.s.t("License expires soon"))),
            _ => None,
        }
    }
}

super::tabs!(PractitionersPage, PractitionerPage);
