//! All SQL of the slice.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::language::Language;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{CallId, ContactId, LocationId, OrgId, ServiceId, TimesOfferId};

/// What decides whether a caller is offered times. Holds a name and a number: deliberately no `Debug`.
#[derive(FromRow)]
pub(super) struct CallerRow {
    pub phone: Option<String>,
    pub contact_id: Option<ContactId>,
    pub name: Option<String>,
    pub language: Option<String>,
    /// What they said, turn by turn, for the language they said it in.
    pub said: Vec<String>,
    /// Where the assistant that answered belongs.
    pub location_id: Option<LocationId>,
    pub interest_service_id: Option<ServiceId>,
    pub created_at: jiff_sqlx::Timestamp,
    /// By its score or by the assistant's alert, and nobody who may be hurt.
    pub is_hot: bool,
    /// A visit, a change of one, or a place on the waitlist came of the call, or of one since.
    pub is_served: bool,
    /// Somebody was promised to call them back.
    pub has_promise: bool,
    pub has_called_again: bool,
    /// The number is told of alerts: staff who try their own line.
    pub is_staff: bool,
    /// They had an offer for this call already.
    pub has_offer: bool,
}

pub(super) async fn caller(
    tx: &mut PgConnection,
    org: OrgId,
    call: CallId,
) -> sqlx::Result<Option<CallerRow>> {
    sql_as(
        "select c.caller_phone as phone, k.id as contact_id, k.name, k.language, n.location_id, c.interest_service_id, c.created_at,
                array(select t ->> 'text'
                        from jsonb_array_elements(case jsonb_typeof(c.turns) when 'array' then c.turns else '[]' end) t
                       where (t ->> 'is_caller')::boolean and trim(t ->> 'text') <> '') as said,
                coalesce(c.class in ('new_lead', 'existing_patient'), false)
                and (coalesce(c.temperature = 'hot', false)
                     or exists (select from escalations e where e.org_id = c.org_id and e.kind = 'hot_lead' and e.call_ref = c.call_ref))
                and not exists (select from escalations e
                                 where e.org_id = c.org_id and e.kind = 'clinical' and e.call_ref = c.call_ref) as is_hot,
                exists (select from appointments a
                         where a.org_id = c.org_id and a.call_id = c.id)
                or exists (select from appointments a
                             join appointment_changes h on h.org_id = a.org_id and h.appointment_id = a.id and h.at >= c.created_at
                            where a.org_id = c.org_id and a.customer_phone = c.caller_phone)
                or exists (select from waitlist_entries w where w.org_id = c.org_id and w.call_id = c.id) as is_served,
                exists (select from tasks t where t.org_id = c.org_id and t.call_id = c.id and t.kind = 'call_back') as has_promise,
                exists (select from calls l
                         where l.org_id = c.org_id and l.caller_phone = c.caller_phone and l.created_at > c.created_at)
                  as has_called_again,
                exists (select from alert_recipients r where r.org_id = c.org_id and r.phone = c.caller_phone) as is_staff,
                exists (select from times_offers o where o.org_id = c.org_id and o.call_id = c.id) as has_offer
           from calls c
           left join contacts k on k.org_id = c.org_id and k.phone = c.caller_phone
           left join assistants n on n.org_id = c.org_id and n.platform_assistant_id = c.assistant_ref
          where c.org_id = $1 and c.id = $2 and c.report_at is not null",
    )
    .bind(org)
    .bind(call)
    .fetch_optional(tx)
    .await
}

/// An offer to insert. Holds a number: deliberately no `Debug`.
pub(super) struct NewOffer<'a> {
    pub id: TimesOfferId,
    pub call: CallId,
    pub phone: &'a str,
    pub local_date: Date,
    pub location: LocationId,
    pub service: ServiceId,
    pub language: Option<Language>,
    pub expires_at: Timestamp,
    pub opens_at: Timestamp,
}

/// False when the call, or the number on that day, has its offer.
pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewOffer<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into times_offers (org_id, id, call_id, phone, local_date, location_id, service_id, expires_at, opens_at, created_at,
            language)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.call)
    .bind(new.phone)
    .bind(new.local_date.to_sqlx())
    .bind(new.location)
    .bind(new.service)
    .bind(new.expires_at.to_sqlx())
    .bind(new.opens_at.to_sqlx())
    .bind(now.to_sqlx())
    .bind(new.language.map(Language::as_str))
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An offer with whom it was made to. Holds a number and a name: deliberately no `Debug`.
#[derive(FromRow)]
pub(super) struct Offer {
    pub id: TimesOfferId,
    pub call_id: CallId,
    pub call_ref: String,
    pub phone: String,
    pub name: Option<String>,
    pub location_id: LocationId,
    pub service_id: ServiceId,
    pub language: Option<String>,
    pub state: String,
    pub rounds: i16,
    pub expires_at: jiff_sqlx::Timestamp,
    pub opens_at: jiff_sqlx::Timestamp,
    pub handed_over_at: Option<jiff_sqlx::Timestamp>,
    /// A visit of theirs was booked since, whichever way, and is not called off.
    pub is_booked: bool,
    /// Somebody of the clinic took the lead's alert.
    pub is_acknowledged: bool,
    /// The task at opening waits for somebody.
    pub has_task: bool,
    /// The reason of a task about the alert that waits for somebody: there is no need for two.
    pub alert_task: Option<String>,
}

