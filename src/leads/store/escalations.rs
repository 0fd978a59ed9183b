//! Ladders of alerts, and who was told of each.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::leads::escalation::{AlertKind, Escalation, Taken};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AlertRecipientId, CallId, EscalationId, LocationId, OrgId, TextId};

/// A ladder to begin.
pub(in crate::leads) struct NewEscalation<'a> {
    pub id: EscalationId,
    pub kind: AlertKind,
    pub call_ref: &'a str,
    pub call: Option<CallId>,
    /// `None` looks for the site of the assistant that answered the call.
    pub location: Option<LocationId>,
    pub lead_name: Option<&'a str>,
    pub lead_phone: Option<&'a str>,
    pub about: Option<&'a str>,
    /// The report of the call counts from when it came in; what the tool raised counts from now.
    pub is_of_report: bool,
}

#[derive(FromRow)]
struct Row {
    id: EscalationId,
    kind: String,
    call_ref: String,
    call_id: Option<CallId>,
    location_id: Option<LocationId>,
    lead_name: Option<String>,
    lead_phone: Option<String>,
    about: Option<String>,
    raised_at: jiff_sqlx::Timestamp,
    due_at: jiff_sqlx::Timestamp,
    first_told_at: Option<jiff_sqlx::Timestamp>,
    rung: i16,
    next_at: Option<jiff_sqlx::Timestamp>,
    acknowledged_at: Option<jiff_sqlx::Timestamp>,
    acknowledged_by: Option<String>,
    acknowledged_via: Option<String>,
    waits_for_opening: bool,
    is_closed: bool,
}

impl TryFrom<Row> for Escalation {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> sqlx::Result<Self> {
        let wrong = |e| sqlx::Error::Decode(Box::new(e));
        let via = row.acknowledged_via.map(|via| via.parse().map_err(wrong)).transpose()?;
        let taken = row.acknowledged_by.zip(via).zip(row.acknowledged_at);
        Ok(Self {
            id: row.id,
            kind: row.kind.parse().map_err(wrong)?,
            call_ref: row.call_ref,
            call: row.call_id,
            location: row.location_id,
            lead_name: row.lead_name,
            lead_phone: row.lead_phone,
            about: row.about,
            raised_at: row.raised_at.to_jiff(),
            due_at: row.due_at.to_jiff(),
            first_told_at: row.first_told_at.map(jiff_sqlx::Timestamp::to_jiff),
            rung: row.rung,
            next_at: row.next_at.map(jiff_sqlx::Timestamp::to_jiff),
            waits_for_opening: row.waits_for_opening,
            taken: taken.map(|((by, via), at)| Taken { by, via, at: at.to_jiff() }),
            is_closed: row.is_closed,
        })
    }
}

/// Begins the ladder; `None` when the call has its ladder of this kind, which then has been committed.
pub(in crate::leads) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewEscalation<'_>,
    now: Timestamp,
) -> sqlx::Result<Option<Escalation>> {
    let row: Option<Row> = sql_as(
        "insert into escalations (org_id, id, kind, call_ref, call_id, location_id, lead_name, lead_phone, about, raised_at, due_at)
         select $1, $2, $3, $4, $5,
                coalesce($11, (select n.location_id from calls c
                   join assistants n on n.org_id = c.org_id and n.platform_assistant_id = c.assistant_ref
                  where c.org_id = $1 and c.id = $5)),
                $6, $7, $8, $9,
                coalesce((select least(c.report_at, $9) from calls c where $10 and c.org_id = $1 and c.id = $5), $9)
         on conflict on constraint escalations_once_per_call do nothing
         returning id, kind, call_ref, call_id, location_id, lead_name, lead_phone, about, raised_at, due_at, first_told_at,
                   rung, next_at, acknowledged_at, acknowledged_by, acknowledged_via, waits_for_opening, closed_at is not null as is_closed",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.kind.as_str())
    .bind(new.call_ref)
    .bind(new.call)
    .bind(new.lead_name)
    .bind(new.lead_phone)
    .bind(new.about)
    .bind(now.to_sqlx())
    .bind(new.is_of_report)
    .bind(new.location)
    .fetch_optional(tx)
    .await?;
    row.map(Escalation::try_from).transpose()
}

/// Whether the call's alert of this kind went out as a text.
pub(in crate::leads) async fn has_text(
    tx: &mut PgConnection,
    org: OrgId,
    (kind, call_ref): (AlertKind, &str),
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from escalation_tellings t
                          join escalations e on e.org_id = t.org_id and e.id = t.escalation_id
                         where e.org_id = $1 and e.kind = $2 and e.call_ref = $3 and t.text_id is not null)",
    )
    .bind(org)
    .bind(kind.as_str())
    .bind(call_ref)
    .fetch_one(tx)
    .await
}

