//! Sends somebody an e-mail while they wait, and says how it went.

use voxanne_smtp::Address;

use super::mailer::Mailer;
use super::wording;
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::trial::Check;

/// Whether the mail server lets us in, and takes an e-mail to `to` when there is one. Nothing is kept of it.
pub async fn try_mail(app: &App, to: Option<&str>, (clinic, language): (&str, Language)) -> Vec<Check> {
    let Some(mailer) = Mailer::of(&app.config) else {
        return vec![Check::wrong(
            "server",
            "This installation has no mail server, so no e-mail is sent.",
            "Ask whoever runs it to set mail.host.",
        )];
    };
    let server = format!("{}:{}", app.config.mail.host, app.config.mail.port);
    if let Err(error) = mailer.check().await {
        return vec![Check::wrong("server", format!("{server}: {error}."), error.hint())];
    }
    let mut checks = vec![Check::good("server", format!("{server} takes our greeting and login."))];
    let Some(to) = to else { return checks };
    let Some(address) = Address::parse(to) else {
        checks.push(Check::wrong("sent", "Your address is none that mail goes to.", "Change your address."));
        return checks;
    };
    let words = wording::test(language, Some(clinic));
    checks.push(match mailer.send(app.new_id(), address, words, app.clock.now()).await {
        Ok(()) => Check::good("sent", format!("An e-mail to {to} was taken. Look whether it arrives.")),
        Err(error) => Check::wrong("sent", format!("{server}: {error}."), error.hint()),
    });
    checks
}
