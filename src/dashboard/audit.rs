//! `/dashboard/audit`: who did what, and whether the log is whole.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use http::HeaderMap;
use serde::Deserialize;

use super::acts;
use super::cursor::Cursor;
use super::list::audit::{self, Entry, Wanted};
use super::page::{self, PageError};
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{self, AskedBy, AuditState, Checked, Member, Scope};
use crate::platform::app::App;
use crate::platform::problem::Problem;

const ROWS: i64 = 50;
/// Of the latest entries, those whose digests each view works out again; the template says how many.
const CHECKED: i64 = 200;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/audit", get(show_audit))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    after: String,
    /// `all`: look whether the whole log is whole, however long that takes.
    #[serde(default)]
    check: String,
}

#[derive(Template)]
#[template(path = "dashboard/audit.html")]
struct AuditPage {
    s: Shell,
    entries: Vec<Entry>,
    next: Option<Cursor>,
    members: Vec<Member>,
    actions: Vec<String>,
    asked: Asked,
    log: AuditState,
    /// Whether every entry was looked at, and not the latest alone.
    is_all_checked: bool,
}

impl AuditPage {
    fn who(&self, entry: &Entry) -> String {
        match &entry.actor_name {
            Some(name) if entry.actor.starts_with("api:") => self.s.tn("Program: {}", name),
            Some(name) => name.clone(),
            None if entry.actor == accounts::AT_THE_DOOR => self.s.t("Somebody at the sign-in").to_owned(),
            None => entry.actor.clone(),
        }
    }

    /// What was done, in words.
    fn what(&self, action: &str) -> String {
        match acts::words(action) {
            Some((noun, verb)) => format!("{}: {}", self.s.t(noun), self.s.t(verb)),
            None => action.to_owned(),
        }
    }

    /// What it was done to: a person by name, a thing that can be looked at by what it is.
    fn subject<'a>(&'a self, subject: &'a str) -> &'a str {
        let is_subject = |member: &&Member| member.user.to_string() == subject;
        match self.members.iter().find(is_subject) {
            Some(member) => &member.name,
            None => acts::thing(subject).map_or(subject, |thing| self.s.t(thing)),
        }
    }

    /// Where what it was done to is looked at.
    #[expect(clippy::unused_self, reason = "the template calls it")]
    fn href(&self, subject: &str) -> Option<String> {
        acts::href(subject)
    }

    #[expect(clippy::unused_self, reason = "the template calls it")]
    fn detail(&self, entry: &Entry) -> String {
        let Some(fields) = entry.detail.as_object() else { return String::new() };
        let shown = fields.iter().filter(|(_, value)| !value.is_null());
        let words: Vec<String> = shown
            .map(|(name, value)| match value.as_str() {
                Some(text) => format!("{name}: {text}"),
                None => format!("{name}: {value}"),
            })
            .collect();
        words.join(" · ").chars().take(200).collect()
    }

    /// When the log was sealed last.
    fn sealed(&self) -> Option<String> {
        self.log.sealed_at.map(|at| self.s.moment(at))
    }

    #[expect(clippy::unused_self, reason = "the template calls it")]
    fn actor_of(&self, member: &Member) -> String {
        accounts::Actor::Staff(member.user).to_string()
    }
}

async fn show_audit(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if !staff.may(Scope::AuditRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Audit).await?;
    let wanted = Wanted {
        actor: &asked.actor,
        action: &asked.action,
        after: Cursor::parse(&asked.after),
        limit: ROWS + 1,
    };
    let mut entries = audit::entries(&mut tx, org, &wanted).await?;
    let next = Cursor::behind(&mut entries, ROWS, |entry| Cursor { at: entry.at.to_jiff(), id: entry.id });
    // A page that keeps itself true does not look through the whole log at each new entry.
    let is_all_checked = asked.check == "all" && AskedBy::of(&headers) == AskedBy::Person;
    let checked = if is_all_checked { Checked::All } else { Checked::Latest(CHECKED) };
    let page = AuditPage {
        members: accounts::list_members(&mut tx).await?,
        actions: audit::actions(&mut tx, org).await?,
        log: accounts::check_audit(&app, &mut tx, org, checked).await?,
        is_all_checked,
        s,
        entries,
        next,
        asked,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
