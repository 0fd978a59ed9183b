//! A word to callers whose call ended before they were helped.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::missed::{Ended, Owed, owed};
use super::scoring::CallClass;
use super::store::{self, MissedRow};
use crate::messaging::{self, Kind, NewQuestion, NewText, QuestionKind, Queued, wording};
use crate::orgs::{self, Settings};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::platform::jobs::{self, NewJob, Priority};
use crate::scheduling::{self, RuleBook};

/// The task that texts a caller back.
pub const TEXT_BACK_TASK: &str = "text_back";

/// Whoever is cut off calls again at once: the text waits for that.
const PATIENCE: Duration = Duration::from_mins(2);
/// Later, they have helped themselves.
const OF_USE: SignedDuration = SignedDuration::from_hours(16);
/// How long a short answer means this question.
const ANSWERS: SignedDuration = SignedDuration::from_hours(48);

/// Which call.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct TextBack {
    pub org: OrgId,
    pub call: CallId,
}

/// Why nobody was texted. The queue tries again.
#[derive(Debug, thiserror::Error)]
pub enum TextBackError {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
}

/// Leaves the job with the transaction that scores the call, when the call looks missed.
pub(super) async fn text_back_later(
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    (call, class): (CallId, CallClass),
) -> Result<(), sqlx::Error> {
    // A complaint and a clinical urgency are for people; who sells or dialled wrongly is owed nothing.
    if !settings.missed_call_text || !class.can_buy() {
        return Ok(());
    }
    let Some(row) = store::missed(tx, org, call).await? else { return Ok(()) };
    if row.phone.is_none() || owed(&ended(&row)).is_none() {
        return Ok(());
    }
    come_again(tx, TextBack { org, call }, PATIENCE).await
}

async fn come_again(tx: &mut PgConnection, job: TextBack, after: Duration) -> Result<(), sqlx::Error> {
    let key = format!("{TEXT_BACK_TASK}:{}", job.call.0);
    let new = NewJob {
        task: TEXT_BACK_TASK,
        queue: TEXT_BACK_TASK,
        payload: &job,
        key,
        after,
        priority: Priority::Usual,
    };
    jobs::enqueue(tx, job.org, new).await
}

/// Texts the caller, once a day, unless they were helped meanwhile or are on the phone again: then that call decides. By
/// night it comes again in the morning and looks anew.
pub async fn text_back(app: &App, job: TextBack) -> Result<(), TextBackError> {
    let org = job.org;
    let mut tx = app.begin(org).await?;
    let version = scheduling::rules_version(&mut tx, org).await?;
    tx.commit().await?;
    let book = scheduling::rule_book(app, org, Some(version)).await?;
    let mut tx = app.begin(org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    // An org that switched its texts off knows: no task for each call.
    let may = settings.missed_call_text && settings.texting_enabled;
    let row = store::missed(&mut tx, org, job.call).await?.filter(|row| may && !row.has_called_again);
    if let Some((row, owed)) = row.as_ref().and_then(|row| Some((row, owed(&ended(row))?))) {
        match sleeps(app, &settings, row, owed) {
            Some(pause) => come_again(&mut tx, job, pause).await?,
            None => queue(app, &mut tx, org, (&book, &settings), (job.call, row, owed)).await?,
        }
    }
    tx.commit().await?;
    Ok(())
}

/// How long the recipient's night lasts, for a text that can wait.
fn sleeps(app: &App, settings: &Settings, row: &MissedRow, owed: Owed) -> Option<Duration> {
    let phone = row.phone.as_deref().and_then(|phone| Phone::parse_e164(phone).ok())?;
    let now = app.clock.now();
    let (from, _) = messaging::daytime_of(settings, &phone, now)?;
    let pause = Duration::try_from(from.duration_since(now)).ok()?;
    (owed == Owed::Word && !pause.is_zero()).then_some(pause)
}

fn ended(row: &MissedRow) -> Ended<'_> {
    Ended {
        reason: row.ended_reason.as_deref(),
        seconds: row.duration_seconds,
        words: usize::try_from(row.caller_words).unwrap_or(0),
        answers: row.answers,
        wanted_to_book: row.wanted_to_book,
        is_helped: row.is_helped,
    }
}

async fn queue(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (book, settings): (&RuleBook, &Settings),
    (call, row, owed): (CallId, &MissedRow, Owed),
) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let Some(phone) = row.phone.as_deref().and_then(|phone| Phone::parse_e164(phone).ok()) else {
        return Ok(());
    };
    let Some(location) = book.location(row.location_id) else { return Ok(()) };
    if is_the_clinics_own(settings, &phone) {
        return Ok(());
    }
    let called_at = row.created_at.to_jiff();
    let Some(leave_before) = called_at.checked_add(OF_USE).ok().filter(|until| *until > now) else {
        return Ok(());
    };
    let language = row.language.as_deref().and_then(|language| language.parse().ok());
    let day = called_at.to_zoned(location.zone.clone()).date();
    let head = book.letterhead(location, language);
    let (kind, body, asks) = match owed {
        Owed::Word => (Kind::MissedCall, wording::missed_call(&head), QuestionKind::Helped),
        Owed::Details => (Kind::DetailsRequest, wording::details_request(&head), QuestionKind::Details),
    };
    let text = NewText {
        kind,
        to: &phone,
        body,
        dedupe_key: format!("missed_call:{}:{day}", phone.as_str()),
        contact: row.contact_id,
        appointment: None,
        call: Some(call),
        sent_by: None,
    };
    let queued = messaging::queue_text_before(app, tx, org, settings, (text, leave_before)).await?;
    let Queued::Yes(text) = queued else { return Ok(()) };
    let question = NewQuestion {
        phone: &phone,
        kind: asks,
        subject: Some(call.0),
        options: &[],
        text: Some(text),
        expires_at: now.checked_add(ANSWERS).unwrap_or(now),
    };
    messaging::ask(app, tx, org, &question).await?;
    metrics::counter!("voxanne_missed_calls_texted_total").increment(1);
    tracing::info!(org.id = %org, call.id = %call, "Texts a caller who was not helped");
    Ok(())
}

/// Staff who try their own line.
pub fn is_the_clinics_own(settings: &Settings, phone: &Phone) -> bool {
    let own = [&settings.human_phone, &settings.hot_lead_alert_phone, &settings.clinical_alert_phone];
    own.into_iter().flatten().any(|own| own == phone.as_str())
}
