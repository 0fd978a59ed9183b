//! Which account sends an org's texts, and how it is doing: for operators.

use jiff::Timestamp;
use voxanne_twilio::{Auth, code_hint};

use super::account::{Account, NoAccount, sending_account};
use super::deliver::digest_of;
use super::provider::{BREAKS_AT, Health};
use super::store;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// An org's account as operators see it. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountHealth {
    /// `AC…`, its sender, and the key that signs in (`SK…`) unless the auth token does; or why there is none.
    pub account: Result<(String, String, Option<String>), &'static str>,
    /// Whether it is the org's own.
    pub is_own: bool,
    /// What keeps texts from leaving.
    pub trouble: Option<AccountTrouble>,
    /// Texts that have not left.
    pub waiting: i64,
}

/// What keeps texts from leaving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountTrouble {
    /// The credentials are refused: texts wait for others.
    Refused {
        /// Since when.
        since: Timestamp,
        /// Twilio's code.
        code: u32,
    },
    /// It keeps failing: one text at a time finds out.
    Failing {
        /// Since when.
        since: Timestamp,
        /// One of our own words.
        word: String,
    },
    /// It asked for a pause.
    Limited {
        /// It is asked again then.
        until: Timestamp,
    },
}

impl AccountTrouble {
    /// What is wrong, and what to do about it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused { since, code } => {
                format!(
                    "its credentials have been refused since {since}; texts wait. {} ({code})",
                    code_hint(*code)
                )
            }
            Self::Failing { since, word } => format!(
                "it has been failing since {since} ({word}); texts wait and it is probed by itself. Compare Twilio's status page."
            ),
            Self::Limited { until } => {
                format!(
                    "it asked for a pause until {until}. If it lasts, raise the sender's throughput in Twilio."
                )
            }
        }
    }
}

/// The org's account and its health.
pub async fn account_health(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
) -> Result<AccountHealth, sqlx::Error> {
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let account = sending_account(&settings, &app.config);
    let health = store::health(tx, org).await?;
    let digest = account.as_ref().ok().map(|account| digest_of(app, account));
    Ok(AccountHealth {
        trouble: digest.and_then(|digest| trouble(&health, &digest, app.clock.now())),
        account: account.as_ref().map(told).map_err(|none| why(*none)),
        is_own: settings.twilio.is_some(),
        waiting: store::waiting(tx, org).await?,
    })
}

fn told(account: &Account) -> (String, String, Option<String>) {
    let key = match &account.credentials.auth {
        Auth::AuthToken(_) => None,
        Auth::ApiKey { sid, .. } => Some(sid.clone()),
    };
    (account.credentials.account_sid.clone(), account.sender.clone(), key)
}

fn why(none: NoAccount) -> &'static str {
    none.failure().hint
}

fn trouble(health: &Health, account: &str, now: Timestamp) -> Option<AccountTrouble> {
    if let Some((refused, since)) = &health.refused {
        let code = health.code.unwrap_or_default();
        return (refused == account).then_some(AccountTrouble::Refused { since: *since, code });
    }
    match (health.failing_since, health.paused_until) {
        (Some(since), _) if health.failures >= BREAKS_AT => {
            Some(AccountTrouble::Failing { since, word: health.trouble.clone().unwrap_or_default() })
        }
        (_, Some(until)) if now < until => Some(AccountTrouble::Limited { until }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn e17_what_is_wrong_with_an_account_says_what_to_do() {
        let now = Timestamp::UNIX_EPOCH;
        let refused = Health { refused: Some(("a".into(), now)), code: Some(20003), ..Health::default() };
        let said = trouble(&refused, "a", now).map(|trouble| trouble.sentence());
        assert!(said.is_some_and(|said| said.contains("Enter the account SID") && said.ends_with("(20003)")));
        assert_eq!(trouble(&refused, "b", now), None, "there are others");
        let failing = Health { failures: 5, failing_since: Some(now), ..Health::default() };
        assert!(matches!(trouble(&failing, "a", now), Some(AccountTrouble::Failing { .. })));
        let until = now + SignedDuration::from_secs(1);
        let limited = Health { paused_until: Some(until), ..Health::default() };
        assert_eq!(trouble(&limited, "a", now), Some(AccountTrouble::Limited { until }));
        assert_eq!(trouble(&limited, "a", until), None);
    }
}
