//! `/dashboard/settings/keys`: programs that may act for the clinic.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Group, groups, opened};
use crate::accounts::{self, KeyRow, Scope};
use crate::dashboard::page::{self, PageError};
use crate::dashboard::people::People;
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/keys", get(show_keys))
}

#[derive(Template)]
#[template(path = "dashboard/settings/keys.html")]
struct KeysPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    keys: Vec<KeyRow>,
    /// What a key of theirs may be allowed.
    scopes: &'static [Scope],
    is_known: bool,
    people: People,
}

impl KeysPage {
    /// "made by Maria Lopez".
    fn maker(&self, key: &KeyRow) -> Option<String> {
        let made_by = key.created_by.as_deref()?;
        let name = self.people.actor(made_by);
        let by = if made_by.starts_with("staff:") { "somebody who left" } else { "another key" };
        Some(self.s.tn("made by {}", name.unwrap_or_else(|| self.s.t(by))))
    }

    /// "See calls and contacts", beside the name that programs know it by.
    fn words(&self, scope: &Scope) -> String {
        let Some((of, does)) = scope.name().split_once(':') else { return String::new() };
        let what = match of {
            "catalogue" => "hours, services and practitioners",
            "appointments" => "visits",
            "waitlist" => "the waitlist",
            "calendars" => "connected calendars",
            "messages" => "texts",
            "leads" => "leads and alerts",
            "settings" => "settings",
            "calls" => "calls and contacts",
            "tasks" => "tasks and notifications",
            "analytics" => "figures of Analytics",
            "team" => "the team",
            "audit" => "the audit log",
            "keys" => "API keys",
            _ => return String::new(),
        };
        self.s.tn(if does == "read" { "See {}" } else { "Change {}" }, self.s.t(what))
    }

    fn is_over(&self, key: &KeyRow) -> bool {
        key.expires_at.is_some_and(|at| at.to_jiff() <= self.s.now)
    }
}

async fn show_keys(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let is_known = accounts::signed_in_lately(&app, &staff).await?;
    let (mut tx, s) = opened(&app, staff, Scope::KeysWrite).await?;
    let page = KeysPage {
        people: People::load(&mut tx).await?,
        keys: accounts::list_keys(&mut tx, org).await?,
        scopes: s.staff.role.scopes(),
        groups: groups(&s.staff),
        here: "/keys",
        is_known,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
