//! Gets the caller a person: at once if somebody is there, otherwise a call back that the clinic can keep.

use jiff::{SignedDuration, Timestamp};

use super::arguments::{Arguments, Names, clean};
use super::attempt::AttemptError;
use super::in_danger;
use super::run::{Answer, Caller};
use super::speech::human::{self, CallBack};
use super::speech::{self, clinical};
use crate::calls::{self, Asked};
use crate::leads::InDanger;
use crate::notifications::{self, NewNotification};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::CallId;
use crate::scheduling::{self, Location, RuleBook};
use crate::tasks::{self, NewTask};

/// What fits into a task's line.
const REASON_CHARS_MAX: usize = 120;
/// Nobody can be asked to call back within less of the day's end.
const CALL_BACK_TAKES: SignedDuration = SignedDuration::from_mins(30);

pub(super) async fn answer(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    (asked, arguments, found): (&Asked, Arguments<'_>, Option<InDanger>),
) -> Result<Answer, AttemptError> {
    // A promise rests on today's hours, and no look at the ledger vouches for the kept ones here.
    let version = scheduling::rules_version(tx, caller.org).await?;
    if version != book.version {
        return Err(AttemptError::RulesChanged(version));
    }
    let Some(location) = book.location(caller.location) else {
        return Ok(Answer::result(speech::NO_SERVICES));
    };
    let now = app.clock.now();
    let is_there = location.human_phone.is_some() && scheduling::open_until(location, now).is_some();
    let connecting = found.map_or_else(
        || human::CONNECTING.to_owned(),
        |found| clinical::urgent_connecting(in_danger::number(book), found.text_queued),
    );
    // Asked again after that, nobody answered the transfer, or nothing transferred it.
    if is_there && !calls::was_told(tx, caller.org, &asked.call_ref, &connecting).await? {
        return Ok(Answer::result(connecting));
    }
    if let Some(found) = found {
        return for_symptom(app, tx, caller, book, (asked, arguments, found)).await;
    }
    let said_phone = in_danger::said_phone(book, arguments);
    let Some(phone) = caller.phone.clone().or_else(|| said_phone.clone()) else {
        return Ok(Answer::result(speech::WHICH_PHONE));
    };
    let when = call_back(location, now);
    let local_now = now.to_zoned(location.zone.clone());
    let request = Request {
        phone: &phone,
        other: said_phone.as_ref().filter(|said| !said.same(&phone)),
        reason: arguments.text(Names::REASON).map(|said| clean(&said, REASON_CHARS_MAX)),
        is_urgent: arguments.text(Names::URGENCY).is_some_and(|said| said.eq_ignore_ascii_case("high")),
        promised: when.say(&local_now),
    };
    ask_team(app, tx, caller, asked, &request).await?;
    Ok(Answer::result(human::call_back(&when, &local_now, caller.phone.is_some())))
}

/// Clinical staff have been alerted; a number that only the caller's voice gave is a task as well, since an alert that was
/// raised before did not know it.
pub(super) async fn for_symptom(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    (asked, arguments, found): (&Asked, Arguments<'_>, InDanger),
) -> Result<Answer, AttemptError> {
    if caller.phone.is_none() {
        let Some(phone) = in_danger::said_phone(book, arguments) else {
            return Ok(Answer::result(speech::WHICH_PHONE));
        };
        let request = Request {
            phone: &phone,
            other: None,
            reason: arguments.text(Names::REASON).map(|said| clean(&said, REASON_CHARS_MAX)),
            is_urgent: true,
            promised: "at once".into(),
        };
        ask_team(app, tx, caller, asked, &request).await?;
    }
    Ok(Answer::result(clinical::urgent(in_danger::number(book), found.text_queued)))
}

/// When somebody is there to make the call.
fn call_back(location: &Location, now: Timestamp) -> CallBack {
    match scheduling::open_until(location, now) {
        Some(closes_at) if closes_at.timestamp().duration_since(now) >= CALL_BACK_TAKES => {
            CallBack::Before(closes_at)
        }
        _ => scheduling::opens_next(location, now).map_or(CallBack::Sometime, CallBack::From),
    }
}

/// What the team must know.
struct Request<'a> {
    phone: &'a Phone,
    /// Another number that was given.
    other: Option<&'a Phone>,
    reason: Option<String>,
    is_urgent: bool,
    promised: String,
}

impl Request<'_> {
    fn title(&self) -> String {
        let (phone, promised) = (self.phone.as_str(), &self.promised);
        let title = match (self.is_urgent, self.other.map(Phone::as_str)) {
            (false, None) => format!("Call {phone} back, promised {promised}"),
            (false, Some(other)) => format!("Call {phone} back (also gave {other}), promised {promised}"),
            (true, None) => format!("Urgent: call {phone} back, promised {promised}"),
            (true, Some(other)) => {
                format!("Urgent: call {phone} back (also gave {other}), promised {promised}")
            }
        };
        match self.reason.as_deref() {
            Some(reason) => format!("{title}: {reason}"),
            None => title,
        }
    }
}

/// One task and one notification per call, whatever is asked for in it again.
async fn ask_team(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    asked: &Asked,
    request: &Request<'_>,
) -> Result<(), sqlx::Error> {
    let mut call: Option<CallId> = None;
    if let Some(call_ref) = &caller.call_ref {
        let phone = caller.phone.as_ref().map(Phone::as_str);
        call = Some(calls::ensure(tx, caller.org, app.new_id(), call_ref, phone, app.clock.now()).await?);
    }
    let key = format!("call_back:{}", caller.call_ref.as_ref().unwrap_or(&asked.tool_call_id));
    let task = NewTask {
        kind: "call_back",
        title: request.title(),
        call,
        dedupe_key: key.clone(),
        ..NewTask::default()
    };
    if tasks::raise(app, tx, caller.org, &task).await? {
        let news = NewNotification {
            kind: "call_back",
            title: if request.is_urgent {
                "A caller urgently waits for a call back"
            } else {
                "A caller waits for a call back"
            }
            .into(),
            subject: call.map(|id| ("call", id.0)),
            dedupe_key: key,
        };
        notifications::notify(app, tx, caller.org, &news).await?;
    }
    Ok(())
}
