//! What a call left behind: in the database, and in the sandbox's outbox and mailbox.

use std::time::Duration;

use serde_json::Value;

use super::CommandError;
use super::demo_file::{ClinicFile, DemoFile};
use super::failure::Doing as _;
use super::org::org_id;
use super::output::say;
use super::{start, store};
use crate::platform::clock::Clock;
use crate::platform::db::{Class, Db};
use crate::platform::ids::OrgId;

/// Scoring and texts take well under a second; a worker that is not there is told after this.
const PATIENCE: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(50);

/// Looks into the demo's database, as the program itself may, and into its outbox.
pub(super) struct Records {
    db: Db,
    org: OrgId,
    http: reqwest::Client,
    outbox: String,
    mailbox: String,
    clock: Clock,
}

impl Records {
    /// Of one of the demo's clinics.
    pub(super) fn of_demo(
        demo: &DemoFile,
        (clinic, clock): (&ClinicFile, Clock),
        http: reqwest::Client,
    ) -> Result<Self, CommandError> {
        let db =
            Db::open(&demo.database(), &start::config()?.database).doing("read the demo's database URL")?;
        let org = org_id(&clinic.org_id).map_err(CommandError::Refused)?;
        let at = |path| format!("{}{path}", demo.sandbox_url);
        let (outbox, mailbox) = (at("/twilio/messages"), at("/mail/messages"));
        Ok(Self { db, org, http, outbox, mailbox, clock })
    }

    /// Waits for jobs, bounded, and prints what is there.
    pub(super) async fn show(&self, call_ref: &str) -> Result<(), CommandError> {
        self.wait(call_ref).await?;
        let mut tx = self.db.begin(Class::Back, self.org).await.doing("open the demo's database")?;
        let left = store::left(&mut tx, self.org, (call_ref, self.clock.now()))
            .await
            .doing("read what the call left")?;
        let sids = store::sids(&mut tx, self.org, call_ref).await.doing("read the call's texts")?;
        let emails = store::email_ids(&mut tx, self.org, call_ref).await.doing("read the call's e-mails")?;
        tx.commit().await.doing("read what the call left")?;
        for thing in left {
            say(format_args!("   = {:<13} {}", thing.what, thing.words));
        }
        self.show_texts(&sids).await?;
        self.show_emails(&emails).await
    }

    async fn wait(&self, call_ref: &str) -> Result<(), CommandError> {
        let settled = async {
            loop {
                let mut tx = self.db.begin(Class::Back, self.org).await.doing("open the demo's database")?;
                let as_of = (call_ref, self.clock.now());
                let is_settled =
                    store::is_settled(&mut tx, self.org, as_of).await.doing("look at the call")?;
                tx.commit().await.doing("look at the call")?;
                if is_settled {
                    return Ok(());
                }
                tokio::time::sleep(TICK).await;
            }
        };
        match tokio::time::timeout(PATIENCE, settled).await {
            Ok(done) => done,
            Err(_still_waiting) => {
                say(format_args!(
                    "   = (some jobs did not finish in {} s; is a worker running?)",
                    PATIENCE.as_secs()
                ));
                Ok(())
            }
        }
    }

    async fn show_texts(&self, sids: &[String]) -> Result<(), CommandError> {
        if sids.is_empty() {
            return Ok(());
        }
        let outbox = async { self.http.get(&self.outbox).send().await?.json::<Vec<Value>>().await };
        for text in outbox.await.doing("read the sandbox's outbox")? {
            if !text["sid"].as_str().is_some_and(|sid| sids.iter().any(|mine| mine == sid)) {
                continue;
            }
            let (from, to) = (text["sender"].as_str().unwrap_or("?"), text["to"].as_str().unwrap_or("?"));
            say(format_args!("   ✉ {from} to {to}:"));
            for line in text["body"].as_str().unwrap_or_default().lines() {
                say(format_args!("       {line}"));
            }
        }
        Ok(())
    }

    async fn show_emails(&self, ids: &[String]) -> Result<(), CommandError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mailbox = async { self.http.get(&self.mailbox).send().await?.json::<Vec<Value>>().await };
        for mail in mailbox.await.doing("read the sandbox's mailbox")? {
            let of = |name: &str| mail[name].as_str().unwrap_or_default().to_owned();
            if !ids.iter().any(|id| of("message_id").starts_with(id.as_str())) {
                continue;
            }
            say(format_args!("   ✉ e-mail to {}: {}", of("to"), of("subject")));
            for line in of("body").lines().filter(|line| !line.is_empty()) {
                say(format_args!("       {line}"));
            }
        }
        Ok(())
    }

    /// The latest text to a number that holds some words, waited for, bounded.
    pub(super) async fn text_to(&self, number: &str, words: &str) -> Result<Option<String>, CommandError> {
        let found = async {
            loop {
                let outbox = async { self.http.get(&self.outbox).send().await?.json::<Vec<Value>>().await };
                let texts = outbox.await.doing("read the sandbox's outbox")?;
                let to_them = texts.iter().filter(|text| text["to"] == number);
                let mut bodies = to_them.filter_map(|text| text["body"].as_str());
                if let Some(body) = bodies.rfind(|body| body.contains(words)) {
                    return Ok(body.to_owned());
                }
                tokio::time::sleep(TICK).await;
            }
        };
        tokio::time::timeout(PATIENCE, found).await.ok().transpose()
    }

    /// What staff still have to do about a call.
    pub(super) async fn open_tasks(&self, call_ref: &str) -> Result<Vec<String>, CommandError> {
        let mut tx = self.db.begin(Class::Back, self.org).await.doing("open the demo's database")?;
        let tasks = store::open_tasks(&mut tx, self.org, call_ref).await.doing("read the call's tasks")?;
        tx.commit().await.doing("read the call's tasks")?;
        Ok(tasks)
    }

    pub(super) async fn close(&self) {
        self.db.close().await;
    }
}
