//! Runs one tool call: within its budget, once, and with an answer whatever happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use voxanne_vapi::ToolCall;

use super::{attempt, speech};
use crate::calls::{NewToolCall, Unmet};
use crate::language::Language;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::ids::{LocationId, OrgId};

/// Calls whose tool use is counted at once.
const CALLS_COUNTED_MAX: u64 = 50_000;
/// The longest a call can be: then its count is forgotten.
const COUNTED_FOR: Duration = Duration::from_hours(2);

/// Who is on the phone, as the platform says and the credential vouches.
#[derive(Debug, Clone)]
pub struct Caller {
    /// From the credential.
    pub org: OrgId,
    /// Where the dialled number or assistant stands.
    pub location: Option<LocationId>,
    /// The platform's id of the call.
    pub call_ref: Option<String>,
    /// The caller id, when there is one.
    pub phone: Option<Phone>,
    /// What the assistant listens for, when that is one language of ours.
    pub language: Option<Language>,
}

/// What goes back for one tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One or two sentences, ready to be spoken.
    pub text: String,
    /// True when the model should not treat it as a result.
    pub is_error: bool,
    /// What was asked for and could not be had; kept beside the answer.
    pub unmet: Option<Unmet>,
}

impl Answer {
    /// Our own failure: nothing happened, and asking again may help.
    pub fn unavailable() -> Self {
        Self::error(speech::UNEXPECTED)
    }

    pub(super) fn result(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_error: false, unmet: None }
    }

    /// The same, told to somebody who could not have what they asked for.
    pub(super) fn lacking(self, unmet: Unmet) -> Self {
        Self { unmet: Some(unmet), ..self }
    }

    pub(super) fn error(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_error: true, unmet: None }
    }
}

impl<S: Into<String>> From<S> for Answer {
    fn from(said: S) -> Self {
        Self::result(said)
    }
}

/// A tool, by what it does to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolName {
    /// Reads only.
    Look(Look),
    /// Has an effect, which commits with its claim and its answer.
    Act(Act),
}

/// Tools that read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    CheckAvailability,
    FindOpenings,
    FindMyAppointments,
    GetClinicInfo,
}

/// Tools that act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    BookAppointment,
    NotifyHotLead,
    RescheduleAppointment,
    CancelAppointment,
    RequestHuman,
    JoinWaitlist,
}

/// The names of the wire; camelCase is understood as well.
const NAMES: [(&str, ToolName); 10] = [
    ("check_availability", ToolName::Look(Look::CheckAvailability)),
    ("book_appointment", ToolName::Act(Act::BookAppointment)),
    ("notify_hot_lead", ToolName::Act(Act::NotifyHotLead)),
    ("find_openings", ToolName::Look(Look::FindOpenings)),
    ("find_my_appointments", ToolName::Look(Look::FindMyAppointments)),
    ("reschedule_appointment", ToolName::Act(Act::RescheduleAppointment)),
    ("cancel_appointment", ToolName::Act(Act::CancelAppointment)),
    ("get_clinic_info", ToolName::Look(Look::GetClinicInfo)),
    ("request_human", ToolName::Act(Act::RequestHuman)),
    ("join_waitlist", ToolName::Act(Act::JoinWaitlist)),
];

impl ToolName {
    /// The tool of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        let mut snake = String::with_capacity(name.len() + 4);
        for letter in name.chars() {
            if letter.is_ascii_uppercase() {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        }
        NAMES.iter().find(|(known, _)| *known == snake).map(|(_, tool)| *tool)
    }

    /// Whether it changes anything: then the message is stored before it acts.
    pub const fn has_effect(self) -> bool {
        matches!(self, Self::Act(_))
    }
}

