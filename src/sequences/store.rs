//! All SQL of the slice.

mod candidates;
mod runs;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::sequence::{Sequence, SequenceFields, Step, Trigger};
use crate::platform::bounded::Count;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ContactId, OrgId, SequenceId, ServiceId};

pub(super) use candidates::{Candidate, Window, candidates, count_candidates};
pub(super) use runs::{
    Facts, NewRun, due, end_answered, finish, insert_run, lock_due, plan_anew, put_off, skip, stop, stop_all,
    went_out,
};
pub use runs::{Listed, list_runs};

/// Sequences of the org that are there.
pub(super) async fn count(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<i64> {
    sql_scalar("select count(*) from sequences where org_id = $1 and archived_at is null")
        .bind(org)
        .fetch_one(tx)
        .await
}

pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
    new: &SequenceFields,
    now: Timestamp,
) -> sqlx::Result<()> {
    let services: Vec<Uuid> = new.services.iter().map(|id| id.0.0).collect();
    sql("insert into sequences (org_id, id, name, trigger, lapsed_days, service_ids, is_active, max_days, reenter_days,
            activated_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $7 then $10::timestamptz end, $10, $10)")
    .bind(org)
    .bind(id)
    .bind(new.name.as_str())
    .bind(new.trigger)
    .bind(new.lapsed_days.map(Count::get))
    .bind(services)
    .bind(new.active)
    .bind(new.max_days.get())
    .bind(new.reenter_days.get())
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// Switched on anew, it begins anew: what happened before makes nobody enter.
pub(super) async fn update(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
    new: &SequenceFields,
    now: Timestamp,
) -> sqlx::Result<()> {
    let services: Vec<Uuid> = new.services.iter().map(|id| id.0.0).collect();
    sql("update sequences set name = $3, lapsed_days = $4, service_ids = $5, max_days = $7, reenter_days = $8, updated_at = $9,
            activated_at = case when $6 and not is_active then $9 else activated_at end,
            looked_at = case when $6 and not is_active then null else looked_at end, is_active = $6
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(new.name.as_str())
    .bind(new.lapsed_days.map(Count::get))
    .bind(services)
    .bind(new.active)
    .bind(new.max_days.get())
    .bind(new.reenter_days.get())
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// The steps, in order, instead of whatever there was.
pub(super) async fn replace_steps(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
    steps: &[Step],
) -> sqlx::Result<()> {
    sql("delete from sequence_steps where org_id = $1 and sequence_id = $2")
        .bind(org)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let rows: Vec<serde_json::Value> = steps
        .iter()
        .map(|step| {
            let hour = step.at_hour.map_or(super::timeline::HOUR_DEFAULT.into(), Count::get);
            json!({
                "minutes": step.after_minutes, "days": step.after_days, "hour": step.after_days.map(|_| hour),
                "en": step.words.en, "es": step.words.es,
            })
        })
        .collect();
    sql("insert into sequence_steps (org_id, sequence_id, position, after_minutes, after_days, at_hour, body_en, body_es)
         select $1, $2, s.nth - 1, (s.step ->> 'minutes')::integer, (s.step ->> 'days')::smallint, (s.step ->> 'hour')::smallint,
                s.step ->> 'en', s.step ->> 'es'
           from jsonb_array_elements($3) with ordinality s (step, nth)")
    .bind(org)
    .bind(id)
    .bind(serde_json::Value::Array(rows))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn archive(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update sequences set is_active = false, archived_at = $3, updated_at = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Its trigger, with its row locked until the transaction ends; `None` when there is none.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId, id: SequenceId) -> sqlx::Result<Option<Trigger>> {
    sql_scalar(
        "select trigger from sequences where org_id = $1 and id = $2 and archived_at is null for update",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

#[derive(FromRow)]
struct Row {
    id: SequenceId,
    name: String,
    trigger: Trigger,
    lapsed_days: Option<i16>,
    service_ids: Vec<Uuid>,
    is_active: bool,
    max_days: i16,
    reenter_days: i16,
    activated_at: Option<jiff_sqlx::Timestamp>,
    created_at: jiff_sqlx::Timestamp,
    steps: serde_json::Value,
}

/// A sequence, and since when it is on.
pub(super) struct Kept {
    pub sequence: Sequence,
    pub activated_at: Option<Timestamp>,
}

impl TryFrom<Row> for Kept {
    type Error = sqlx::Error;

    /// What was stored is within the bounds it was stored with; read like a request, so that there is one way to read.
    fn try_from(row: Row) -> sqlx::Result<Self> {
        let services: Vec<String> = row.service_ids.iter().map(|id| ServiceId(*id).to_string()).collect();
        let mut fields = BTreeMap::from([
            ("name", json!(row.name)),
            ("trigger", json!(row.trigger)),
            ("services", json!(services)),
            ("active", json!(row.is_active)),
            ("max_days", json!(row.max_days)),
            ("reenter_days", json!(row.reenter_days)),
            ("steps", row.steps),
        ]);
        if let Some(days) = row.lapsed_days {
            fields.insert("lapsed_days", json!(days));
        }
        let fields: SequenceFields =
            serde_json::from_value(json!(fields)).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
        let sequence = Sequence { id: row.id, fields, created_at: row.created_at.to_jiff() };
        Ok(Self { sequence, activated_at: row.activated_at.map(jiff_sqlx::Timestamp::to_jiff) })
    }
}

/// Columns, and steps as a request writes them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select s.id, s.name, s.trigger, s.lapsed_days, s.service_ids, s.is_active, s.max_days, s.reenter_days, s.activated_at,
                    s.created_at,
                    (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('after_minutes', p.after_minutes,
                              'after_days', p.after_days, 'at_hour', p.at_hour,
                              'words', jsonb_build_object('en', p.body_en, 'es', p.body_es))) order by p.position), '[]')
                       from sequence_steps p where p.org_id = s.org_id and p.sequence_id = s.id) as steps
               from sequences s where s.org_id = $1 and s.archived_at is null ",
            $rest
        )
    };
}

/// A contact, as a text to them needs it. Holds a number: deliberately no `Debug`.
#[derive(FromRow)]
pub(super) struct Person {
    pub phone: String,
    pub name: Option<String>,
    pub language: Option<String>,
}

pub(super) async fn person(tx: &mut PgConnection, org: OrgId, id: ContactId) -> sqlx::Result<Option<Person>> {
    sql_as("select phone, name, language from contacts where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// The sequence of this id.
pub async fn find(tx: &mut PgConnection, org: OrgId, id: SequenceId) -> sqlx::Result<Option<Sequence>> {
    let row: Option<Row> = sql_as(select!("and s.id = $2")).bind(org).bind(id).fetch_optional(tx).await?;
    Ok(row.map(Kept::try_from).transpose()?.map(|kept| kept.sequence))
}

/// The org's sequences, oldest first, after one of them or from the first.
pub async fn list(
    tx: &mut PgConnection,
    org: OrgId,
    after: Option<SequenceId>,
    limit: i64,
) -> sqlx::Result<Vec<Sequence>> {
    let rows: Vec<Row> = sql_as(select!("and ($2::uuid is null or s.id > $2) order by s.id limit $3"))
        .bind(org)
        .bind(after)
        .bind(limit)
        .fetch_all(tx)
        .await?;
    rows.into_iter().map(|row| Ok(Kept::try_from(row)?.sequence)).collect()
}

/// Sequences that somebody may enter now: lapsed patients are looked for once a day.
pub(super) async fn to_look_at(
    tx: &mut PgConnection,
    org: OrgId,
    a_day_ago: Timestamp,
) -> sqlx::Result<Vec<SequenceId>> {
    sql_scalar(
        "select id from sequences where org_id = $1 and is_active and (trigger <> 'lapsed' or looked_at is null or looked_at <= $2)
          order by id",
    )
    .bind(org)
    .bind(a_day_ago.to_sqlx())
    .fetch_all(tx)
    .await
}

/// The sequence, if it is on and nobody else looks at it; locked until the transaction ends.
pub(super) async fn lock_active(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
) -> sqlx::Result<Option<Kept>> {
    let row: Option<Row> = sql_as(select!("and s.id = $2 and s.is_active for update of s skip locked"))
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await?;
    row.map(Kept::try_from).transpose()
}

pub(super) async fn looked_at(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update sequences set looked_at = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}
