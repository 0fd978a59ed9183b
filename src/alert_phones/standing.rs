//! Which numbers get alerts, which wait for their code, and what became of the latest tests.

use jiff::Timestamp;

use super::change::{self, PendingPhone, a_day_ago};
use super::send_test::TESTS_PER_DAY;
use super::store;
use crate::messaging::wording::PhonePurpose;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};

/// Tests that are shown.
const TESTS_SHOWN: i64 = 3;

/// One kind of number.
pub struct PhoneStanding {
    /// Which.
    pub purpose: PhonePurpose,
    /// The number in force; `None` where the list of recipients is all.
    pub phone: Option<String>,
    /// The number that is to be, while its code is waited for.
    pub pending: Option<PendingPhone>,
}

/// A text to a number that gets alerts, or is to.
pub struct TestedPhone {
    /// Which.
    pub text: TextId,
    /// Whether it was a code.
    pub is_code: bool,
    /// Where it went.
    pub phone: String,
    /// How far it came, in the word of [`TextState`](crate::messaging::TextState).
    pub state: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When the provider took it.
    pub sent_at: Option<Timestamp>,
    /// The provider's code, when it did not arrive.
    pub failure_code: Option<i32>,
    /// What to do about that.
    pub failure: Option<String>,
}

/// All of it. Holds numbers: deliberately no `Debug`.
pub struct AlertPhones {
    /// Hot leads' number, the clinical one, and that of a recipient who is asked.
    pub phones: Vec<PhoneStanding>,
    /// Tests that may be sent today.
    pub tests_left: i64,
    /// The latest, the newest first.
    pub tests: Vec<TestedPhone>,
}

impl AlertPhones {
    /// How one kind of number stands.
    pub fn of(&self, purpose: PhonePurpose) -> Option<&PhoneStanding> {
        self.phones.iter().find(|standing| standing.purpose == purpose)
    }
}

/// The org's numbers for alerts.
pub async fn alert_phones(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<AlertPhones, sqlx::Error> {
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let now = app.clock.now();
    let mut open = store::open_changes(tx, org).await?;
    open.retain(|open| open.counts(now));
    let standing = |purpose| PhoneStanding {
        purpose,
        phone: change::in_force(&settings, purpose).map(str::to_owned),
        pending: open.iter().find(|open| open.purpose == purpose).cloned(),
    };
    let sent = store::tests_since(tx, org, a_day_ago(app)).await?;
    Ok(AlertPhones {
        phones: PhonePurpose::ALL.map(standing).into(),
        tests_left: (TESTS_PER_DAY - sent).max(0),
        tests: store::latest_tests(tx, org, TESTS_SHOWN).await?,
    })
}
