//! Texts a code to a number that is to get alerts.

use super::change::{self, Asker, CODE_LASTS, PendingPhone};
use super::store;
use crate::messaging::Rule;
use crate::messaging::wording::PhonePurpose;
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// What became of it.
pub enum Begun {
    /// The code is on its way.
    Asked(PendingPhone),
    /// The number is in force already.
    InForce,
}

/// Why no code was texted.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The org had its codes of the day.
    #[error("too many codes today")]
    TooMany,
    /// Nobody on the list of those who are told has the number.
    #[error("no recipient has the number")]
    NoRecipient,
    /// A rule forbids the text.
    #[error("a rule forbids the text")]
    Refused(Rule),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Asks for `phone` to get the alerts of `purpose`: a code goes there, and nothing changes before it is entered. A change that was
/// asked for before is replaced; the same number again gets the same code again while it counts.
pub async fn begin_change(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (purpose, phone): (PhonePurpose, &Phone),
    asker: Asker<'_>,
) -> Result<Begun, BeginError> {
    store::lock(tx, org).await?;
    let settings = orgs::settings(tx, &app.keys, org).await?;
    if change::in_force(&settings, purpose) == Some(phone.as_str()) {
        return Ok(Begun::InForce);
    }
    if purpose == PhonePurpose::Recipient && !store::is_a_recipients(tx, org, phone.as_str()).await? {
        return Err(BeginError::NoRecipient);
    }
    if change::had_enough_codes(app, tx, org).await? {
        return Err(BeginError::TooMany);
    }
    let now = app.clock.now();
    let open = store::open_change(tx, org, purpose).await?;
    let again = open.as_ref().filter(|open| open.phone == phone.as_str() && open.counts(now));
    let pending = if let Some(again) = again {
        PendingPhone { sends: store::count_send(tx, org, again.id).await?, ..again.clone() }
    } else {
        if let Some(open) = open {
            store::close(tx, org, open.id, ("replaced", asker.actor), now).await?;
        }
        let pending = PendingPhone {
            id: app.new_id(),
            purpose,
            phone: phone.as_str().to_owned(),
            asked_at: now,
            expires_at: now.checked_add(CODE_LASTS).unwrap_or(now),
            sends: 1,
            tries: 0,
        };
        store::insert(tx, org, &pending, asker.actor).await?;
        pending
    };
    if let Err(rule) = change::text_code(app, tx, (org, &settings), &pending, asker).await? {
        return Err(BeginError::Refused(rule));
    }
    change::write_down(app, tx, org, ("alert_phone.ask", purpose), asker).await?;
    Ok(Begun::Asked(pending))
}
