//! Many texts through a Twilio that has every kind of bad day, handed over by workers that die, to people who say STOP.
//!
//! `VOXANNE_STORM_TEXTS` says how many texts (one worker dies for each 200), `VOXANNE_SEED` repeats a run.

use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use voxanne::jobs;
use voxanne::messaging::{self, Kind, NewText};
use voxanne::orgs;
use voxanne::phone::Phone;
use voxanne::seed;
use voxanne_sandbox::twilio::{BadDays, Callbacks, Inbound, OptOuts, Text};

use super::impatient;
use crate::durability::chance::Chance;
use crate::harness::{Clinic, Voxanne};

/// Of a thousand requests, so many have each fault; of a thousand texts, so many have each odd way of reports.
const PER_MILLE: u32 = 50;
/// Texts that are queued in one transaction.
const TOGETHER: usize = 24;
/// Rounds until everything has to be settled.
const ROUNDS_MAX: usize = 2000;

struct Storm {
    vox: Voxanne,
    chance: Chance,
    texts: usize,
    /// Those who said STOP: their clinic, and how often they had been asked for and reached when that was acknowledged.
    stopped: HashMap<String, (usize, usize)>,
    deaths: usize,
}

fn texts() -> usize {
    std::env::var("VOXANNE_STORM_TEXTS").ok().and_then(|n| n.parse().ok()).unwrap_or(400)
}

/// T1–T6, T8, T9, T13, R4, E10–E14, E19.
#[tokio::test]
async fn t1_t6_t9_t13_r4_each_text_of_a_storm_is_delivered_once_or_accounted_for() {
    let began = Instant::now();
    let mut storm = Storm::begin().await;
    let queued_in = began.elapsed();
    let rounds = storm.blow().await;
    storm.assert_settled().await;
    storm.assert_once().await;
    storm.assert_stopped();
    storm.assert_quiet();
    eprintln!(
        "{} texts, {} deaths, {} said STOP, {rounds} rounds: {}; queued in {queued_in:?}, all in {:?}",
        storm.texts,
        storm.deaths,
        storm.stopped.len(),
        storm.vox.one::<String>("select string_agg(state || ' ' || n, ', ') from (select state::text, count(*) as n from texts group by 1 order by 2 desc) s").await,
        began.elapsed(),
    );
}

impl Storm {
    async fn begin() -> Self {
        let chance = Chance::new("storm of texts");
        let vox = Voxanne::start_with(|config| {
            impatient(config);
            config.texts.per_org_per_hour_max = i64::MAX;
            config.texts.per_prefix_per_hour_max = i64::MAX;
            config.database.back_connections = 8;
        })
        .await;
        vox.exec("update integration_settings set texts_per_day_max = 1000000").await;
        let twilio = vox.sandbox.twilio();
        twilio.set_opt_outs(OptOuts::Kept);
        let mut storm = Self { texts: texts(), vox, chance, stopped: HashMap::new(), deaths: 0 };
        for n in (0..storm.texts).step_by(20) {
            storm.stop(n).await;
        }
        storm.queue().await;
        let seed = storm.chance.below(u64::MAX);
        twilio.set_bad_days(Some(BadDays { seed, per_mille: PER_MILLE, late_millis: 1300 }));
        twilio.set_callbacks(Callbacks::Mixed { seed, per_mille: PER_MILLE });
        storm
    }

    fn clinic(&self, n: usize) -> (&Clinic, &'static seed::DemoClinic) {
        [(&self.vox.glow, &seed::GLOW), (&self.vox.harbor, &seed::HARBOR), (&self.vox.denver, &seed::JUNIPER)]
            [n % 3]
    }

    /// Every seventh text is one more to the number before.
    fn number(n: usize) -> String {
        let n = if n % 7 == 6 { n - 3 } else { n };
        format!("+1310{}", 2_000_000 + n)
    }

    /// In eight hands: what counts comes afterwards.
    async fn queue(&self) {
        let of_hand = |hand: usize| async move {
            for from in (hand * TOGETHER..self.texts).step_by(8 * TOGETHER) {
                let texts = from..self.texts.min(from + TOGETHER);
                for clinic in 0..3 {
                    self.queue_some(texts.clone().filter(|n| n % 3 == clinic)).await;
                }
            }
        };
        futures::future::join_all((0..8).map(of_hand)).await;
    }

