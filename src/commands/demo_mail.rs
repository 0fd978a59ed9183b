//! Who gets e-mails at the demo's clinics: made-up managers, whose mailbox is the sandbox's.

use super::CommandError;
use super::failure::Doing as _;
use crate::mail::{self, Listing, RecipientFields};
use crate::platform::app::App;
use crate::seed::{GLOW, HARBOR, JUNIPER};

/// Adds them where nobody is one yet.
pub(super) async fn add_recipients(app: &App) -> Result<(), CommandError> {
    let managers = [
        (&GLOW, "manager@glow.example", "en"),
        (&HARBOR, "manager@harbor.example", "en"),
        (&JUNIPER, "gerencia@juniper.example", "es"),
    ];
    for (clinic, address, language) in managers {
        let fields = serde_json::json!({"address": address, "language": language});
        let fields: RecipientFields = serde_json::from_value(fields).doing("read the demo's recipients")?;
        let mut tx = app.begin(clinic.org).await.doing("open a transaction")?;
        let listing = Listing { limit: 1, ..Listing::default() };
        let known =
            mail::list_recipients(&mut tx, clinic.org, &listing).await.doing("read who gets e-mails")?;
        if known.is_empty() {
            mail::save_recipient(&mut tx, clinic.org, app.new_id(), &fields, app.clock.now())
                .await
                .doing("add who gets e-mails")?;
        }
        tx.commit().await.doing("commit who gets e-mails")?;
    }
    Ok(())
}
