//! Whose call or visit makes them enter.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::bounded::Count;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{LocationId, OrgId, ServiceId};
use crate::sequences::sequence::{SequenceFields, Trigger};

/// Somebody who may enter. Holds a number: deliberately no `Debug`.
#[derive(FromRow)]
pub(in crate::sequences) struct Candidate {
    pub phone: String,
    pub cause_id: Uuid,
    pub cause_at: jiff_sqlx::Timestamp,
    pub location_id: Option<LocationId>,
    pub service_id: Option<ServiceId>,
    pub time_zone: Option<String>,
}

/// How many people a time brought.
#[derive(Debug, FromRow)]
pub(in crate::sequences) struct Counted {
    pub people: i64,
    pub without_consent: i64,
}

/// Causes from one instant to another.
#[derive(Debug, Clone, Copy)]
pub(in crate::sequences) struct Window {
    pub since: Timestamp,
    pub until: Timestamp,
}

/// A new lead that was warm, or asked when there is time, and whose call made no visit. $4 and $5 are of visits.
macro_rules! calls {
    () => {
        "select c.id as cause_id, c.caller_phone as phone, coalesce(c.ended_at, c.scored_at) as cause_at,
                null::uuid as location_id, null::uuid as service_id, null::text as time_zone
           from calls c
          where c.org_id = $1 and c.scored_at >= $2 and c.scored_at <= $3 and c.class = 'new_lead' and c.caller_phone is not null
            and (c.temperature in ('hot', 'warm') or exists (select from tool_calls t
                  where t.org_id = c.org_id and t.call_ref = c.call_ref and t.name in ('check_availability', 'find_openings')))
            and not exists (select from appointments a where a.org_id = c.org_id and a.call_id = c.id)
            and not exists (select from waitlist_entries w join contacts k on k.org_id = w.org_id and k.id = w.contact_id
                  where w.org_id = c.org_id and k.phone = c.caller_phone and w.state in ('waiting', 'offered'))
            and $4::uuid[] is not null and $5::integer is null"
    };
}

macro_rules! completed {
    () => {
        "select a.id as cause_id, a.customer_phone as phone, h.at as cause_at, a.location_id, a.service_id, a.time_zone
           from appointment_changes h join appointments a on a.org_id = h.org_id and a.id = h.appointment_id
          where h.org_id = $1 and h.action = 'completed' and h.at >= $2 and h.at <= $3 and a.status = 'completed'
            and a.customer_phone is not null and (cardinality($4) = 0 or a.service_id = any ($4)) and $5::integer is null"
    };
}

/// The last completed visit, so many days ago; what was booked since and not called off speaks against it.
macro_rules! lapsed {
    () => {
        "select a.id as cause_id, a.customer_phone as phone, a.starts_at + make_interval(days => $5) as cause_at, a.location_id,
                a.service_id, a.time_zone
           from appointments a
          where a.org_id = $1 and a.status = 'completed' and a.customer_phone is not null
            and a.starts_at > $2::timestamptz - make_interval(days => $5) and a.starts_at <= $3::timestamptz - make_interval(days => $5)
            and (cardinality($4) = 0 or a.service_id = any ($4))
            and not exists (select from appointments b
                  where b.org_id = a.org_id and b.customer_phone = a.customer_phone and b.starts_at > a.starts_at
                    and b.status not in ('cancelled', 'no_show') and b.created_at < a.starts_at + make_interval(days => $5))"
    };
}

/// One cause of each person, the latest: nobody with a visit ahead, who said STOP, who complained of late, or who is the
/// clinic itself trying its own line. The last word on marketing beside it, as `consents`.
macro_rules! eligible {
    ($causes:expr, $rest:literal) => {
        concat!(
            "with causes as (", $causes, "), eligible as (
               select distinct on (c.phone) c.*,
                      coalesce((select n.purpose = 'marketing' and n.given from consents n
                        where n.org_id = $1 and n.phone = c.phone and (n.purpose = 'marketing' or not n.given)
                        order by n.position desc limit 1), false) as consents
                 from causes c
                where not exists (select from opt_outs o where o.org_id = $1 and o.phone = c.phone)
                  and not exists (select from appointments a
                        where a.org_id = $1 and a.customer_phone = c.phone and a.starts_at > c.cause_at
                          and a.created_at < c.cause_at + interval '10 minutes' and a.status <> 'cancelled')
                  and not exists (select from calls x
                        where x.org_id = $1 and x.caller_phone = c.phone and x.class in ('complaint', 'clinical_urgency')
                          and x.created_at > c.cause_at - interval '30 days')
                  and not exists (select from integration_settings i
                        where i.org_id = $1 and c.phone in (i.hot_lead_alert_phone, i.clinical_alert_phone))
                  and not exists (select from locations l where l.org_id = $1 and l.human_phone = c.phone)
                  and not exists (select from phone_numbers p where p.org_id = $1 and p.number = c.phone)
                order by c.phone, c.cause_at desc) ",
            $rest
        )
    };
}

/// With consent, and not on the way or only lately through; those of $6 since $7.
macro_rules! entering {
    ($causes:expr) => {
        eligible!(
            $causes,
            "select e.phone, e.cause_id, e.cause_at, e.location_id, e.service_id, e.time_zone from eligible e
              where e.consents and not exists (select from sequence_runs r join contacts k on k.org_id = r.org_id and k.id = r.contact_id
                      where r.org_id = $1 and r.sequence_id = $6 and k.phone = e.phone
                        and (r.state = 'running' or r.entered_at > $7 or r.cause_id = e.cause_id))
              order by e.cause_at limit 200"
        )
    };
}

macro_rules! counted {
    ($causes:expr) => {
        eligible!(
            $causes,
            "select count(*) as people, count(*) filter (where not consents) as without_consent from eligible"
        )
    };
}

fn services(fields: &SequenceFields) -> Vec<Uuid> {
    fields.services.iter().map(|id| id.0.0).collect()
}

/// Who enters the sequence `id`, unless they did after `entered_since`.
pub(in crate::sequences) async fn candidates(
    tx: &mut PgConnection,
    org: OrgId,
    (id, fields): (Uuid, &SequenceFields),
    window: Window,
    entered_since: Timestamp,
) -> sqlx::Result<Vec<Candidate>> {
    let statement = match fields.trigger {
        Trigger::NoBooking => entering!(calls!()),
        Trigger::AfterVisit => entering!(completed!()),
        Trigger::Lapsed => entering!(lapsed!()),
    };
    sql_as(statement)
        .bind(org)
        .bind(window.since.to_sqlx())
        .bind(window.until.to_sqlx())
        .bind(services(fields))
        .bind(fields.lapsed_days.map(Count::get))
        .bind(id)
        .bind(entered_since.to_sqlx())
        .fetch_all(tx)
        .await
}

/// How many would enter, and how many of them never agreed to it.
pub(in crate::sequences) async fn count_candidates(
    tx: &mut PgConnection,
    org: OrgId,
    fields: &SequenceFields,
    window: Window,
) -> sqlx::Result<Counted> {
    let statement = match fields.trigger {
        Trigger::NoBooking => counted!(calls!()),
        Trigger::AfterVisit => counted!(completed!()),
        Trigger::Lapsed => counted!(lapsed!()),
    };
    sql_as(statement)
        .bind(org)
        .bind(window.since.to_sqlx())
        .bind(window.until.to_sqlx())
        .bind(services(fields))
        .bind(fields.lapsed_days.map(Count::get))
        .fetch_one(tx)
        .await
}
