//! Notifications as staff list them: the latest first.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{CallId, EscalationId, NotificationId, OrgId};

/// Something that staff were told. May name a person: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Listed {
    pub id: NotificationId,
    pub kind: String,
    pub title: String,
    pub subject_kind: Option<String>,
    pub subject_id: Option<Uuid>,
    /// The call that it is about, directly or through its alert.
    pub call_id: Option<CallId>,
    /// The alert that it is about.
    pub alert_id: Option<EscalationId>,
    pub created_at: jiff_sqlx::Timestamp,
    pub read_at: Option<jiff_sqlx::Timestamp>,
}

/// Which notifications.
#[derive(Debug, Default, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct WantedNotifications {
    pub id: Option<NotificationId>,
    /// Only those that nobody has read, or only those that somebody has.
    pub is_unread: Option<bool>,
    /// Also what only owners are to see.
    pub is_owner: bool,
    /// The last one seen.
    pub after: Option<(Timestamp, NotificationId)>,
    pub limit: i64,
}

macro_rules! notifications_that {
    ($first:literal) => {
        concat!(
            "select n.id, n.kind, n.title, n.subject_kind, n.subject_id, n.created_at, n.read_at,
                    coalesce(case when n.subject_kind = 'call' then n.subject_id end, h.call_id, e.call_id) as call_id,
                    coalesce(e.id, (select x.id from escalations x
                                     where x.org_id = h.org_id and x.kind = 'hot_lead' and x.call_ref = h.call_ref)) as alert_id
               from notifications n
               left join hot_lead_alerts h on n.subject_kind = 'hot_lead_alert' and h.org_id = n.org_id and h.id = n.subject_id
               left join escalations e on n.subject_kind = 'escalation' and e.org_id = n.org_id and e.id = n.subject_id
              where n.org_id = $1 and ",
            $first,
            "
                and (n.audience = 'all' or $2) and ($3::timestamptz is null or (n.created_at, n.id) < ($3, $4))
                and ($5::boolean is null or (n.read_at is null) = $5) and ($6::uuid is null or n.id = $6)
              order by n.created_at desc, n.id desc limit $7"
        )
    };
}

const ONE: &str = notifications_that!("n.id = $6");
const UNREAD: &str = notifications_that!("n.read_at is null");
const ANY: &str = notifications_that!("true");

/// What the org's staff were told, the latest first.
pub async fn list(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &WantedNotifications,
) -> sqlx::Result<Vec<Listed>> {
    let statement = match wanted {
        WantedNotifications { id: Some(_), .. } => ONE,
        WantedNotifications { is_unread: Some(true), .. } => UNREAD,
        _ => ANY,
    };
    let (after_at, after_id) = wanted.after.unzip();
    sql_as(statement)
        .bind(org)
        .bind(wanted.is_owner)
        .bind(after_at.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(after_id)
        .bind(wanted.is_unread)
        .bind(wanted.id)
        .bind(wanted.limit)
        .fetch_all(tx)
        .await
}

/// How many nobody has read; counted up to 1,000.
pub async fn unread(tx: &mut PgConnection, org: OrgId, is_owner: bool) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(*) from (select from notifications
                                where org_id = $1 and read_at is null and (audience = 'all' or $2) limit 1000) n",
    )
    .bind(org)
    .bind(is_owner)
    .fetch_one(tx)
    .await
}
