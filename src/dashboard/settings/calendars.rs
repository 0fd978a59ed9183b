//! `/dashboard/settings/calendars`: outside calendars, what each does, how it is doing, where it disagrees, and feeds.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;

use super::consent::{self, CameBack};
use super::{Group, groups, opened, people};
use crate::accounts::Scope;
use crate::calendars::{self, Account, Conflict, State as Standing};
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::scheduling::catalogue::Practitioner;

/// Disagreements that are shown at once.
const CONFLICTS: i64 = 30;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/calendars", get(show_calendars))
}

#[derive(Template)]
#[template(path = "dashboard/settings/calendars.html")]
struct CalendarsPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    accounts: Vec<Account>,
    conflicts: Vec<Conflict>,
    people: Vec<Practitioner>,
    settings: Settings,
    has_google: bool,
    /// What came of a consent, and its tone.
    consent: Option<(&'static str, &'static str)>,
}

impl CalendarsPage {
    fn works(&self, account: &Account) -> bool {
        account.state == Standing::Connected && account.health.failing.is_none()
    }

    /// All of it in words.
    fn sentence(&self, account: &Account) -> String {
        let sentences = account.health.sentences(self.s.now);
        sentences.iter().map(|sentence| self.s.told(sentence)).collect::<Vec<_>>().join(" ")
    }
}

async fn show_calendars(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(back): Query<CameBack>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CalendarsRead).await?;
    let page = CalendarsPage {
        accounts: calendars::list(&app, &mut tx, org).await?,
        conflicts: calendars::list_conflicts(&mut tx, org, true, None, CONFLICTS).await?,
        people: people(&mut tx, org).await?,
        settings: orgs::settings(&mut tx, &app.keys, org).await?,
        has_google: !app.config.google.client_id.is_empty(),
        consent: consent::said(&s, &back),
        groups: groups(&s.staff),
        here: "/calendars",
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