/// Answers `call` within the budget. Work that is past it goes on and is finished or undone, never left half done.
pub async fn run(app: &App, caller: &Caller, call: &ToolCall, record: &NewToolCall) -> Answer {
    let started = Instant::now();
    let Some(tool) = ToolName::parse(&call.name) else { return Answer::error(speech::UNKNOWN_TOOL) };
    let Ok(arguments) = call.arguments.clone() else { return Answer::error(speech::UNREADABLE) };
    let budget = Duration::from_millis(app.config.voice.tool_budget_ms);
    // Its own task: a caller who hangs up, or a budget that runs out, must not tear a booking in the middle.
    let work = app.tasks.spawn({
        let (app, caller, record) = (app.clone(), caller.clone(), record.clone());
        async move { attempt::until(&app, &caller, tool, &record, &arguments).await }
    });
    let answer = match tokio::time::timeout(budget, work).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(panicked)) => {
            tracing::error!(org.id = %caller.org, tool = %call.name, error = %panicked, "A tool call panicked");
            Answer::error(speech::UNEXPECTED)
        }
        Err(_) => {
            metrics::counter!("voxanne_tool_deadlines_total", "tool" => record.name.clone()).increment(1);
            tracing::warn!(org.id = %caller.org, tool = %call.name, "A tool call outlived its budget and goes on");
            Answer::error(speech::TOO_SLOW)
        }
    };
    metrics::histogram!("voxanne_tool_seconds", "tool" => record.name.clone())
        .record(started.elapsed().as_secs_f64());
    answer
}

struct Counted(Cache<(OrgId, String), Arc<AtomicI64>>);

/// A model in a loop asks without end; counted per call and replica.
pub(super) fn is_looping(app: &App, caller: &Caller) -> bool {
    let Some(call_ref) = &caller.call_ref else { return false };
    let counted = app.memo.get_or(|| {
        Counted(Cache::builder().max_capacity(CALLS_COUNTED_MAX).time_to_idle(COUNTED_FOR).build())
    });
    let count = counted.0.get_with((caller.org, call_ref.clone()), Arc::default);
    let is_looping = count.fetch_add(1, Ordering::Relaxed) >= app.config.voice.tools_per_call_max;
    if is_looping {
        metrics::counter!("voxanne_tool_loops_total").increment(1);
    }
    is_looping
}

/// The name under which a repeat of `call` is recognised: its id, or what it asks when it has none.
pub fn asked_id(call: &ToolCall, digest: &[u8]) -> String {
    call.id.clone().unwrap_or_else(|| format!("legacy:{}", hex::encode(&digest[..digest.len().min(16)])))
}

/// The rules every spoken sentence keeps.
#[cfg(test)]
pub(crate) fn assert_speakable(said: &str) {
    let words = said.split_whitespace().count();
    assert!(words <= 40, "{words} words: {said}");
    // One word before a full stop is an exclamation, not a sentence.
    let sentences =
        said.split_inclusive(['.', '!', '?']).filter(|s| s.split_whitespace().count() > 1).count();
    assert!(sentences <= 3, "{sentences} sentences: {said}");
    for banned in ["_", "error", "Error", "\n", "null", "undefined"] {
        assert!(!said.contains(banned), "{banned:?} in: {said}");
    }
    let bytes = said.as_bytes();
    let iso = bytes.windows(5).any(|w| w[..4].iter().all(u8::is_ascii_digit) && w[4] == b'-');
    assert!(!iso, "ISO date in: {said}");
    let clock =
        said.split_whitespace().any(|w| w.len() >= 5 && w.as_bytes()[2] == b':' && w.starts_with(['0', '2']));
    assert!(!clock, "24-hour time in: {said}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_tool_name_are_one_tool_and_nothing_else_is() {
        for (snake, tool) in NAMES {
            let mut words = snake.split('_');
            let first = words.next().unwrap_or_default().to_owned();
            let camel = words.fold(first, |all, word| {
                let (initial, rest) = word.split_at(1);
                all + &initial.to_uppercase() + rest
            });
            assert_eq!(ToolName::parse(snake), Some(tool), "{snake}");
            assert_eq!(ToolName::parse(&camel), Some(tool), "{camel}");
        }
        for unknown in
            ["", "book", "Book_Appointment", "bookAppointment ", "list_patients", "_book_appointment"]
        {
            assert_eq!(ToolName::parse(unknown), None, "{unknown}");
        }
    }
}
