//! How the accounts that texts leave from are doing.

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::{Findings, good, note};
use crate::messaging;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// A line for an org's account.
pub(super) async fn check_org(
    app: &App,
    findings: &mut Findings,
    (org, name): (OrgId, &str),
) -> Result<(), CommandError> {
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let health = messaging::account_health(app, &mut tx, org).await.doing("read an org's account")?;
    tx.commit().await.doing("read an org's account")?;
    match (&health.account, &health.trouble) {
        (Err(why), _) => findings.wrong(&format!("{name}: no text can leave. {why}")),
        (Ok((sid, ..)), Some(trouble)) => {
            findings.wrong(&format!(
                "{name}: texts leave from {sid}, and {} {} wait. Do: voxanne admin twilio show --org {org}",
                trouble.sentence(),
                health.waiting
            ));
        }
        (Ok((sid, sender, _)), None) => good(&format!("{name}: texts leave from {sid} as {sender}")),
    }
    if app.config.public_https_url().is_none() && health.is_own {
        note(&format!("{name}: Twilio cannot report what becomes of texts, which stay `sent`"));
    }
    Ok(())
}
