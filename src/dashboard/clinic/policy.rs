//! `/dashboard/settings/policy`: what a late change costs.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Choice, Values, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;
use crate::scheduling::catalogue::{Policy, current_policy};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/policy", get(show_policy))
}

#[derive(Template)]
#[template(path = "dashboard/clinic/policy.html")]
struct PolicyPage {
    s: Shell,
    can_write: bool,
    v: Values,
}

async fn show_policy(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let policy: Policy = current_policy(&mut tx, org).await?;
    tx.commit().await?;
    let can_write = s.may("catalogue:write");
    Ok(page::render(&PolicyPage { s, can_write, v: Values::of(&policy) }))
}

impl PolicyPage {
    fn notices(&self) -> Vec<Choice> {
        vec![
            Choice::new("clock", self.s.t("Every hour counts")),
            Choice::new("business", self.s.t("Only hours in which the clinic is open")),
        ]
    }
}

super::tabs!(PolicyPage);
