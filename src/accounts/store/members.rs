//! SQL of who is staff, and who was invited.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::sessions::word;
use crate::accounts::{Member, Role, Scope};
use crate::language::Language;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{InvitationId, MembershipId, OrgId, UserId};

/// What keeps the last owner.
pub(in crate::accounts) const KEEP_AN_OWNER: &str = "memberships_keep_an_owner";
/// What keeps a person from being invited twice.
pub(in crate::accounts) const ONE_OPEN_PER_EMAIL: &str = "invitations_one_open_per_email";

#[derive(FromRow)]
struct MemberRow {
    membership_id: MembershipId,
    user_id: UserId,
    role: String,
    name: String,
    email: String,
    has_second_factor: bool,
    joined_at: jiff_sqlx::Timestamp,
    last_seen_at: Option<jiff_sqlx::Timestamp>,
}

/// The staff of the transaction's org, by when they joined.
pub(in crate::accounts) async fn team(tx: &mut PgConnection) -> sqlx::Result<Vec<Member>> {
    let rows: Vec<MemberRow> = sql_as("select * from app_ctx.team()").fetch_all(tx).await?;
    let member = |row: MemberRow| {
        Ok(Member {
            id: row.membership_id,
            user: row.user_id,
            role: word(&row.role)?,
            name: row.name,
            email: row.email,
            has_second_factor: row.has_second_factor,
            joined_at: row.joined_at.to_jiff(),
            last_seen_at: row.last_seen_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    };
    rows.into_iter().map(member).collect()
}

/// Who has an address, whether or not they may still sign in; and the orgs that they are staff of.
pub(in crate::accounts) struct Known {
    pub user: UserId,
    pub is_disabled: bool,
    pub orgs: Vec<OrgId>,
}

pub(in crate::accounts) async fn known_by_email(
    tx: &mut PgConnection,
    email: &str,
) -> sqlx::Result<Option<Known>> {
    let rows: Vec<(UserId, bool, Option<OrgId>)> =
        sql_as("select user_id, is_disabled, org_id from app_ctx.staff_of_email($1)")
            .bind(email)
            .fetch_all(tx)
            .await?;
    let Some(&(user, is_disabled, _)) = rows.first() else { return Ok(None) };
    Ok(Some(Known { user, is_disabled, orgs: rows.into_iter().filter_map(|(.., org)| org).collect() }))
}

/// Makes somebody staff, or what they were before with another role.
pub(in crate::accounts) async fn join(
    tx: &mut PgConnection,
    org: OrgId,
    (id, user, role): (MembershipId, UserId, Role),
    now: Timestamp,
) -> sqlx::Result<()> {
    sql(
        "insert into memberships (org_id, id, user_id, role, created_at) values ($1, $2, $3, $4, $5)
         on conflict on constraint memberships_once_per_person
         do update set role = excluded.role, created_at = excluded.created_at, ended_at = null where memberships.ended_at is not null",
    )
    .bind(org)
    .bind(id)
    .bind(user)
    .bind(role.name())
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// Who a membership is, and as what.
pub(in crate::accounts) async fn lock(
    tx: &mut PgConnection,
    org: OrgId,
    id: MembershipId,
) -> sqlx::Result<Option<(UserId, Role)>> {
    let row: Option<(UserId, String)> = sql_as(
        "select user_id, role from memberships where org_id = $1 and id = $2 and ended_at is null for update",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await?;
    row.map(|(user, role)| Ok((user, word(&role)?))).transpose()
}

/// Keeps the person behind `maker`, as the audit log names a person or a key, in a role that may do all that is `given` until the
/// transaction ends; false when they are not any more, or their account is switched off. Behind what the operator made nobody stands.
pub(in crate::accounts) async fn hold_maker(
    tx: &mut PgConnection,
    org: OrgId,
    (maker, given): (&str, &[Scope]),
) -> sqlx::Result<bool> {
    let behind: Option<(UserId, bool, String)> = sql_as(
        "with recursive behind as (
           select $2::text as maker
           union
           select k.created_by from behind b join api_keys k on k.org_id = $1 and b.maker = 'api:key_' || translate(k.id::text, '-', ''))
         select m.user_id, m.ended_at is null, m.role from behind b
           join memberships m on m.org_id = $1 and b.maker = 'staff:usr_' || translate(m.user_id::text, '-', '') for share of m",
    )
    .bind(org)
    .bind(maker)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((user, is_staff, role)) = behind else { return Ok(true) };
    let may = word::<Role>(&role)?.scopes();
    if !is_staff || !given.iter().all(|scope| may.contains(scope)) {
        return Ok(false);
    }
    // Asked when the membership is held: whoever switches an account off holds it as well, and has written so before.
    sql_scalar("select not app_ctx.is_switched_off($1)").bind(user).fetch_one(tx).await
}

/// Waits for what the person is just making in the org and for owners who are just leaving it, and holds both back until the
/// transaction ends.
pub(in crate::accounts) async fn hold_back(
    tx: &mut PgConnection,
    org: OrgId,
    user: UserId,
) -> sqlx::Result<()> {
    sql("select from memberships where org_id = $1 and user_id = $2 and ended_at is null for update")
        .bind(org)
        .bind(user)
        .execute(&mut *tx)
        .await?;
    // The lock of `app_ctx.keep_an_owner`, taken before that of the audit log as it is there.
    sql("select pg_advisory_xact_lock(hashtextextended('owners:' || $1, 0))").bind(org).execute(tx).await?;
    Ok(())
}

/// Whether the transaction's org has an owner who can sign in.
pub(in crate::accounts) async fn has_owner(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from memberships m where m.org_id = $1 and m.role = 'owner' and m.ended_at is null
                         and not app_ctx.is_switched_off(m.user_id))",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}

pub(in crate::accounts) async fn set_role(
    tx: &mut PgConnection,
    org: OrgId,
    id: MembershipId,
    role: Role,
) -> sqlx::Result<()> {
    sql("update memberships set role = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(role.name())
        .execute(tx)
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn end(
    tx: &mut PgConnection,
    org: OrgId,
    id: MembershipId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update memberships set ended_at = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// An invitation. Names a person: deliberately no `Debug`.
#[derive(Clone)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// Who is meant.
    pub email: String,
    /// What they become.
    pub role: Role,
    /// Of the mail.
    pub language: Language,
    /// Who invited, as the audit log names them.
    pub invited_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
}

#[derive(FromRow)]
struct InvitationRow {
    id: InvitationId,
    email: String,
    role: String,
    language: String,
    invited_by: String,
    created_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = sqlx::Error;

    fn try_from(row: InvitationRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.id,
            email: row.email,
            role: word(&row.role)?,
            language: word(&row.language)?,
            invited_by: row.invited_by,
            created_at: row.created_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
        })
    }
}

pub(in crate::accounts) async fn insert_invitation(
    tx: &mut PgConnection,
    org: OrgId,
    new: &Invitation,
    digest: &[u8],
) -> sqlx::Result<()> {
    sql("insert into invitations (org_id, id, email, role, language, token_digest, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(org)
        .bind(new.id)
        .bind(&new.email)
        .bind(new.role.name())
        .bind(new.language.as_str())
        .bind(digest)
        .bind(&new.invited_by)
        .bind(new.created_at.to_sqlx())
        .bind(new.expires_at.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// How many the org has invited since then, those that were taken back among them. Two who ask at once wait for each other.
pub(in crate::accounts) async fn invitations_since(
    tx: &mut PgConnection,
    org: OrgId,
    since: Timestamp,
) -> sqlx::Result<i64> {
    sql("select pg_advisory_xact_lock(hashtextextended('invitations:' || $1::uuid, 0))")
        .bind(org.0)
        .execute(&mut *tx)
        .await?;
    sql_scalar("select count(*) from invitations where org_id = $1 and created_at > $2")
        .bind(org)
        .bind(since.to_sqlx())
        .fetch_one(tx)
        .await
}

/// Invitations that nobody has accepted, the oldest first; expired ones among them.
pub(in crate::accounts) async fn open_invitations(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<Invitation>> {
    let rows: Vec<InvitationRow> = sql_as(
        "select id, email, role, language, invited_by, created_at, expires_at from invitations
          where org_id = $1 and accepted_at is null and revoked_at is null order by id limit 500",
    )
    .bind(org)
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// An invitation that nobody has accepted or taken back, locked; by its token's digest.
pub(in crate::accounts) async fn lock_invitation(
    tx: &mut PgConnection,
    org: OrgId,
    digest: &[u8],
) -> sqlx::Result<Option<Invitation>> {
    let row: Option<InvitationRow> = sql_as(
        "select id, email, role, language, invited_by, created_at, expires_at from invitations
          where org_id = $1 and token_digest = $2 and accepted_at is null and revoked_at is null for update",
    )
    .bind(org)
    .bind(digest)
    .fetch_optional(tx)
    .await?;
    row.map(Invitation::try_from).transpose()
}

/// The same by its id.
pub(in crate::accounts) async fn find_invitation(
    tx: &mut PgConnection,
    org: OrgId,
    id: InvitationId,
) -> sqlx::Result<Option<Invitation>> {
    let row: Option<InvitationRow> = sql_as(
        "select id, email, role, language, invited_by, created_at, expires_at from invitations
          where org_id = $1 and id = $2 and accepted_at is null and revoked_at is null",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await?;
    row.map(Invitation::try_from).transpose()
}

pub(in crate::accounts) async fn accept_invitation(
    tx: &mut PgConnection,
    org: OrgId,
    id: InvitationId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update invitations set accepted_at = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes an open invitation back; false when there is none.
pub(in crate::accounts) async fn revoke_invitation(
    tx: &mut PgConnection,
    org: OrgId,
    id: InvitationId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "update invitations set revoked_at = $3 where org_id = $1 and id = $2 and accepted_at is null and revoked_at is null",
    )
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes back what has lapsed for an address, so that it can be invited anew.
pub(in crate::accounts) async fn revoke_lapsed(
    tx: &mut PgConnection,
    org: OrgId,
    email: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update invitations set revoked_at = $3
          where org_id = $1 and lower(email) = lower($2) and accepted_at is null and revoked_at is null and expires_at <= $3")
    .bind(org)
    .bind(email)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// What the org is called.
pub(in crate::accounts) async fn org_name(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<String> {
    sql_scalar("select name from orgs where org_id = $1").bind(org).fetch_one(tx).await
}
