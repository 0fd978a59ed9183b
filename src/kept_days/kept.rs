//! Reads what is kept of days.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{Day, Kind, store};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// What is kept of each of these days: nothing where it was never counted, was counted by other rules, or where something has
/// changed since.
pub async fn kept<T: DeserializeOwned>(
    tx: &mut PgConnection,
    org: OrgId,
    kind: Kind,
    days: &[Day],
) -> Result<Vec<Option<T>>, sqlx::Error> {
    let (Some(first), Some(last)) =
        (days.iter().map(|day| day.since).min(), days.iter().map(|day| day.since).max())
    else {
        return Ok(Vec::new());
    };
    let rows = store::kept(tx, org, kind.as_str(), (first, last)).await?;
    let mut found: HashMap<(String, Timestamp), store::KeptRow> = HashMap::new();
    found.extend(rows.into_iter().map(|row| ((row.place.clone(), row.since.to_jiff()), row)));
    let counts_of = |day: &Day| {
        let row = found.get(&(day.place.clone(), day.since))?;
        let is_same = row.until.to_jiff() == day.until && row.counted_by == day.counted_by;
        // What another release has kept may be of another form: it is counted again.
        serde_json::from_str(&row.counts).ok().filter(|_| is_same)
    };
    Ok(days.iter().map(counts_of).collect())
}
