//! Writes a yes or a no to texts into the ledger, and makes it count at once.

use super::store::{self, NewConsentRow};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId, TextConsentId};

/// What somebody agrees to, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Any text at all; a no is an opt-out.
    Texts,
    /// Offers and news, which need a yes.
    Marketing,
}

impl Purpose {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Texts => "texts",
            Self::Marketing => "marketing",
        }
    }
}

/// How a consent came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// They texted it.
    Reply,
    /// The carrier's list says so.
    Provider,
    /// They said it on the phone.
    Voice,
    /// A form on a web page.
    Web,
    /// A form that they signed.
    Paper,
    /// Staff wrote it down.
    Staff,
    /// It came with the contact from another system.
    Import,
}

impl Source {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Provider => "provider",
            Self::Voice => "voice",
            Self::Web => "web",
            Self::Paper => "paper",
            Self::Staff => "staff",
            Self::Import => "import",
        }
    }
}

/// A yes or a no. Holds a number: deliberately no `Debug`.
#[derive(Clone, Copy)]
pub struct NewConsent<'c> {
    /// Whose.
    pub phone: &'c Phone,
    /// The contact behind the number.
    pub contact: Option<ContactId>,
    /// To what.
    pub purpose: Purpose,
    /// Yes or no.
    pub given: bool,
    /// How it came.
    pub source: Source,
    /// What proves it.
    pub note: Option<&'c str>,
    /// Who records it: `caller`, `provider`, or an API key.
    pub recorded_by: &'c str,
}

/// Why a consent was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// Who said STOP by text says START by text: nobody can do it for them.
    #[error("the number said STOP, and only it can say START")]
    OnlyThemselves,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Records `new` with the caller's transaction. A no to texts opts the number out of every text of the org, those that are
/// queued included; what is no news leaves no line.
pub async fn record_consent(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: NewConsent<'_>,
) -> Result<Option<TextConsentId>, ConsentError> {
    let (phone, now) = (new.phone.as_str(), app.clock.now());
    let is_news = match (new.purpose, new.given) {
        // Said again after a yes to marketing, it takes that back as well.
        (Purpose::Texts, false) => {
            store::opt_out(tx, org, phone, new.source.as_str(), now).await?
                || store::consent_given(tx, org, phone, Purpose::Marketing.as_str()).await?
        }
        (Purpose::Texts, true) => {
            let standing = store::opt_out_source(tx, org, phone).await?;
            let is_theirs = standing.is_some_and(|source| source == "reply" || source == "provider");
            if is_theirs && new.source != Source::Reply {
                return Err(ConsentError::OnlyThemselves);
            }
            store::opt_in(tx, org, phone).await?
        }
        (Purpose::Marketing, given) => {
            given != store::consent_given(tx, org, phone, Purpose::Marketing.as_str()).await?
        }
    };
    if !is_news {
        return Ok(None);
    }
    let id: TextConsentId = app.new_id();
    let row = NewConsentRow {
        id,
        phone,
        contact: new.contact,
        purpose: new.purpose.as_str(),
        given: new.given,
        source: new.source.as_str(),
        note: new.note,
        recorded_by: new.recorded_by,
    };
    store::insert_consent(tx, org, &row, now).await?;
    let (purpose, given) = (new.purpose.as_str(), if new.given { "yes" } else { "no" });
    metrics::counter!("voxanne_consents_total", "purpose" => purpose, "given" => given).increment(1);
    tracing::info!(org.id = %org, consent.id = %id, purpose, given = new.given, "Recorded a consent");
    Ok(Some(id))
}
