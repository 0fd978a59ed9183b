//! Gives somebody another role, or ends that they are staff. The database keeps the last owner.

use serde_json::json;

use super::Role;
use super::record_act::{Act, record_act};
use super::store::members;
use crate::platform::app::App;
use crate::platform::db::{PgConnection, violates};
use crate::platform::ids::{MembershipId, OrgId};

/// Why a membership was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// The org has no such member.
    #[error("there is no such member")]
    NoMember,
    /// They are the last owner (B13).
    #[error("an org keeps an owner")]
    LastOwner,
    /// The database refused.
    #[error("the database refused")]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for MemberError {
    fn from(error: sqlx::Error) -> Self {
        if violates(&error, members::KEEP_AN_OWNER) { Self::LastOwner } else { Self::Database(error) }
    }
}

/// Gives a member another role, by `actor`. It counts from their next request.
pub async fn set_role(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, role): (MembershipId, Role),
    actor: &str,
) -> Result<(), MemberError> {
    let (_, former) = members::lock(tx, org, id).await?.ok_or(MemberError::NoMember)?;
    if former == role {
        return Ok(());
    }
    members::set_role(tx, org, id, role).await?;
    let act = Act {
        actor,
        action: "membership.write",
        subject: Some(id.to_string()),
        detail: json!({ "from": former.name(), "to": role.name() }),
    };
    Ok(record_act(app, tx, org, &act).await?)
}

/// Ends a membership, by `actor`: nothing of theirs opens the org any more (W38).
pub async fn remove_member(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, actor): (MembershipId, &str),
) -> Result<(), MemberError> {
    let (_, role) = members::lock(tx, org, id).await?.ok_or(MemberError::NoMember)?;
    members::end(tx, org, id, app.clock.now()).await?;
    let detail = json!({ "role": role.name() });
    let act = Act { actor, action: "membership.end", subject: Some(id.to_string()), detail };
    Ok(record_act(app, tx, org, &act).await?)
}
