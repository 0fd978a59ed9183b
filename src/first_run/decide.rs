//! Somebody settles a step, puts it off, or takes that back.

use jiff::Timestamp;

use super::step::{Decision, Step};
use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Keeps what `by` says about the step; [`Decision::Open`] forgets what was said.
pub async fn decide(
    tx: &mut PgConnection,
    org: OrgId,
    (step, decision): (Step, Decision),
    (by, at): (&str, Timestamp),
) -> sqlx::Result<()> {
    match decision {
        Decision::Open => store::forget(tx, org, step).await,
        decision => store::keep(tx, org, (step, decision), (by, at)).await,
    }
}
