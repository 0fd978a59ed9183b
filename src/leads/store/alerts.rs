//! Alerts as programs and pages read them, and how fast they reached somebody.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::Deserialize;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::leads::escalation::AlertKind;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{CallId, EscalationId, LocationId, OrgId, TextId};

/// Which alerts, the latest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlertListing {
    /// This one alone.
    pub id: Option<EscalationId>,
    /// Those that nobody has taken, or those that are over.
    pub open: Option<bool>,
    /// Of this kind.
    pub kind: Option<AlertKind>,
    /// Raised then or later.
    pub since: Option<Timestamp>,
    /// Those before this one.
    pub before: Option<(Timestamp, EscalationId)>,
    /// So many at most.
    pub limit: i64,
}

/// An alert with everybody who was told of it. Names people: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns")]
pub struct ListedAlert {
    pub id: EscalationId,
    pub kind: String,
    pub call_id: Option<CallId>,
    pub location_id: Option<LocationId>,
    pub lead_name: Option<String>,
    pub lead_phone: Option<String>,
    pub about: Option<String>,
    pub raised_at: jiff_sqlx::Timestamp,
    pub first_told_at: Option<jiff_sqlx::Timestamp>,
    pub rung: i16,
    pub next_at: Option<jiff_sqlx::Timestamp>,
    pub acknowledged_at: Option<jiff_sqlx::Timestamp>,
    pub acknowledged_by: Option<String>,
    pub acknowledged_via: Option<String>,
    pub closed_at: Option<jiff_sqlx::Timestamp>,
    /// From when somebody should know until the first text had left; null while none has.
    pub seconds_to_alert: Option<f64>,
    /// From the first telling until somebody took it; null of what was no lead.
    pub seconds_to_acknowledge: Option<f64>,
    pub tellings: Json<Vec<ListedTelling>>,
}

/// Somebody who was told, and how far their text has come. Names a person: deliberately no `Debug`.
#[derive(Deserialize)]
#[expect(missing_docs, reason = "named after the columns")]
pub struct ListedTelling {
    pub rung: i16,
    pub name: Option<String>,
    pub phone: String,
    pub told_at: Timestamp,
    pub text_id: Option<TextId>,
    pub state: Option<String>,
    pub sent_at: Option<Timestamp>,
}

/// The org's alerts, the latest first.
pub async fn list_alerts(
    tx: &mut PgConnection,
    org: OrgId,
    listing: &AlertListing,
) -> sqlx::Result<Vec<ListedAlert>> {
    let before = listing.before.unzip();
    sql_as(
        "select e.id, e.kind, e.call_id, e.location_id, e.lead_name, e.lead_phone, e.about, e.raised_at, e.first_told_at, e.rung,
                e.next_at, e.acknowledged_at, e.acknowledged_by, e.acknowledged_via, e.closed_at,
                extract(epoch from t.sent_at - e.due_at)::float8 as seconds_to_alert,
                case when e.acknowledged_via not in ('clinical', 'no_lead') then
                  extract(epoch from e.acknowledged_at - coalesce(e.first_told_at, e.raised_at))::float8 end as seconds_to_acknowledge,
                coalesce(t.tellings, '[]') as tellings
           from escalations e,
                lateral (select min(x.sent_at) as sent_at,
                                jsonb_agg(jsonb_build_object(
                                  'rung', t.rung, 'name', t.name, 'phone', t.phone, 'told_at', t.told_at, 'text_id', t.text_id,
                                  'state', x.state, 'sent_at', x.sent_at) order by t.rung, t.told_at, t.id) as tellings
                           from escalation_tellings t
                           left join texts x on x.org_id = t.org_id and x.id = t.text_id
                          where t.org_id = e.org_id and t.escalation_id = e.id) t
          where e.org_id = $1 and ($2::uuid is null or e.id = $2) and ($3::boolean is null or (e.closed_at is null) = $3)
            and ($4::text is null or e.kind = $4) and ($5::timestamptz is null or e.raised_at >= $5)
            and ($6::timestamptz is null or (e.raised_at, e.id) < ($6, $7))
          order by e.raised_at desc, e.id desc limit $8",
    )
    .bind(org)
    .bind(listing.id)
    .bind(listing.open)
    .bind(listing.kind.map(AlertKind::as_str))
    .bind(listing.since.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(before.0.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(before.1)
    .bind(listing.limit)
    .fetch_all(tx)
    .await
}

/// How fast alerts of one kind reached somebody, and were taken. A time counts once it is known: what has not left was not fast.
#[derive(Debug, Clone, PartialEq, FromRow)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct AlertSummary {
    pub kind: String,
    pub alerts: i64,
    /// Told, but no text of theirs has left.
    pub never_left: i64,
    /// What was no lead: nobody has to take it.
    pub withdrawn: i64,
    pub acknowledged: i64,
    pub acknowledged_within_5_minutes: i64,
    pub median_seconds_to_alert: Option<f64>,
    pub p90_seconds_to_alert: Option<f64>,
    pub median_seconds_to_acknowledge: Option<f64>,
    pub p90_seconds_to_acknowledge: Option<f64>,
}

/// The same of each kind that was raised since then.
pub async fn alert_summary(
    tx: &mut PgConnection,
    org: OrgId,
    since: Timestamp,
) -> sqlx::Result<Vec<AlertSummary>> {
    sql_as(
        "with timed as (
           select e.kind, e.first_told_at, coalesce(e.acknowledged_via in ('clinical', 'no_lead'), false) as is_withdrawn,
                  extract(epoch from t.sent_at - e.due_at)::float8 as to_alert,
                  case when e.acknowledged_via not in ('clinical', 'no_lead') then
                    extract(epoch from e.acknowledged_at - coalesce(e.first_told_at, e.raised_at))::float8 end as to_acknowledge
             from escalations e,
                  lateral (select min(x.sent_at) as sent_at
                             from escalation_tellings t
                             join texts x on x.org_id = t.org_id and x.id = t.text_id
                            where t.org_id = e.org_id and t.escalation_id = e.id) t
            where e.org_id = $1 and e.raised_at >= $2)
         select kind, count(*) as alerts, count(*) filter (where first_told_at is not null and to_alert is null) as never_left,
                count(*) filter (where is_withdrawn) as withdrawn, count(to_acknowledge) as acknowledged,
                count(*) filter (where to_acknowledge <= 300) as acknowledged_within_5_minutes,
                percentile_cont(0.5) within group (order by to_alert) as median_seconds_to_alert,
                percentile_cont(0.9) within group (order by to_alert) as p90_seconds_to_alert,
                percentile_cont(0.5) within group (order by to_acknowledge) as median_seconds_to_acknowledge,
                percentile_cont(0.9) within group (order by to_acknowledge) as p90_seconds_to_acknowledge
           from timed group by kind",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .fetch_all(tx)
    .await
}
