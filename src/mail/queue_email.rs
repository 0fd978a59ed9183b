//! Queues an e-mail in the transaction that promises it.

use std::time::Duration;

use jiff::SignedDuration;

use super::deliver::{DeliverEmail, deliver_after};
use super::email::Kind;
use super::recipient::Recipient;
use super::store::{self, NewRow};
use super::wording::{self, Words};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, EmailId, OrgId};

/// An e-mail to send. Holds an address and words: deliberately no `Debug`.
pub(super) struct NewEmail<'a> {
    pub kind: Kind,
    pub recipient: &'a Recipient,
    pub words: Words,
    /// The reason; a second e-mail for one reason is none.
    pub dedupe_key: String,
    pub call: Option<CallId>,
}

/// Queues `new` and the job that sends it. `None` when there is one for this reason.
pub(super) async fn queue_email(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: NewEmail<'_>,
) -> Result<Option<EmailId>, sqlx::Error> {
    let id: EmailId = app.new_id();
    let row = NewRow {
        id,
        kind: new.kind,
        dedupe_key: &new.dedupe_key,
        recipient: new.recipient.id.0,
        to: new.recipient.address.as_str(),
        words: &new.words,
        call: new.call,
    };
    if !store::insert(tx, org, &row, app.clock.now()).await? {
        return Ok(None);
    }
    deliver_after(tx, &DeliverEmail::first(org, id), new.kind, Duration::ZERO).await?;
    metrics::counter!("voxanne_emails_total", "state" => "queued", "kind" => new.kind.as_str()).increment(1);
    Ok(Some(id))
}

/// Tests of an org in a day: anybody can be a recipient.
const TESTS_PER_DAY: i64 = 20;

/// Why no test was queued.
#[derive(Debug, thiserror::Error)]
pub enum TestEmailError {
    /// The org had its tests of the day.
    #[error("{TESTS_PER_DAY} tests were sent today")]
    TooMany,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Queues an e-mail that says that e-mails arrive.
pub async fn queue_test(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    recipient: &Recipient,
) -> Result<EmailId, TestEmailError> {
    let now = app.clock.now();
    let day_ago = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    if store::tests_since(tx, org, day_ago).await? >= TESTS_PER_DAY {
        return Err(TestEmailError::TooMany);
    }
    let clinic = store::clinic_name(tx, org).await?;
    let asked: uuid::Uuid = app.new_id();
    let new = NewEmail {
        kind: Kind::Test,
        recipient,
        words: wording::test(recipient.language, Some(&clinic)),
        dedupe_key: format!("test:{asked}"),
        call: None,
    };
    // Its reason was made up just now: there is no other.
    Ok(queue_email(app, tx, org, new).await?.ok_or(sqlx::Error::RowNotFound)?)
}
