//! SQL of what people say of their visits.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{AppointmentId, OrgId};

pub(in super::super) async fn confirm_attendance(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    by: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update appointments set attendance_confirmed_at = $4, attendance_confirmed_by = $3
          where org_id = $1 and id = $2 and attendance_confirmed_at is null")
    .bind(org)
    .bind(id)
    .bind(by)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}
