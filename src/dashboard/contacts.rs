//! `/dashboard/contacts`: the people who called or were booked for.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::cursor::Cursor;
use super::page::{self, PageError};
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{Actor, Scope};
use crate::calls::TestCalls;
use crate::contacts::{self, Listing};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId};
use crate::platform::problem::Problem;
use crate::search::{self, Wanted};

/// Rows of a part of the list.
const ROWS: i64 = 50;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/contacts", get(show_contacts))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/contacts.html")]
struct ContactsPage {
    s: Shell,
    contacts: Vec<contacts::Listed>,
    next: Option<Cursor>,
    q: String,
}

async fn show_contacts(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    // What they are called and texted is messages' to read over the API as well.
    if !staff.may(Scope::MessagesRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let org = staff.org;
    let q: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(80).collect();
    let actor = Actor::Staff(staff.user).to_string();
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Contacts).await?;
    let (contacts, next) = if q.is_empty() {
        let before = asked.after.as_deref().and_then(Cursor::parse);
        let before = before.map(|cursor| (cursor.at, ContactId(cursor.id)));
        contacts::note_listed(&app, &mut tx, org, (&actor, before.map(|(_, id)| id))).await?;
        let mut rows = contacts::newest(&mut tx, org, (before, ROWS + 1)).await?;
        let next = Cursor::behind(&mut rows, ROWS, |one| Cursor { at: one.created_at, id: one.id.0 });
        (rows, next)
    } else {
        (found(&app, &mut tx, org, &q).await?, None)
    };
    tx.commit().await?;
    Ok(page::render(&ContactsPage { s, contacts, next, q }))
}

/// The first that a search finds.
async fn found(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    q: &str,
) -> Result<Vec<contacts::Listed>, sqlx::Error> {
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let wanted = Wanted {
        words: q,
        region: &settings.default_region,
        calls: false,
        visits: false,
        tasks: false,
        tests: TestCalls::default(),
    };
    let mut rows = Vec::new();
    for one in search::find(tx, org, &wanted).await?.contacts {
        let listing = Listing { id: Some(one.id), limit: 1, ..Listing::default() };
        rows.extend(contacts::list(tx, org, &listing).await?);
    }
    Ok(rows)
}
