//! `/tasks`: work for a person.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::calls::{actor, one_of};
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Limit, Params};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::{self, Scope};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{
    AppointmentId, CallId, ContactId, InboundTextId, Prefixed as _, TaskId, TextId, UserId,
};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::tasks::{self, ByHand, ByHandError, Change, Listed, WantedTasks};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tasks, create_task))
        .routes(routes!(get_task, update_task))
        .routes(routes!(set_task_done))
        .routes(routes!(set_task_open))
}

/// Something that a person has to do.
#[derive(Serialize, ToSchema)]
struct Task {
    #[schema(inline)]
    id: Public<TaskId>,
    /// What sort of work, such as `call_back`.
    kind: String,
    /// The same in words.
    label: &'static str,
    /// `now`, `today` or `soon`: how much it can wait.
    urgency: &'static str,
    /// What happened and what to do about it.
    title: String,
    /// What it rests on, line by line.
    detail: Option<String>,
    /// What staff wrote beside it.
    note: Option<String>,
    /// Who of the staff has it in hand.
    #[schema(inline)]
    assignee_id: Option<Public<UserId>>,
    /// Who of the staff wrote it; null when the program did.
    raised_by: Option<String>,
    #[schema(inline)]
    created_at: Instant,
    #[schema(inline)]
    done_at: Option<Instant>,
    /// Who finished it; null when the program saw that it was done.
    done_by: Option<String>,
    about: TaskAbout,
}

/// What a task is about.
#[derive(Serialize, ToSchema)]
struct TaskAbout {
    #[schema(inline)]
    contact_id: Option<Public<ContactId>>,
    /// As they are called now.
    contact_name: Option<String>,
    /// Whom to call, E.164.
    phone: Option<String>,
    #[schema(inline)]
    call_id: Option<Public<CallId>>,
    #[schema(inline)]
    appointment_id: Option<Public<AppointmentId>>,
    #[schema(inline)]
    text_id: Option<Public<TextId>>,
    #[schema(inline)]
    inbound_text_id: Option<Public<InboundTextId>>,
}

/// A task that a person writes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTask {
    #[schema(inline)]
    title: Text<1, 200>,
    #[schema(inline)]
    note: Option<Text<1, 2000>>,
    #[schema(inline)]
    contact_id: Option<Public<ContactId>>,
    #[schema(inline)]
    appointment_id: Option<Public<AppointmentId>>,
    #[schema(inline)]
    call_id: Option<Public<CallId>>,
}

/// What can be changed of a task. What is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "null is not nothing")]
struct TaskPatch {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    note: Option<Option<Text<1, 2000>>>,
    /// Who of the staff has it in hand.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    assignee_id: Option<Option<Public<UserId>>>,
}

/// Tells null from nothing.
#[expect(clippy::option_option, reason = "null is not nothing")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Which tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TaskParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// `open` (unless it says otherwise): what can wait least first, then what has waited longest. `done`: the latest first.
    #[serde(default, deserialize_with = "state")]
    state: Option<String>,
    /// Only those of this sort.
    kind: Option<String>,
    /// Only those that this person has in hand.
    #[param(inline)]
    assignee_id: Option<Public<UserId>>,
}

fn state<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    one_of(from, &["open", "done"])
}

/// The place of an open task: how much it can wait, and since when it has.
#[derive(Debug)]
struct OpenKey(i16, jiff::Timestamp);

impl FromStr for OpenKey {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        let (rank, at) = key.split_once(' ').ok_or(())?;
        Ok(Self(rank.parse().ok().ok_or(())?, at.parse().ok().ok_or(())?))
    }
}

/// Lists tasks.
#[utoipa::path(get, path = "/tasks", tag = "tasks", params(TaskParams), responses((status = 200, body = Page<Task>, description = "A page")))]
async fn list_tasks(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<TaskParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::TasksRead)?;
    let asked = asked.read()?;
    let limit = asked.limit.get();
    let (cursor, is_done) = (asked.cursor.as_deref(), asked.state.as_deref() == Some("done"));
    let wanted = WantedTasks {
        kind: asked.kind.as_deref(),
        assignee: asked.assignee_id.map(|id| id.0),
        limit: limit + 1,
        ..WantedTasks::default()
    };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = if is_done {
        let after = cursor.map(place_of::<jiff::Timestamp, TaskId>).transpose()?;
        let after = after.and_then(|(at, id)| Some((at.parse().ok()?, TaskId(id))));
        tasks::list_done(&mut tx, caller.org, &wanted, after).await
    } else {
        let after = cursor.map(place_of::<OpenKey, TaskId>).transpose()?;
        let after = after.and_then(|(key, id)| {
            let OpenKey(rank, at) = key.parse().ok()?;
            Some((rank, at, TaskId(id)))
        });
        tasks::list_open(&mut tx, caller.org, &wanted, after).await
    };
    let found = found.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<Task> = found.into_iter().map(Task::from).collect();
    let page = Page::of(items, limit, |item| {
        let key = match item.done_at {
            Some(at) => at.0.to_string(),
            None => format!("{} {}", tasks::urgency(&item.kind).rank(), item.created_at.0),
        };
        (key, item.id.0)
    });
    Ok(axum::Json(page).into_response())
}

