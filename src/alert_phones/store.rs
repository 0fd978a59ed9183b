//! All SQL of the slice: numbers that wait for their code, and what was texted to numbers that get alerts.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::change::PendingPhone;
use super::standing::TestedPhone;
use crate::messaging::wording::PhonePurpose;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{OrgId, TextId};

/// Waits for whoever else changes or tries numbers of the org: limits are counted, and then used.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    sql("select pg_advisory_xact_lock(hashtextextended('alert_phones:' || $1::uuid, 0))")
        .bind(org)
        .execute(tx)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct ChangeRow {
    id: Uuid,
    purpose: String,
    phone: String,
    asked_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    sends: i16,
    tries: i16,
}

impl ChangeRow {
    /// `None` for a purpose of a later version.
    fn read(self) -> Option<PendingPhone> {
        let purpose = PhonePurpose::ALL.into_iter().find(|purpose| purpose.as_str() == self.purpose)?;
        Some(PendingPhone {
            id: self.id,
            purpose,
            phone: self.phone,
            asked_at: self.asked_at.to_jiff(),
            expires_at: self.expires_at.to_jiff(),
            sends: self.sends,
            tries: self.tries,
        })
    }
}

/// Changes whose code was not entered, replaced or taken back; those that expired among them.
pub(super) async fn open_changes(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<PendingPhone>> {
    let rows: Vec<ChangeRow> = sql_as(
        "select id, purpose, phone, asked_at, expires_at, sends, tries from phone_changes
          where org_id = $1 and closed_at is null order by purpose",
    )
    .bind(org)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().filter_map(ChangeRow::read).collect())
}

pub(super) async fn open_change(
    tx: &mut PgConnection,
    org: OrgId,
    purpose: PhonePurpose,
) -> sqlx::Result<Option<PendingPhone>> {
    Ok(open_changes(tx, org).await?.into_iter().find(|open| open.purpose == purpose))
}

pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    new: &PendingPhone,
    asked_by: &str,
) -> sqlx::Result<()> {
    sql("insert into phone_changes (org_id, id, purpose, phone, asked_by, asked_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(org)
        .bind(new.id)
        .bind(new.purpose.as_str())
        .bind(&new.phone)
        .bind(asked_by)
        .bind(new.asked_at.to_sqlx())
        .bind(new.expires_at.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn close(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    (outcome, by): (&str, &str),
    now: Timestamp,
) -> sqlx::Result<()> {
    sql(
        "update phone_changes set closed_at = $3, outcome = $4, closed_by = $5 where org_id = $1 and id = $2",
    )
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .bind(outcome)
    .bind(by)
    .execute(tx)
    .await?;
    Ok(())
}

/// Counts an entered code against the open change of that purpose, up to the first that is one too many.
pub(super) async fn count_try(tx: &mut PgConnection, org: OrgId, purpose: PhonePurpose) -> sqlx::Result<()> {
    sql("update phone_changes set tries = tries + 1 where org_id = $1 and purpose = $2 and closed_at is null and tries < 6")
        .bind(org)
        .bind(purpose.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts that the code is texted once more, and says how often it was.
pub(super) async fn count_send(tx: &mut PgConnection, org: OrgId, id: Uuid) -> sqlx::Result<i16> {
    sql_scalar("update phone_changes set sends = sends + 1 where org_id = $1 and id = $2 returning sends")
        .bind(org)
        .bind(id)
        .fetch_one(tx)
        .await
}

/// Codes that were texted since then.
pub(super) async fn codes_since(tx: &mut PgConnection, org: OrgId, since: Timestamp) -> sqlx::Result<i64> {
    sql_scalar(
        "select coalesce(sum(sends), 0)::bigint from phone_changes where org_id = $1 and asked_at > $2",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .fetch_one(tx)
    .await
}

/// Tests that were asked for since then: test alerts, and codes that were texted again.
pub(super) async fn tests_since(tx: &mut PgConnection, org: OrgId, since: Timestamp) -> sqlx::Result<i64> {
    sql_scalar(
        "select (select count(*) from texts where org_id = $1 and queued_at > $2 and kind = 'test_alert')
              + (select coalesce(sum(sends - 1), 0)::bigint from phone_changes where org_id = $1 and asked_at > $2)",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .fetch_one(tx)
    .await
}

/// Whether somebody who is told of alerts has the number.
pub(super) async fn is_a_recipients(tx: &mut PgConnection, org: OrgId, phone: &str) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from alert_recipients where org_id = $1 and phone = $2 and is_active)")
        .bind(org)
        .bind(phone)
        .fetch_one(tx)
        .await
}

/// Whether somebody showed that they hold the number: by a code, or, being told of alerts, by a text of theirs.
pub(super) async fn is_confirmed(tx: &mut PgConnection, org: OrgId, phone: &str) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from phone_changes where org_id = $1 and phone = $2 and outcome = 'confirmed')
             or (exists (select from alert_recipients where org_id = $1 and phone = $2 and is_active)
                 and exists (select from inbound_texts where org_id = $1 and from_phone = $2))",
    )
    .bind(org)
    .bind(phone)
    .fetch_one(tx)
    .await
}

#[derive(FromRow)]
struct TestRow {
    id: TextId,
    is_code: bool,
    to_phone: String,
    state: String,
    queued_at: jiff_sqlx::Timestamp,
    sent_at: Option<jiff_sqlx::Timestamp>,
    failure_code: Option<i32>,
    failure: Option<String>,
}

/// The latest tests and codes, the newest first.
pub(super) async fn latest_tests(
    tx: &mut PgConnection,
    org: OrgId,
    limit: i64,
) -> sqlx::Result<Vec<TestedPhone>> {
    let rows: Vec<TestRow> = sql_as(
        "select id, kind = 'phone_code' as is_code, to_phone, state::text as state, queued_at, sent_at, failure_code, failure from texts
          where org_id = $1 and kind in ('test_alert', 'phone_code') order by queued_at desc, id desc limit $2",
    )
    .bind(org)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    let tested = |row: TestRow| TestedPhone {
        text: row.id,
        is_code: row.is_code,
        phone: row.to_phone,
        state: row.state,
        asked_at: row.queued_at.to_jiff(),
        sent_at: row.sent_at.map(jiff_sqlx::Timestamp::to_jiff),
        failure_code: row.failure_code,
        failure: row.failure,
    };
    Ok(rows.into_iter().map(tested).collect())
}
