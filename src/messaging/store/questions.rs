//! What was asked by text.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::messaging::question::{Choice, NewQuestion, Question};
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{OrgId, QuestionId};

/// Keeps the question, and closes the one that asked the same number the same.
pub(in crate::messaging) async fn insert_question(
    tx: &mut PgConnection,
    org: OrgId,
    id: QuestionId,
    new: &NewQuestion<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("with asked_before as (
           update questions set closed_at = $8, outcome = 'asked_again'
            where org_id = $1 and phone = $3 and kind = $4 and subject_id is not distinct from $5 and closed_at is null)
         insert into questions (org_id, id, phone, kind, subject_id, options, text_id, asked_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(org)
    .bind(id)
    .bind(new.phone.as_str())
    .bind(new.kind.as_str())
    .bind(new.subject)
    .bind(Json(new.options))
    .bind(new.text)
    .bind(now.to_sqlx())
    .bind(new.expires_at.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: QuestionId,
    kind: String,
    subject_id: Option<Uuid>,
    options: Json<Vec<Choice>>,
    asked_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Question {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
            subject: row.subject_id,
            options: row.options.0,
            asked_at: row.asked_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
        })
    }
}

/// What still waits for this number's answer, last asked first.
pub(in crate::messaging) async fn open_questions(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    now: Timestamp,
) -> sqlx::Result<Vec<Question>> {
    let rows: Vec<Row> = sql_as(
        "select id, kind, subject_id, options, asked_at, expires_at from questions
          where org_id = $1 and phone = $2 and closed_at is null and expires_at > $3
          order by asked_at desc, id desc limit 20",
    )
    .bind(org)
    .bind(phone)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Question::try_from).collect()
}

/// False when it was closed before.
pub(in crate::messaging) async fn close_question(
    tx: &mut PgConnection,
    org: OrgId,
    id: QuestionId,
    outcome: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update questions set closed_at = $4, outcome = $3 where org_id = $1 and id = $2 and closed_at is null")
        .bind(org)
        .bind(id)
        .bind(outcome)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How many were open about it.
pub(in crate::messaging) async fn close_about(
    tx: &mut PgConnection,
    org: OrgId,
    subject: Uuid,
    outcome: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sql("update questions set closed_at = $4, outcome = $3
          where org_id = $1 and subject_id = $2 and closed_at is null")
    .bind(org)
    .bind(subject)
    .bind(outcome)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// Of a number that wants no more texts.
pub(in crate::messaging) async fn close_of(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    outcome: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update questions set closed_at = $4, outcome = $3 where org_id = $1 and phone = $2 and closed_at is null")
        .bind(org)
        .bind(phone)
        .bind(outcome)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}