impl Offer {
    /// In which they were texted; a word that this version does not know is none.
    pub fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(|language| language.parse().ok())
    }

    /// Whether nobody has to call any more.
    pub fn is_cared_for(&self) -> bool {
        self.is_booked || self.is_acknowledged || self.state == "taken"
    }

    /// Whether an answer still counts.
    pub fn is_unsettled(&self) -> bool {
        matches!(self.state.as_str(), "open" | "lapsed")
    }
}

macro_rules! offers {
    ($which:literal) => {
        concat!(
            "select o.id, o.call_id, c.call_ref, o.phone, k.name, o.location_id, o.service_id, o.language, o.state, o.rounds, o.expires_at,
                    o.opens_at, o.handed_over_at,
                    exists (select from appointments a
                             where a.org_id = o.org_id and a.created_at >= o.created_at and a.status in ('pending', 'scheduled', 'arrived')
                               and (a.customer_phone = o.phone or a.call_id = o.call_id)) as is_booked,
                    exists (select from escalations e
                             where e.org_id = o.org_id and e.kind = 'hot_lead' and e.call_ref = c.call_ref
                               and e.acknowledged_at is not null) as is_acknowledged,
                    exists (select from tasks t
                             where t.org_id = o.org_id and t.call_id = o.call_id and t.kind = 'call_hot_lead' and t.done_at is null) as has_task,
                    (select t.dedupe_key from tasks t
                      where t.org_id = o.org_id and t.call_id = o.call_id and t.kind in ('hot_lead_waits', 'alert_unacknowledged')
                        and t.done_at is null order by t.created_at limit 1) as alert_task
               from times_offers o
               join calls c on c.org_id = o.org_id and c.id = o.call_id
               left join contacts k on k.org_id = o.org_id and k.phone = o.phone
              where o.org_id = $1 and ",
            $which
        )
    };
}

/// The call's offer as it is now, without a lock.
pub(super) async fn of_call(tx: &mut PgConnection, org: OrgId, call: CallId) -> sqlx::Result<Option<Offer>> {
    sql_as(offers!("o.call_id = $2")).bind(org).bind(call).fetch_optional(tx).await
}

/// The language of the last offer to a number, if there was one and it had one.
pub(super) async fn last_language(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> sqlx::Result<Option<String>> {
    sql_scalar(
        "select language from times_offers where org_id = $1 and phone = $2 order by local_date desc limit 1",
    )
    .bind(org)
    .bind(phone)
    .fetch_optional(tx)
    .await
    .map(Option::flatten)
}

/// Those of a number that an answer still counts for.
pub(super) async fn unsettled_of_phone(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> sqlx::Result<Vec<Offer>> {
    sql_as(offers!("o.phone = $2 and o.state in ('open', 'lapsed') order by o.id"))
        .bind(org)
        .bind(phone)
        .fetch_all(tx)
        .await
}

/// Offers of which something may have to be said or done: those of the last two days that are not settled, and those whose
/// clinic has opened.
pub(super) async fn due(tx: &mut PgConnection, org: OrgId, now: Timestamp) -> sqlx::Result<Vec<Offer>> {
    sql_as(offers!(
        "((o.settled_at is null and o.created_at > $2 - interval '48 hours')
            or (o.handed_over_at is null and o.opens_at <= $2)) order by o.id limit 200"
    ))
    .bind(org)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Ends an offer that was neither taken nor declined; false when somebody was faster.
pub(super) async fn settle(
    tx: &mut PgConnection,
    org: OrgId,
    id: TimesOfferId,
    state: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update times_offers set state = $3, settled_at = $4
          where org_id = $1 and id = $2 and state in ('open', 'lapsed')")
    .bind(org)
    .bind(id)
    .bind(state)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Nothing is kept any more; false when it was not open.
pub(super) async fn lapse(tx: &mut PgConnection, org: OrgId, id: TimesOfferId) -> sqlx::Result<bool> {
    let done =
        sql("update times_offers set state = 'lapsed' where org_id = $1 and id = $2 and state = 'open'")
            .bind(org)
            .bind(id)
            .execute(tx)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Its text never left; false when it is settled.
pub(super) async fn take_back(tx: &mut PgConnection, org: OrgId, id: TimesOfferId) -> sqlx::Result<bool> {
    let done = sql("update times_offers set rounds = 0 where org_id = $1 and id = $2 and state = 'lapsed'")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Other times are kept until then.
pub(super) async fn open_again(
    tx: &mut PgConnection,
    org: OrgId,
    id: TimesOfferId,
    expires_at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update times_offers set state = 'open', rounds = rounds + 1, expires_at = $3
          where org_id = $1 and id = $2 and state in ('open', 'lapsed')")
    .bind(org)
    .bind(id)
    .bind(expires_at.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Staff know, or need not; false when that was so before.
pub(super) async fn hand_over(
    tx: &mut PgConnection,
    org: OrgId,
    id: TimesOfferId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update times_offers set handed_over_at = $3 where org_id = $1 and id = $2 and handed_over_at is null")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether this number took a time that was offered to it, not long ago.
pub(super) async fn has_taken(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    since: Timestamp,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from times_offers where org_id = $1 and phone = $2 and state = 'taken' and settled_at >= $3)",
    )
    .bind(org)
    .bind(phone)
    .bind(since.to_sqlx())
    .fetch_one(tx)
    .await
}
