//! SQL of weekly hours.

use sqlx::FromRow;
use uuid::Uuid;

use super::super::hours::{Span, SpanKind};
use super::super::local_time::LocalTime;
use crate::platform::bounded::Day;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{LocationId, OrgId, ResourceId};

#[derive(FromRow)]
struct SpanRow {
    #[sqlx(flatten)]
    span: Span,
    effective_from: Option<jiff_sqlx::Date>,
    effective_to: Option<jiff_sqlx::Date>,
}

/// Whether the org has the location, and the practitioner.
pub(in super::super) async fn exists(
    tx: &mut PgConnection,
    org: OrgId,
    (location, practitioner): (LocationId, Option<ResourceId>),
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from locations where org_id = $1 and id = $2)
            and ($3::uuid is null or exists (select from practitioners where org_id = $1 and id = $3))",
    )
    .bind(org)
    .bind(location)
    .bind(practitioner)
    .fetch_one(tx)
    .await
}

pub(in super::super) async fn select(
    tx: &mut PgConnection,
    org: OrgId,
    (location, practitioner): (LocationId, Option<ResourceId>),
) -> sqlx::Result<Vec<Span>> {
    let rows: Vec<SpanRow> = sql_as(
        "select weekday, kind, opens_minute as opens, closes_minute as closes, effective_from, effective_to from weekly_hours
          where org_id = $1 and location_id = $2 and practitioner_id is not distinct from $3
          order by weekday, kind desc, effective_from nulls first, opens_minute limit 200",
    )
    .bind(org)
    .bind(location)
    .bind(practitioner)
    .fetch_all(tx)
    .await?;
    let day = |date: jiff_sqlx::Date| Day(date.to_jiff());
    Ok(rows
        .into_iter()
        .map(|row| Span {
            effective_from: row.effective_from.map(day),
            effective_to: row.effective_to.map(day),
            ..row.span
        })
        .collect())
}

pub(in super::super) async fn replace(
    tx: &mut PgConnection,
    org: OrgId,
    (location, practitioner): (LocationId, Option<ResourceId>),
    (ids, spans): (&[Uuid], &[Span]),
) -> sqlx::Result<()> {
    sql("delete from weekly_hours where org_id = $1 and location_id = $2 and practitioner_id is not distinct from $3")
        .bind(org)
        .bind(location)
        .bind(practitioner)
        .execute(&mut *tx)
        .await?;
    let date = |day: Day| jiff_sqlx::Date::from(day.0);
    let name = |kind: SpanKind| match kind {
        SpanKind::Open => "open",
        SpanKind::Break => "break",
    };
    sql("insert into weekly_hours (org_id, id, location_id, practitioner_id, weekday, kind, opens_minute, closes_minute, effective_from, effective_to)
         select $1, h.id, $2, $3, h.weekday, h.kind, h.opens, h.closes, h.since, h.until
           from unnest($4::uuid[], $5::smallint[], $6::text[], $7::smallint[], $8::smallint[], $9::date[], $10::date[])
             h (id, weekday, kind, opens, closes, since, until)")
    .bind(org)
    .bind(location)
    .bind(practitioner)
    .bind(ids)
    .bind(spans.iter().map(|s| s.weekday.iso()).collect::<Vec<_>>())
    .bind(spans.iter().map(|s| name(s.kind)).collect::<Vec<_>>())
    .bind(spans.iter().map(|s| LocalTime::minute(s.opens)).collect::<Vec<_>>())
    .bind(spans.iter().map(|s| LocalTime::minute(s.closes)).collect::<Vec<_>>())
    .bind(spans.iter().map(|s| s.effective_from.map(date)).collect::<Vec<_>>())
    .bind(spans.iter().map(|s| s.effective_to.map(date)).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}
