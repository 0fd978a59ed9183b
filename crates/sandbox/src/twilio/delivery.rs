//! What becomes of an accepted text, and how Twilio tells.

use std::time::Duration;

use secrecy::SecretString;
use voxanne_twilio::signature::{self, Key, Payload};

use super::{Text, TwilioFake};
use crate::chance::Chance;
use crate::locked;

/// How late a report of [`Callbacks::Mixed`] is.
const LATE_MILLIS: u64 = 300;
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(15);

/// How reports on a text arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Callbacks {
    /// queued, sent, then the end.
    #[default]
    InOrder,
    /// The end first.
    Reversed,
    /// Each one twice.
    Twice,
    /// The text is delivered; nobody says so.
    Dropped,
    /// queued, sent, then the end, each so late.
    Late {
        /// Before each of them.
        millis: u64,
    },
    /// For each text another way, from this seed: of a thousand, so many each are reversed, doubled, lost or late;
    /// the others come in order.
    Mixed {
        /// Where chance begins.
        seed: u64,
        /// How many in a thousand are of each way.
        per_mille: u32,
    },
    /// Nothing happens until [`TwilioFake::report`].
    Held,
}

impl Callbacks {
    /// The way of one text.
    fn of_text(self, sid: &str) -> Self {
        let Self::Mixed { seed, per_mille } = self else { return self };
        let own = sid.bytes().fold(seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        match Chance::new(own).one_of(per_mille, 4) {
            Some(0) => Self::Reversed,
            Some(1) => Self::Twice,
            Some(2) => Self::Dropped,
            Some(_) => Self::Late { millis: LATE_MILLIS },
            None => Self::InOrder,
        }
    }
}

pub(super) fn http_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(CALLBACK_TIMEOUT)
        .build()
}

impl TwilioFake {
    /// Sends one report on a text, now, and gives the HTTP status of the answer; `None` without such a text, without an
    /// address to report to, or without an answer.
    pub async fn report(&self, sid: &str, status: &str, error_code: Option<u32>) -> Option<u16> {
        self.mark(sid, status, error_code);
        let text = locked(&self.0.state).ledger.find(sid).cloned()?;
        self.post(&text, status, error_code).await
    }

    /// Carries the text to its end and reports on the way, apart from the request that sent it.
    pub(super) fn deliver(&self, text: Text, callbacks: Callbacks, undelivered: Option<u32>) {
        let end = if undelivered.is_some() { "undelivered" } else { "delivered" };
        let callbacks = callbacks.of_text(&text.sid);
        let reports: Vec<&'static str> = match callbacks {
            Callbacks::Held => return,
            Callbacks::InOrder | Callbacks::Late { .. } | Callbacks::Mixed { .. } => {
                vec!["queued", "sent", end]
            }
            Callbacks::Reversed => vec![end, "sent", "queued"],
            Callbacks::Twice => vec!["queued", "queued", "sent", "sent", end, end],
            Callbacks::Dropped => vec![],
        };
        let fake = self.clone();
        self.0.tasks.spawn(async move {
            fake.mark(&text.sid, end, undelivered);
            for status in reports {
                if let Callbacks::Late { millis } = callbacks {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                }
                fake.post(&text, status, undelivered.filter(|_| status == end)).await;
            }
        });
    }

    fn mark(&self, sid: &str, status: &str, error_code: Option<u32>) {
        let mut state = locked(&self.0.state);
        if let Some(text) = state.ledger.find(sid).cloned() {
            let text = Text { status: status.to_owned(), error_code, ..text };
            // A ledger file that cannot be written only forgets sooner.
            drop(state.ledger.record(text));
        }
    }

    async fn post(&self, text: &Text, status: &str, error_code: Option<u32>) -> Option<u16> {
        let url = text.status_callback.as_deref()?;
        let form = report_form(text, status, error_code);
        let token = SecretString::from(self.token_of(&text.account_sid));
        let tag = signature::sign(Key::AuthToken(&token), url, Payload::Form(&form));
        let request = self
            .0
            .http
            .post(url)
            .header(signature::HEADER, tag)
            .header("i-twilio-idempotency-token", format!("{}-{status}", text.sid))
            .form(&form);
        request.send().await.ok().map(|response| response.status().as_u16())
    }

    fn token_of(&self, account_sid: &str) -> String {
        let state = locked(&self.0.state);
        let token = state.accounts.get(account_sid).or_else(|| state.seen_tokens.get(account_sid));
        token.cloned().unwrap_or_default()
    }
}

fn report_form(text: &Text, status: &str, error_code: Option<u32>) -> Vec<(String, String)> {
    let mut form = vec![
        ("SmsSid", text.sid.clone()),
        ("SmsStatus", status.to_owned()),
        ("MessageStatus", status.to_owned()),
        ("To", text.to.clone()),
        ("MessageSid", text.sid.clone()),
        ("AccountSid", text.account_sid.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    form.extend(text.from.clone().map(|from| ("From", from)));
    form.extend(text.messaging_service_sid.clone().map(|sid| ("MessagingServiceSid", sid)));
    form.extend(error_code.map(|code| ("ErrorCode", code.to_string())));
    form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
