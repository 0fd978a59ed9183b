//! SQL of people: their accounts, second factors and recovery codes.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::sessions::word;
use crate::accounts::Role;
use crate::language::Language;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{OrgId, UserId};

/// A person as they are stored. Holds what must not be logged: deliberately no `Debug`.
#[derive(FromRow)]
pub(in crate::accounts) struct User {
    #[expect(clippy::struct_field_names, reason = "named after the column")]
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    language: String,
    pub password_hash: Option<String>,
    pub totp_secret_sealed: Option<Vec<u8>>,
    totp_confirmed_at: Option<jiff_sqlx::Timestamp>,
    pub totp_last_step: Option<i64>,
}

impl User {
    pub fn language(&self) -> sqlx::Result<Language> {
        word(&self.language)
    }

    pub const fn has_second_factor(&self) -> bool {
        self.totp_confirmed_at.is_some()
    }
}

/// Who signs in with an address; `None` when nobody does, or nobody any more.
pub(in crate::accounts) async fn by_email(
    tx: &mut PgConnection,
    email: &str,
) -> sqlx::Result<Option<UserId>> {
    sql_scalar("select app_ctx.user_by_email($1)").bind(email).fetch_one(tx).await
}

/// The transaction's person.
pub(in crate::accounts) async fn find(tx: &mut PgConnection, user: UserId) -> sqlx::Result<Option<User>> {
    sql_as(
        "select user_id, email, name, language, password_hash, totp_secret_sealed, totp_confirmed_at, totp_last_step
           from users where user_id = $1 and disabled_at is null",
    )
    .bind(user)
    .fetch_optional(tx)
    .await
}

/// The same, locked: of two who bring one code, the second waits and finds it used.
pub(in crate::accounts) async fn lock(tx: &mut PgConnection, user: UserId) -> sqlx::Result<Option<User>> {
    sql_as(
        "select user_id, email, name, language, password_hash, totp_secret_sealed, totp_confirmed_at, totp_last_step
           from users where user_id = $1 and disabled_at is null for update",
    )
    .bind(user)
    .fetch_optional(tx)
    .await
}

/// The same, unless their password is another by now than `proven`, with which one was compared before.
pub(in crate::accounts) async fn lock_proven(
    tx: &mut PgConnection,
    user: UserId,
    proven: Option<&str>,
) -> sqlx::Result<Option<User>> {
    Ok(lock(tx, user).await?.filter(|user| user.password_hash.as_deref() == proven))
}

/// Somebody who joins.
pub(in crate::accounts) struct NewUser<'a> {
    pub id: UserId,
    pub email: &'a str,
    pub name: &'a str,
    pub language: Language,
    pub password_hash: Option<&'a str>,
}

/// The constraint that keeps addresses apart.
pub(in crate::accounts) const ONCE_PER_EMAIL: &str = "users_once_per_email";

