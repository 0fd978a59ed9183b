//! Gives somebody another role, or ends that they are staff. The database keeps the last owner.

use serde_json::json;

use super::Role;
use super::record_act::{Act, record_act};
use super::store::{KeyRow, members};
use super::take_back::take_back;
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

/// Gives a member another role, by `actor`. Their sessions that show the org end by it: whoever comes back comes with that role. Keys
/// that they made and that may do more than it, and whom they invited if it invites nobody, end with the former one (W38).
pub async fn set_role(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, role): (MembershipId, Role),
    actor: &str,
) -> Result<(), MemberError> {
    let (user, former) = members::lock(tx, org, id).await?.ok_or(MemberError::NoMember)?;
    if former == role {
        return Ok(());
    }
    members::set_role(tx, org, id, role).await?;
    take_back(app, tx, org, (user, role.scopes(), actor)).await?;
    let act = Act {
        actor,
        action: "membership.write",
        subject: Some(id.to_string()),
        detail: json!({ "from": former.name(), "to": role.name() }),
    };
    Ok(record_act(app, tx, org, &act).await?)
}

/// What somebody who was staff leaves behind. Names a person: deliberately no `Debug`.
pub struct Left {
    /// What they are called.
    pub name: String,
    /// Where they read mails.
    pub email: String,
    /// Keys behind which they stood, which are revoked.
    pub keys: Vec<KeyRow>,
}

/// Ends a membership, by `actor`: nothing of theirs opens the org any more, neither they nor a key that they made, and whom they
/// invited cannot come (W38). What is left of them is told.
pub async fn remove_member(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, actor): (MembershipId, &str),
) -> Result<Left, MemberError> {
    let (user, role) = members::lock(tx, org, id).await?.ok_or(MemberError::NoMember)?;
    let member = members::team(tx).await?.into_iter().find(|member| member.id == id);
    let member = member.ok_or(MemberError::NoMember)?;
    members::end(tx, org, id, app.clock.now()).await?;
    let keys = take_back(app, tx, org, (user, &[], actor)).await?.keys;
    let detail = json!({ "role": role.name() });
    let act = Act { actor, action: "membership.end", subject: Some(id.to_string()), detail };
    record_act(app, tx, org, &act).await?;
    Ok(Left { name: member.name, email: member.email, keys })
}
