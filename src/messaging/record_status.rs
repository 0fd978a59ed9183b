//! Records what became of a text, whoever says so: Twilio's callback, its receipt, or a look-up.

use jiff::Timestamp;
use voxanne_twilio::{Class as Trouble, Status, StatusCallback, class_of, code_hint};

use super::may_send::Class;
use super::record_consent::{ConsentError, NewConsent, Purpose, Source, record_consent};
use super::send_again::send_again;
use super::store::{self, Progress, Text};
use super::text::{Kind, TextState};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};
use crate::tasks::{self, NewTask};

/// What the provider says of one text.
pub(super) struct Report {
    pub sid: String,
    pub status: Option<Status>,
    pub error_code: Option<u32>,
}

/// What a report changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The text moved forward.
    Now(TextState),
    /// It was there already, or further.
    OldNews,
    /// It is about a second copy of the text; the first one's story stands.
    OtherCopy,
    /// The org has no such text.
    NoSuchText,
}

/// Why a text will not arrive.
pub(super) struct Failure {
    pub code: Option<u32>,
    pub trouble: Trouble,
    pub hint: &'static str,
}

impl Failure {
    pub fn of_code(code: u32) -> Self {
        Self { code: Some(code), trouble: class_of(code), hint: code_hint(code) }
    }
}

/// Records a verified status callback, in any order and any number of times.
pub async fn record_status(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    text: TextId,
    callback: StatusCallback,
) -> Result<Recorded, sqlx::Error> {
    let Some(text) = store::lock(tx, org, text).await? else { return Ok(Recorded::NoSuchText) };
    // A word of a later API proves that Twilio has the text, and nothing else.
    let report = Report { sid: callback.sid, status: callback.status, error_code: callback.error_code };
    apply(app, tx, org, &text, &report).await
}

/// Moves a locked text forward by `report`, never back.
pub(super) async fn apply(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    text: &Text,
    report: &Report,
) -> Result<Recorded, sqlx::Error> {
    if text.provider_sid.as_ref().is_some_and(|known| *known != report.sid) {
        tracing::error!(org.id = %org, text.id = %text.id, "A text left twice");
        metrics::counter!("voxanne_texts_doubled_total").increment(1);
        return Ok(Recorded::OtherCopy);
    }
    let reported = TextState::from_provider(report.status);
    let Some(state) = text.state.advance(reported) else {
        // It did arrive: what was to repeat it would be the second one.
        if (text.state, reported) == (TextState::Undelivered, TextState::Delivered) {
            let first = text.again_of.unwrap_or(text.id);
            store::withdraw_again(tx, org, first, app.clock.now()).await?;
        }
        return Ok(Recorded::OldNews);
    };
    if matches!(state, TextState::Failed | TextState::Undelivered) {
        let unexplained =
            Failure { code: None, trouble: Trouble::Other, hint: "The carrier gave no reason." };
        let failure = report.error_code.map_or(unexplained, Failure::of_code);
        // It surely did not arrive, and may next time: a text of its own, so that this one's story stands.
        let is_repeated = failure.trouble == Trouble::Transient && send_again(app, tx, org, text).await?;
        // An alert does not wait for its repetition: staff have the task at once.
        if is_repeated && text.kind.class() != Class::Staff {
            let progress = Progress {
                state,
                sid: Some(&report.sid),
                failure_code: failure.code,
                failure: Some(failure.hint),
            };
            store::progress(tx, org, text.id, &progress, app.clock.now()).await?;
            count(app, text, state);
            return Ok(Recorded::Now(state));
        }
        settle(app, tx, org, text, (state, Some(&report.sid)), &failure).await?;
    } else {
        let progress = Progress { state, sid: Some(&report.sid), failure_code: None, failure: None };
        store::progress(tx, org, text.id, &progress, app.clock.now()).await?;
        count(app, text, state);
    }
    Ok(Recorded::Now(state))
}

/// Ends a locked text that did not arrive: its reason, an opt-out if that was it, and a task that says what to do.
pub(super) async fn settle(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    text: &Text,
    (state, sid): (TextState, Option<&str>),
    failure: &Failure,
) -> Result<(), sqlx::Error> {
    if text.state.advance(state).is_none() {
        return Ok(());
    }
    let now = app.clock.now();
    let progress = Progress { state, sid, failure_code: failure.code, failure: Some(failure.hint) };
    store::progress(tx, org, text.id, &progress, now).await?;
    if failure.trouble == Trouble::OptedOut {
        opt_out(app, tx, org, text).await?;
    }
    // Nobody waits for a step of a sequence; that none of them leaves is worth a task.
    if text.kind.class() != Class::Marketing || matches!(failure.trouble, Trouble::Auth | Trouble::Config) {
        tasks::raise(app, tx, org, &task_for(text, state, failure, now)).await?;
    }
    tracing::warn!(
        org.id = %org, text.id = %text.id, state = state.as_str(), code = failure.code,
        "A text did not arrive"
    );
    count(app, text, state);
    Ok(())
}

/// Ends a locked text that need not leave any more. Nobody has to do anything.
pub(super) async fn set_aside(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    text: &Text,
    why: &'static str,
) -> Result<(), sqlx::Error> {
    let progress = Progress { state: TextState::Failed, sid: None, failure_code: None, failure: Some(why) };
    store::progress(tx, org, text.id, &progress, app.clock.now()).await?;
    count(app, text, TextState::Failed);
    Ok(())
}

