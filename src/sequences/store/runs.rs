//! People on the way.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ContactId, LocationId, OrgId, SequenceId, SequenceRunId, ServiceId};
use crate::sequences::sequence::StopReason;

/// Somebody who enters.
pub(in crate::sequences) struct NewRun<'a> {
    pub id: SequenceRunId,
    pub sequence: SequenceId,
    pub contact: ContactId,
    pub cause: Uuid,
    pub location: Option<LocationId>,
    pub service: Option<ServiceId>,
    pub time_zone: &'a str,
    pub entered_at: Timestamp,
    pub next_at: Timestamp,
}

/// False when they are on the way already, or were for this cause.
pub(in crate::sequences) async fn insert_run(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewRun<'_>,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into sequence_runs (org_id, id, sequence_id, contact_id, cause_id, location_id, service_id, time_zone, entered_at, next_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.sequence)
    .bind(new.contact)
    .bind(new.cause)
    .bind(new.location)
    .bind(new.service)
    .bind(new.time_zone)
    .bind(new.entered_at.to_sqlx())
    .bind(new.next_at.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Runs whose next step is due, longest first.
pub(in crate::sequences) async fn due(
    tx: &mut PgConnection,
    org: OrgId,
    now: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<SequenceRunId>> {
    sql_scalar(
        "select id from sequence_runs where org_id = $1 and state = 'running' and next_at <= $2 order by next_at, id limit $3",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// A run, and everything that may end it, as it is now. Holds a number: deliberately no `Debug`.
#[derive(FromRow)]
pub(in crate::sequences) struct Facts {
    pub sequence_id: SequenceId,
    pub contact_id: ContactId,
    pub phone: String,
    pub name: Option<String>,
    pub language: Option<String>,
    pub location_id: Option<LocationId>,
    pub service_id: Option<ServiceId>,
    pub time_zone: String,
    pub next_step: i16,
    pub next_at: jiff_sqlx::Timestamp,
    pub moves: i16,
    pub entered_at: jiff_sqlx::Timestamp,
    pub last_sent_at: Option<jiff_sqlx::Timestamp>,
    pub stop_reason: Option<String>,
}

/// What ends a run `r` of the contact `k` in the sequence `s` at $2, the gravest first.
macro_rules! reason {
    () => {
        "case when exists (select from opt_outs o where o.org_id = r.org_id and o.phone = k.phone) then 'opted_out'
              when exists (select from inbound_texts i
                    where i.org_id = r.org_id and i.from_phone = k.phone and i.received_at > r.entered_at) then 'replied'
              when exists (select from appointments a
                    where a.org_id = r.org_id and a.customer_phone = k.phone
                      and (a.created_at > r.entered_at
                           or a.starts_at > $2 and a.status in ('pending', 'scheduled', 'arrived'))) then 'booked'
              when exists (select from calls x
                    where x.org_id = r.org_id and x.caller_phone = k.phone and x.class in ('complaint', 'clinical_urgency')
                      and x.created_at > r.entered_at - interval '30 days') then 'complained'
              when not coalesce((select n.purpose = 'marketing' and n.given from consents n
                    where n.org_id = r.org_id and n.phone = k.phone and (n.purpose = 'marketing' or not n.given)
                    order by n.position desc limit 1), false) then 'no_consent'
              when not s.is_active then 'switched_off'
              when $2 > r.entered_at + make_interval(hours => 24 * s.max_days) then 'max_days' end"
    };
}

/// The run, if it is due and nobody else has it in hand; locked until the transaction ends.
pub(in crate::sequences) async fn lock_due(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
    now: Timestamp,
) -> sqlx::Result<Option<Facts>> {
    sql_as(concat!(
        "select r.sequence_id, r.contact_id, k.phone, k.name, k.language, r.location_id, r.service_id, r.time_zone, r.next_step,
                r.next_at, r.moves, r.entered_at, r.last_sent_at, ",
        reason!(),
        " as stop_reason
           from sequence_runs r join sequences s on s.org_id = r.org_id and s.id = r.sequence_id
           join contacts k on k.org_id = r.org_id and k.id = r.contact_id
          where r.org_id = $1 and r.id = $3 and r.state = 'running' and r.next_at <= $2 for update of r skip locked"
    ))
    .bind(org)
    .bind(now.to_sqlx())
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Ends every run that something ended since, of one number or all, and says whose. Only those are locked; one that is in a
/// worker's hand is looked at there.
pub(in crate::sequences) async fn end_answered(
    tx: &mut PgConnection,
    org: OrgId,
    phone: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<Vec<String>> {
    sql_scalar(concat!(
        "with over as (select r.id, k.phone, ",
        reason!(),
        " as reason
           from sequence_runs r join sequences s on s.org_id = r.org_id and s.id = r.sequence_id
           join contacts k on k.org_id = r.org_id and k.id = r.contact_id
          where r.org_id = $1 and r.state = 'running' and ($3::text is null or k.phone = $3)
            and ",
        reason!(),
        " is not null for update of r skip locked)
         update sequence_runs r set state = 'stopped', stop_reason = o.reason, next_at = null, ended_at = $2
           from over o where r.org_id = $1 and r.id = o.id and o.reason is not null returning o.phone"
    ))
    .bind(org)
    .bind(now.to_sqlx())
    .bind(phone)
    .fetch_all(tx)
    .await
}

/// The step waits until then.
pub(in crate::sequences) async fn put_off(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
    (until, moves): (Timestamp, i16),
) -> sqlx::Result<()> {
    sql("update sequence_runs set next_at = $3, moves = $4 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(until.to_sqlx())
        .bind(moves)
        .execute(tx)
        .await?;
    Ok(())
}

/// The step became a text at `now`; the one after it is due then.
pub(in crate::sequences) async fn went_out(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
    now: Timestamp,
    next_at: Timestamp,
) -> sqlx::Result<()> {
    sql("update sequence_runs set next_step = next_step + 1, next_at = $4, moves = 0, sent_steps = sent_steps + 1, last_sent_at = $3
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .bind(next_at.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// The step is left out, for this reason; the one after it is due then.
pub(in crate::sequences) async fn skip(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
    (step, reason): (i16, &str),
    next_at: Timestamp,
) -> sqlx::Result<()> {
    sql("update sequence_runs set next_step = next_step + 1, next_at = $4, moves = 0, skipped = skipped || $3::jsonb
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(json!([{"step": step, "reason": reason}]))
    .bind(next_at.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// No step is left. `sent_at` when the last one just became a text.
pub(in crate::sequences) async fn finish(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update sequence_runs set state = 'done', next_at = null, ended_at = $3 where org_id = $1 and id = $2 and state = 'running'")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(in crate::sequences) async fn stop(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
    reason: &str,
    now: Timestamp,
) -> sqlx::Result<Option<String>> {
    sql_scalar(
        "update sequence_runs r set state = 'stopped', stop_reason = $3, next_at = null, ended_at = $4
           from contacts k
          where r.org_id = $1 and r.id = $2 and r.state = 'running' and k.org_id = r.org_id and k.id = r.contact_id
         returning k.phone",
    )
    .bind(org)
    .bind(id)
    .bind(reason)
    .bind(now.to_sqlx())
    .fetch_optional(tx)
    .await
}

/// Everybody in the sequence.
pub(in crate::sequences) async fn stop_all(
    tx: &mut PgConnection,
    org: OrgId,
    sequence: SequenceId,
    reason: StopReason,
    now: Timestamp,
) -> sqlx::Result<Vec<String>> {
    sql_scalar(
        "update sequence_runs r set state = 'stopped', stop_reason = $3, next_at = null, ended_at = $4
           from contacts k
          where r.org_id = $1 and r.sequence_id = $2 and r.state = 'running' and k.org_id = r.org_id and k.id = r.contact_id
         returning k.phone",
    )
    .bind(org)
    .bind(sequence)
    .bind(reason.as_str())
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// The steps have changed: each run is looked at now, and put off until its step is due by the new ones.
pub(in crate::sequences) async fn plan_anew(
    tx: &mut PgConnection,
    org: OrgId,
    sequence: SequenceId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update sequence_runs set next_at = least(next_at, $3)
          where org_id = $1 and sequence_id = $2 and state = 'running' and moves = 0")
    .bind(org)
    .bind(sequence)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// A run as staff see it.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Listed {
    pub id: SequenceRunId,
    pub sequence_id: SequenceId,
    pub contact_id: ContactId,
    pub state: String,
    pub stop_reason: Option<String>,
    pub next_step: i16,
    pub next_at: Option<jiff_sqlx::Timestamp>,
    pub sent_steps: i16,
    pub skipped: serde_json::Value,
    pub entered_at: jiff_sqlx::Timestamp,
    pub ended_at: Option<jiff_sqlx::Timestamp>,
}

/// Runs of a sequence or the one of this id, newest first, before one of them or from the newest; in one state or all.
pub async fn list_runs(
    tx: &mut PgConnection,
    org: OrgId,
    (sequence, run): (Option<SequenceId>, Option<SequenceRunId>),
    (state, before): (Option<&str>, Option<SequenceRunId>),
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    sql_as(
        "select id, sequence_id, contact_id, state, stop_reason, next_step, next_at, sent_steps, skipped, entered_at, ended_at
           from sequence_runs
          where org_id = $1 and ($2::uuid is null or sequence_id = $2) and ($3::uuid is null or id = $3)
            and ($4::text is null or state = $4) and ($5::uuid is null or id < $5)
          order by id desc limit $6",
    )
    .bind(org)
    .bind(sequence)
    .bind(run)
    .bind(state)
    .bind(before)
    .bind(limit)
    .fetch_all(tx)
    .await
}
