//! `/dashboard/audit`: who did what, and whether the log is whole.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::acts;
use super::cursor::Cursor;
use super::list::audit::{self, Entry, Wanted};
use super::page::{self, PageError};
use super::particulars;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{self, AuditCheck, AuditState, Member, Scope};
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
    /// The latest entries.
    log: AuditState,
    /// All of them.
    whole: AuditCheck,
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
    fn what<'a>(&self, action: &'a str) -> &'a str {
        acts::words(action).map_or(action, |english| self.s.t(english))
    }

    /// What it was done to: a person by name, a thing that can be looked at by what it is; nothing where an id is all there is.
    fn subject<'a>(&'a self, subject: &'a str) -> &'a str {
        let is_subject = |member: &&Member| member.user.to_string() == subject;
        match (self.members.iter().find(is_subject), acts::thing(subject)) {
            (Some(member), _) => &member.name,
            (None, Some(thing)) => self.s.t(thing),
            (None, None) if acts::is_id(subject) => "",
            (None, None) => subject,
        }
    }

    /// Where what it was done to is looked at.
    #[expect(clippy::unused_self, reason = "the template calls it")]
    fn href(&self, subject: &str) -> Option<String> {
        acts::href(subject)
    }

    /// What else is kept; the id of what nothing else is known of comes last.
    fn detail(&self, entry: &Entry) -> String {
        let name = |actor: &str| {
            self.members
                .iter()
                .find(|member| self.actor_of(member) == actor)
                .map(|member| member.name.clone())
        };
        let mut words = particulars::words(self.s.language(), &entry.detail, name);
        words.extend(entry.subject.iter().filter(|subject| self.subject(subject).is_empty()).cloned());
        words.join(" · ").chars().take(200).collect()
    }

    /// How far a look through the whole log has come.
    fn running(&self) -> Option<String> {
        let (checked, of) = self.whole.running?;
        let said = self.s.tn("The whole log is being checked: {} of {} entries.", checked);
        Some(said.replacen("{}", &of.to_string(), 1))
    }

    /// What the last one found.
    fn found(&self) -> Option<String> {
        let found = self.whole.last.as_ref()?;
        let when = self.s.moment(found.ended_at);
        Some(match (found.is_whole, found.broken_link) {
            (true, _) => self.s.tn("All {} entries were whole: {}.", found.entries).replacen("{}", &when, 1),
            (false, Some(link)) => {
                self.s.tn("Entry {} did not go on from the one before: {}.", link).replacen("{}", &when, 1)
            }
            (false, None) => {
                self.s.tn("All entries go on from each other, but not as they were sealed: {}.", when)
            }
        })
    }

    /// Whether the last look found something.
    fn was_broken(&self) -> bool {
        self.whole.last.as_ref().is_some_and(|found| !found.is_whole)
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
    let page = AuditPage {
        members: accounts::list_members(&mut tx).await?,
        actions: audit::actions(&mut tx, org).await?,
        log: accounts::check_audit(&app, &mut tx, org, CHECKED).await?,
        whole: accounts::audit_check(&mut tx, org).await?,
        s,
        entries,
        next,
        asked,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
