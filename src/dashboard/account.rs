//! `/dashboard/account`: one's own name, language, password, second factor and browsers; and which clinic the pages show.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::page::{self, PageError};
use super::sent::Sent;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{self, AccountError, OwnAccount, OwnSession};
use crate::platform::app::App;
use crate::platform::ids::{OrgId, Prefixed as _, SessionId};
use crate::platform::problem::Problem;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/account", get(show_account)).route("/dashboard/switch", post(switch))
}

#[derive(Template)]
#[template(path = "dashboard/account.html")]
struct AccountPage {
    s: Shell,
    own: OwnAccount,
    orgs: Vec<(OrgId, String)>,
    sessions: Vec<OwnSession>,
}

impl AccountPage {
    fn is_this(&self, session: &SessionId) -> bool {
        self.s.staff.session == Some(*session)
    }

    fn is_shown(&self, org: &OrgId) -> bool {
        self.s.staff.org == *org
    }

    /// The name of the browser in what it calls itself.
    #[expect(clippy::unused_self, reason = "the template calls it")]
    fn browser(&self, agent: &str) -> String {
        let known = [
            ("Edg/", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ];
        let systems = [
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("Windows", "Windows"),
            ("Mac OS", "Mac"),
            ("Linux", "Linux"),
        ];
        let of = |all: &[(&str, &'static str)]| {
            all.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
        };
        match (of(&known), of(&systems)) {
            (Some(browser), Some(system)) => format!("{browser} · {system}"),
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (None, None) => agent.chars().take(40).collect(),
        }
    }
}

async fn show_account(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let own = accounts::own_account(&app, &staff).await.map_err(|error| match error {
        AccountError::Database(error) => PageError::Database(error),
        _ => PageError::Database(sqlx::Error::RowNotFound),
    })?;
    let orgs = accounts::own_orgs(&app, &staff).await?;
    let mut tx = app.begin_as(staff.user).await?;
    let sessions = accounts::own_sessions(&app, &mut tx, &staff).await?;
    tx.commit().await?;
    let mut tx = app.begin(staff.org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Account).await?;
    tx.commit().await?;
    Ok(page::render(&AccountPage { s, own, orgs, sessions }))
}

#[derive(Debug, Deserialize)]
struct Wanted {
    org: String,
}

/// Shows another clinic from now on. Somebody else's is like none.
async fn switch(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, PageError> {
    let Some(org) = OrgId::parse(&wanted.org) else { return Ok(Problem::NOT_FOUND.into_response()) };
    if accounts::switch_org(&app, &staff, org).await? {
        Ok(Redirect::to("/dashboard").into_response())
    } else {
        Ok(Problem::NOT_FOUND.into_response())
    }
}
