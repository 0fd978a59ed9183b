//! What changing or cancelling late costs. Only added to: a visit keeps the version it was booked under.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::store;
use crate::platform::bounded::{Count, Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// The policy that new visits are booked under.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[expect(missing_docs, reason = "described by PolicyFields")]
pub struct Policy {
    /// Counts up from 1; 0 while the org has none, which asks for nothing.
    pub version: i32,
    pub notice_minutes: i32,
    pub notice_counts: NoticeCounts,
    pub fee_cents: i32,
    pub fee_sentence: Option<String>,
    /// From when on it has been in force.
    #[schema(inline)]
    #[sqlx(skip)]
    pub created_at: Option<Instant>,
}

impl Policy {
    /// While an org has said nothing.
    const NONE: Self = Self {
        version: 0,
        notice_minutes: 0,
        notice_counts: NoticeCounts::Clock,
        fee_cents: 0,
        fee_sentence: None,
        created_at: None,
    };
}

/// Which minutes count as notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum NoticeCounts {
    /// Every one.
    #[default]
    Clock,
    /// Those in which the location is open.
    Business,
}

/// What is written of a policy.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFields {
    /// Minutes before the start from which a change or cancellation is late.
    #[schema(inline)]
    pub notice_minutes: Count<0, 43_200>,
    /// Which minutes count.
    #[serde(default)]
    pub notice_counts: NoticeCounts,
    /// What a late change or cancellation costs, in cents of the org's currency.
    #[serde(default = "Count::of::<0>")]
    #[schema(inline, default = 0)]
    pub fee_cents: Count<0, 100_000_000>,
    /// Said to a caller who is late; null says the fee.
    #[schema(inline)]
    pub fee_sentence: Option<Text<1, 160>>,
}

/// The policy in force for new visits.
pub async fn current_policy(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Policy> {
    Ok(store::policies::current(tx, org).await?.unwrap_or(Policy::NONE))
}

/// Puts a new version in force; the ones before stay for the visits that were booked under them.
///
/// Under [`lock_catalogue`](super::lock_catalogue), or two writers would want one version.
pub async fn add_policy(
    tx: &mut PgConnection,
    org: OrgId,
    new: &PolicyFields,
    now: Timestamp,
) -> sqlx::Result<Policy> {
    store::policies::insert(tx, org, new, now).await?;
    current_policy(tx, org).await
}
