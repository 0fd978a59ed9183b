//! Tells the clinic's recipients by e-mail what an alert tells by text.

use super::email::Kind;
use super::mailer::is_on;
use super::queue_email::{NewEmail, queue_email};
use super::store::{self, Wish};
use super::trouble;
use super::wording::{self, Words};
use crate::language::Language;
use crate::messaging::wording::HotLead;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, LocationId, OrgId};

/// Something that staff must know now. Names a person: deliberately no `Debug`.
#[derive(Clone, Copy)]
pub enum StaffAlert<'a> {
    /// A caller worth calling back.
    HotLead(HotLead<'a>),
    /// A caller who may be hurt: their number, and the kind of symptom said.
    Clinical {
        /// E.164.
        phone: &'a str,
        /// Never the transcript.
        reported: &'a str,
    },
}

impl StaffAlert<'_> {
    const fn kind(&self) -> Kind {
        match self {
            Self::HotLead(_) => Kind::HotLeadAlert,
            Self::Clinical { .. } => Kind::ClinicalAlert,
        }
    }

    fn words(&self, language: Language, clinic: &str, page: Option<&str>) -> Words {
        let words = match self {
            Self::HotLead(lead) => wording::hot_lead(language, clinic, lead),
            Self::Clinical { phone, reported } => wording::clinical(language, clinic, phone, reported),
        };
        match page {
            Some(page) => words.with_call(language, page),
            None => words,
        }
    }
}

/// What an alert is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// There is one e-mail for it to each recipient.
    pub reason: &'a str,
    /// Our record of the call.
    pub call: Option<CallId>,
    /// The site that was called; not known is everybody's.
    pub location: Option<LocationId>,
}

/// Queues the alert to every recipient who wants alerts of its site, once per reason and recipient, and says to how many: all in
/// the caller's transaction. Where no e-mail can leave, a task says so instead.
pub async fn alert_recipients(
    app: &App,
    tx: &mut PgConnection,
    (org, clinic): (OrgId, &str),
    alert: StaffAlert<'_>,
    About { reason, call, location }: About<'_>,
) -> Result<usize, sqlx::Error> {
    let recipients = store::recipients_who_want(tx, org, Wish::Alerts(location)).await?;
    if !recipients.is_empty() && !is_on(&app.config) {
        trouble::raise_off(app, tx, org, call).await?;
        return Ok(0);
    }
    // The page on which it is taken. Staff alone: who opens it has to be signed in, or signs in first.
    let base = Some(app.config.server.public_url.as_str()).filter(|url| !url.is_empty());
    let page = base.zip(call).map(|(url, call)| format!("{url}/dashboard/calls/{call}"));
    let mut queued = 0;
    for recipient in &recipients {
        let new = NewEmail {
            kind: alert.kind(),
            recipient,
            words: alert.words(recipient.language, clinic, page.as_deref()),
            dedupe_key: format!("{reason}:{}", recipient.id.0),
            call,
        };
        queued += usize::from(queue_email(app, tx, org, new).await?.is_some());
    }
    Ok(queued)
}
