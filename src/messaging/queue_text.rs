//! Queues a text in the transaction that promises it.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use voxanne_twilio::encoding;

use super::daytime::{Daytime, clocks};
use super::deliver::{DeliverText, deliver_after};
use super::may_send::{Class, Limits, Recipient, Rule, Sent, Verdict, may_send};
use super::store::{self, CountsQuery, NewRow, Text};
use super::text::{Kind, TextState};
use crate::orgs::Settings;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId, TextId};
use crate::tasks::{self, NewTask};

/// How far back texts count against the caps.
const AN_HOUR: SignedDuration = SignedDuration::from_hours(1);
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a landline is believed to be one: numbers change hands, and carriers err.
const UNREACHABLE_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A text to send. Holds a number and words: deliberately no `Debug`.
pub struct NewText<'a> {
    /// What it is for.
    pub kind: Kind,
    /// The recipient.
    pub to: &'a Phone,
    /// The words, from [`super::wording`].
    pub body: String,
    /// The reason; a second text for one reason is none.
    pub dedupe_key: String,
    /// The recipient as a contact.
    pub contact: Option<ContactId>,
    /// The visit it is about.
    pub appointment: Option<AppointmentId>,
    /// The call it came from, which bounds how many there may be.
    pub call: Option<CallId>,
    /// Who wrote it or asked for it; `None` when the program did by itself.
    pub sent_by: Option<&'a str>,
}

/// What became of a request to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It leaves when the transaction commits, or when quiet hours are over.
    Yes(TextId),
    /// A text for this reason exists.
    Already(TextId),
    /// A rule forbids it; staff have a task instead, unless it is marketing.
    Refused(Rule),
}

impl Queued {
    /// The text, when there is one to promise.
    pub const fn text(self) -> Option<TextId> {
        match self {
            Self::Yes(id) | Self::Already(id) => Some(id),
            Self::Refused(_) => None,
        }
    }
}

/// Why a text was not queued.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The database refused.
    #[error("could not {doing}")]
    Unexpected {
        /// What was being done.
        doing: &'static str,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
}

impl From<QueueError> for sqlx::Error {
    fn from(QueueError::Unexpected { source, .. }: QueueError) -> Self {
        source
    }
}

/// Queues `new` and the job that sends it, or leaves a task that says why not: all in the caller's transaction.
///
/// Three round trips. A text that is refused is kept with its verdict. The reason decides a race: whoever comes second learns of the first one's text.
pub async fn queue_text(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    new: NewText<'_>,
) -> Result<Queued, QueueError> {
    queue(app, tx, org, settings, new, None).await
}

/// The same for a text that is of no use, or not allowed, from `leave_before` on: then it does not leave any more.
pub async fn queue_text_before(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    (new, leave_before): (NewText<'_>, Timestamp),
) -> Result<Queued, QueueError> {
    queue(app, tx, org, settings, new, Some(leave_before)).await
}

async fn queue(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    new: NewText<'_>,
    leave_before: Option<Timestamp>,
) -> Result<Queued, QueueError> {
    let doing = |doing| move |source| QueueError::Unexpected { doing, source };
    let now = app.clock.now();
    let limits = limits_for(new.kind, limits(app, settings));
    let query = query((new.to, new.call), &limits, now);
    let counts = store::counts(tx, org, &query).await.map_err(doing("count texts"))?;
    let (daytime, clocks) = clocks_of(settings, new.to);
    let contact = Recipient {
        texting_enabled: settings.texting_enabled,
        number: new.to.may_text(&settings.text_regions),
        opted_out: counts.opted_out,
        unreachable: counts.is_unreachable(),
        consents: counts.consents,
        daytime,
        clocks: &clocks,
        sent: counts.sent(),
        limits,
        leave_before,
    };
    let verdict = may_send(&contact, new.kind.class(), now);
    let leave_after = match verdict {
        Verdict::Deny(rule) => {
            return refuse(app, tx, org, &new, rule)
                .await
                .map_err(doing("keep a text that may not leave, and its task"));
        }
        Verdict::Wait(until) => Some(until),
        Verdict::Allow(_) => None,
    };
    let id: TextId = app.new_id();
    let stored = verdict.stored();
    let row = NewRow {
        state: TextState::Queued,
        verdict: &stored,
        failure: None,
        leave_after,
        leave_before,
        ..row(id, &new, &new.dedupe_key)
    };
    if !store::insert(tx, org, &row, now).await.map_err(doing("queue a text"))? {
        let earlier =
            store::by_reason(tx, org, &new.dedupe_key).await.map_err(doing("find an earlier text"))?;
        // Texts are never deleted, so the one that stood in the way is there.
        return Ok(Queued::Already(earlier.unwrap_or(id)));
    }
    let job = DeliverText::first(org, id);
    let after = leave_after.and_then(|until| Duration::try_from(until.duration_since(now)).ok());
    deliver_after(tx, &job, new.kind, after.unwrap_or_default())
        .await
        .map_err(doing("enqueue a text's job"))?;
    metrics::counter!("voxanne_texts_total", "state" => "queued", "kind" => new.kind.as_str()).increment(1);
    Ok(Queued::Yes(id))
}

/// An answer goes to whoever just wrote: their texts bound it, and what [`lately`](super::lately()) calls a loop. The caps of a
/// number are for what we begin ourselves.
const fn limits_for(kind: Kind, limits: Limits) -> Limits {
    if kind.is_answer() {
        return Limits { per_number_per_day: i64::MAX, per_number_per_week: i64::MAX, ..limits };
    }
    limits
}

/// What the rules need to know of the past of a number.
pub(super) fn query<'a>(
    (to, call): (&'a Phone, Option<CallId>),
    limits: &Limits,
    now: Timestamp,
) -> CountsQuery<'a> {
    let ago = |span| now.checked_sub(span).unwrap_or(now);
    CountsQuery {
        to: to.as_str(),
        call,
        hour_ago: ago(AN_HOUR),
        day_ago: ago(A_DAY),
        week_ago: ago(A_WEEK),
        failed_since: ago(UNREACHABLE_FOR),
        of_org_day_max: limits.per_org_per_day,
        of_org_hour_max: limits.per_org_per_hour,
    }
}

