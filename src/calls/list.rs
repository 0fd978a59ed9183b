//! Calls as staff list them: the latest first, by what a page filters by.
//!
//! What a filter looks for first is in the statement that it chooses, so that each has its own index: plans are made without
//! the values (`plan_cache_mode`). What else is asked is tried on what that index finds.

use jiff::Timestamp;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{FromRow, Postgres};

use super::outcome::{Outcome, outcome_of};
use super::test_calls::TestCalls;
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, AssistantId, CallId, ContactId, EscalationId, LocationId, OrgId};

/// A call in a list. Names a person: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Listed {
    pub id: CallId,
    pub created_at: jiff_sqlx::Timestamp,
    /// `ringing`, `in_progress`, `forwarding` or `ended`.
    pub state: String,
    pub started_at: Option<jiff_sqlx::Timestamp>,
    pub ended_at: Option<jiff_sqlx::Timestamp>,
    pub ended_reason: Option<String>,
    pub duration_seconds: Option<i32>,
    pub caller_phone: Option<String>,
    pub contact_id: Option<ContactId>,
    /// As they are called now (G2).
    pub contact_name: Option<String>,
    /// As an alert of the call calls whoever called.
    pub lead_name: Option<String>,
    pub assistant_id: Option<AssistantId>,
    pub assistant_name: Option<String>,
    pub location_id: Option<LocationId>,
    pub location_name: Option<String>,
    pub class: Option<String>,
    pub temperature: Option<String>,
    pub score: Option<i16>,
    /// As they said it.
    pub interest: Option<String>,
    /// The same in the catalogue, as it is called now.
    pub service_name: Option<String>,
    pub summary: Option<String>,
    pub cost_usd: Option<f64>,
    pub has_recording: bool,
    /// Somebody only tried the assistant out: no figure counts it.
    pub is_test: bool,
    /// The clinical one if there are two.
    pub alert_id: Option<EscalationId>,
    pub alert_kind: Option<String>,
    pub acknowledged_at: Option<jiff_sqlx::Timestamp>,
    pub acknowledged_by: Option<String>,
    /// The first visit that was booked in it.
    pub appointment_id: Option<AppointmentId>,
    pub open_tasks: i64,
    outcome: String,
}

impl Listed {
    /// What the caller wants: by the catalogue's name where it has one, else in their words.
    pub fn wish(&self) -> Option<&str> {
        self.service_name.as_deref().or(self.interest.as_deref())
    }

    /// What came of it.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.outcome)
    }
}

/// Which calls.
#[derive(Debug, Default, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct WantedCalls<'a> {
    /// Only those that run, or only those that are over.
    pub is_running: Option<bool>,
    pub outcome: Option<Outcome>,
    pub class: Option<&'a str>,
    pub temperature: Option<&'a str>,
    pub contact: Option<ContactId>,
    pub location: Option<LocationId>,
    pub assistant: Option<AssistantId>,
    /// Whether calls that only tried the assistant out are among them.
    pub tests: TestCalls,
    /// Calls from then on.
    pub since: Option<Timestamp>,
    /// Calls before then.
    pub until: Option<Timestamp>,
    /// The last one seen.
    pub after: Option<(Timestamp, CallId)>,
    pub limit: i64,
}

/// What a call in a list is made of, but for what finds it. Found and limited first: what is told of them is looked up for those
/// that are shown.
macro_rules! calls_that {
    ($first:literal) => {
        calls_by!($first, "(", ")")
    };
}

