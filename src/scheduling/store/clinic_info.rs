//! SQL of what a clinic tells about itself.

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{LocationId, OrgId, ServiceId};

#[derive(FromRow)]
pub(in crate::scheduling) struct TreatmentRow {
    pub id: ServiceId,
    pub name: String,
    pub price_cents: Option<i32>,
    pub preparation: Option<String>,
}

#[derive(FromRow)]
pub(in crate::scheduling) struct PolicyRow {
    pub notice_minutes: i32,
    pub notice_counts: String,
    pub fee_cents: i32,
    pub fee_sentence: Option<String>,
}

pub(in crate::scheduling) async fn rules_version(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<i64> {
    sql_scalar("select rules_version from orgs where org_id = $1").bind(org).fetch_one(tx).await
}

pub(in crate::scheduling) async fn parking(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
) -> sqlx::Result<Option<String>> {
    let found: Option<Option<String>> =
        sql_scalar("select parking from locations where org_id = $1 and id = $2")
            .bind(org)
            .bind(location)
            .fetch_optional(tx)
            .await?;
    Ok(found.flatten())
}

/// What somebody at the location gives, without the catch-all.
pub(in crate::scheduling) async fn treatments(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
) -> sqlx::Result<Vec<TreatmentRow>> {
    sql_as(
        "select s.id, s.name, s.price_cents, s.preparation from services s
          where s.org_id = $1 and s.active and not s.is_other
            and exists (select from service_practitioners sp
                          join resources r on r.org_id = sp.org_id and r.id = sp.practitioner_id and r.active
                          join practitioners p on p.org_id = r.org_id and p.id = r.id
                         where sp.org_id = s.org_id and sp.service_id = s.id
                           and (r.location_id = $2 and not p.own_hours
                                or exists (select from weekly_hours h
                                            where h.org_id = p.org_id and h.practitioner_id = p.id
                                              and h.location_id = $2 and h.kind = 'open')))
          order by s.position, s.id",
    )
    .bind(org)
    .bind(location)
    .fetch_all(tx)
    .await
}

/// The policy in force for new visits.
pub(in crate::scheduling) async fn policy(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Option<PolicyRow>> {
    sql_as(
        "select notice_minutes, notice_counts, fee_cents, fee_sentence
           from booking_policies where org_id = $1 order by version desc limit 1",
    )
    .bind(org)
    .fetch_optional(tx)
    .await
}
