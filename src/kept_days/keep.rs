//! Keeps what was counted.

use std::collections::HashSet;

use serde::Serialize;

use super::{Day, Kind, store};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Those of `days` that are not kept, or not by these rules. Within a round, after [`forget_changed`](super::forget_changed()).
pub async fn missing(
    tx: &mut PgConnection,
    org: OrgId,
    kind: Kind,
    mut days: Vec<Day>,
) -> Result<Vec<Day>, sqlx::Error> {
    let kept: HashSet<_> = store::keys(tx, org, kind.as_str()).await?.into_iter().collect();
    days.retain(|day| !kept.contains(&store::key_of(day)));
    Ok(days)
}

/// Keeps what was counted of each day since the round has begun, in its transaction.
pub async fn keep<T: Serialize>(
    tx: &mut PgConnection,
    org: OrgId,
    kind: Kind,
    (days, counts): (&[Day], &[T]),
) -> Result<(), sqlx::Error> {
    let written: Result<Vec<String>, _> = counts.iter().map(serde_json::to_string).collect();
    let written = written.map_err(|error| sqlx::Error::Encode(error.into()))?;
    store::keep(tx, org, kind.as_str(), (days, written)).await
}