pub(super) fn limits(app: &App, settings: &Settings) -> Limits {
    let texts = &app.config.texts;
    Limits {
        per_number_per_day: texts.per_number_per_day_max,
        per_number_per_week: texts.per_number_per_week_max,
        marketing_per_week: texts.marketing_per_week_max,
        per_org_per_day: settings.texts_per_day_max.into(),
        per_org_per_hour: texts.per_org_per_hour_max,
        per_prefix_per_hour: texts.per_prefix_per_hour_max,
        per_call: app.config.voice.texts_per_call_max,
    }
}

/// The org's hours for texts that can wait, and the clocks they hold by.
pub(super) fn clocks_of(settings: &Settings, to: &Phone) -> (Daytime, Vec<TimeZone>) {
    let daytime = Daytime { from_hour: settings.quiet_until, to_hour: settings.quiet_from };
    let clinic = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
    (daytime, clocks(&clinic, to, daytime))
}

/// The verdict on a text that was queued within its caps, by what holds now.
pub(super) fn decide_again(settings: &Settings, text: &Text, now: Timestamp) -> Verdict {
    let Ok(to) = Phone::parse_e164(&text.to) else { return Verdict::Deny(Rule::Number("not_a_number")) };
    let (daytime, clocks) = clocks_of(settings, &to);
    let contact = Recipient {
        texting_enabled: settings.texting_enabled,
        number: to.may_text(&settings.text_regions),
        opted_out: text.opted_out,
        unreachable: false,
        consents: text.consents,
        daytime,
        clocks: &clocks,
        sent: Sent::default(),
        limits: Limits::LIFTED,
        leave_before: text.leave_before,
    };
    may_send(&contact, text.kind.class(), now)
}

/// What is the same of every row.
fn row<'n>(id: TextId, new: &'n NewText<'_>, dedupe_key: &'n str) -> NewRow<'n> {
    let (_, segments) = encoding::segments(&new.body);
    NewRow {
        id,
        kind: new.kind,
        dedupe_key,
        to: new.to.as_str(),
        body: &new.body,
        segments: i16::try_from(segments).unwrap_or(i16::MAX),
        state: TextState::Failed,
        verdict: "",
        failure: None,
        contact: new.contact,
        appointment: new.appointment,
        call: new.call,
        leave_after: None,
        leave_before: None,
        sent_by: new.sent_by,
    }
}

async fn refuse(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewText<'_>,
    rule: Rule,
) -> Result<Queued, sqlx::Error> {
    // A text that left earlier for the same reason was allowed then; repeating the request does not take it back.
    if let Some(earlier) = store::by_reason(tx, org, &new.dedupe_key).await? {
        return Ok(Queued::Already(earlier));
    }
    // Kept under a reason of its own: once the rule no longer forbids it, the text may still be queued.
    let (key, verdict) = (format!("refused:{}", new.dedupe_key), Verdict::Deny(rule).stored());
    let refused = NewRow { verdict: &verdict, failure: Some(rule.advice()), ..row(app.new_id(), new, &key) };
    store::insert(tx, org, &refused, app.clock.now()).await?;
    tracing::info!(org.id = %org, rule = rule.code(), kind = new.kind.as_str(), "A text may not leave");
    metrics::counter!("voxanne_texts_refused_total", "rule" => rule.code()).increment(1);
    // Nobody waits for a step of a sequence.
    if new.kind.class() == Class::Marketing {
        return Ok(Queued::Refused(rule));
    }
    let task = NewTask {
        kind: "text_not_sent",
        title: format!("Text not sent: {}", rule.advice()),
        call: new.call,
        appointment: new.appointment,
        dedupe_key: format!("text_not_sent:{}", new.dedupe_key),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    Ok(Queued::Refused(rule))
}
