//! `/team` and `/invitations`: who is staff, as what, and who is about to be.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, as_json};
use super::caller::ApiCaller;
use super::idempotency::once;
use super::left_behind;
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::{self, InviteError, Member, MemberError, NewInvitation, Role, Scope};
use crate::language::Language;
use crate::mail::{self, StaffAddress};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{InvitationId, MembershipId, OrgId, Prefixed as _, UserId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const LAST_OWNER: Problem = Problem::new(
    StatusCode::CONFLICT,
    "last_owner",
    "A clinic keeps an owner: make somebody else one first.",
);

const TOO_MANY_INVITATIONS: Problem = Problem::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_many_invitations",
    "The clinic has invited 50 people in the last 24 hours. Try again later.",
);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_team))
        .routes(routes!(get_sign_in_rule, set_sign_in_rule))
        .routes(routes!(update_member, delete_member))
        .routes(routes!(list_invitations, create_invitation))
        .routes(routes!(delete_invitation))
}

/// Somebody of the staff.
#[derive(Serialize, ToSchema)]
struct TeamMember {
    #[schema(inline)]
    id: Public<MembershipId>,
    #[schema(inline)]
    user_id: Public<UserId>,
    name: String,
    email: String,
    /// `owner`, `manager`, `front_desk` or `viewer`.
    role: &'static str,
    /// Whether a code is asked for when they sign in.
    has_second_factor: bool,
    #[schema(inline)]
    joined_at: Instant,
    /// When a page of this clinic was last open in a browser of theirs that is still signed in.
    #[schema(inline)]
    last_seen_at: Option<Instant>,
}

impl From<Member> for TeamMember {
    fn from(member: Member) -> Self {
        Self {
            id: Public(member.id),
            user_id: Public(member.user),
            name: member.name,
            email: member.email,
            role: member.role.name(),
            has_second_factor: member.has_second_factor,
            joined_at: Instant(member.joined_at),
            last_seen_at: member.last_seen_at.map(Instant),
        }
    }
}

/// All of the staff.
#[derive(Serialize, ToSchema)]
struct Team {
    items: Vec<TeamMember>,
}

/// Lists the staff, by when they joined.
#[utoipa::path(get, path = "/team", tag = "team", responses((status = 200, body = Team, description = "All of them")))]
async fn list_team(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::TeamRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let team = accounts::list_members(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&Team { items: team.into_iter().map(TeamMember::from).collect() })
}

/// What the clinic asks of whoever signs in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInRule {
    /// Whether whoever has no second factor sets one up before anything else opens. Other issuers' tokens are the issuer's.
    requires_second_factor: bool,
}

async fn sign_in_rule(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<Answer, Problem> {
    let settings = orgs::settings(tx, &app.keys, org).await;
    let settings = settings.map_err(|error| problems::database(org, &error))?;
    Answer::ok(&SignInRule { requires_second_factor: settings.requires_second_factor })
}

/// Shows what the clinic asks of whoever signs in.
#[utoipa::path(get, path = "/team/sign-in", tag = "team", responses((status = 200, body = SignInRule, description = "The rule")))]
async fn get_sign_in_rule(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::TeamRead)?;
    let mut tx = app.begin(caller.org).await.map_err(|error| problems::database(caller.org, &error))?;
    sign_in_rule(&app, &mut tx, caller.org).await
}

/// Replaces what the clinic asks of whoever signs in. It counts from everybody's next request.
#[utoipa::path(put, path = "/team/sign-in", tag = "team", request_body = SignInRule, responses((status = 200, body = SignInRule, description = "Replaced")))]
async fn set_sign_in_rule(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::TeamWrite)?;
    let wanted: SignInRule = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let told = as_json(&wanted)?;
    orgs::update_settings(&mut tx, caller.org, &told, app.clock.now()).await.map_err(failed)?;
    caller.did_with(&app, &mut tx, ("sign_in_rule.write", None), told).await?;
    let now = sign_in_rule(&app, &mut tx, caller.org).await?;
    tx.commit().await.map_err(failed)?;
    Ok(now)
}

/// What somebody becomes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleWanted {
    /// `owner`, `manager`, `front_desk` or `viewer`.
    role: String,
}

/// The role that is given: none that may more than whoever gives it, else a key that may do one thing could make somebody who
/// may do everything.
fn role_of(caller: &ApiCaller, written: &str) -> Result<Role, Problem> {
    let role: Role = written.parse().map_err(|wrong: String| invalid_field("role", &wrong))?;
    if role.scopes().iter().all(|scope| caller.scopes().contains(scope)) {
        Ok(role)
    } else {
        Err(invalid_field("role", "may more than you may yourself"))
    }
}

fn refused(org: OrgId, error: MemberError) -> Problem {
    match error {
        MemberError::NoMember => Problem::NOT_FOUND,
        MemberError::LastOwner => LAST_OWNER,
        MemberError::Database(error) => problems::database(org, &error),
    }
}

