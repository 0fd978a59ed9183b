//! Invites somebody to become staff, and takes that back.

use jiff::SignedDuration;
use serde_json::json;

use super::record_act::{Act, record_act};
use super::sign_in::folded;
use super::staff_mail::{self, Link};
use super::store::members;
use super::{Role, Scope};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::{PgConnection, violates};
use crate::platform::ids::{InvitationId, OrgId};

pub use super::store::members::Invitation;

/// Invitations of an org in a day: each mails a stranger in our name.
const PER_DAY: i64 = 50;

/// Somebody to invite. Names a person: deliberately no `Debug`.
pub struct NewInvitation<'a> {
    /// Who: whoever reads mails there.
    pub email: &'a str,
    /// As what.
    pub role: Role,
    /// Of the mail.
    pub language: Language,
    /// False where the link is handed over otherwise.
    pub is_mailed: bool,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// They are staff already.
    #[error("is staff already")]
    IsMember,
    /// They have an invitation that still works.
    #[error("is invited already")]
    IsInvited,
    /// Whoever invites was removed meanwhile, may invite nobody any more, or their account was switched off.
    #[error("whoever invites may not any more")]
    InviterLeft,
    /// The org had its invitations of the day.
    #[error("{PER_DAY} people were invited today")]
    TooMany,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Invites `new`, by `actor`, and leaves the mail with the transaction. It and the end of whoever invites wait for each other (W38).
pub async fn invite(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (new, actor): (&NewInvitation<'_>, &str),
) -> Result<Invitation, InviteError> {
    let (email, now) = (folded(new.email), app.clock.now());
    if !members::hold_maker(tx, org, (actor, &[Scope::TeamWrite])).await? {
        return Err(InviteError::InviterLeft);
    }
    let team = members::team(tx).await?;
    if team.iter().any(|member| folded(&member.email) == email) {
        return Err(InviteError::IsMember);
    }
    let day_ago = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    if members::invitations_since(tx, org, day_ago).await? >= PER_DAY {
        return Err(InviteError::TooMany);
    }
    members::revoke_lapsed(tx, org, &email, now).await?;
    let lasts = SignedDuration::from_hours(app.config.accounts.invitation_hours);
    let invitation = Invitation {
        id: app.new_id(),
        email,
        role: new.role,
        language: new.language,
        invited_by: actor.to_owned(),
        created_at: now,
        expires_at: now.saturating_add(lasts).unwrap_or(now),
    };
    let link = Link::Invitation(invitation.id);
    let digest = app.keys.digest(&staff_mail::token(&app.keys, link));
    match members::insert_invitation(tx, org, &invitation, &digest).await {
        Err(error) if violates(&error, members::ONE_OPEN_PER_EMAIL) => return Err(InviteError::IsInvited),
        done => done?,
    }
    if new.is_mailed {
        staff_mail::queue(tx, org, link, None).await?;
    }
    let act = Act {
        actor,
        action: "invitation.write",
        subject: Some(invitation.id.to_string()),
        detail: json!({ "role": new.role.name() }),
    };
    record_act(app, tx, org, &act).await?;
    Ok(invitation)
}

/// Invitations that nobody has accepted, the oldest first; lapsed ones among them.
pub async fn list_invitations(tx: &mut PgConnection, org: OrgId) -> Result<Vec<Invitation>, sqlx::Error> {
    members::open_invitations(tx, org).await
}

/// Takes an invitation back: its link works no more. False when the org has none like it.
pub async fn revoke_invitation(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, actor): (InvitationId, &str),
) -> Result<bool, sqlx::Error> {
    if !members::revoke_invitation(tx, org, id, app.clock.now()).await? {
        return Ok(false);
    }
    let act = Act { actor, action: "invitation.revoke", subject: Some(id.to_string()), detail: json!({}) };
    record_act(app, tx, org, &act).await?;
    Ok(true)
}
