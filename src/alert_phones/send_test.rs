//! Tries a number that gets alerts.

use uuid::Uuid;

use super::change::{self, Asker, PendingPhone, a_day_ago, is_in_force};
use super::store;
use crate::messaging::wording::{self, PhonePurpose};
use crate::messaging::{Kind, NewText, Queued, Rule, queue_text};
use crate::orgs::{self, Settings};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};

/// T21: tests of an org in a day.
pub(super) const TESTS_PER_DAY: i64 = 3;

/// A test that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tested {
    /// The text.
    pub text: TextId,
    /// The number is not the org's yet: its code is the test.
    pub is_code: bool,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// The number is none of the org's.
    #[error("not a confirmed number")]
    NotConfirmed,
    /// The org had its tests of the day.
    #[error("{TESTS_PER_DAY} tests were sent today")]
    TooMany,
    /// A rule forbids the text.
    #[error("a rule forbids the text")]
    Refused(Rule),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Sends a test alert to `phone`: an alert phone of the org, somebody on the list who has confirmed or answered, or a number whose
/// code is waited for, which gets that again.
pub async fn send_test(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    asker: Asker<'_>,
) -> Result<Tested, TestError> {
    store::lock(tx, org).await?;
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let pending = pending_for(app, tx, org, phone).await?;
    let is_ours = is_in_force(&settings, phone) || store::is_confirmed(tx, org, phone.as_str()).await?;
    if !is_ours && pending.is_none() {
        return Err(TestError::NotConfirmed);
    }
    if store::tests_since(tx, org, a_day_ago(app)).await? >= TESTS_PER_DAY {
        return Err(TestError::TooMany);
    }
    let queued = match pending.filter(|_| !is_ours) {
        Some(pending) => {
            let sends = store::count_send(tx, org, pending.id).await?;
            let again = PendingPhone { sends, ..pending };
            change::text_code(app, tx, (org, &settings), &again, asker).await?
        }
        None => text_test(app, tx, (org, &settings), phone, asker).await?,
    };
    change::write_down(app, tx, org, ("alert_phone.test", PhonePurpose::HotLead), asker).await?;
    let text = queued.map_err(TestError::Refused)?.text();
    let text = text.ok_or(TestError::Database(sqlx::Error::RowNotFound))?;
    Ok(Tested { text, is_code: !is_ours })
}

async fn pending_for(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
) -> Result<Option<PendingPhone>, sqlx::Error> {
    let now = app.clock.now();
    let open = store::open_changes(tx, org).await?;
    Ok(open.into_iter().find(|open| open.phone == phone.as_str() && open.counts(now)))
}

async fn text_test(
    app: &App,
    tx: &mut PgConnection,
    (org, settings): (OrgId, &Settings),
    phone: &Phone,
    asker: Asker<'_>,
) -> Result<Result<Queued, Rule>, sqlx::Error> {
    let asked: Uuid = app.new_id();
    let new = NewText {
        kind: Kind::TestAlert,
        to: phone,
        body: wording::test_alert(&settings.clinic_name, asker.language),
        dedupe_key: format!("test_alert:{asked}"),
        contact: None,
        appointment: None,
        call: None,
        sent_by: Some(asker.actor),
    };
    Ok(match queue_text(app, tx, org, settings, new).await? {
        Queued::Refused(rule) => Err(rule),
        queued => Ok(queued),
    })
}
