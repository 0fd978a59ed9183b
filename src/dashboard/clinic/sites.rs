//! `/dashboard/settings/clinic`: the sites, where they are, and who answers the phone there.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Values, all, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::scheduling::catalogue::Location;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/clinic", get(show_sites))
}

#[derive(Template)]
#[template(path = "dashboard/clinic/sites.html")]
struct SitesPage {
    s: Shell,
    can_write: bool,
    sites: Vec<Values>,
    /// What the org is called, and how it is understood.
    settings: Settings,
}

async fn show_sites(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let sites = all::<Location>(&mut tx, org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    tx.commit().await?;
    Ok(page::render(&SitesPage { can_write: s.may("catalogue:write"), sites, settings, s }))
}

super::tabs!(SitesPage);