/// The carrier's list says no for them.
async fn opt_out(app: &App, tx: &mut PgConnection, org: OrgId, text: &Text) -> Result<(), sqlx::Error> {
    let Ok(phone) = Phone::parse_e164(&text.to) else { return Ok(()) };
    let new = NewConsent {
        phone: &phone,
        contact: None,
        purpose: Purpose::Texts,
        given: false,
        source: Source::Provider,
        note: None,
        recorded_by: "provider",
    };
    match record_consent(app, tx, org, new).await {
        Ok(_) | Err(ConsentError::OnlyThemselves) => Ok(()),
        Err(ConsentError::Database(error)) => Err(error),
    }
}

/// The task for a text that did not arrive. What stops every text has one task a day, not one per text.
fn task_for(text: &Text, state: TextState, failure: &Failure, now: Timestamp) -> NewTask {
    let day = now.as_second().div_euclid(86_400);
    let hint = failure.hint;
    let what = match text.kind {
        Kind::Confirmation
        | Kind::Pending
        | Kind::Change
        | Kind::Cancellation
        | Kind::WaitlistOffer
        | Kind::WaitlistReply
        | Kind::Reminder
        | Kind::MissedCall
        | Kind::DetailsRequest
        | Kind::TimesOffer
        | Kind::Nurture
        | Kind::Message
        | Kind::Reply => "the text to the caller",
        Kind::HotLeadAlert => "a hot lead alert",
        Kind::ClinicalAlert => "a clinical alert",
        Kind::TestAlert => "the test alert",
        Kind::PhoneCode => "the code for an alert phone",
        Kind::PhoneNotice => "word to the alert phone before",
    };
    let (kind, title, dedupe_key) = match failure.trouble {
        _ if state == TextState::Unknown => (
            "text_unknown",
            format!("Ask whether {what} arrived: {hint}"),
            format!("text_unknown:{}", text.id.0),
        ),
        Trouble::Auth => {
            ("reconnect_twilio", format!("Reconnect Twilio: {hint}"), format!("reconnect_twilio:{day}"))
        }
        Trouble::Config | Trouble::Limit => {
            let code = failure.code.unwrap_or_default();
            ("fix_texting", format!("Texts do not leave: {hint}"), format!("fix_texting:{code}:{day}"))
        }
        Trouble::BadNumber | Trouble::OptedOut => (
            "call_instead",
            format!("Call instead, {what} did not arrive: {hint}"),
            format!("call_instead:{}", text.id.0),
        ),
        _ => {
            let first = text.again_of.unwrap_or(text.id);
            ("text_failed", format!("Not delivered: {what}. {hint}"), format!("text_failed:{}", first.0))
        }
    };
    NewTask {
        kind,
        title,
        call: text.call,
        appointment: text.appointment,
        text: Some(text.id),
        dedupe_key,
        ..NewTask::default()
    }
}

fn count(app: &App, text: &Text, state: TextState) {
    metrics::counter!("voxanne_texts_total", "state" => state.as_str(), "kind" => text.kind.as_str())
        .increment(1);
    if matches!(state, TextState::Sent | TextState::Delivered) {
        let waited = app.clock.now().duration_since(text.queued_at).as_secs_f64().max(0.0);
        metrics::histogram!("voxanne_text_delivery_seconds", "state" => state.as_str()).record(waited);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messaging::store::tests::a_text;

    fn task(code: u32, kind: Kind) -> NewTask {
        let text = Text { kind, ..a_text() };
        task_for(&text, TextState::Failed, &Failure::of_code(code), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn t2_t_m7_what_cannot_be_texted_is_called() {
        for code in [21211, 21614, 30005, 30006, 21610] {
            let task = task(code, Kind::Confirmation);
            assert_eq!(task.kind, "call_instead", "{code}");
            assert!(
                task.title.starts_with("Call instead, the text to the caller did not arrive: "),
                "{}",
                task.title
            );
            assert!(task.text.is_some());
        }
    }

    #[test]
    fn t3_credentials_refused_is_one_task_a_day() {
        let task = task(20003, Kind::HotLeadAlert);
        assert_eq!((task.kind, task.dedupe_key.as_str()), ("reconnect_twilio", "reconnect_twilio:0"));
        assert!(task.title.starts_with("Reconnect Twilio: "));
    }

    #[test]
    fn t2_every_other_code_has_a_task_with_its_hint() {
        assert_eq!(task(30003, Kind::HotLeadAlert).kind, "text_failed");
        assert_eq!(task(21408, Kind::Confirmation).dedupe_key, "fix_texting:21408:0");
        assert!(task(99_999, Kind::Pending).title.starts_with("Not delivered: the text to the caller. "));
    }

    #[test]
    fn t1_an_unknown_outcome_is_a_question_for_staff() {
        let failure = Failure { code: None, trouble: Trouble::Other, hint: "Nobody knows." };
        let task = task_for(&a_text(), TextState::Unknown, &failure, Timestamp::UNIX_EPOCH);
        assert_eq!(task.title, "Ask whether the text to the caller arrived: Nobody knows.");
    }
}