    /// Texts of one clinic, in one transaction.
    async fn queue_some(&self, texts: impl Iterator<Item = usize>) {
        let mut texts = texts.peekable();
        let Some(first) = texts.peek() else { return };
        let (app, org) = (&self.vox.app, self.clinic(*first).0.org);
        let mut tx = app.begin(org).await.unwrap();
        let settings = orgs::settings(&mut tx, &app.keys, org).await.unwrap();
        for n in texts {
            let to = Phone::parse_e164(&Self::number(n)).unwrap();
            let kind = if n % 10 == 3 { Kind::Message } else { Kind::Confirmation };
            let new = NewText {
                kind,
                to: &to,
                body: format!("Storm {n}, as {}", kind.as_str()),
                dedupe_key: format!("storm:{n}"),
                contact: None,
                appointment: None,
                call: None,
                sent_by: None,
            };
            messaging::queue_text(app, &mut tx, org, &settings, new).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// The recipient of this text says STOP to their clinic; from our acknowledgement on nothing reaches them.
    async fn stop(&mut self, n: usize) {
        let number = Self::number(n);
        let (clinic, seeded) = self.clinic(n);
        let twilio = self.vox.sandbox.twilio();
        let token = format!("sandbox-{}", seeded.twilio_account);
        let text = Inbound {
            account_sid: seeded.twilio_account,
            auth_token: &token,
            from: &number,
            to: &clinic.number,
            body: "Stop",
            opt_out_type: None,
            media: 0,
        };
        let webhook = format!("{}/api/webhooks/twilio/inbound/{}", self.vox.url, clinic.org.0);
        assert_eq!(twilio.text_us(&webhook, &text).await.unwrap().status, 200);
        let so_far = (twilio.asked_for(&number), twilio.texts_to(&number).len());
        self.stopped.insert(number, so_far);
    }

    /// Rounds of two workers, some of which die, until nothing is left to do.
    async fn blow(&mut self) -> usize {
        let deaths_max = self.texts.div_ceil(200);
        for round in 0..ROUNDS_MAX {
            let may_die = self.deaths < deaths_max;
            let dies = [may_die && self.chance.one_in(2), may_die && self.chance.one_in(3)];
            // A run that has little to do is over after a few dozen.
            let polls = dies.map(|dies| if dies { 5 + self.chance.below(400) } else { u64::MAX });
            let (first, second) = tokio::join!(self.work(polls[0]), self.work(polls[1]));
            self.deaths += usize::from(first) + usize::from(second);
            if first || second {
                self.bury().await;
            }
            if round < 4 {
                for _ in 0..self.texts.div_ceil(80) {
                    let n = usize::try_from(self.chance.below(self.texts as u64)).unwrap();
                    self.stop(n).await;
                }
            }
            // What is on its way arrives before anybody's patience is over: only the clock is moved.
            self.vox.sandbox.twilio().settled().await;
            let unfinished = self.vox.count("texts where state in ('queued', 'sending')").await;
            if unfinished == 0 {
                return round + 1;
            }
            self.vox.later(self.pause().await);
            jobs::make_due(&self.vox.app).await.unwrap();
            if round % 5 == 4 {
                jobs::run_schedules(&self.vox.app).await.unwrap();
            }
        }
        panic!("{} texts left over", self.vox.count("texts where state in ('queued', 'sending')").await);
    }

    /// Short, for a limited account is soon asked again; to the morning when only quiet hours are waited for.
    async fn pause(&self) -> SignedDuration {
        let now = self.vox.app.clock.now();
        let awake = format!(
            "texts where state in ('queued', 'sending') and (leave_after is null or leave_after <= '{now}')"
        );
        if self.vox.count(&awake).await == 0 {
            return SignedDuration::from_hours(1);
        }
        SignedDuration::from_secs(5 + i64::try_from(self.chance.below(70)).unwrap())
    }

    /// Works until nothing is due, or dies before this poll. Whether it died.
    async fn work(&self, polls: u64) -> bool {
        let mut work = pin!(jobs::run_due(&self.vox.app));
        let mut left = polls;
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(true);
            }
            left -= 1;
            work.as_mut().poll(context).map(|ran| {
                ran.unwrap();
                false
            })
        })
        .await
    }

    /// What the sweep for dead workers does.
    async fn bury(&self) {
        self.vox
            .exec(
                "update graphile_worker._private_jobs set locked_by = null, locked_at = null where locked_by is not null;
                 update graphile_worker._private_job_queues set locked_by = null, locked_at = null where locked_by is not null",
            )
            .await;
    }

    async fn assert_settled(&self) {
        let vox = &self.vox;
        assert_eq!(
            vox.count("texts where state in ('failed', 'undelivered') and failure is null").await,
            0,
            "without a reason"
        );
        assert_eq!(
            vox.count(
                "texts t where state = 'unknown' and not exists (select from tasks k where k.text_id = t.id)"
            )
            .await,
            0,
            "nobody was told"
        );
        assert_eq!(vox.count("texts where verdict is null or verdict = ''").await, 0);
        assert!(jobs::list_dead(&vox.app).await.unwrap().is_empty());
        assert!(self.deaths >= self.texts.div_ceil(200));
        let arrived = vox.count("texts where state in ('delivered', 'sent')").await;
        assert!(
            usize::try_from(arrived).unwrap() * 10 > self.texts * 6,
            "{arrived} of {} prove little",
            self.texts
        );
    }

    /// What Twilio took is what we know of, and nobody got the same words twice.
    async fn assert_once(&self) {
        let taken = self.vox.sandbox.twilio().messages();
        let known: Vec<String> =
            sqlx::query_scalar("select provider_sid from texts where provider_sid is not null")
                .fetch_all(&self.vox.admin)
                .await
                .unwrap();
        let ours: HashSet<&str> = known.iter().map(String::as_str).collect();
        assert_eq!(ours.len(), known.len(), "one of Twilio's is known as two of ours");
        let unknown: Vec<String> = sqlx::query_scalar("select body from texts where state = 'unknown'")
            .fetch_all(&self.vox.admin)
            .await
            .unwrap();
        let mut reached: HashMap<(&str, &str), usize> = HashMap::new();
        for text in &taken {
            let is_known = ours.contains(text.sid.as_str()) || unknown.contains(&text.body);
            assert!(is_known, "Twilio took one that we do not know of: {}", text.body);
            if text.status == "delivered" {
                *reached.entry((&text.to, &text.body)).or_default() += 1;
            }
        }
        assert!(reached.values().all(|times| *times == 1), "somebody got the same words twice");
        assert!(taken.len() >= ours.len());
        let delivered = self.vox.count("texts where state in ('delivered', 'sent')").await;
        assert!(usize::try_from(delivered).unwrap() <= taken.len());
    }

    fn assert_stopped(&self) {
        let twilio = self.vox.sandbox.twilio();
        let mut in_hand = 0;
        for (number, (asked_for, reached)) in &self.stopped {
            assert_eq!(twilio.texts_to(number).len(), *reached, "a text to somebody who had said STOP");
            in_hand += twilio.asked_for(number) - asked_for;
        }
        // Nothing is in hand while somebody says STOP here, so that nothing is asked for either.
        assert_eq!(in_hand, 0, "asked for although they had said STOP");
        assert!(!self.stopped.is_empty());
    }

    /// Only what may leave at any hour did so by night.
    fn assert_quiet(&self) {
        let waits = |text: &&Text| text.body.ends_with(Kind::Message.as_str());
        let taken = self.vox.sandbox.twilio().messages();
        let conversational: Vec<&Text> = taken.iter().filter(waits).collect();
        assert!(!conversational.is_empty());
        for text in conversational {
            let zone = TimeZone::get("America/Los_Angeles").unwrap();
            let hour = text.created_at.to_zoned(zone).hour();
            assert!((8..21).contains(&hour), "a text at {hour} o'clock");
        }
    }
}
