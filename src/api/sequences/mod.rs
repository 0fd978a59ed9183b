//! `/sequences`: texts that follow a call or a visit, their timelines and the people on the way.

mod previews;
mod runs;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch};
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Limit, Params};
use super::problems::{self, invalid_field};
use super::request::{Received, parsed};
use crate::accounts::Scope;
use crate::platform::app::App;
use crate::platform::bounded::{Count, Instant};
use crate::platform::ids::{OrgId, Prefixed as _, SequenceId, ServiceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::sequences::{self, SaveError, Sequence, SequenceFields, SequenceTemplate, Step, Trigger};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_sequences, create_sequence))
        .routes(routes!(create_sequence_from_template))
        .routes(routes!(get_sequence, set_sequence, delete_sequence))
        .merge(previews::routes())
        .merge(runs::routes())
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SequenceParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
}

/// A sequence as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct SequenceKept {
    #[schema(inline)]
    id: Public<SequenceId>,
    name: String,
    trigger: Trigger,
    lapsed_days: Option<i32>,
    #[schema(inline)]
    services: Vec<Public<ServiceId>>,
    active: bool,
    max_days: i32,
    reenter_days: i32,
    steps: Vec<Step>,
    #[schema(inline)]
    created_at: Instant,
}

impl From<Sequence> for SequenceKept {
    fn from(Sequence { id, fields, created_at }: Sequence) -> Self {
        Self {
            id: Public(id),
            name: fields.name.as_str().to_owned(),
            trigger: fields.trigger,
            lapsed_days: fields.lapsed_days.map(Count::get),
            services: fields.services.to_vec(),
            active: fields.active,
            max_days: fields.max_days.get(),
            reenter_days: fields.reenter_days.get(),
            steps: fields.steps.to_vec(),
            created_at: Instant(created_at),
        }
    }
}

/// A sequence as the API shows it.
pub fn shown_sequence(sequence: Sequence) -> SequenceKept {
    sequence.into()
}

/// Which one that comes with the product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FromTemplate {
    template: SequenceTemplate,
}

/// Who did it, in the audit log.
fn actor(caller: &ApiCaller) -> String {
    caller.actor.to_string()
}

/// What was not written, and why.
fn not_saved(org: OrgId, error: SaveError) -> Problem {
    match error {
        SaveError::Field { field, wrong } => invalid_field(&field, &wrong),
        SaveError::NotFound => Problem::NOT_FOUND,
        SaveError::Database(error) => problems::database(org, &error),
        SaveError::Rules(error) => problems::database(org, &error),
    }
}

/// Lists the sequences, oldest first.
#[utoipa::path(get, path = "/sequences", tag = "sequences", params(SequenceParams), responses((status = 200, body = Page<SequenceKept>, description = "A page")))]
async fn list_sequences(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<SequenceParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<i8, SequenceId>).transpose()?;
    let limit = asked.limit.get();
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let after = after.map(|(_, id)| SequenceId(id));
    let items = sequences::list(&mut tx, caller.org, after, limit + 1).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<SequenceKept> = items.into_iter().map(SequenceKept::from).collect();
    let page = Page::of(items, limit, |item| ("0".to_owned(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Adds a sequence. Every step's words are tried first as each site would send them.
#[utoipa::path(post, path = "/sequences", tag = "sequences", request_body = SequenceFields, responses((status = 201, body = SequenceKept, description = "Added")))]
async fn create_sequence(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let fields: SequenceFields = request.json()?;
    create(&app, &caller, &request, &fields).await
}

/// Adds a sequence that comes with the product, switched off: read it, then set `active`.
#[utoipa::path(post, path = "/sequences/from-template", tag = "sequences", request_body = FromTemplate, responses((status = 201, body = SequenceKept, description = "Added")))]
async fn create_sequence_from_template(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let asked: FromTemplate = request.json()?;
    let fields: SequenceFields = parsed(asked.template.fields())?;
    create(&app, &caller, &request, &fields).await
}

async fn create(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    fields: &SequenceFields,
) -> Result<Response, Problem> {
    once(app, caller, request, async |tx| {
        let made = sequences::create(app, tx, caller.org, (fields, &actor(caller))).await;
        let made = made.map_err(|error| not_saved(caller.org, error))?;
        let location = format!("/api/v1/sequences/{}", made.id);
        Answer::created(&SequenceKept::from(made), location)
    })
    .await
}

/// Shows a sequence.
#[utoipa::path(get, path = "/sequences/{id}", tag = "sequences", params(("id" = String, Path)), responses((status = 200, body = SequenceKept, description = "As it is")))]
async fn get_sequence(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let id = SequenceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = sequences::find(&mut tx, caller.org, id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&SequenceKept::from(found.ok_or(Problem::NOT_FOUND)?))
}

/// Replaces a sequence. Whoever is on the way goes on by the new steps; `active` false stops them all.
#[utoipa::path(put, path = "/sequences/{id}", tag = "sequences", params(("id" = String, Path)), request_body = SequenceFields, responses((status = 200, body = SequenceKept, description = "As it is now")))]
async fn set_sequence(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let id = SequenceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let fields: SequenceFields = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let current = sequences::find_to_change(&mut tx, caller.org, id).await.map_err(failed)?;
    let current = SequenceKept::from(current.ok_or(Problem::NOT_FOUND)?);
    IfMatch::of(&request.headers).check_against(&current, &fields)?;
    let set = sequences::replace(&app, &mut tx, caller.org, id, (&fields, &actor(&caller))).await;
    let set = set.map_err(|error| not_saved(caller.org, error))?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&SequenceKept::from(set))
}

/// Takes a sequence away and stops whoever is on the way.
#[utoipa::path(delete, path = "/sequences/{id}", tag = "sequences", params(("id" = String, Path)), responses((status = 204, description = "Gone")))]
async fn delete_sequence(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let id = SequenceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let is_gone =
        sequences::remove(&app, &mut tx, caller.org, (id, &actor(&caller))).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NOT_FOUND) }
}
