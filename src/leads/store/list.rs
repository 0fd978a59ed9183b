//! Scored calls as staff see them.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::calls;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{CallId, ContactId, EscalationId, OrgId, ServiceId};

/// A scored call. Names a person: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Lead {
    pub id: CallId,
    pub created_at: jiff_sqlx::Timestamp,
    pub class: String,
    pub temperature: String,
    pub score: i16,
    /// Null for what an earlier release scored.
    pub rules_version: Option<i32>,
    pub sentiment_taken: Option<String>,
    pub danger: Option<String>,
    pub interest: Option<String>,
    pub interest_service_id: Option<ServiceId>,
    /// As it is called now.
    pub service_name: Option<String>,
    pub value_cents: Option<i64>,
    pub caller_phone: Option<String>,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    /// As an alert of the call calls whoever called.
    pub lead_name: Option<String>,
    /// The clinical one if there are two.
    pub alert_id: Option<EscalationId>,
    pub acknowledged_at: Option<jiff_sqlx::Timestamp>,
    /// How that stands, in one word: `open` (nobody has taken it), `taken`, `booked` (the lead did, before anybody took it) or
    /// `withdrawn` (there was no lead: nobody has to take it).
    pub alert: Option<String>,
}

impl Lead {
    /// What the caller wants: by the catalogue's name where it has one, else in their words.
    pub fn wish(&self) -> Option<&str> {
        self.service_name.as_deref().or(self.interest.as_deref())
    }
}

/// The same with why. Quotes a caller: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct LeadWithEvidence {
    #[sqlx(flatten)]
    pub lead: Lead,
    pub scored_at: jiff_sqlx::Timestamp,
    pub sentiment: Option<String>,
    pub platform_sentiment: Option<String>,
    pub interest_at: Option<Value>,
    pub evidence: Value,
    pub turns: Option<Json<Vec<calls::Turn>>>,
}

/// Which scored calls.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct WantedLeads<'a> {
    pub temperature: Option<&'a str>,
    pub class: Option<&'a str>,
    /// Calls from then on.
    pub since: Option<Timestamp>,
    /// Calls before then.
    pub until: Option<Timestamp>,
    /// Only calls whose alert stands so, in the words of [`Lead::alert`].
    pub alert: Option<&'a [&'a str]>,
    /// The last one seen.
    pub after: Option<(Timestamp, CallId)>,
    pub limit: i64,
}

/// Counted calls, the latest first.
pub(in crate::leads) async fn leads(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &WantedLeads<'_>,
) -> sqlx::Result<Vec<Lead>> {
    sql_as(
        "select c.id, c.created_at, c.class, c.temperature, c.score, c.rules_version, c.sentiment_taken, c.danger, c.interest,
                c.interest_service_id, s.name as service_name, c.value_cents, c.caller_phone, c.contact_id,
                k.name as contact_name, h.lead_name, h.id as alert_id, h.acknowledged_at, h.alert
           from counted_calls c
           left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
           left join services s on s.org_id = c.org_id and s.id = c.interest_service_id
           left join lateral (select e.id, max(e.lead_name) over () as lead_name, e.acknowledged_at,
                                   case when e.acknowledged_via in ('clinical', 'no_lead') then 'withdrawn' when e.acknowledged_via = 'booked' then 'booked'
                                        when e.acknowledged_at is not null then 'taken' else 'open' end as alert from escalations e
                               where e.org_id = c.org_id and e.kind in ('clinical', 'hot_lead') and e.call_ref = c.call_ref
                               order by e.kind limit 1) h on true
          where c.org_id = $1 and c.scored_at is not null
            and ($2::text is null or c.temperature = $2) and ($3::text is null or c.class = $3)
            and ($4::timestamptz is null or c.created_at >= $4) and ($5::timestamptz is null or c.created_at < $5)
            and ($6::timestamptz is null or (c.created_at, c.id) < ($6, $7))
            and ($8::text[] is null or h.alert = any ($8))
          order by c.created_at desc, c.id desc limit $9",
    )
    .bind(org)
    .bind(wanted.temperature)
    .bind(wanted.class)
    .bind(wanted.since.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(wanted.until.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(wanted.after.map(|(at, _)| at.to_sqlx()))
    .bind(wanted.after.map(|(_, id)| id))
    .bind(wanted.alert)
    .bind(wanted.limit)
    .fetch_all(tx)
    .await
}

/// A scored call with why it was scored so, and all that was said.
pub(in crate::leads) async fn lead(
    tx: &mut PgConnection,
    org: OrgId,
    call: CallId,
) -> sqlx::Result<Option<LeadWithEvidence>> {
    sql_as(
        "select c.id, c.created_at, c.class, c.temperature, c.score, c.rules_version, c.sentiment_taken, c.danger, c.interest,
                c.interest_service_id, s.name as service_name, c.value_cents, c.caller_phone, c.contact_id,
                k.name as contact_name, h.lead_name, h.id as alert_id, h.acknowledged_at, h.alert,
                c.scored_at, c.sentiment, c.platform_sentiment, c.interest_at,
                c.evidence, c.turns
           from calls c
           left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
           left join services s on s.org_id = c.org_id and s.id = c.interest_service_id
           left join lateral (select e.id, max(e.lead_name) over () as lead_name, e.acknowledged_at,
                                   case when e.acknowledged_via in ('clinical', 'no_lead') then 'withdrawn' when e.acknowledged_via = 'booked' then 'booked'
                                        when e.acknowledged_at is not null then 'taken' else 'open' end as alert from escalations e
                               where e.org_id = c.org_id and e.kind in ('clinical', 'hot_lead') and e.call_ref = c.call_ref
                               order by e.kind limit 1) h on true
          where c.org_id = $1 and c.id = $2 and c.scored_at is not null",
    )
    .bind(org)
    .bind(call)
    .fetch_optional(tx)
    .await
}
