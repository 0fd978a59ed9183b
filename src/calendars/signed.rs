//! Parameters that go through other people's hands and come back: an org and a row of it, signed for one purpose.

use uuid::Uuid;

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

/// `org.row.signature`.
pub(super) fn sign(app: &App, purpose: Purpose, org: OrgId, row: Uuid) -> String {
    format!("{}.{}.{}", org.0.simple(), row.simple(), signature(app, purpose, org, row))
}

/// The org and row of a parameter that was signed here for this purpose; `None` for anything else.
pub(super) fn verify(app: &App, purpose: Purpose, written: &str) -> Option<(OrgId, Uuid)> {
    let mut parts = written.split('.');
    let (org, row, signed) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || org.len() != 32 || row.len() != 32 {
        return None;
    }
    let (org, row) = (OrgId(Uuid::try_parse(org).ok()?), Uuid::try_parse(row).ok()?);
    let expected = signature(app, purpose, org, row);
    aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), signed.as_bytes()).ok()?;
    Some((org, row))
}

fn signature(app: &App, purpose: Purpose, org: OrgId, row: Uuid) -> String {
    hex::encode(app.keys.digest(&format!("{}:{}:{}", purpose.word(), org.0, row)))
}