/// The same, with what opens and what closes everything else that may be asked.
macro_rules! calls_by {
    ($first:literal, $open:literal, $close:literal) => {
        concat!(
            "with found as materialized (
               select c.org_id, c.id, c.created_at, n.id as assistant_id, n.name as assistant_name, n.location_id, o.outcome
                 from calls c
                 left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
                 cross join lateral (select ",
            outcome_of!(),
            " as outcome) o
                where c.org_id = $1 and ",
            $first,
            "
                  and ",
            $open,
            "($2::timestamptz is null or (c.created_at, c.id) < ($2, $3))
                  and ($4::timestamptz is null or c.created_at >= $4) and ($5::timestamptz is null or c.created_at < $5)
                  and ($6::boolean is null or (c.state <> 'ended') = $6) and ($7::text is null or c.class = $7)
                  and ($8::text is null or c.temperature = $8) and ($9::uuid is null or c.contact_id = $9)
                  and ($10::uuid is null or n.location_id = $10) and ($11::uuid is null or n.id = $11)
                  and ($12::text is null or o.outcome = $12) and app_ctx.shows_call(c.is_test, $14)",
            $close,
            "
                order by c.created_at desc, c.id desc limit $13)
             select c.id, c.created_at, c.state::text as state, c.started_at, c.ended_at, c.ended_reason, c.duration_seconds,
                    c.caller_phone, c.contact_id, k.name as contact_name, h.lead_name, f.assistant_id, f.assistant_name,
                    f.location_id, l.name as location_name, c.class, c.temperature, c.score, c.interest, s.name as service_name, c.summary, c.cost_usd,
                    c.recording_url is not null as has_recording, c.is_test, h.id as alert_id, h.kind as alert_kind, h.acknowledged_at,
                    h.acknowledged_by,
                    (select a.id from appointments a where a.org_id = c.org_id and a.call_id = c.id order by a.created_at, a.id limit 1)
                      as appointment_id,
                    (select count(*) from tasks t where t.org_id = c.org_id and t.call_id = c.id and t.done_at is null) as open_tasks,
                    f.outcome
               from found f
               join calls c on c.org_id = f.org_id and c.id = f.id
               left join lateral (select x.name from contacts x where x.org_id = c.org_id and x.id = c.contact_id limit 1) k on true
               left join services s on s.org_id = c.org_id and s.id = c.interest_service_id
               left join locations l on l.org_id = f.org_id and l.id = f.location_id
               left join lateral (select e.id, e.kind, e.acknowledged_at, e.acknowledged_by, max(e.lead_name) over () as lead_name from escalations e
                                   where e.org_id = c.org_id and e.kind in ('clinical', 'hot_lead') and e.call_ref = c.call_ref
                                   order by e.kind limit 1) h on true
              order by f.created_at desc, f.id desc"
        )
    };
}

const OF_CONTACT: &str = calls_that!("c.contact_id = $9");
const RUNNING: &str = calls_that!("c.state <> 'ended'");
const OF_CLASS: &str = calls_that!("c.class = $7");
const OF_TEMPERATURE: &str = calls_that!("c.temperature = $8");
const OF_ASSISTANT: &str = calls_that!(
    "c.assistant_ref = (select w.platform_assistant_id from assistants w where w.org_id = $1 and w.id = $11)"
);
const CHANGED: &str = calls_that!(
    "c.caller_phone in (select a.customer_phone from appointment_changes g join appointments a on a.org_id = g.org_id and a.id = g.appointment_id
                         where g.org_id = $1 and g.actor = 'voice' and g.action in ('moved', 'cancelled'))"
);
const WAITING: &str = calls_that!(
    "c.id in (select w.call_id from waitlist_entries w where w.org_id = $1 and w.call_id is not null)"
);
const CALL_BACK: &str = calls_that!(
    "c.id in (select t.call_id from tasks t where t.org_id = $1 and t.call_id is not null
                 and t.kind in ('call_back', 'clinical_call_back', 'call_hot_lead'))"
);
const TRANSFERRED: &str = calls_that!("c.ended_reason like 'assistant-forwarded%'");
/// Many calls may be. Each condition that may be left out is taken for one that few fulfil, so that all of them would be sorted; as one
/// unknown they are tried on the latest first, by the index.
const MISSED: &str = calls_by!("c.state = 'ended' and not c.caller_spoke", "coalesce(", ", false)");
const ANY: &str = calls_that!("true");
const ONE: &str = calls_that!("c.id = $15");

