//! Consents that were begun.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ConsentId, OrgId, SessionId};

pub(in super::super) struct NewConsent<'a> {
    pub id: ConsentId,
    pub practitioner: Option<Uuid>,
    pub verifier_sealed: &'a [u8],
    pub started_by: &'a str,
    pub session: Option<SessionId>,
    pub expires_at: Timestamp,
}

pub(in super::super) async fn insert_consent(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewConsent<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into oauth_states (org_id, id, practitioner_id, verifier_sealed, started_by, session_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(org)
    .bind(new.id)
    .bind(new.practitioner)
    .bind(new.verifier_sealed)
    .bind(new.started_by)
    .bind(new.session)
    .bind(now.to_sqlx())
    .bind(new.expires_at.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

#[derive(Debug, FromRow)]
pub(in super::super) struct ConsentRow {
    pub practitioner_id: Option<Uuid>,
    pub verifier_sealed: Vec<u8>,
    pub started_by: String,
}

/// The session that asked for the link and alone may go on with it; `None` where a program did, and of what there is not.
pub(in super::super) async fn session_of_consent(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConsentId,
) -> sqlx::Result<Option<SessionId>> {
    let session: Option<Option<SessionId>> =
        sql_scalar("select session_id from oauth_states where org_id = $1 and id = $2")
            .bind(org)
            .bind(id)
            .fetch_optional(tx)
            .await?;
    Ok(session.flatten())
}

/// Binds the consent to the browser that opened its link; `None` when it was opened before, or is too late.
pub(in super::super) async fn bind_browser(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConsentId,
    browser: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<ConsentRow>> {
    sql_as(
        "update oauth_states set browser_digest = $3
          where org_id = $1 and id = $2 and browser_digest is null and used_at is null and expires_at > $4
         returning practitioner_id, verifier_sealed, started_by",
    )
    .bind(org)
    .bind(id)
    .bind(browser)
    .bind(now.to_sqlx())
    .fetch_optional(tx)
    .await
}

/// Uses the consent up; `None` for another browser's, one that was used, and one that is too late.
pub(in super::super) async fn use_consent(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConsentId,
    browser: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<ConsentRow>> {
    sql_as(
        "update oauth_states set used_at = $4
          where org_id = $1 and id = $2 and browser_digest = $3 and used_at is null and expires_at > $4
         returning practitioner_id, verifier_sealed, started_by",
    )
    .bind(org)
    .bind(id)
    .bind(browser)
    .bind(now.to_sqlx())
    .fetch_optional(tx)
    .await
}

pub(in super::super) async fn forget_consents(
    tx: &mut PgConnection,
    org: OrgId,
    before: Timestamp,
) -> sqlx::Result<()> {
    sql("delete from oauth_states where org_id = $1 and expires_at < $2")
        .bind(org)
        .bind(before.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}
