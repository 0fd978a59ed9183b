//! What staff are told of an e-mail that did not leave: one task a day for each kind of trouble, with what to do.

use jiff::Timestamp;
use voxanne_smtp::{SendError, Stage};

use super::store::Email;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::tasks::{self, NewTask};

/// Why an e-mail is not tried any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub kind: &'static str,
    /// SMTP's.
    pub code: Option<u16>,
    /// Whether it is about the address alone.
    pub of_address: bool,
    pub hint: &'static str,
}

impl Failure {
    /// The server said no, or nothing at all until we gave up.
    pub(super) const fn of(error: &SendError) -> Self {
        let (kind, of_address) = match error {
            SendError::Refused { code, stage: Stage::Recipient } => ("email_refused", *code != 530),
            SendError::Refused { .. } => ("email_refused", false),
            _ => ("email_unreachable", false),
        };
        Self { kind, code: error.code(), of_address, hint: error.hint() }
    }

    pub(super) const UNREACHABLE: Self = Self {
        kind: "email_unreachable",
        code: None,
        of_address: false,
        hint: "The mail server could not be reached, or put it off, for hours. Ask whoever runs Voxanne to run `voxanne doctor`.",
    };
    pub(super) const DOUBTFUL: Self = Self {
        kind: "email_unknown",
        code: None,
        of_address: false,
        hint: "The mail server did not say whether it took it, twice. Look whether it arrived.",
    };
    pub(super) const OFF: Self = Self {
        kind: "set_up_email",
        code: None,
        of_address: false,
        hint: "No mail server is set up. Ask whoever runs Voxanne to set mail.host.",
    };
    pub(super) const REMOVED: Self =
        Self { kind: "", code: None, of_address: true, hint: "The recipient was removed before it left." };
}

/// Raises the task for an e-mail that `failure` ended.
pub(super) async fn raise(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    email: &Email,
    failure: &Failure,
) -> Result<(), sqlx::Error> {
    // Whoever removes a recipient wants it so.
    if *failure == Failure::REMOVED {
        return Ok(());
    }
    tasks::raise(app, tx, org, &task_for(email, failure, app.clock.now())).await.map(drop)
}

/// Raises the task that says that nobody is told by e-mail.
pub(super) async fn raise_off(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    call: Option<CallId>,
) -> Result<(), sqlx::Error> {
    let task = NewTask {
        kind: Failure::OFF.kind,
        title: format!("Alerts reach nobody by e-mail: {}", Failure::OFF.hint),
        call,
        dedupe_key: format!("{}:{}", Failure::OFF.kind, day(app.clock.now())),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await.map(drop)
}

fn task_for(email: &Email, failure: &Failure, now: Timestamp) -> NewTask {
    let (what, hint) = (email.kind.words(), failure.hint);
    // An address of the clinic's own people, told to the clinic's own people.
    let to = Some(&email.to).filter(|_| failure.of_address);
    let title = match (to, failure.code) {
        (None, None) => format!("Not e-mailed: {what}. {hint}"),
        (None, Some(code)) => format!("Not e-mailed: {what} (SMTP {code}). {hint}"),
        (Some(to), None) => format!("Not e-mailed to {to}: {what}. {hint}"),
        (Some(to), Some(code)) => format!("Not e-mailed to {to}: {what} (SMTP {code}). {hint}"),
    };
    NewTask {
        kind: failure.kind,
        title,
        call: email.call,
        dedupe_key: format!("{}:{}:{}", failure.kind, failure.code.unwrap_or_default(), day(now)),
        ..NewTask::default()
    }
}

fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::store::tests::an_email;

    fn title(error: &SendError) -> String {
        task_for(&an_email(), &Failure::of(error), Timestamp::UNIX_EPOCH).title
    }

    #[test]
    fn a_refusal_names_the_code_and_the_fix_and_the_address_only_where_it_is_at_fault() {
        assert_eq!(
            title(&SendError::Refused { code: 550, stage: Stage::Recipient }),
            "Not e-mailed to maria@glow.example: a hot lead alert (SMTP 550). The mail server does not take mail for \
             this address. Check the address."
        );
        assert_eq!(
            title(&SendError::Refused { code: 535, stage: Stage::Login }),
            "Not e-mailed: a hot lead alert (SMTP 535). The mail server refused the credentials. Check mail.username \
             and mail.password."
        );
    }

    #[test]
    fn one_trouble_is_one_task_a_day() {
        let failure = Failure::of(&SendError::Refused { code: 550, stage: Stage::Recipient });
        let key = |seconds| task_for(&an_email(), &failure, Timestamp::constant(seconds, 0)).dedupe_key;
        assert_eq!(key(1), key(86_399));
        assert_ne!(key(1), key(86_400));
    }
}