/// Gives somebody another role, and signs them out of the clinic: they sign in anew with it. Keys that they made and that may do more
/// than it are revoked, and whom they invited cannot come if it invites nobody.
#[utoipa::path(patch, path = "/team/{id}", tag = "team", params(("id" = String, Path)), request_body = RoleWanted, responses((status = 204, description = "Done"), (status = 409, description = "They are the last owner")))]
async fn update_member(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::TeamWrite)?;
    let id = MembershipId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let wanted: RoleWanted = request.json()?;
    let role = role_of(&caller, &wanted.role)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let actor = caller.actor.to_string();
    let done = accounts::set_role(&app, &mut tx, caller.org, (id, role), &actor).await;
    done.map_err(|error| refused(caller.org, error))?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends that somebody is staff: nothing of theirs opens anything here any more, keys that they made are revoked, and whom they invited
/// cannot come. A task lists those keys and where alerts still go that look like theirs.
#[utoipa::path(delete, path = "/team/{id}", tag = "team", params(("id" = String, Path)), responses((status = 204, description = "Done"), (status = 409, description = "They are the last owner")))]
async fn delete_member(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::TeamWrite)?;
    let id = MembershipId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let done = accounts::remove_member(&app, &mut tx, caller.org, (id, &caller.actor.to_string())).await;
    let left = done.map_err(|error| refused(caller.org, error))?;
    left_behind::ask(&app, &mut tx, caller.org, (id, &left)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who was invited and has not joined.
#[derive(Serialize, ToSchema)]
struct OpenInvitation {
    #[schema(inline)]
    id: Public<InvitationId>,
    email: String,
    role: &'static str,
    /// Of the mail: `en` or `es`.
    language: &'static str,
    /// Who invited: `staff:usr_…`, `api:key_…`, or `command`.
    invited_by: String,
    #[schema(inline)]
    created_at: Instant,
    /// From then on the link does not work, and they can be invited anew.
    #[schema(inline)]
    expires_at: Instant,
}

impl From<accounts::Invitation> for OpenInvitation {
    fn from(invitation: accounts::Invitation) -> Self {
        Self {
            id: Public(invitation.id),
            email: invitation.email,
            role: invitation.role.name(),
            language: invitation.language.as_str(),
            invited_by: invitation.invited_by,
            created_at: Instant(invitation.created_at),
            expires_at: Instant(invitation.expires_at),
        }
    }
}

/// Invitations that nobody has accepted.
#[derive(Serialize, ToSchema)]
struct Invitations {
    items: Vec<OpenInvitation>,
}

/// Lists the invitations that nobody has accepted, the oldest first.
#[utoipa::path(get, path = "/invitations", tag = "team", responses((status = 200, body = Invitations, description = "All of them")))]
async fn list_invitations(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::TeamRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let open = accounts::list_invitations(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&Invitations { items: open.into_iter().map(OpenInvitation::from).collect() })
}

/// Somebody to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationWanted {
    /// Whoever reads mails there can join.
    #[schema(inline)]
    email: StaffAddress,
    /// `owner`, `manager`, `front_desk` or `viewer`.
    role: String,
    /// Of the mail.
    #[serde(default)]
    #[schema(inline)]
    language: Language,
}

/// Invites somebody by e-mail. The link works once; whoever has an account joins with that, anybody else makes one.
#[utoipa::path(post, path = "/invitations", tag = "team", request_body = InvitationWanted, responses((status = 201, body = OpenInvitation, description = "Invited"), (status = 409, description = "The installation has no mail server"), (status = 429, description = "The clinic had its invitations of the day")))]
async fn create_invitation(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::TeamWrite)?;
    let wanted: InvitationWanted = request.json()?;
    let role = role_of(&caller, &wanted.role)?;
    if !mail::is_on(&app.config) {
        return Err(problems::EMAIL_OFF);
    }
    once(&app, &caller, &request, async |tx| {
        let email = wanted.email.as_str();
        let new = NewInvitation { email, role, language: wanted.language, is_mailed: true };
        let actor = caller.actor.to_string();
        let made = accounts::invite(&app, tx, caller.org, (&new, &actor)).await;
        let made = made.map_err(|error| match error {
            InviteError::IsMember => invalid_field("email", "is a member's of the staff"),
            InviteError::IsInvited => invalid_field("email", "has an invitation that still works"),
            InviteError::TooMany => TOO_MANY_INVITATIONS,
            InviteError::InviterLeft => Problem::UNAUTHENTICATED,
            InviteError::Database(error) => problems::database(caller.org, &error),
        })?;
        let location = format!("/api/v1/invitations/{}", made.id);
        Answer::created(&OpenInvitation::from(made), location)
    })
    .await
}

/// Takes an invitation back: its link does not work any more.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "team", params(("id" = String, Path)), responses((status = 204, description = "Taken back")))]
async fn delete_invitation(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::TeamWrite)?;
    let id = InvitationId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let actor = caller.actor.to_string();
    let is_gone = accounts::revoke_invitation(&app, &mut tx, caller.org, (id, &actor)).await;
    let is_gone = is_gone.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NOT_FOUND) }
}
