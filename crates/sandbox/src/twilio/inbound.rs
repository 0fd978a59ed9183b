//! Somebody texts us: Twilio posts it to our webhook, signed.

use secrecy::SecretString;
use voxanne_twilio::signature::{self, Key, Payload};

use super::TwilioFake;
use crate::locked;

/// A text on its way to us.
#[derive(Clone, Debug)]
pub struct Inbound<'a> {
    /// Whose number it goes to.
    pub account_sid: &'a str,
    /// The account's token, which signs the request.
    pub auth_token: &'a str,
    /// Who writes.
    pub from: &'a str,
    /// The number they write to.
    pub to: &'a str,
    /// What they write.
    pub body: &'a str,
    /// What Twilio itself understood and answered: STOP, START or HELP.
    pub opt_out_type: Option<&'a str>,
    /// Pictures that come with it.
    pub media: u8,
}

/// What Twilio itself does when somebody texts STOP, START or HELP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OptOuts {
    /// Nothing: it is ours to keep.
    #[default]
    Ours,
    /// It refuses later texts of that sender with 21610, and passes the word on.
    Kept,
    /// The same, and says what it understood (Advanced Opt-Out).
    Advanced,
}

/// What Twilio takes a whole message for.
fn opt_out_type(body: &str) -> Option<&'static str> {
    match body.trim().to_ascii_uppercase().as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT" => Some("STOP"),
        "START" | "YES" | "UNSTOP" => Some("START"),
        "HELP" | "INFO" => Some("HELP"),
        _ => None,
    }
}

/// What our webhook answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// Its content type.
    pub content_type: String,
    /// Its body.
    pub body: String,
}

impl TwilioFake {
    /// Posts a new text to `webhook`; `None` without an answer.
    pub async fn text_us(&self, webhook: &str, text: &Inbound<'_>) -> Option<Answered> {
        let sid = {
            let mut state = locked(&self.0.state);
            state.received += 1;
            // Like no text of an earlier run: whoever keeps what came in takes the same id for the same text.
            format!("SM1{:015x}{:016x}", self.0.run, state.received)
        };
        self.text_us_again(webhook, text, &sid).await
    }

    /// Posts the text with this id, for the first time or again.
    pub async fn text_us_again(&self, webhook: &str, text: &Inbound<'_>, sid: &str) -> Option<Answered> {
        let understood = self.keep_opt_out(text);
        let text = Inbound { opt_out_type: text.opt_out_type.or(understood), ..text.clone() };
        let form = form(&text, sid);
        let token = SecretString::from(text.auth_token);
        let tag = signature::sign(Key::AuthToken(&token), webhook, Payload::Form(&form));
        let request = self.0.http.post(webhook).header(signature::HEADER, tag);
        // The same however often it is posted.
        let request = request.header("i-twilio-idempotency-token", format!("in-{sid}")).form(&form);
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        Some(Answered { status, content_type, body: response.text().await.ok()? })
    }
}

impl TwilioFake {
    /// Keeps what Twilio keeps itself, and says what it passes on of that.
    fn keep_opt_out(&self, text: &Inbound<'_>) -> Option<&'static str> {
        let mut state = locked(&self.0.state);
        let word = opt_out_type(text.body).filter(|_| state.opt_outs != OptOuts::Ours)?;
        let pair = (text.to.to_owned(), text.from.to_owned());
        match word {
            "STOP" => drop(state.stopped.insert(pair)),
            "START" => drop(state.stopped.remove(&pair)),
            _ => {}
        }
        (state.opt_outs == OptOuts::Advanced).then_some(word)
    }
}

fn form(text: &Inbound<'_>, sid: &str) -> Vec<(String, String)> {
    let media = text.media.to_string();
    let mut form = vec![
        ("ToCountry", "US"),
        ("SmsMessageSid", sid),
        ("NumMedia", media.as_str()),
        ("SmsSid", sid),
        ("SmsStatus", "received"),
        ("Body", text.body),
        ("FromCountry", "US"),
        ("To", text.to),
        ("NumSegments", "1"),
        ("MessageSid", sid),
        ("AccountSid", text.account_sid),
        ("From", text.from),
        ("ApiVersion", "2010-04-01"),
    ];
    form.extend(text.opt_out_type.map(|word| ("OptOutType", word)));
    form.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
