//! All SQL of the slice. It writes nothing: what other slices committed is what it compares with.

use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{CallId, LocationId, OrgId};

/// What is known of a call beside its turns and its tools.
#[derive(FromRow)]
pub(super) struct CallRow {
    pub began_at: jiff_sqlx::Timestamp,
    /// Where the assistant that answered belongs.
    pub location_id: Option<LocationId>,
    pub is_texted: bool,
    pub is_called_back: bool,
    pub is_transferred: bool,
}

pub(super) async fn call(tx: &mut PgConnection, org: OrgId, id: CallId) -> sqlx::Result<Option<CallRow>> {
    sql_as(
        "select coalesce(c.started_at, c.created_at) as began_at, n.location_id,
                exists (select from texts t
                         where t.org_id = c.org_id and t.verdict like 'allowed%'
                           and (t.call_id = c.id and t.kind not in ('hot_lead_alert', 'clinical_alert', 'test_alert', 'phone_code', 'phone_notice')
                                or t.to_phone = c.caller_phone and t.queued_at between c.created_at and c.report_at)) as is_texted,
                exists (select from tasks t where t.org_id = c.org_id and t.call_id = c.id and t.kind <> 'false_promise')
                or exists (select from hot_lead_alerts h where h.org_id = c.org_id and h.call_ref = c.call_ref) as is_called_back,
                coalesce(c.ended_reason, '') ilike '%forward%' or coalesce(c.ended_reason, '') ilike '%transfer%'
                as is_transferred
           from calls c
           left join assistants n on n.org_id = c.org_id and n.platform_assistant_id = c.assistant_ref
          where c.org_id = $1 and c.id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// A visit of the caller: when, by its own site's clock, and whether it was called off.
#[derive(FromRow)]
pub(super) struct VisitRow {
    pub local_starts_at: jiff_sqlx::DateTime,
    pub is_off: bool,
}

/// What was booked in the call, and what is under the caller's number and not long over at its time.
pub(super) async fn visits(
    tx: &mut PgConnection,
    org: OrgId,
    call: CallId,
    began_at: jiff::Timestamp,
) -> sqlx::Result<Vec<VisitRow>> {
    sql_as(
        "select a.local_starts_at, a.status = 'cancelled' as is_off
           from calls c
           join appointments a on a.org_id = c.org_id and (a.call_id = c.id or a.customer_phone = c.caller_phone)
          where c.org_id = $1 and c.id = $2 and a.ends_at >= $3
          order by a.starts_at limit 100",
    )
    .bind(org)
    .bind(call)
    .bind(began_at.to_sqlx())
    .fetch_all(tx)
    .await
}

/// An entry of the price list.
#[derive(FromRow)]
pub(super) struct PriceRow {
    pub name: String,
    pub aliases: Vec<String>,
    pub price_cents: Option<i32>,
}

pub(super) async fn prices(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<PriceRow>> {
    sql_as("select name, aliases, price_cents from services where org_id = $1 and not is_other order by position, name")
        .bind(org)
        .fetch_all(tx)
        .await
}
