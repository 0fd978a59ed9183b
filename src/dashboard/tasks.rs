//! `/dashboard/tasks`: what a person has to do, what can wait least first.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::page::{self, PageError};
use super::people::People;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::Scope;
use crate::platform::app::App;
use crate::platform::ids::{Prefixed as _, TaskId, UserId};
use crate::platform::problem::Problem;
use crate::tasks::{self, Listed, OpenPlace, Urgency, WantedTasks};

/// Rows of a part of the list.
const ROWS: i64 = 50;
/// How long a task that is done can be taken back beside those that are open.
const UNDO: SignedDuration = SignedDuration::from_mins(10);
/// As many as that.
const UNDO_ROWS: i64 = 5;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/tasks", get(show_tasks))
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    /// `me`, `nobody`, or a person.
    #[serde(default)]
    who: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/tasks.html")]
struct TasksPage {
    s: Shell,
    tasks: Vec<Listed>,
    /// Finished a moment ago: one click takes it back.
    just_done: Vec<Listed>,
    kinds: Vec<(String, i64)>,
    people: People,
    next: Option<String>,
    asked: Asked,
}

async fn show_tasks(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if !staff.may(Scope::TasksRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let (org, me) = (staff.org, staff.user);
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Tasks).await?;
    let assignee = if asked.who == "me" { Some(me) } else { UserId::parse(&asked.who) };
    let wanted = WantedTasks {
        kind: Some(asked.kind.as_str()).filter(|kind| !kind.is_empty()),
        assignee,
        is_free: asked.who == "nobody",
        limit: ROWS + 1,
        ..WantedTasks::default()
    };
    let after = asked.after.as_deref();
    let (tasks, just_done) = if asked.state == "done" {
        let before = after.and_then(place).map(|(_, at, id)| (at, id));
        (tasks::list_done(&mut tx, org, &wanted, before).await?, Vec::new())
    } else {
        let open = tasks::list_open(&mut tx, org, &wanted, after.and_then(place)).await?;
        let wanted = WantedTasks { limit: UNDO_ROWS, ..WantedTasks::default() };
        let mut done = tasks::list_done(&mut tx, org, &wanted, None).await?;
        let since = s.now.checked_sub(UNDO).unwrap_or(s.now);
        done.retain(|task| task.done_at.is_some_and(|at| at.to_jiff() >= since) && task.done_by.is_some());
        (open, done)
    };
    let mut kinds = tasks::open_by_kind(&mut tx, org).await?;
    // What was chosen stays chosen, also when nothing of it is open.
    if let Some(chosen) = tasks::kinds().find(|kind| *kind == asked.kind)
        && kinds.iter().all(|(kind, _)| kind != chosen)
    {
        kinds.push((chosen.to_owned(), 0));
    }
    let people = People::load(&mut tx).await?;
    tx.commit().await?;
    let mut page = TasksPage { s, tasks, just_done, kinds, people, next: None, asked };
    page.next = page.cut();
    Ok(page::render(&page))
}

/// The place in a list that an address names.
fn place(written: &str) -> Option<OpenPlace> {
    let mut parts = written.split('~');
    let rank = parts.next()?.parse().ok()?;
    let at: Timestamp = parts.next()?.parse().ok()?;
    Some((rank, at, TaskId::parse(parts.next()?)?))
}

impl TasksPage {
    /// Takes the row too many away, and says where the list goes on.
    fn cut(&mut self) -> Option<String> {
        let rows = usize::try_from(ROWS).unwrap_or(usize::MAX);
        let has_more = self.tasks.len() > rows;
        self.tasks.truncate(rows);
        let last = self.tasks.last().filter(|_| has_more)?;
        let at = last.done_at.unwrap_or(last.created_at).to_jiff();
        Some(format!("{}~{at}~{}", tasks::urgency(&last.kind).rank(), last.id))
    }

    fn label(&self, kind: &str) -> &'static str {
        tasks::label(kind, self.s.language())
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn tone(&self, task: &Listed) -> &'static str {
        match tasks::urgency(&task.kind) {
            Urgency::Now => "bad",
            Urgency::Today => "brand",
            Urgency::Soon => "",
        }
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn is_assigned(&self, task: &Listed, user: &UserId) -> bool {
        task.assignee_user_id == Some(*user)
    }

    fn assignee(&self, task: &Listed) -> Option<&str> {
        self.people.name(task.assignee_user_id?)
    }

    /// Who finished it, for people.
    fn done_by(&self, task: &Listed) -> &str {
        match task.done_by.as_deref() {
            None => self.s.t("by itself"),
            Some(actor) => self.people.actor(actor).unwrap_or_else(|| self.s.t("a program")),
        }
    }

    fn is_narrowed(&self) -> bool {
        !self.asked.kind.is_empty() || !self.asked.who.is_empty()
    }

    fn is_done_list(&self) -> bool {
        self.asked.state == "done"
    }
}