pub(in crate::accounts) async fn insert(
    tx: &mut PgConnection,
    new: &NewUser<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into users (user_id, email, name, language, password_hash, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(new.id)
        .bind(new.email)
        .bind(new.name)
        .bind(new.language.as_str())
        .bind(new.password_hash)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn set_profile(
    tx: &mut PgConnection,
    user: UserId,
    name: Option<&str>,
    language: Option<Language>,
) -> sqlx::Result<()> {
    sql("update users set name = coalesce($2, name), language = coalesce($3, language) where user_id = $1")
        .bind(user)
        .bind(name)
        .bind(language.map(Language::as_str))
        .execute(tx)
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn set_password(
    tx: &mut PgConnection,
    user: UserId,
    hash: &str,
) -> sqlx::Result<()> {
    sql("update users set password_hash = $2 where user_id = $1").bind(user).bind(hash).execute(tx).await?;
    Ok(())
}

/// What an authenticator app is told, not asked for before it is confirmed.
pub(in crate::accounts) async fn set_totp_secret(
    tx: &mut PgConnection,
    user: UserId,
    sealed: &[u8],
) -> sqlx::Result<()> {
    sql("update users set totp_secret_sealed = $2, totp_confirmed_at = null, totp_last_step = null where user_id = $1")
        .bind(user)
        .bind(sealed)
        .execute(tx)
        .await?;
    Ok(())
}

/// The step's code was taken: it and earlier ones are not, any more.
pub(in crate::accounts) async fn use_step(
    tx: &mut PgConnection,
    user: UserId,
    step: i64,
) -> sqlx::Result<()> {
    sql("update users set totp_last_step = $2 where user_id = $1").bind(user).bind(step).execute(tx).await?;
    Ok(())
}

pub(in crate::accounts) async fn confirm_totp(
    tx: &mut PgConnection,
    user: UserId,
    step: i64,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update users set totp_confirmed_at = $3, totp_last_step = $2 where user_id = $1")
        .bind(user)
        .bind(step)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn clear_totp(tx: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    sql("update users set totp_secret_sealed = null, totp_confirmed_at = null, totp_last_step = null where user_id = $1")
        .bind(user)
        .execute(&mut *tx)
        .await?;
    sql("delete from recovery_codes where user_id = $1").bind(user).execute(tx).await?;
    Ok(())
}

/// The secret under another key; false when it has been replaced meanwhile.
pub(in crate::accounts) async fn reseal(
    tx: &mut PgConnection,
    user: UserId,
    (former, anew): (&[u8], Option<&[u8]>),
) -> sqlx::Result<bool> {
    let done = sql(
        "update users set totp_secret_sealed = $3, totp_confirmed_at = case when $3::bytea is null then null else totp_confirmed_at end
          where user_id = $1 and totp_secret_sealed = $2",
    )
    .bind(user)
    .bind(former)
    .bind(anew)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// People whose secrets are sealed.
pub(in crate::accounts) async fn with_secrets(tx: &mut PgConnection) -> sqlx::Result<Vec<UserId>> {
    sql_scalar("select app_ctx.user_ids_with_secrets()").fetch_all(tx).await
}

/// From `at` on nothing of theirs opens anything; with `None` it does again.
pub(in crate::accounts) async fn set_disabled(
    tx: &mut PgConnection,
    user: UserId,
    at: Option<Timestamp>,
) -> sqlx::Result<()> {
    sql("update users set disabled_at = $2 where user_id = $1")
        .bind(user)
        .bind(at.map(jiff_sqlx::Timestamp::from))
        .execute(tx)
        .await?;
    Ok(())
}

/// Replaces all recovery codes.
pub(in crate::accounts) async fn set_recovery_codes(
    tx: &mut PgConnection,
    user: UserId,
    digests: &[Vec<u8>],
) -> sqlx::Result<()> {
    sql("delete from recovery_codes where user_id = $1").bind(user).execute(&mut *tx).await?;
    sql("insert into recovery_codes (user_id, code_digest) select $1, unnest($2::bytea[])")
        .bind(user)
        .bind(digests)
        .execute(tx)
        .await?;
    Ok(())
}

/// Uses a recovery code up; false when there is none like it that was not used.
pub(in crate::accounts) async fn use_recovery_code(
    tx: &mut PgConnection,
    user: UserId,
    digest: &[u8],
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "update recovery_codes set used_at = $3 where user_id = $1 and code_digest = $2 and used_at is null",
    )
    .bind(user)
    .bind(digest)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Recovery codes that were not used.
pub(in crate::accounts) async fn recovery_codes_left(
    tx: &mut PgConnection,
    user: UserId,
) -> sqlx::Result<i64> {
    sql_scalar("select count(*) from recovery_codes where user_id = $1 and used_at is null")
        .bind(user)
        .fetch_one(tx)
        .await
}

/// The orgs of the transaction's person: id, name, role. The oldest membership first.
pub(in crate::accounts) async fn own_orgs(tx: &mut PgConnection) -> sqlx::Result<Vec<(OrgId, String, Role)>> {
    let rows: Vec<(OrgId, String, String)> =
        sql_as("select org_id, name, role from app_ctx.own_orgs()").fetch_all(tx).await?;
    rows.into_iter().map(|(org, name, role)| Ok((org, name, word(&role)?))).collect()
}

/// Counts a try against each key; seconds to wait, 0 to go on. `keys` with how many each may have.
pub(in crate::accounts) async fn take_attempts(
    tx: &mut PgConnection,
    keys: &[(Vec<u8>, i32)],
    now: Timestamp,
    window_seconds: i64,
) -> sqlx::Result<i32> {
    let (keys, most): (Vec<&[u8]>, Vec<i32>) = keys.iter().map(|(key, most)| (key.as_slice(), *most)).unzip();
    sql_scalar("select app_ctx.take_attempts($1, $2, $3, $4::bigint::integer)")
        .bind(keys)
        .bind(most)
        .bind(now.to_sqlx())
        .bind(window_seconds)
        .fetch_one(tx)
        .await
}

pub(in crate::accounts) async fn forget_attempts(tx: &mut PgConnection, keys: &[&[u8]]) -> sqlx::Result<()> {
    sql("select app_ctx.forget_attempts($1)").bind(keys).execute(tx).await?;
    Ok(())
}

/// Whether the person has signed in from there before.
pub(in crate::accounts) async fn knows_place(
    tx: &mut PgConnection,
    user: UserId,
    network: &str,
) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from sign_in_places where user_id = $1 and network = $2)")
        .bind(user)
        .bind(network)
        .fetch_one(tx)
        .await
}

pub(in crate::accounts) async fn remember_place(
    tx: &mut PgConnection,
    user: UserId,
    network: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into sign_in_places (user_id, network, last_at) values ($1, $2, $3)
         on conflict (user_id, network) do update set last_at = excluded.last_at")
    .bind(user)
    .bind(network)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}
