//! All SQL of the catalogue: a file for each thing, and what they share.
//!
//! A thing is written by one statement that adds it or replaces what is there, from the fields as JSON: their names are
//! the columns'.

pub(super) mod closures;
pub(super) mod hours;
pub(super) mod locations;
pub(super) mod policies;
pub(super) mod practitioners;
pub(super) mod resources;
pub(super) mod services;
pub(super) mod time_off;

use serde::Serialize;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, Postgres};

use super::entry::Wanted;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::OrgId;

/// For fields that are true unless said otherwise.
pub(super) const fn yes() -> bool {
    true
}

/// The field that a constraint is about, and what is wrong with it then.
pub(super) fn field_of(constraint: &str) -> Option<(&'static str, &'static str)> {
    const NO_LOCATION: (&str, &str) = ("location_id", "names no location of yours");
    const NO_PRACTITIONER: (&str, &str) = ("practitioner_id", "names no practitioner of yours");
    Some(match constraint {
        "services_once_per_name" => ("name", "is another service's already"),
        "resources_org_id_location_id_fkey"
        | "weekly_hours_org_id_location_id_fkey"
        | "closures_org_id_location_id_fkey" => NO_LOCATION,
        "weekly_hours_org_id_practitioner_id_fkey"
        | "closures_org_id_practitioner_id_fkey"
        | "time_off_org_id_practitioner_id_fkey" => NO_PRACTITIONER,
        "service_practitioners_org_id_practitioner_id_fkey" => {
            ("practitioners", "names somebody who is no practitioner of yours")
        }
        "service_practitioners_org_id_service_id_fkey" => ("services", "names no service of yours"),
        "service_practitioners_pkey" => ("practitioners", "names somebody twice"),
        "service_needs_pkey" => ("needs", "names one resource twice in one need"),
        "service_prerequisites_pkey" => ("prerequisites", "names one service twice"),
        "service_prerequisites_are_another_service" => ("prerequisites", "names the service itself"),
        "service_prerequisites_org_id_required_service_id_fkey" => {
            ("prerequisites", "names no service of yours")
        }
        "service_spacings_pkey" => ("spacings", "names one service twice"),
        "service_spacings_org_id_other_service_id_fkey" => ("spacings", "names no service of yours"),
        "closures_end_after_they_begin" => ("local_until", "must be up to 366 days after local_date"),
        _ => return None,
    })
}

/// One writer of the catalogue at a time; bookings go on.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    sql("select from orgs where org_id = $1 for no key update").bind(org).execute(tx).await?;
    Ok(())
}

/// Runs a list's statement, whose parameters are $1 org, $2 id, $3 and $4 the place after which to go on, $5 limit,
/// $6 active, $7 and $8 the first and last civil day.
async fn select_wanted<T>(
    tx: &mut PgConnection,
    statement: &'static str,
    org: OrgId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<T>>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let (after, after_id) = wanted.after.clone().unzip();
    let day = |date: jiff::civil::Date| jiff_sqlx::Date::from(date);
    let query: QueryAs<'static, Postgres, T, PgArguments> = sql_as(statement);
    query
        .bind(org)
        .bind(wanted.id)
        .bind(after)
        .bind(after_id)
        .bind(wanted.limit)
        .bind(wanted.filter.active)
        .bind(wanted.filter.from.map(day))
        .bind(wanted.filter.to.map(day))
        .fetch_all(tx)
        .await
}

/// The fields as the JSON that a statement reads.
fn json(fields: &impl Serialize) -> sqlx::Result<serde_json::Value> {
    serde_json::to_value(fields).map_err(|e| sqlx::Error::Encode(Box::new(e)))
}
