//! Whether e-mails can leave, and whether anybody would get them.

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::{Findings, good, note};
use crate::mail::{self, Listing, Mailer, RECIPIENTS_MAX};
use crate::platform::app::App;
use crate::platform::config::Config;
use crate::platform::ids::OrgId;

/// Connects to the mail server, greets it and logs in.
pub(super) async fn check_server(findings: &mut Findings, config: &Config) {
    let Some(mailer) = Mailer::of(config) else {
        note("no mail.host: staff get no e-mails (texts and the dashboard are unaffected)");
        return;
    };
    let server = format!("the mail server {}:{}", config.mail.host, config.mail.port);
    match mailer.check().await {
        Ok(()) => {
            good(&format!("{server} takes our greeting and login; send one with `voxanne admin mail test`"));
        }
        Err(error) => findings.wrong(&format!("{server}: {error}. Do: {}", error.hint())),
    }
}

/// Recipients who would be told if there were a mail server.
pub(super) async fn check_org(
    app: &App,
    findings: &mut Findings,
    (org, name): (OrgId, &str),
) -> Result<(), CommandError> {
    if mail::is_on(&app.config) {
        return Ok(());
    }
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let listing = Listing { limit: RECIPIENTS_MAX, ..Listing::default() };
    let waiting = mail::list_recipients(&mut tx, org, &listing).await.doing("read who gets e-mails")?.len();
    tx.commit().await.doing("read who gets e-mails")?;
    if waiting > 0 {
        findings
            .wrong(&format!("{name} ({org}) has {waiting} e-mail recipients who get nothing: set mail.host"));
    }
    Ok(())
}
