//! One tool call against the database: claimed, acted on and answered in one transaction, and again if that could not be.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::arguments::Arguments;
use super::run::{Act, Answer, Caller, Look, ToolName, is_looping};
use super::{
    book_appointment, cancel_appointment, check_availability, find_my_appointments, find_openings,
    get_clinic_info, in_danger, join_waitlist, notify_hot_lead, request_human, reschedule_appointment,
    speech,
};
use crate::calls::{self, Asked, Claim, NewToolCall, Replied};
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection, is_contended, is_disconnected};
use crate::platform::telemetry::chain;
use crate::scheduling::{self, RuleBook, Window};

/// Between attempts while the database comes back.
const PAUSE: Duration = Duration::from_millis(50);

/// Why an attempt came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum AttemptError {
    /// The rules moved while they were being used.
    #[error("the rules changed")]
    RulesChanged(i64),
    /// A calendar has to be asked first.
    #[error("a calendar is not known")]
    CalendarUnknown(Window),
    /// Another request changed the visit between the look and the lock.
    #[error("the visit is being changed")]
    Overtaken,
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// Kept rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
}

impl AttemptError {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Rules(error) => Some(error),
            Self::RulesChanged(_) | Self::CalendarUnknown(_) | Self::Overtaken => None,
        }
    }

    /// Overtaken; the server went away; a deadlock or serialization failure, which the ledger's locks should make impossible; or a
    /// hold was let go while its claim changed lanes.
    fn is_passing(&self) -> bool {
        let code = |e: &sqlx::Error| e.as_database_error().and_then(|d| d.code().map(Cow::into_owned));
        let is_rolled_back = |e| matches!(code(e).as_deref(), Some("40P01" | "40001" | "23503"));
        matches!(self, Self::Overtaken)
            || self.database().is_some_and(|e| is_disconnected(e) || is_rolled_back(e))
    }
}

/// Attempts until there is an answer, for as long as the caller's budget lasts.
pub(super) async fn until(
    app: &App,
    caller: &Caller,
    tool: ToolName,
    record: &NewToolCall,
    arguments: &Map<String, Value>,
) -> Answer {
    let deadline = Instant::now() + Duration::from_millis(app.config.voice.tool_budget_ms);
    let mut seen = None;
    loop {
        match attempt(app, caller, (tool, Arguments(arguments)), record, seen).await {
            Ok(answer) => return answer,
            Err(AttemptError::RulesChanged(version)) if seen != Some(version) => seen = Some(version),
            // Asked once a moment, whatever comes of it: the next attempt takes what is known then.
            Err(AttemptError::CalendarUnknown(window)) => {
                scheduling::ask_calendars(app, caller.org, window).await;
            }
            Err(error) if error.is_passing() && Instant::now() < deadline => {
                metrics::counter!("voxanne_tool_retries_total").increment(1);
                tokio::time::sleep(PAUSE).await;
            }
            Err(AttemptError::Overtaken) => return Answer::result(speech::BEING_CHANGED),
            Err(error) if error.database().is_some_and(is_contended) => {
                metrics::counter!("voxanne_tool_contended_total").increment(1);
                return Answer::result(speech::CONTENDED);
            }
            Err(error) => {
                tracing::error!(org.id = %caller.org, tool = %record.name, error = chain(&error), "A tool call failed");
                return Answer::error(speech::UNEXPECTED);
            }
        }
    }
}

async fn attempt(
    app: &App,
    caller: &Caller,
    (tool, arguments): (ToolName, Arguments<'_>),
    record: &NewToolCall,
    seen: Option<i64>,
) -> Result<Answer, AttemptError> {
    // What acts has bounds of its own: so many bookings, one alert, one call back. A repeat of it gets its answer.
    let act = match tool {
        ToolName::Look(_) if is_looping(app, caller) => return Ok(Answer::result(speech::TOO_MANY)),
        ToolName::Look(look) => return look_up(app, caller, look, arguments).await,
        ToolName::Act(act) => act,
    };
    let started = Instant::now();
    let book = scheduling::rule_book(app, caller.org, seen).await?;
    let mut tx: OrgTx = app.begin_live(caller.org).await?;
    let now = app.clock.now();
    let answer = match calls::claim(&mut tx, caller.org, record, now).await? {
        Claim::Answered { answer, is_error } => return Ok(Answer { text: answer, is_error, unmet: None }),
        Claim::Different => return Ok(Answer::result(speech::DIFFERENT)),
        Claim::First { ended_at: Some(ended_at) } if is_too_late(app, ended_at, now) => {
            Answer::result(speech::CALL_OVER)
        }
        Claim::First { .. } => perform(app, &mut tx, caller, &book, (act, &record.asked, arguments)).await?,
    };
    let micros = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
    let Answer { text, is_error, unmet } = &answer;
    let replied = Replied { text, is_error: *is_error, unmet: *unmet, micros };
    calls::answer(&mut tx, caller.org, &record.asked, &replied).await?;
    tx.commit().await?;
    scheduling::forget(app, caller.org);
    Ok(answer)
}

/// Answers what reads, on connections of its own.
async fn look_up(
    app: &App,
    caller: &Caller,
    look: Look,
    arguments: Arguments<'_>,
) -> Result<Answer, AttemptError> {
    match look {
        Look::CheckAvailability => Ok(check_availability::answer(app, caller, arguments).await?),
        Look::FindOpenings => Ok(find_openings::answer(app, caller, arguments).await?),
        Look::FindMyAppointments => find_my_appointments::answer(app, caller).await,
        Look::GetClinicInfo => Ok(get_clinic_info::answer(app, caller, arguments).await?),
    }
}

/// Does what acts, inside the claim's transaction: it must not commit.
async fn perform(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    (act, asked, arguments): (Act, &Asked, Arguments<'_>),
) -> Result<Answer, AttemptError> {
    // A symptom in the caller's words comes first: its alert commits with whatever is answered.
    let found = in_danger::hear(app, tx, caller, book, (act, asked, arguments)).await?;
    if let Some(answer) = in_danger::instead(book, found) {
        return Ok(answer);
    }
    let answer = match act {
        Act::BookAppointment => book_appointment::answer(app, tx, caller, book, arguments).await,
        Act::NotifyHotLead => match found {
            Some(found) => request_human::for_symptom(app, tx, caller, book, (asked, arguments, found)).await,
            None => notify_hot_lead::answer(app, tx, caller, book, (asked, arguments)).await,
        },
        Act::RescheduleAppointment => reschedule_appointment::answer(app, tx, caller, book, arguments).await,
        Act::CancelAppointment => cancel_appointment::answer(app, tx, caller, book, arguments).await,
        Act::JoinWaitlist => join_waitlist::answer(app, tx, caller, book, arguments).await,
        Act::RequestHuman => request_human::answer(app, tx, caller, book, (asked, arguments, found)).await,
    };
    Ok(in_danger::beside(book, found, act, answer?))
}

fn is_too_late(app: &App, ended_at: jiff::Timestamp, now: jiff::Timestamp) -> bool {
    now.duration_since(ended_at).as_secs() > app.config.voice.late_tool_seconds
}
