//! `/dashboard/team`: who is staff, as what, who was invited, and what is asked of whoever signs in.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::page::{self, PageError};
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{self, Actor, Invitation, KeyFrom, Member, Role, Scope};
use crate::mail;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::UserId;
use crate::platform::problem::Problem;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/team", get(show_team))
}

#[derive(Template)]
#[template(path = "dashboard/team.html")]
struct TeamPage {
    s: Shell,
    members: Vec<Member>,
    invitations: Vec<Invitation>,
    /// Those that end with whoever made them.
    keys: Vec<KeyFrom>,
    is_mail_on: bool,
    requires_second_factor: bool,
}

impl TeamPage {
    /// Each role with its name, for choosing.
    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        Role::ALL.map(|role| (role.name(), self.role(role))).to_vec()
    }

    fn role(&self, role: impl std::borrow::Borrow<Role>) -> &'static str {
        self.s.t(match role.borrow() {
            Role::Owner => "Owner",
            Role::Manager => "Manager",
            Role::FrontDesk => "Front desk",
            Role::Viewer => "Viewer",
        })
    }

    fn is_you(&self, user: &UserId) -> bool {
        self.s.staff.user == *user
    }

    /// Whether asking everybody for a second step asks the reader to set one up.
    fn means_you(&self) -> bool {
        self.members.iter().any(|member| self.is_you(&member.user) && !member.has_second_factor)
    }

    /// What is asked before `member` is removed; it says what stops with them.
    fn sure(&self, member: &Member) -> String {
        let sure = self.s.tn("Remove {} from the clinic?", &member.name);
        let Some(names) = self.keys_of(member) else { return sure };
        let ends = "The API keys that they made are revoked, and what uses them stands still: {}.";
        format!("{sure} {}", self.s.tn(ends, names))
    }

    /// What is asked before `member` gets another role; `None`: nothing can stop by it.
    fn sure_of_role(&self, member: &Member) -> Option<String> {
        let ends = "Of the API keys that they made, those that may do more than the role that you save are revoked, and what uses them stands still: {}.";
        self.keys_of(member).map(|names| self.s.tn(ends, names))
    }

    /// The names of the keys that `member` made.
    fn keys_of(&self, member: &Member) -> Option<String> {
        let maker = Actor::Staff(member.user).to_string();
        let theirs = self.keys.iter().filter(|key| key.maker == maker).map(|key| key.key.name.as_str());
        Some(theirs.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
    }

    fn is_over(&self, at: &jiff::Timestamp) -> bool {
        *at <= self.s.now
    }
}

async fn show_team(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    if !staff.may(Scope::TeamRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Team).await?;
    let page = TeamPage {
        members: accounts::list_members(&mut tx).await?,
        invitations: accounts::list_invitations(&mut tx, org).await?,
        keys: if s.may("team:write") { accounts::keys_from(&mut tx, org, None).await? } else { vec![] },
        is_mail_on: mail::is_on(&app.config),
        requires_second_factor: orgs::settings(&mut tx, &app.keys, org).await?.requires_second_factor,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
