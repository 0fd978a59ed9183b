//! Show, add, change and take away, the same for every thing of an org's settings that stands in a list.

use std::fmt::Display;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::entries::{lock, merged};
use super::idempotency::once;
use super::problems;
use super::request::{Received, parsed};
use crate::accounts::Scope;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, Prefixed};
use crate::platform::problem::Problem;

/// A thing of an org's settings, as the API shows it.
pub(super) trait Listed: Serialize + Send + Sized {
    /// Its id.
    type Id: Prefixed + Display + Copy + Send + Sync;
    /// What is written. Reading the thing, leaving out [`Listed::READ_ONLY`], gives exactly these.
    type Fields: DeserializeOwned + Send + Sync;
    /// Where those of its kind are.
    const PATH: &'static str;
    /// Members that nobody writes.
    const READ_ONLY: &'static [&'static str];
    /// What the log of who did what calls adding, changing and taking away.
    const ACTS: Acts;

    /// The org's own of this id.
    fn find(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: Self::Id,
    ) -> impl Future<Output = sqlx::Result<Option<Self>>> + Send;

    /// Adds it.
    fn add(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: Self::Id,
        fields: &Self::Fields,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Replaces it.
    fn replace(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: Self::Id,
        fields: &Self::Fields,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Takes it away; false when the org has none such.
    fn remove(
        tx: &mut PgConnection,
        org: OrgId,
        id: Self::Id,
    ) -> impl Future<Output = Result<bool, Problem>> + Send;
}

/// Names of acts in the log.
pub(super) struct Acts {
    pub added: &'static str,
    pub written: &'static str,
    pub removed: &'static str,
}

/// One of the org's own, with its ETag.
pub(super) async fn get<T: Listed>(app: &App, caller: &ApiCaller, id: &str) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let id = T::Id::parse(id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = there::<T>(app, &mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// A new one.
pub(super) async fn create<T: Listed>(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let fields: T::Fields = request.json()?;
    let id: T::Id = app.new_id();
    once(app, caller, request, async |tx| {
        T::add(app, tx, caller.org, id, &fields).await?;
        caller.did(app, tx, (T::ACTS.added, Some(id.to_string()))).await?;
        let made = there::<T>(app, tx, caller.org, id).await?;
        Answer::created(&made, format!("/api/v1{}/{id}", T::PATH))
    })
    .await
}

/// The same thing with some fields changed: those that the body has; null takes a field away.
pub(super) async fn update<T: Listed>(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    id: &str,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = T::Id::parse(id).ok_or(Problem::NOT_FOUND)?;
    let patch: Map<String, Value> = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let current = as_json(&there::<T>(app, &mut tx, caller.org, id).await?)?;
    IfMatch::of(&request.headers).check_against(&current, &patch)?;
    let fields: T::Fields = parsed(merged(&current, patch, T::READ_ONLY))?;
    T::replace(app, &mut tx, caller.org, id, &fields).await?;
    caller.did(app, &mut tx, (T::ACTS.written, Some(id.to_string()))).await?;
    let now = there::<T>(app, &mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

/// Gone, unless something stands in the way.
pub(super) async fn delete<T: Listed>(
    app: &App,
    caller: &ApiCaller,
    id: &str,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = T::Id::parse(id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    if !T::remove(&mut tx, caller.org, id).await? {
        return Err(Problem::NOT_FOUND);
    }
    caller.did(app, &mut tx, (T::ACTS.removed, Some(id.to_string()))).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn there<T: Listed>(app: &App, tx: &mut PgConnection, org: OrgId, id: T::Id) -> Result<T, Problem> {
    let found = T::find(app, tx, org, id).await.map_err(|error| problems::database(org, &error))?;
    found.ok_or(Problem::NOT_FOUND)
}
