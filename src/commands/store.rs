//! SQL of the commands: what a call left behind, and what the program's own login may do.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::OrgId;

/// One thing that a call left: what it is, and in words.
#[derive(Debug, FromRow)]
pub(super) struct Left {
    pub what: String,
    pub words: String,
}

/// Whether the call's report is scored and its texts and e-mails are on their way, given up, or wait for the end of
/// somebody's night.
pub(super) async fn is_settled(
    tx: &mut PgConnection,
    org: OrgId,
    (call_ref, now): (&str, Timestamp),
) -> sqlx::Result<bool> {
    sql_scalar(
        "select not exists (select from calls where org_id = $1 and call_ref = $2 and report_at is not null and scored_at is null)
            and not exists (select from texts t
                              join calls c on c.org_id = t.org_id
                              left join appointments a on a.org_id = c.org_id and a.call_id = c.id
                             where t.org_id = $1 and c.call_ref = $2 and t.state in ('queued', 'sending')
                               and (t.leave_after is null or t.leave_after <= $3) and (t.call_id = c.id or t.appointment_id = a.id))
            and not exists (select from emails e join calls c on c.org_id = e.org_id and c.id = e.call_id
                             where e.org_id = $1 and c.call_ref = $2 and e.state in ('queued', 'sending'))",
    )
    .bind(org)
    .bind(call_ref)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}

/// What staff still have to do about a call, the oldest first.
pub(super) async fn open_tasks(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Vec<String>> {
    sql_scalar(
        "select t.title from tasks t join calls c on c.org_id = t.org_id and c.id = t.call_id
          where t.org_id = $1 and c.call_ref = $2 and t.done_at is null order by t.created_at",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_all(tx)
    .await
}

/// What the call left, in the order of a reader's interest.
pub(super) async fn left(
    tx: &mut PgConnection,
    org: OrgId,
    (call_ref, now): (&str, Timestamp),
) -> sqlx::Result<Vec<Left>> {
    sql_as(
        "with mine as (select * from calls where org_id = $1 and call_ref = $2),
              visits as (select a.* from appointments a join mine on a.org_id = mine.org_id and a.call_id = mine.id),
              alerts as (select h.* from hot_lead_alerts h where h.org_id = $1 and h.call_ref = $2),
              sent as (select t.* from texts t
                        where t.org_id = $1 and (t.call_id in (select id from mine) or t.appointment_id in (select id from visits)))
         select what, words from (
           select 1 as rank, 'call' as what,
                  concat_ws(', ', replace(state::text, '_', ' '), replace(class, '_', ' '), 'score ' || score, temperature) as words
             from mine
           union all
           select 2, 'appointment', concat(coalesce(v.service_said, s.name), ', ',
                  to_char(v.local_starts_at, 'FMDay FMMonth FMDD at FMHH12:MI AM'), ', with ', r.name, ': ', v.status)
             from visits v join services s on s.org_id = v.org_id and s.id = v.service_id
                  join resources r on r.org_id = v.org_id and r.id = v.practitioner_id
           union all
           select 3, 'hot lead', concat_ws(', ', 'alerted by ' || trigger, interest, 'urgency ' || urgency) from alerts
           union all
           select 4, 'text', concat(replace(kind, '_', ' '), ' to ', to_phone, ': ', state,
                  case when state = 'queued' and leave_after > $3 then ' until the night there is over' end) from sent
           union all
           select 4, 'e-mail', concat(replace(kind, '_', ' '), ' to ', to_address, ': ', state) from emails
            where org_id = $1 and call_id in (select id from mine)
           union all
           select 5, 'notification', title from notifications
            where org_id = $1 and subject_id in (select id from mine union select id from visits union select id from alerts)
           union all
           select 6, 'task', concat_ws(' | ', title, replace(detail, E'\\n', ' | ')) from tasks
            where org_id = $1 and (call_id in (select id from mine) or appointment_id in (select id from visits))
         ) found order by rank, words",
    )
    .bind(org)
    .bind(call_ref)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// The provider's ids of the texts that the call caused.
pub(super) async fn sids(tx: &mut PgConnection, org: OrgId, call_ref: &str) -> sqlx::Result<Vec<String>> {
    sql_scalar(
        "select t.provider_sid from texts t
          where t.org_id = $1 and t.provider_sid is not null
            and exists (select from calls c left join appointments a on a.org_id = c.org_id and a.call_id = c.id
                         where c.org_id = $1 and c.call_ref = $2 and (t.call_id = c.id or t.appointment_id = a.id))
          order by t.queued_at",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_all(tx)
    .await
}

/// What the Message-IDs of the e-mails begin with that the call caused.
pub(super) async fn email_ids(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Vec<String>> {
    sql_scalar(
        "select replace(e.id::text, '-', '') from emails e join calls c on c.org_id = e.org_id and c.id = e.call_id
          where e.org_id = $1 and c.call_ref = $2 order by e.queued_at, e.id",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_all(tx)
    .await
}

/// What the program's login may do.
#[derive(Debug, FromRow)]
pub(super) struct Login {
    pub role: String,
    pub server: String,
    /// Superuser, or may bypass row-level security.
    pub is_mighty: bool,
    pub tables_owned: i64,
}

pub(super) async fn login(conn: &mut PgConnection) -> sqlx::Result<Login> {
    sql_as(
        "select rolname::text as role, split_part(current_setting('server_version'), ' ', 1) as server,
                rolsuper or rolbypassrls as is_mighty, (select count(*) from pg_class where relowner = r.oid) as tables_owned
           from pg_roles r where rolname = current_user",
    )
    .fetch_one(conn)
    .await
}
