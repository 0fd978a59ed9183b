//! Somebody with a phone who texts a clinic.

use voxanne::seed;
use voxanne_sandbox::twilio::{Answered, Inbound};

use super::{Clinic, Voxanne};

impl Voxanne {
    /// A text to a clinic as Twilio posts it, with Twilio's own reading and so many pictures; what our webhook answers.
    pub async fn texted(
        &self,
        to: &Clinic,
        (from, body): (&str, &str),
        (word, media): (Option<&str>, u8),
    ) -> Answered {
        let seeded = [&seed::GLOW, &seed::HARBOR, &seed::JUNIPER].into_iter().find(|c| c.org == to.org);
        let account = seeded.unwrap().twilio_account;
        let token = format!("sandbox-{account}");
        let text = Inbound {
            account_sid: account,
            auth_token: &token,
            from,
            to: &to.number,
            body,
            opt_out_type: word,
            media,
        };
        let webhook = format!("{}/api/webhooks/twilio/inbound/{}", self.url, to.org.0);
        self.sandbox.twilio().text_us(&webhook, &text).await.unwrap()
    }

    /// Texts Glow and lets the worker answer; the latest text to them, whenever it left.
    pub async fn says(&self, from: &str, body: &str) -> String {
        assert_eq!(self.texted(&self.glow, (from, body), (None, 0)).await.status, 200);
        self.run_jobs().await;
        self.last_to(from)
    }

    /// The latest text to a number.
    pub fn last_to(&self, number: &str) -> String {
        self.texts_to(number).last().map(|text| text.body.clone()).unwrap_or_default()
    }
}
