//! What lets us into an account, at rest. Bound to its row: moved to another one it does not open.

use secrecy::SecretString;
use uuid::Uuid;

use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::secrets::SecretError;

/// Refresh token or password.
pub const SECRET: &str = "calendar_secret";
/// Access token.
pub const ACCESS: &str = "calendar_access";
/// PKCE verifier.
pub(super) const VERIFIER: &str = "oauth_verifier";

/// Seals `secret` for one column of one row.
pub(super) fn seal(
    app: &App,
    org: OrgId,
    (column, row): (&str, Uuid),
    secret: &str,
) -> Result<Vec<u8>, SecretError> {
    app.calendar_keys.seal_row(org, (column, row), secret)
}

/// Opens what [`seal`] made for the same column of the same row.
pub(super) fn open(
    app: &App,
    org: OrgId,
    (column, row): (&str, Uuid),
    sealed: &[u8],
) -> Result<SecretString, SecretError> {
    app.calendar_keys.open_row(org, (column, row), sealed)
}
