//! `voxanne admin mail`: whether e-mails leave this installation.

use clap::Subcommand;
use voxanne_smtp::Address;

use super::super::CommandError;
use super::super::output::say;
use crate::language::Language;
use crate::mail::{Mailer, wording};
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::ids::Ids;

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Really send an e-mail, by the mail server of the settings
    Test {
        /// Where to, such as maria@example.com
        #[arg(value_parser = address)]
        address: Address,
    },
}

fn address(raw: &str) -> Result<Address, String> {
    Address::parse(raw).ok_or_else(|| format!("{raw} is not an e-mail address such as maria@example.com"))
}

/// Needs settings alone, no database.
pub(super) async fn run(config: &Config, action: Action) -> Result<(), CommandError> {
    let Action::Test { address } = action;
    let Some(mailer) = Mailer::of(config) else {
        return Err(CommandError::Refused(
            "no mail server is set up: set mail.host (VOXANNE_MAIL_HOST) and mail.from_address".into(),
        ));
    };
    let now = Clock::system().now();
    let words = wording::test(Language::English, None);
    match mailer.send(Ids::random().next(now), address, words, now).await {
        Ok(()) => {
            say("Sent: the mail server took it. Look whether it arrived, and not among the spam.");
            Ok(())
        }
        Err(error) => Err(CommandError::Refused(format!("{error}. {}", error.hint()))),
    }
}
