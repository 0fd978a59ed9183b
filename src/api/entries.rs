//! List, get, create, update and delete, the same for every thing of the catalogue.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Asked, Params};
use super::problems;
use super::request::{Received, parsed};
use crate::accounts::Scope;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{Change, Deletable, Entry, Wanted, lock_catalogue};

/// A page of the org's own.
pub(super) async fn list<E: Entry>(
    app: &App,
    caller: &ApiCaller,
    asked: Params<impl TryInto<Asked, Error = Problem>>,
) -> Result<Response, Problem>
where
    E::Id: Into<Uuid>,
{
    caller.needs(Scope::CatalogueRead)?;
    let asked: Asked = asked.read()?.try_into()?;
    let after = asked.cursor.as_deref().map(place_of::<E::SortKey, E::Id>).transpose()?;
    // One more than the page has room for: whether there is another.
    let wanted = Wanted { id: None, after, filter: asked.filter, limit: asked.limit + 1 };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let items = E::select(&mut tx, caller.org, &wanted).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let page = Page::of(items, asked.limit, |item| (item.sort_key(), item.id()));
    Ok(axum::Json(page).into_response())
}

/// One of the org's own, with its ETag.
pub(super) async fn get<E: Entry>(app: &App, caller: &ApiCaller, id: &str) -> Result<Answer, Problem>
where
    E::Id: Into<Uuid>,
{
    caller.needs(Scope::CatalogueRead)?;
    let id = E::Id::parse(id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = find::<E>(&mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&found)
}

/// A new one; `path` is where things of its kind are.
pub(super) async fn create<E: Entry>(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    path: &str,
) -> Result<Response, Problem>
where
    E::Id: Into<Uuid>,
{
    caller.needs(Scope::CatalogueWrite)?;
    let fields: E::Fields = request.json()?;
    let change = Change { org: caller.org, id: app.new_id::<E::Id>(), at: app.clock.now() };
    once(app, caller, request, async |tx| {
        lock(tx, caller.org).await?;
        E::save(tx, change, &fields).await.map_err(|error| problems::not_written(caller.org, &error))?;
        caller.did(app, tx, (E::WRITTEN, Some(change.id.to_string()))).await?;
        let made = find::<E>(tx, caller.org, change.id).await?;
        Answer::created(&made, format!("/api/v1{path}/{}", change.id))
    })
    .await
}

/// The same thing with some fields changed: those that the body has; null takes a field away.
pub(super) async fn update<E: Entry>(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    id: &str,
) -> Result<Answer, Problem>
where
    E::Id: Into<Uuid>,
{
    caller.needs(Scope::CatalogueWrite)?;
    let id = E::Id::parse(id).ok_or(Problem::NOT_FOUND)?;
    let patch: Map<String, Value> = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let current = as_json(&find::<E>(&mut tx, caller.org, id).await?)?;
    IfMatch::of(&request.headers).check_against(&current, &patch)?;
    let fields: E::Fields = parsed(merged(&current, patch, E::READ_ONLY))?;
    let change = Change { org: caller.org, id, at: app.clock.now() };
    E::save(&mut tx, change, &fields).await.map_err(|error| problems::not_written(caller.org, &error))?;
    caller.did(app, &mut tx, (E::WRITTEN, Some(id.to_string()))).await?;
    let now = find::<E>(&mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

/// Gone, unless something names it.
pub(super) async fn delete<E: Deletable>(
    app: &App,
    caller: &ApiCaller,
    id: &str,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::CatalogueWrite)?;
    let id = E::Id::parse(id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let is_gone = E::delete(&mut tx, caller.org, id).await;
    let is_gone = is_gone.map_err(|error| problems::not_written(caller.org, &error))?;
    if is_gone {
        caller.did(app, &mut tx, (E::DELETED, Some(id.to_string()))).await?;
    }
    tx.commit().await.map_err(failed)?;
    if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NOT_FOUND) }
}

/// Waits for the org's other writers of the catalogue.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId) -> Result<(), Problem> {
    lock_catalogue(tx, org).await.map_err(|error| problems::database(org, &error))
}

async fn find<E: Entry>(tx: &mut PgConnection, org: OrgId, id: E::Id) -> Result<E, Problem>
where
    E::Id: Into<Uuid>,
{
    let wanted = Wanted { id: Some(id.into()), limit: 1, ..Wanted::default() };
    let found = E::select(tx, org, &wanted).await.map_err(|error| problems::database(org, &error))?;
    found.into_iter().next().ok_or(Problem::NOT_FOUND)
}

/// RFC 7396 for things whose fields are not objects.
pub(super) fn merged(current: &Value, patch: Map<String, Value>, read_only: &[&str]) -> Value {
    let mut fields = current.as_object().cloned().unwrap_or_default();
    fields.retain(|name, _| !read_only.contains(&name.as_str()));
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            fields.insert(name, value);
        }
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_changes_what_it_names_and_null_takes_away() {
        let current = json!({"id": "loc_1", "name": "Glow", "parking": "Behind it.", "active": true});
        let patch = json!({"name": "Glow West", "parking": null}).as_object().cloned().unwrap();
        assert_eq!(merged(&current, patch, &["id"]), json!({"name": "Glow West", "active": true}));
    }
}
