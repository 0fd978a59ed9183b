//! SQL of visits that are booked together.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{ContactId, OrgId, SeriesId, ServiceId};

/// Visits that are booked together.
pub(in super::super) struct NewSeries {
    pub id: SeriesId,
    pub service: ServiceId,
    pub contact: Option<ContactId>,
    pub wanted: i16,
    pub every_days: i16,
}

pub(in super::super) async fn insert_series(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewSeries,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into series (org_id, id, service_id, contact_id, wanted, every_days, created_at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(org)
        .bind(new.id)
        .bind(new.service)
        .bind(new.contact)
        .bind(new.wanted)
        .bind(new.every_days)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}
