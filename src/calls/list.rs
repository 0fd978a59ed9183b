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
    pub assistant_id: Option<AssistantId>,
    pub assistant_name: Option<String>,
    pub location_id: Option<LocationId>,
    pub location_name: Option<String>,
    pub class: Option<String>,
    pub temperature: Option<String>,
    pub score: Option<i16>,
    pub interest: Option<String>,
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

/// What a call in a list is made of, but for what finds it.
macro_rules! calls_that {
    ($first:literal) => {
        concat!(
            "select c.id, c.created_at, c.state::text as state, c.started_at, c.ended_at, c.ended_reason, c.duration_seconds,
                    c.caller_phone, c.contact_id, k.name as contact_name, n.id as assistant_id, n.name as assistant_name,
                    n.location_id, l.name as location_name, c.class, c.temperature, c.score, c.interest, c.summary, c.cost_usd,
                    c.recording_url is not null as has_recording, c.is_test, h.id as alert_id, h.kind as alert_kind, h.acknowledged_at,
                    h.acknowledged_by,
                    (select a.id from appointments a where a.org_id = c.org_id and a.call_id = c.id order by a.created_at, a.id limit 1)
                      as appointment_id,
                    (select count(*) from tasks t where t.org_id = c.org_id and t.call_id = c.id and t.done_at is null) as open_tasks,
                    o.outcome
               from calls c
               left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
               left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
               left join locations l on l.org_id = n.org_id and l.id = n.location_id
               left join lateral (select e.id, e.kind, e.acknowledged_at, e.acknowledged_by from escalations e
                                   where e.org_id = c.org_id and e.kind in ('clinical', 'hot_lead') and e.call_ref = c.call_ref
                                   order by e.kind limit 1) h on true
               cross join lateral (select ",
            outcome_of!(),
            " as outcome) o
              where c.org_id = $1 and ",
            $first,
            "
                and ($2::timestamptz is null or (c.created_at, c.id) < ($2, $3))
                and ($4::timestamptz is null or c.created_at >= $4) and ($5::timestamptz is null or c.created_at < $5)
                and ($6::boolean is null or (c.state <> 'ended') = $6) and ($7::text is null or c.class = $7)
                and ($8::text is null or c.temperature = $8) and ($9::uuid is null or c.contact_id = $9)
                and ($10::uuid is null or n.location_id = $10) and ($11::uuid is null or n.id = $11)
                and ($12::text is null or o.outcome = $12) and app_ctx.shows_call(c.is_test, $14)
              order by c.created_at desc, c.id desc limit $13"
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
const BOOKED: &str =
    calls_that!("exists (select from appointments b where b.org_id = c.org_id and b.call_id = c.id)");
const ANY: &str = calls_that!("true");
const ONE: &str = calls_that!("c.id = $15");

impl WantedCalls<'_> {
    /// The statement that finds the fewest calls that are not wanted.
    const fn statement(&self) -> &'static str {
        match self {
            Self { contact: Some(_), .. } => OF_CONTACT,
            Self { is_running: Some(true), .. } => RUNNING,
            Self { class: Some(_), .. } => OF_CLASS,
            Self { temperature: Some(_), .. } => OF_TEMPERATURE,
            Self { assistant: Some(_), .. } => OF_ASSISTANT,
            Self { outcome: Some(Outcome::Booked), .. } => BOOKED,
            _ => ANY,
        }
    }
}

/// The org's calls, the latest first.
pub async fn list(tx: &mut PgConnection, org: OrgId, wanted: &WantedCalls<'_>) -> sqlx::Result<Vec<Listed>> {
    bound(wanted.statement(), org, wanted).fetch_all(tx).await
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