impl WantedCalls<'_> {
    /// The statement that finds the fewest calls that are not wanted.
    const fn statement(&self) -> &'static str {
        match self {
            Self { contact: Some(_), .. } => OF_CONTACT,
            Self { is_running: Some(true), .. } | Self { outcome: Some(Outcome::Running), .. } => RUNNING,
            // Those that few calls have. What came of a call implies what its statement looks for.
            Self { outcome: Some(Outcome::Changed), .. } => CHANGED,
            Self { outcome: Some(Outcome::Waiting), .. } => WAITING,
            Self { outcome: Some(Outcome::Transferred), .. } => TRANSFERRED,
            Self { outcome: Some(Outcome::Missed), .. } => MISSED,
            Self { class: Some(_), .. } => OF_CLASS,
            Self { temperature: Some(_), .. } => OF_TEMPERATURE,
            Self { assistant: Some(_), .. } => OF_ASSISTANT,
            _ => ANY,
        }
    }
}

/// The org's calls, the latest first.
pub async fn list(tx: &mut PgConnection, org: OrgId, wanted: &WantedCalls<'_>) -> sqlx::Result<Vec<Listed>> {
    let mut statement = wanted.statement();
    if statement == ANY && wanted.outcome == Some(Outcome::CallBack) && few_to_call_back(tx, org).await? {
        statement = CALL_BACK;
    }
    bound(statement, org, wanted).fetch_all(tx).await
}

/// Whether so few callers are to be called back that looking at each of them beats looking for them among all calls.
async fn few_to_call_back(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<bool> {
    sql_scalar(
        "select count(*) < 1000 from (select from tasks where org_id = $1 and call_id is not null
           and kind in ('call_back', 'clinical_call_back', 'call_hot_lead') limit 1000) t",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}

/// The call as lists show it.
pub(super) async fn one(tx: &mut PgConnection, org: OrgId, id: CallId) -> sqlx::Result<Option<Listed>> {
    let wanted = WantedCalls { limit: 1, tests: TestCalls::With, ..WantedCalls::default() };
    bound(ONE, org, &wanted).bind(id).fetch_optional(tx).await
}

fn bound(
    statement: &'static str,
    org: OrgId,
    wanted: &WantedCalls<'_>,
) -> QueryAs<'static, Postgres, Listed, PgArguments> {
    let (after_at, after_id) = wanted.after.unzip();
    sql_as(statement)
        .bind(org)
        .bind(after_at.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(after_id)
        .bind(wanted.since.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(wanted.until.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(wanted.is_running)
        .bind(wanted.class.map(str::to_owned))
        .bind(wanted.temperature.map(str::to_owned))
        .bind(wanted.contact)
        .bind(wanted.location)
        .bind(wanted.assistant)
        .bind(wanted.outcome.map(Outcome::as_str))
        .bind(wanted.limit)
        .bind(wanted.tests.as_str())
}

/// What was said last in a call that runs. Quotes a caller: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct LastSaid {
    pub call_id: CallId,
    /// `user` or `assistant`.
    pub role: String,
    pub said: String,
    pub said_at: jiff_sqlx::Timestamp,
}

/// The last thing that was said in each of these calls.
pub async fn last_said(tx: &mut PgConnection, org: OrgId, calls: &[CallId]) -> sqlx::Result<Vec<LastSaid>> {
    sql_as(
        "select w.id as call_id, u.role, u.said, u.said_at
           from unnest($2::uuid[]) w (id)
          cross join lateral (select u.role, u.said, u.said_at from utterances u
                               where u.org_id = $1 and u.call_id = w.id order by u.said_at desc, u.id desc limit 1) u",
    )
    .bind(org)
    .bind(calls)
    .fetch_all(tx)
    .await
}

/// By whose clock the days of a list are: of this site, else of the org's first.
pub async fn zone_of(
    tx: &mut PgConnection,
    org: OrgId,
    location: Option<LocationId>,
) -> sqlx::Result<Option<String>> {
    sql_scalar(
        "select time_zone from locations where org_id = $1 and ($2::uuid is null or id = $2) order by position, id limit 1",
    )
    .bind(org)
    .bind(location)
    .fetch_optional(tx)
    .await
}