/// The ladder, locked until the transaction ends: its rungs and its end are decided one after another.
pub(in crate::leads) async fn lock(
    tx: &mut PgConnection,
    org: OrgId,
    id: EscalationId,
) -> sqlx::Result<Option<Escalation>> {
    let row: Option<Row> = sql_as(
        "select id, kind, call_ref, call_id, location_id, lead_name, lead_phone, about, raised_at, due_at, first_told_at,
                rung, next_at, acknowledged_at, acknowledged_by, acknowledged_via, waits_for_opening, closed_at is not null as is_closed
           from escalations where org_id = $1 and id = $2 for update",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await?;
    row.map(Escalation::try_from).transpose()
}

/// How far the ladder is: what ran last, when somebody was told first, when the next rung is due, and whether whoever comes first
/// finds a task.
pub(in crate::leads) async fn set_rung(
    tx: &mut PgConnection,
    org: OrgId,
    escalation: &Escalation,
) -> sqlx::Result<()> {
    sql("update escalations set rung = $3, first_told_at = $4, next_at = $5, due_at = $6, waits_for_opening = $7
          where org_id = $1 and id = $2")
        .bind(org)
        .bind(escalation.id)
        .bind(escalation.rung)
        .bind(escalation.first_told_at.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(escalation.next_at.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(escalation.due_at.to_sqlx())
        .bind(escalation.waits_for_opening)
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends the ladder: taken, or given up without anybody.
pub(in crate::leads) async fn close(
    tx: &mut PgConnection,
    org: OrgId,
    id: EscalationId,
    taken: Option<&Taken>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update escalations set closed_at = $3, next_at = null, acknowledged_at = $4, acknowledged_by = $5, acknowledged_via = $6
          where org_id = $1 and id = $2 and closed_at is null")
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .bind(taken.map(|taken| taken.at.to_sqlx()))
    .bind(taken.map(|taken| taken.by.as_str()))
    .bind(taken.map(|taken| taken.via.as_str()))
    .execute(tx)
    .await?;
    Ok(())
}

/// Somebody who was told. Names a person: deliberately no `Debug`.
pub(in crate::leads) struct Telling<'a> {
    pub rung: i16,
    pub phone: &'a str,
    pub name: Option<&'a str>,
    pub recipient: Option<AlertRecipientId>,
    pub text: Option<TextId>,
}

pub(in crate::leads) async fn insert_telling(
    tx: &mut PgConnection,
    org: OrgId,
    (id, escalation): (uuid::Uuid, EscalationId),
    telling: &Telling<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into escalation_tellings (org_id, id, escalation_id, rung, phone, name, recipient_id, text_id, told_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(org)
    .bind(id)
    .bind(escalation)
    .bind(telling.rung)
    .bind(telling.phone)
    .bind(telling.name)
    .bind(telling.recipient)
    .bind(telling.text)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// Whoever was told, once per phone, as they were told last.
#[derive(FromRow)]
pub(in crate::leads) struct Told {
    pub phone: String,
    pub name: Option<String>,
    pub recipient_id: Option<AlertRecipientId>,
    pub rung: i16,
    /// The text surely did not arrive, or was never allowed to leave.
    pub has_failed: bool,
}

/// But for those who are no longer told of anything.
pub(in crate::leads) async fn told(
    tx: &mut PgConnection,
    org: OrgId,
    id: EscalationId,
) -> sqlx::Result<Vec<Told>> {
    sql_as(
        "select * from (
           select distinct on (t.phone) t.phone, t.name, t.recipient_id, t.rung, t.told_at, t.id,
                  coalesce(x.state in ('failed', 'undelivered'), true) as has_failed
             from escalation_tellings t
             left join texts x on x.org_id = t.org_id and x.id = t.text_id
            where t.org_id = $1 and t.escalation_id = $2
              and (t.recipient_id is null
                   or exists (select from alert_recipients r where r.org_id = t.org_id and r.id = t.recipient_id and r.is_active))
            order by t.phone, t.rung desc) latest
          order by told_at, id",
    )
    .bind(org)
    .bind(id)
    .fetch_all(tx)
    .await
}

/// What a number was told of last.
#[derive(FromRow)]
pub(in crate::leads) struct ToldOf {
    pub id: EscalationId,
    pub told_at: jiff_sqlx::Timestamp,
    pub is_open: bool,
}

/// The alert that `phone` was told of last: an open one before one that was closed after `since`. What a person was told who
/// is no longer told of anything does not count.
pub(in crate::leads) async fn told_of(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    since: Timestamp,
) -> sqlx::Result<Option<ToldOf>> {
    sql_as(
        "select e.id, t.told_at, e.closed_at is null as is_open
           from escalation_tellings t
           join escalations e on e.org_id = t.org_id and e.id = t.escalation_id
          where t.org_id = $1 and t.phone = $2 and (e.closed_at is null or e.closed_at > $3)
            and (t.recipient_id is null
                 or exists (select from alert_recipients r where r.org_id = t.org_id and r.id = t.recipient_id and r.is_active))
          order by (e.closed_at is null) desc, t.told_at desc, e.raised_at desc, e.id desc limit 1",
    )
    .bind(org)
    .bind(phone)
    .bind(since.to_sqlx())
    .fetch_optional(tx)
    .await
}

/// How many open alerts `phone` was told of.
pub(in crate::leads) async fn open_of(tx: &mut PgConnection, org: OrgId, phone: &str) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(distinct e.id) from escalation_tellings t
           join escalations e on e.org_id = t.org_id and e.id = t.escalation_id and e.closed_at is null
          where t.org_id = $1 and t.phone = $2",
    )
    .bind(org)
    .bind(phone)
    .fetch_one(tx)
    .await
}

/// Ladders that need a look: the next rung is due, a text of the last one did not arrive, something answers the alert, or it
/// is older than `given_up`. Oldest first.
pub(in crate::leads) async fn to_look_at(
    tx: &mut PgConnection,
    org: OrgId,
    (now, given_up): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<EscalationId>> {
    sql_scalar(
        "select e.id from escalations e
          where e.org_id = $1 and e.closed_at is null
            and (e.next_at <= $2 or e.raised_at < $3
                 or (e.next_at is not null
                     and exists (select from escalation_tellings t
                                   left join texts x on x.org_id = t.org_id and x.id = t.text_id
                                  where t.org_id = e.org_id and t.escalation_id = e.id and t.rung = e.rung
                                    and (x.id is null or x.state in ('failed', 'undelivered'))))
                 or exists (select from texts x
                             where x.org_id = e.org_id and x.to_phone = e.lead_phone and x.kind = 'message'
                               and x.queued_at > e.raised_at and x.verdict not like 'denied: %')
                 or (e.kind = 'hot_lead'
                     and exists (select from appointments a
                                  where a.org_id = e.org_id
                                    and (a.call_id = e.call_id or (a.customer_phone = e.lead_phone and a.created_at > e.raised_at)))))
          order by e.raised_at, e.id limit 1000",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .bind(given_up.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Open alerts about `phone` that another call than this one raised.
pub(in crate::leads) async fn open_about(
    tx: &mut PgConnection,
    org: OrgId,
    (phone, call_ref): (&str, &str),
) -> sqlx::Result<Vec<EscalationId>> {
    sql_scalar(
        "select id from escalations
          where org_id = $1 and lead_phone = $2 and call_ref <> $3 and closed_at is null order by id",
    )
    .bind(org)
    .bind(phone)
    .bind(call_ref)
    .fetch_all(tx)
    .await
}