/// Shows a task.
#[utoipa::path(get, path = "/tasks/{id}", tag = "tasks", params(("id" = String, Path)), responses((status = 200, body = Task, description = "The task")))]
async fn get_task(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::TasksRead)?;
    let id = TaskId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let task = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&task)
}

/// Writes down something to do.
#[utoipa::path(post, path = "/tasks", tag = "tasks", request_body = NewTask, responses((status = 201, body = Task, description = "Written down")))]
async fn create_task(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::TasksWrite)?;
    let new: NewTask = request.json()?;
    once(&app, &caller, &request, async |tx| {
        let by = actor(&caller);
        let by_hand = ByHand {
            title: new.title.as_str(),
            note: new.note.as_ref().map(Text::as_str),
            contact: new.contact_id.map(|id| id.0),
            appointment: new.appointment_id.map(|id| id.0),
            call: new.call_id.map(|id| id.0),
            by: &by,
        };
        let added = tasks::add_by_hand(&app, tx, caller.org, &by_hand).await;
        let id = added.map_err(|error| match error {
            ByHandError::NamesNothing(field) => invalid_field(field, "names nothing of yours"),
            ByHandError::Database(error) => problems::database(caller.org, &error),
        })?;
        caller.did(&app, tx, ("task.create", Some(id.to_string()))).await?;
        Answer::created(&find(tx, &caller, id).await?, format!("/api/v1/tasks/{id}"))
    })
    .await
}

/// Changes what stands beside a task, and who has it in hand.
#[utoipa::path(patch, path = "/tasks/{id}", tag = "tasks", params(("id" = String, Path)), request_body = TaskPatch, responses((status = 200, body = Task, description = "Changed")))]
async fn update_task(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::TasksWrite)?;
    let id = TaskId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let patch: TaskPatch = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let now = tasks::one(&mut tx, caller.org, id).await.map_err(failed)?.ok_or(Problem::NOT_FOUND)?;
    let note_now = patch.note.map_or(now.note, |note| note.map(|note| note.as_str().to_owned()));
    let assignee = patch.assignee_id.map_or(now.assignee_user_id, |id| id.map(|id| id.0));
    if let Some(user) = assignee.filter(|user| now.assignee_user_id != Some(*user)) {
        let members = accounts::list_members(&mut tx).await.map_err(failed)?;
        if !members.iter().any(|member| member.user == user) {
            return Err(invalid_field("assignee_id", "names nobody of your staff"));
        }
    }
    let change = Change { assignee, note: note_now.as_deref() };
    tasks::change(&mut tx, caller.org, id, &change).await.map_err(failed)?;
    caller.did(&app, &mut tx, ("task.update", Some(id.to_string()))).await?;
    let task = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&task)
}

/// Finishes a task. One that is done stays as it is.
#[utoipa::path(post, path = "/tasks/{id}/done", tag = "tasks", params(("id" = String, Path)), responses((status = 200, body = Task, description = "Done")))]
async fn set_task_done(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::TasksWrite)?;
    let id = TaskId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    once(&app, &caller, &request, async |tx| {
        let failed = |error: sqlx::Error| problems::database(caller.org, &error);
        let by = actor(&caller);
        if tasks::finish_by_hand(&app, tx, caller.org, (id, &by)).await.map_err(failed)? {
            caller.did(&app, tx, ("task.done", Some(id.to_string()))).await?;
        }
        Answer::ok(&find(tx, &caller, id).await?)
    })
    .await
}

/// Opens a task that was done. One that is open stays as it is.
#[utoipa::path(post, path = "/tasks/{id}/reopen", tag = "tasks", params(("id" = String, Path)), responses((status = 200, body = Task, description = "Open")))]
async fn set_task_open(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::TasksWrite)?;
    let id = TaskId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    once(&app, &caller, &request, async |tx| {
        let failed = |error: sqlx::Error| problems::database(caller.org, &error);
        if tasks::reopen(tx, caller.org, id).await.map_err(failed)? {
            caller.did(&app, tx, ("task.reopen", Some(id.to_string()))).await?;
        }
        Answer::ok(&find(tx, &caller, id).await?)
    })
    .await
}

async fn find(tx: &mut PgConnection, caller: &ApiCaller, id: TaskId) -> Result<Task, Problem> {
    let found = tasks::one(tx, caller.org, id).await;
    let found = found.map_err(|error| problems::database(caller.org, &error))?;
    found.map(Task::from).ok_or(Problem::NOT_FOUND)
}

impl From<Listed> for Task {
    fn from(task: Listed) -> Self {
        Self {
            id: Public(task.id),
            label: tasks::label(&task.kind, Language::English),
            urgency: tasks::urgency(&task.kind).as_str(),
            kind: task.kind,
            title: task.title,
            detail: task.detail,
            note: task.note,
            assignee_id: task.assignee_user_id.map(Public),
            raised_by: task.raised_by,
            created_at: task.created_at.into(),
            done_at: task.done_at.map(Instant::from),
            done_by: task.done_by,
            about: TaskAbout {
                contact_id: task.contact_id.map(Public),
                contact_name: task.contact_name,
                phone: task.phone,
                call_id: task.call_id.map(Public),
                appointment_id: task.appointment_id.map(Public),
                text_id: task.text_id.map(Public),
                inbound_text_id: task.inbound_text_id.map(Public),
            },
        }
    }
}
