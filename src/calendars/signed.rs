//! Parameters that go through other people's hands and come back: an org, a row of it and where to go afterwards, signed for one
//! purpose.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::return_to::ReturnTo;

use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// What a parameter is for; one does not pass for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The link that begins a consent.
    Ticket,
    /// The state that Google sends back.
    State,
    /// The token of a push channel.
    Channel,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Ticket => "calendar ticket",
            Self::State => "calendar state",
            Self::Channel => "calendar channel",
        }
    }
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    pub org: OrgId,
    pub row: Uuid,
    /// The page to go back to, where whoever began said one.
    pub to: Option<ReturnTo>,
}

impl Signed {
    /// Without a way back.
    pub const fn new(org: OrgId, row: Uuid) -> Self {
        Self { org, row, to: None }
    }

    /// `org.row.signature`, or `org.row.way-back.signature`.
    pub fn write(&self, app: &App, purpose: Purpose) -> String {
        let (org, row) = (self.org.0.simple(), self.row.simple());
        let to = self.to.as_ref().map(|to| format!(".{}", URL_SAFE_NO_PAD.encode(to.as_str())));
        format!("{org}.{row}{}.{}", to.unwrap_or_default(), self.signature(app, purpose))
    }

    /// What a parameter says that was signed here for this purpose; `None` for anything else.
    pub fn verify(app: &App, purpose: Purpose, written: &str) -> Option<Self> {
        let parts: Vec<&str> = written.split('.').collect();
        let (org, row, to, signed) = match *parts.as_slice() {
            [org, row, signed] => (org, row, None, signed),
            [org, row, to, signed] => (org, row, Some(to), signed),
            _ => return None,
        };
        if org.len() != 32 || row.len() != 32 {
            return None;
        }
        let decoded = |to: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(to).ok()?;
            ReturnTo::parse(std::str::from_utf8(&bytes).ok()?)
        };
        let to = match to {
            Some(to) => Some(decoded(to)?),
            None => None,
        };
        let it = Self { org: OrgId(Uuid::try_parse(org).ok()?), row: Uuid::try_parse(row).ok()?, to };
        let expected = it.signature(app, purpose);
        aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), signed.as_bytes()).ok()?;
        Some(it)
    }

    fn signature(&self, app: &App, purpose: Purpose) -> String {
        let to = self.to.as_ref().map(|to| format!(":{to}"));
        let signed = format!("{}:{}:{}{}", purpose.word(), self.org.0, self.row, to.unwrap_or_default());
        hex::encode(app.keys.digest(&signed))
    }
}
