//! The alerts of one call: a clinical one leaves no room for a sale.

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{CallId, EscalationId, OrgId};

/// The clinical alert of a call.
#[derive(FromRow)]
pub(in crate::leads) struct Clinical {
    /// The symptom's words.
    pub about: Option<String>,
    /// Whether a text tells it.
    pub has_text: bool,
}

/// The call's clinical alert, open or over.
pub(in crate::leads) async fn clinical(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Option<Clinical>> {
    sql_as(
        "select e.about, exists (select from escalation_tellings t
                                  where t.org_id = e.org_id and t.escalation_id = e.id and t.text_id is not null) as has_text
           from escalations e where e.org_id = $1 and e.kind = 'clinical' and e.call_ref = $2",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_optional(tx)
    .await
}

/// What makes a call no lead's: its clinical alert, the class that it was scored as, or that somebody said that it was a test. Whether a
/// text tells of a symptom.
pub(in crate::leads) async fn no_lead(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Option<bool>> {
    sql_scalar(
        "select exists (select from escalation_tellings t
                         where t.org_id = $1 and t.escalation_id = e.id and t.text_id is not null)
           from (values ($1::uuid, $2::text)) as asked (org_id, call_ref)
           left join escalations e on e.org_id = $1 and e.kind = 'clinical' and e.call_ref = $2
           left join calls c on c.org_id = $1 and c.platform = 'vapi' and c.call_ref = $2
                            and (c.class not in ('new_lead', 'existing_patient') or (c.is_test and c.is_test_by is not null))
          where e.id is not null or c.id is not null",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_optional(tx)
    .await
}

/// Whether the call made a visit that stands: there is no booking left to close.
pub(in crate::leads) async fn has_booked(
    tx: &mut PgConnection,
    org: OrgId,
    call: CallId,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from appointments where org_id = $1 and call_id = $2 and status not in ('cancelled', 'no_show'))",
    )
    .bind(org)
    .bind(call)
    .fetch_one(tx)
    .await
}

/// The call's alert of a hot lead, while nobody has it.
pub(in crate::leads) async fn open_hot_lead(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Option<EscalationId>> {
    sql_scalar(
        "select id from escalations where org_id = $1 and kind = 'hot_lead' and call_ref = $2 and closed_at is null",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_optional(tx)
    .await
}

/// The call's alerts that nobody has.
pub(in crate::leads) async fn open(
    tx: &mut PgConnection,
    org: OrgId,
    call: CallId,
) -> sqlx::Result<Vec<EscalationId>> {
    sql_scalar(
        "select e.id from calls c join escalations e on e.org_id = c.org_id and e.call_ref = c.call_ref and e.closed_at is null
          where c.org_id = $1 and c.id = $2 order by e.id",
    )
    .bind(org)
    .bind(call)
    .fetch_all(tx)
    .await
}

/// Whether the call was alerted as a hot lead, whatever raised it, and its caller is not hurt.
pub(in crate::leads) async fn is_lead(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from escalations where org_id = $1 and kind = 'hot_lead' and call_ref = $2)
            and not exists (select from escalations where org_id = $1 and kind = 'clinical' and call_ref = $2)",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_one(tx)
    .await
}

/// Whether the caller was offered times by text: then the offer has a task of its own at opening.
pub(in crate::leads) async fn was_offered_times(
    tx: &mut PgConnection,
    org: OrgId,
    call: Option<CallId>,
) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from times_offers where org_id = $1 and call_id = $2)")
        .bind(org)
        .bind(call)
        .fetch_one(tx)
        .await
}
