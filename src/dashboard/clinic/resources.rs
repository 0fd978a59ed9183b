//! `/dashboard/settings/resources`: rooms and devices, and how many visits each takes at once.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use super::{Catalogue, Choice, Values, one, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;
use crate::scheduling::catalogue::Resource;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/resources", get(show_resources))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// The one that is changed; a new one when left out.
    edit: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/resources.html")]
struct ResourcesPage {
    s: Shell,
    can_write: bool,
    catalogue: Catalogue,
    v: Values,
}

async fn show_resources(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let catalogue = Catalogue::read(&mut tx, org).await?;
    let v = match asked.edit {
        Some(id) => one::<Resource>(&mut tx, org, &id).await?,
        None => Values::of(&json!({"lanes": 1, "kind": "room"})),
    };
    tx.commit().await?;
    Ok(page::render(&ResourcesPage { can_write: s.may("catalogue:write"), s, catalogue, v }))
}

impl ResourcesPage {
    fn kinds(&self) -> Vec<Choice> {
        vec![Choice::new("room", self.s.t("Room")), Choice::new("device", self.s.t("Device"))]
    }

    fn site(&self, thing: &Values) -> String {
        super::name_of(&self.catalogue.sites, &thing.text("location_id"))
    }
}

super::tabs!(ResourcesPage);
