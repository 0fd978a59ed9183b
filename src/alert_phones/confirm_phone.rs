//! Takes the code that was texted to a number: from now on the number counts.

use super::change::{self, Asker, PendingPhone, TRIES_MAX};
use super::store;
use crate::messaging::wording::PhonePurpose;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Why the number does not count.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// No code is waited for, or it came too late, or too many wrong ones came before.
    #[error("no code is waited for")]
    NothingAsked,
    /// It is not the code.
    #[error("not the code")]
    Wrong,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Takes `code`, which [`count_try`](super::count_try()) has counted. The number becomes the org's, and the one before is told.
pub async fn confirm_phone(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (purpose, code): (PhonePurpose, &str),
    asker: Asker<'_>,
) -> Result<String, ConfirmError> {
    store::lock(tx, org).await?;
    let now = app.clock.now();
    let open = store::open_change(tx, org, purpose).await?;
    // This one is counted: the right code after too many wrong ones is one that was found by trying.
    let counts = |open: &PendingPhone| now < open.expires_at && open.tries <= TRIES_MAX;
    let open = open.filter(counts).ok_or(ConfirmError::NothingAsked)?;
    if !change::is_code(&app.keys, open.id, code) {
        return Err(ConfirmError::Wrong);
    }
    let settings = orgs::settings(tx, &app.keys, org).await?;
    if let Some(column) = change::column(purpose) {
        let becomes = (purpose, Some(open.phone.as_str()));
        change::text_notice(app, tx, (org, &settings), becomes, asker).await?;
        orgs::update_settings(tx, org, &serde_json::json!({ column: open.phone }), now).await?;
    }
    store::close(tx, org, open.id, ("confirmed", asker.actor), now).await?;
    change::write_down(app, tx, org, ("alert_phone.confirm", purpose), asker).await?;
    Ok(open.phone)
}
