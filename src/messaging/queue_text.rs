//! Queues a text in the transaction that promises it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use voxanne_twilio::encoding;

use super::deliver::{DeliverText, deliver_after};
use super::may_send::{Class, Facts, Limits, Rule, may_send};
use super::store::{self, CountsQuery, NewRow};
use super::text::Kind;
use crate::orgs::Settings;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId, TextId};
use crate::tasks::{self, NewTask};

/// How far back texts count against the caps.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
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
}

/// What became of a request to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It leaves when the transaction commits.
    Yes(TextId),
    /// A text for this reason exists.
    Already(TextId),
    /// A rule forbids it; staff have a task instead.
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
/// Three round trips. The reason decides a race: whoever comes second learns of the first one's text.
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
    let limits = Limits {
        per_number_per_day: app.config.texts.per_number_per_day_max,
        per_org_per_day: settings.texts_per_day_max.into(),
        per_call: app.config.voice.texts_per_call_max,
    };
    let query = CountsQuery {
        to: new.to.as_str(),
        call: new.call,
        since: now.checked_sub(A_DAY).unwrap_or(now),
        failed_since: now.checked_sub(UNREACHABLE_FOR).unwrap_or(now),
        of_org_max: limits.per_org_per_day,
    };
    let counts = store::counts(tx, org, &query).await.map_err(doing("count texts"))?;
    let facts = Facts {
        texting_enabled: settings.texting_enabled,
        number: new.to.may_text(&settings.text_regions),
        opted_out: counts.opted_out,
        unreachable: counts.is_unreachable(),
        to_number: counts.to_number,
        of_org: counts.of_org,
        of_call: counts.of_call,
    };
    let class = new.kind.class();
    if let Err(rule) = may_send(class, &facts, &limits) {
        return refuse(app, tx, org, &new, rule)
            .await
            .map_err(doing("raise a task for a text that may not leave"));
    }
    let id: TextId = app.new_id();
    let (_, segments) = encoding::segments(&new.body);
    let row = NewRow {
        id,
        kind: new.kind,
        dedupe_key: &new.dedupe_key,
        to: new.to.as_str(),
        body: &new.body,
        segments: i16::try_from(segments).unwrap_or(i16::MAX),
        verdict: match class {
            Class::Staff => "allowed: staff",
            Class::Transactional => "allowed: transactional",
            Class::Conversational => "allowed: conversational",
            Class::Marketing => "allowed: marketing",
        },
        contact: new.contact,
        appointment: new.appointment,
        call: new.call,
        leave_before,
    };
    if !store::insert(tx, org, &row, now).await.map_err(doing("queue a text"))? {
        let earlier =
            store::by_reason(tx, org, &new.dedupe_key).await.map_err(doing("find an earlier text"))?;
        // Texts are never deleted, so the one that stood in the way is there.
        return Ok(Queued::Already(earlier.unwrap_or(id)));
    }
    let job = DeliverText::first(org, id);
    deliver_after(tx, &job, new.kind, Duration::ZERO).await.map_err(doing("enqueue a text's job"))?;
    metrics::counter!("voxanne_texts_total", "state" => "queued", "kind" => new.kind.as_str()).increment(1);
    Ok(Queued::Yes(id))
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
    let task = NewTask {
        kind: "text_not_sent",
        title: format!("Text not sent: {}", rule.advice()),
        call: new.call,
        appointment: new.appointment,
        dedupe_key: format!("text_not_sent:{}", new.dedupe_key),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    tracing::info!(org.id = %org, rule = rule.code(), kind = new.kind.as_str(), "A text may not leave; staff have a task");
    metrics::counter!("voxanne_texts_refused_total", "rule" => rule.code()).increment(1);
    Ok(Queued::Refused(rule))
}
