//! People who text a clinic of a running demo: the sandbox posts what they write, signed as Twilio signs it.

use std::time::Duration;

use serde_json::{Value, json};

use super::CommandError;
use super::demo_file::{ClinicFile, DemoFile};
use super::failure::Doing as _;
use super::org::org_id;
use super::output::say;
use crate::seed;

/// An answer takes well under a second; after this there is none.
const PATIENCE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(50);

/// A clinic that can be texted.
pub(super) struct Texting {
    http: reqwest::Client,
    sandbox: String,
    webhook: String,
    account: &'static str,
    /// The clinic's number.
    to: &'static str,
}

impl Texting {
    /// One of the demo's clinics.
    pub(super) fn of_demo(
        demo: &DemoFile,
        clinic: &ClinicFile,
        http: reqwest::Client,
    ) -> Result<Self, CommandError> {
        let org = org_id(&clinic.org_id).map_err(CommandError::Refused)?;
        let seeded =
            [&seed::GLOW, &seed::HARBOR, &seed::JUNIPER].into_iter().find(|seeded| seeded.org == org);
        let seeded = seeded.ok_or_else(|| CommandError::Refused("that is no clinic of the demo".into()))?;
        Ok(Self {
            http,
            sandbox: format!("{}/twilio", demo.sandbox_url),
            webhook: format!("{}/api/webhooks/twilio/inbound/{}", demo.base_url, org.0),
            account: seeded.twilio_account,
            to: seeded.number,
        })
    }

    /// Somebody texts the clinic; prints what they write and what they are texted back.
    pub(super) async fn says(&self, from: &str, body: &str) -> Result<(), CommandError> {
        self.asks(from, body).await.map(drop)
    }

    /// The same; says what they are texted back, oldest first.
    pub(super) async fn asks(&self, from: &str, body: &str) -> Result<Vec<String>, CommandError> {
        let before = self.to_them(from).await?.len();
        say(format_args!("   ✉ {from} texts:\n       {body}"));
        let text = json!({
            "webhook": self.webhook, "account_sid": self.account, "auth_token": format!("sandbox-{}", self.account),
            "from": from, "to": self.to, "body": body,
        });
        let posted = self.http.post(format!("{}/inbound", self.sandbox)).json(&text).send().await;
        let answered =
            posted.doing("post a text")?.json::<Value>().await.doing("read what the webhook answered")?;
        if answered["status"] != 200 {
            return Err(CommandError::Refused(format!("our webhook answered {}", answered["status"])));
        }
        let arrived = async {
            loop {
                let texts = self.to_them(from).await?;
                if texts.len() > before {
                    return Ok::<_, CommandError>(texts);
                }
                tokio::time::sleep(TICK).await;
            }
        };
        let Ok(texts) = tokio::time::timeout(PATIENCE, arrived).await else {
            say("   (no answer: there is nothing to say, or a person has to)");
            return Ok(Vec::new());
        };
        let answers = texts?.split_off(before);
        for body in &answers {
            say(format_args!("   ✉ to {from}:\n       {body}"));
        }
        Ok(answers)
    }

    async fn to_them(&self, number: &str) -> Result<Vec<String>, CommandError> {
        let outbox = format!("{}/messages", self.sandbox);
        let texts = async { self.http.get(outbox).send().await?.json::<Vec<Value>>().await };
        let texts = texts.await.doing("read the sandbox's outbox")?;
        let to_them = texts.iter().filter(|text| text["to"] == number);
        Ok(to_them.filter_map(|text| text["body"].as_str()).map(str::to_owned).collect())
    }
}
