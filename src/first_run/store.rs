//! All SQL of the first run.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use super::step::{Decision, Step};
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::OrgId;

/// Each step: whether its data is there, and what was said about it.
pub(super) async fn steps(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<(Step, bool, Option<Decision>)>> {
    sql_as(
        "select there.step, there.is_there, said.state from (values
           ('clinic', exists (select from locations where org_id = $1 and address is not null)),
           ('hours', exists (select from weekly_hours where org_id = $1 and practitioner_id is null and kind = 'open')),
           ('services', exists (select from services where org_id = $1 and active and not is_other)),
           ('practitioners', exists (select from service_practitioners sp
              join resources r on r.org_id = sp.org_id and r.id = sp.practitioner_id and r.active
              join services s on s.org_id = sp.org_id and s.id = sp.service_id and s.active and not s.is_other
             where sp.org_id = $1)),
           ('phone_number', exists (select from phone_numbers where org_id = $1)),
           ('alert_phone', exists (select from integration_settings where org_id = $1 and hot_lead_alert_phone is not null)),
           ('calendar', exists (select from calendar_connections where org_id = $1 and connected)
              or exists (select from integration_settings where org_id = $1 and calendar_of_record)),
           ('assistant', exists (select from assistants where org_id = $1))) as there (step, is_there)
           left join onboarding_steps said on said.org_id = $1 and said.step = there.step",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}

pub(super) async fn keep(
    tx: &mut PgConnection,
    org: OrgId,
    (step, decision): (Step, Decision),
    (by, at): (&str, Timestamp),
) -> sqlx::Result<()> {
    sql("insert into onboarding_steps (org_id, step, state, at, by) values ($1, $2, $3, $4, $5)
         on conflict (org_id, step) do update set (state, at, by) = (excluded.state, excluded.at, excluded.by)")
    .bind(org)
    .bind(step)
    .bind(decision)
    .bind(at.to_sqlx())
    .bind(by)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn forget(tx: &mut PgConnection, org: OrgId, step: Step) -> sqlx::Result<()> {
    sql("delete from onboarding_steps where org_id = $1 and step = $2")
        .bind(org)
        .bind(step)
        .execute(tx)
        .await?;
    Ok(())
}
