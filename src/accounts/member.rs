//! Who is staff of an org.

use jiff::Timestamp;

use super::Role;
use super::store::members;
use crate::platform::db::PgConnection;
use crate::platform::ids::{MembershipId, UserId};

/// A member of the staff, as colleagues see them. Names a person: deliberately no `Debug`.
#[derive(Clone)]
pub struct Member {
    /// Their membership.
    pub id: MembershipId,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// What colleagues call them.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// Whether a second factor is asked for.
    pub has_second_factor: bool,
    /// When they joined.
    pub joined_at: Timestamp,
    /// When a session of theirs last showed this org.
    pub last_seen_at: Option<Timestamp>,
}

/// The staff of the transaction's org, by when they joined.
pub async fn list_members(tx: &mut PgConnection) -> Result<Vec<Member>, sqlx::Error> {
    members::team(tx).await
}
