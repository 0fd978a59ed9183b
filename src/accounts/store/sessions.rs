//! SQL of sessions.

use std::str::FromStr;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::accounts::Staff;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{OrgId, SessionId, UserId};

/// A session as it opens.
pub(in crate::accounts) struct NewSession<'a> {
    pub id: SessionId,
    pub user: UserId,
    pub digest: Vec<u8>,
    pub org: OrgId,
    pub second_factor_due: bool,
    pub agent: &'a str,
    pub network: &'a str,
    pub expires_at: Timestamp,
}

pub(in crate::accounts) async fn insert(
    tx: &mut PgConnection,
    new: &NewSession<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into sessions (user_id, id, token_digest, current_org, second_factor_due, agent, network, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)")
        .bind(new.user)
        .bind(new.id)
        .bind(&new.digest)
        .bind(new.org)
        .bind(new.second_factor_due)
        .bind(new.agent)
        .bind(new.network)
        .bind(now.to_sqlx())
        .bind(new.expires_at.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// A session that is open, and whose it is.
pub(in crate::accounts) struct StaffRow {
    pub staff: Staff,
    pub session: SessionId,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    session_id: SessionId,
    user_id: UserId,
    org_id: OrgId,
    role: String,
    name: String,
    email: String,
    language: String,
    last_seen_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    owes_second_factor: bool,
}

/// Who a token's digest is, among open sessions of people who are staff of anything.
pub(in crate::accounts) async fn staff_of_token(
    tx: &mut PgConnection,
    digest: &[u8],
) -> sqlx::Result<Option<StaffRow>> {
    let row: Option<Row> =
        sql_as("select * from app_ctx.staff_of_session($1)").bind(digest).fetch_optional(tx).await?;
    row.map(|row| {
        Ok(StaffRow {
            session: row.session_id,
            last_seen_at: row.last_seen_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
            staff: Staff {
                user: row.user_id,
                org: row.org_id,
                role: word(&row.role)?,
                session: Some(row.session_id),
                name: row.name,
                email: row.email,
                language: word(&row.language)?,
                signed_in_until: Some(row.expires_at.to_jiff()),
                owes_second_factor: row.owes_second_factor,
            },
        })
    })
    .transpose()
}

/// A word of the database that a check holds.
pub(in crate::accounts) fn word<T: FromStr>(word: &str) -> sqlx::Result<T> {
    word.parse().ok().ok_or_else(|| sqlx::Error::Decode("a word that no version knows".into()))
}

pub(in crate::accounts) async fn touch(
    tx: &mut PgConnection,
    user: UserId,
    id: SessionId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update sessions set last_seen_at = $3 where user_id = $1 and id = $2 and last_seen_at < $3")
        .bind(user)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whose session a digest is, whatever it still opens.
pub(in crate::accounts) async fn user_of_token(
    tx: &mut PgConnection,
    digest: &[u8],
) -> sqlx::Result<Option<UserId>> {
    sql_scalar("select app_ctx.user_of_session($1)").bind(digest).fetch_one(tx).await
}

/// A session that waits for its second factor, locked.
#[derive(FromRow)]
pub(in crate::accounts) struct Waiting {
    pub id: SessionId,
    pub current_org: OrgId,
    pub agent: String,
    pub network: String,
    expires_at: jiff_sqlx::Timestamp,
}

impl Waiting {
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.expires_at.to_jiff()
    }
}

pub(in crate::accounts) async fn lock_waiting(
    tx: &mut PgConnection,
    user: UserId,
    digest: &[u8],
) -> sqlx::Result<Option<Waiting>> {
    sql_as(
        "select id, current_org, agent, network, expires_at from sessions
          where user_id = $1 and token_digest = $2 and second_factor_due for update",
    )
    .bind(user)
    .bind(digest)
    .fetch_optional(tx)
    .await
}

/// One line of the list of own sessions.
#[derive(Debug, Clone, FromRow)]
pub struct OwnSession {
    /// Which.
    pub id: SessionId,
    /// What the browser called itself.
    pub agent: String,
    /// Where from.
    pub network: String,
    /// When it was opened.
    pub created_at: jiff_sqlx::Timestamp,
    /// When it last asked for something.
    pub last_seen_at: jiff_sqlx::Timestamp,
}

/// The person's open sessions, the latest seen first.
pub(in crate::accounts) async fn list(
    tx: &mut PgConnection,
    user: UserId,
    (now, seen_since): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<OwnSession>> {
    sql_as(
        "select id, agent, network, created_at, last_seen_at from sessions
          where user_id = $1 and not second_factor_due and expires_at > $2 and last_seen_at > $3
          order by last_seen_at desc, id desc limit 100",
    )
    .bind(user)
    .bind(now.to_sqlx())
    .bind(seen_since.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Ends one session and tells open sockets; false when there is none.
pub(in crate::accounts) async fn end(
    tx: &mut PgConnection,
    user: UserId,
    id: SessionId,
) -> sqlx::Result<bool> {
    let ended: Vec<String> = sql_scalar(
        "with gone as (delete from sessions where user_id = $1 and id = $2 returning id)
         select pg_notify('voxanne_revoked', id::text)::text from gone",
    )
    .bind(user)
    .bind(id)
    .fetch_all(tx)
    .await?;
    Ok(!ended.is_empty())
}

/// Ends all of the person's sessions but `kept`, and says how many.
pub(in crate::accounts) async fn end_all(
    tx: &mut PgConnection,
    user: UserId,
    kept: Option<SessionId>,
) -> sqlx::Result<usize> {
    let ended: Vec<String> = sql_scalar(
        "with gone as (delete from sessions where user_id = $1 and id is distinct from $2 returning id)
         select pg_notify('voxanne_revoked', id::text)::text from gone",
    )
    .bind(user)
    .bind(kept)
    .fetch_all(tx)
    .await?;
    Ok(ended.len())
}

/// Gives an open session another id and token: the former cookie opens nothing any more, nor does a token that was made with it, and its
/// sockets are told. False when it has ended.
pub(in crate::accounts) async fn rotate(
    tx: &mut PgConnection,
    user: UserId,
    (former, id): (SessionId, SessionId),
    digest: &[u8],
) -> sqlx::Result<bool> {
    let told: Vec<String> = sql_scalar(
        "with anew as (update sessions set id = $3, token_digest = $4 where user_id = $1 and id = $2 returning id)
         select pg_notify('voxanne_revoked', ($2::uuid)::text)::text from anew",
    )
    .bind(user)
    .bind(former)
    .bind(id)
    .bind(digest)
    .fetch_all(tx)
    .await?;
    Ok(!told.is_empty())
}

/// Has the session show another org, and tells its open sockets.
pub(in crate::accounts) async fn set_org(
    tx: &mut PgConnection,
    user: UserId,
    id: SessionId,
    org: OrgId,
) -> sqlx::Result<()> {
    let _told: Vec<String> = sql_scalar(
        "with shows as (update sessions set current_org = $3 where user_id = $1 and id = $2 returning id)
         select pg_notify('voxanne_revoked', id::text)::text from shows",
    )
    .bind(user)
    .bind(id)
    .bind(org)
    .fetch_all(tx)
    .await?;
    Ok(())
}

/// Whether the session shows the org.
pub(in crate::accounts) async fn shows(
    tx: &mut PgConnection,
    user: UserId,
    id: SessionId,
    org: OrgId,
) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from sessions where user_id = $1 and id = $2 and current_org = $3)")
        .bind(user)
        .bind(id)
        .bind(org)
        .fetch_one(tx)
        .await
}

/// Whether the session is still open.
pub(in crate::accounts) async fn is_open(
    tx: &mut PgConnection,
    user: UserId,
    id: SessionId,
    (now, seen_since): (Timestamp, Timestamp),
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from sessions where user_id = $1 and id = $2 and not second_factor_due
                         and expires_at > $3 and last_seen_at > $4)",
    )
    .bind(user)
    .bind(id)
    .bind(now.to_sqlx())
    .bind(seen_since.to_sqlx())
    .fetch_one(tx)
    .await
}

/// Whether the org wants a second factor that the transaction's person does not have.
pub(in crate::accounts) async fn owes_second_factor(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<bool> {
    sql_scalar("select app_ctx.owes_second_factor($1)").bind(org).fetch_one(tx).await
}

/// Takes the person's sessions away that ended by time.
pub(in crate::accounts) async fn forget_ended(
    tx: &mut PgConnection,
    user: UserId,
    (now, seen_since): (Timestamp, Timestamp),
) -> sqlx::Result<()> {
    sql("delete from sessions where user_id = $1 and (expires_at <= $2 or last_seen_at <= $3)")
        .bind(user)
        .bind(now.to_sqlx())
        .bind(seen_since.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Which session of the person a digest is, open or waiting.
pub(in crate::accounts) async fn id_of_token(
    tx: &mut PgConnection,
    user: UserId,
    digest: &[u8],
) -> sqlx::Result<Option<SessionId>> {
    sql_scalar("select id from sessions where user_id = $1 and token_digest = $2")
        .bind(user)
        .bind(digest)
        .fetch_optional(tx)
        .await
}

/// When somebody signed in with a browser.
pub(in crate::accounts) async fn opened_at(
    tx: &mut PgConnection,
    user: UserId,
    session: SessionId,
) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<jiff_sqlx::Timestamp> =
        sql_scalar("select created_at from sessions where user_id = $1 and id = $2")
            .bind(user)
            .bind(session)
            .fetch_optional(tx)
            .await?;
    Ok(at.map(jiff_sqlx::Timestamp::to_jiff))
}

/// When the person last asked for something with a browser, and until when it is signed in at the most.
pub(in crate::accounts) async fn times(
    tx: &mut PgConnection,
    user: UserId,
    session: SessionId,
) -> sqlx::Result<Option<(Timestamp, Timestamp)>> {
    let times: Option<(jiff_sqlx::Timestamp, jiff_sqlx::Timestamp)> =
        sql_as("select last_seen_at, expires_at from sessions where user_id = $1 and id = $2")
            .bind(user)
            .bind(session)
            .fetch_optional(tx)
            .await?;
    Ok(times.map(|(seen, expires)| (seen.to_jiff(), expires.to_jiff())))
}
