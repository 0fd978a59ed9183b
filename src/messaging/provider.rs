//! How an org's account at Twilio is doing, and whether it is asked now (E19).
//!
//! An account that keeps failing is left alone for a pause that grows; then one text at a time probes. One that refuses its
//! credentials gets nothing before there are others, but for a probe an hour: an account that was closed for a day comes
//! back by itself. Both are the org's own trouble: another org's texts do not wait. It is kept in the database, so that all
//! replicas agree.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::store;
use super::text::Kind;
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::jobs;
use crate::tasks::{self, NewTask};

/// Failures in a row after which the account is left alone.
pub(super) const BREAKS_AT: i32 = 5;
/// First pause of an account that keeps failing.
const PAUSE: Duration = Duration::from_secs(15);
/// Longest pause that we take by ourselves.
const PAUSE_MAX: Duration = Duration::from_mins(10);
/// Longest pause that the provider may ask for: later, a confirmation is of no use to anybody.
const ASKED_MAX: Duration = Duration::from_hours(1);
/// Between two probes of refused credentials.
const REFUSED_PAUSE: Duration = Duration::from_hours(1);

const LIMITED: &str = "limited";

/// What is known of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Health {
    /// In a row.
    pub failures: i32,
    /// The first of them.
    pub failing_since: Option<Timestamp>,
    /// What it was last, as one of our own words.
    pub trouble: Option<String>,
    /// The provider's code for it.
    pub code: Option<u32>,
    /// Not asked before.
    pub paused_until: Option<Timestamp>,
    /// Until when jobs wait, by the database's clock.
    pub held_until: Option<Timestamp>,
    /// Digest of the credentials that were refused, and since when.
    pub refused: Option<(String, Timestamp)>,
}

/// Whether the account is asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It works, as far as anybody knows.
    Works,
    /// It may work again: one text finds out.
    Probes,
    /// Not before.
    Paused(Timestamp),
}

/// How a request to the account ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// It took or refused the text: it works.
    Answer,
    /// It did not answer, or with a fault of its own: `away`, `failed` or `garbled`.
    Failure(&'static str),
    /// It wants a pause.
    Limited(Option<Duration>),
    /// It refuses the credentials.
    Refused(u32),
}

impl Health {
    /// Whether `account`, by its digest, has been refused.
    pub fn refuses(&self, account: &str) -> bool {
        self.refused.as_ref().is_some_and(|(refused, _)| refused == account)
    }

    fn is_limited(&self, now: Timestamp) -> bool {
        self.trouble.as_deref() == Some(LIMITED) && self.paused_until.is_some_and(|until| now < until)
    }

    fn standing(&self, account: &str, now: Timestamp) -> Standing {
        // Other credentials: whatever was known is about the old ones.
        if self.refused.is_some() && !self.refuses(account) {
            return Standing::Works;
        }
        match self.paused_until {
            Some(until) if now < until => Standing::Paused(until),
            _ if self.failures >= BREAKS_AT || self.refuses(account) => Standing::Probes,
            _ => Standing::Works,
        }
    }

    /// What is known after a request. `spread` keeps many accounts from coming back at once.
    fn after(&self, heard: Heard, account: &str, (now, spread): (Timestamp, u8)) -> Self {
        let spread = |pause: Duration| pause.min(PAUSE_MAX) * u32::from(spread) / 1024;
        match heard {
            // Texts that were under way when the limit was met say nothing against it.
            Heard::Answer if self.is_limited(now) => {
                Self { failures: 0, failing_since: None, refused: None, ..self.clone() }
            }
            Heard::Answer => Self { held_until: self.held_until, ..Self::default() },
            Heard::Failure(trouble) => {
                let failures = self.failures.saturating_add(1);
                let doublings = u32::try_from(failures - BREAKS_AT).ok().map(|n| n.min(10));
                let pause = doublings.map(|n| PAUSE.saturating_mul(1 << n).min(PAUSE_MAX));
                let pause = pause.map(|pause| later(now, pause + spread(pause)));
                Self {
                    failures,
                    failing_since: self.failing_since.or(Some(now)),
                    trouble: Some(trouble.to_owned()),
                    code: None,
                    paused_until: pause.or(self.paused_until),
                    ..self.clone()
                }
            }
            Heard::Limited(asked) => {
                let asked = asked.unwrap_or(PAUSE);
                Self {
                    trouble: Some(LIMITED.to_owned()),
                    code: None,
                    paused_until: Some(later(now, asked.min(ASKED_MAX) + spread(asked.min(PAUSE)))),
                    // It answers, if only that it is busy.
                    failures: 0,
                    failing_since: None,
                    held_until: self.held_until,
                    refused: None,
                }
            }
            Heard::Refused(code) => Self {
                trouble: Some("refused".to_owned()),
                code: Some(code),
                paused_until: Some(later(now, REFUSED_PAUSE)),
                refused: Some(match &self.refused {
                    Some((refused, since)) if refused == account => (refused.clone(), *since),
                    _ => (account.to_owned(), now),
                }),
                failures: 0,
                failing_since: None,
                held_until: self.held_until,
            },
        }
    }
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok()).unwrap_or(now)
}

/// Whether `account` is asked now. A probe is claimed: until it is answered, or `patience` has passed, nobody else probes.
pub(super) async fn may_ask(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (account, patience): (&str, SignedDuration),
) -> Result<Standing, sqlx::Error> {
    let now = app.clock.now();
    let health = store::lock_health(tx, org).await?;
    let standing = health.standing(account, now);
    if standing == Standing::Probes {
        let until = now.checked_add(patience).unwrap_or(now);
        store::set_health(tx, org, &Health { paused_until: Some(until), ..health }).await?;
    }
    Ok(standing)
}

/// Puts off everything that waits in the org's queues of texts, up to `until`.
pub(super) async fn hold(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    let seconds = until.duration_since(app.clock.now()).as_secs_f64().max(1.0);
    let until = store::hold_until(tx, org, seconds).await?;
    for queue in Kind::QUEUES {
        jobs::put_off(tx, org, queue, until).await?;
    }
    Ok(())
}

/// Writes down how requests ended, in their order, and what follows from it; until when the account is left alone.
pub(super) async fn hear(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    account: &str,
    heard: &[Heard],
) -> Result<Option<Timestamp>, sqlx::Error> {
    let now = app.clock.now();
    let before = store::lock_health(tx, org).await?;
    let spread = (now, org.0.as_bytes()[15]);
    let after = heard.iter().fold(before.clone(), |health, heard| {
        let about_others = health.refused.is_some() && !health.refuses(account);
        let health =
            if about_others { Health { held_until: health.held_until, ..Health::default() } } else { health };
        health.after(*heard, account, spread)
    });
    for trouble in heard.iter().filter_map(Heard::word) {
        metrics::counter!("voxanne_text_troubles_total", "trouble" => trouble).increment(1);
    }
    if after == before {
        return Ok(after.paused_until);
    }
    store::set_health(tx, org, &after).await?;
    if after.failures >= BREAKS_AT && before.failures < BREAKS_AT {
        metrics::counter!("voxanne_text_breaks_total").increment(1);
        tracing::warn!(org.id = %org, trouble = after.trouble, "Twilio keeps failing for this org; its texts wait");
    }
    if let Some((_, since)) = after.refused.as_ref().filter(|_| !before.refuses(account)) {
        tell_refused(app, tx, org, (account, *since, after.code.unwrap_or_default())).await?;
    }
    if after == (Health { held_until: after.held_until, ..Health::default() }) {
        recover(app, tx, org, &before).await?;
    }
    Ok(after.paused_until)
}

impl Heard {
    const fn word(&self) -> Option<&'static str> {
        match self {
            Self::Answer => None,
            Self::Failure(word) => Some(word),
            Self::Limited(_) => Some(LIMITED),
            Self::Refused(_) => Some("refused"),
        }
    }
}

/// The account works again, or there is another: what waited for it leaves, and nobody needs to reconnect.
pub(super) async fn recover(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    before: &Health,
) -> Result<(), sqlx::Error> {
    if let Some(until) = before.held_until {
        for queue in Kind::QUEUES {
            jobs::release(tx, org, queue, until).await?;
        }
        store::hold_no_more(tx, org).await?;
    }
    if let Some((account, since)) = &before.refused {
        tasks::finish(app, tx, org, &reconnect_key(account, *since)).await?;
    }
    Ok(())
}

/// Staff are told once per incident.
async fn tell_refused(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (account, since, code): (&str, Timestamp, u32),
) -> Result<(), sqlx::Error> {
    metrics::counter!("voxanne_text_reconnects_total").increment(1);
    tracing::error!(org.id = %org, code, "Twilio refuses this org's credentials; its texts wait for others");
    let hint = voxanne_twilio::code_hint(code);
    let key = reconnect_key(account, since);
    let title = format!("Reconnect Twilio, texts wait until then: {hint} ({code})");
    let task = NewTask { kind: "reconnect_twilio", title, dedupe_key: key.clone(), ..NewTask::default() };
    tasks::raise(app, tx, org, &task).await?;
    let news = NewNotification {
        kind: "texting",
        title: format!("No text leaves: {hint} ({code})"),
        subject: None,
        dedupe_key: key,
    };
    notifications::notify(app, tx, org, &news).await?;
    Ok(())
}

fn reconnect_key(account: &str, since: Timestamp) -> String {
    format!("reconnect_twilio:{}:{}", account.get(..16).unwrap_or(account), since.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const OURS: &str = "ours";

    fn at(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    fn hear(health: &Health, heard: Heard, seconds: i64) -> Health {
        health.after(heard, OURS, (at(seconds), 0))
    }

    fn failed(times: i32) -> Health {
        (0..times).fold(Health::default(), |health, _| hear(&health, Heard::Failure("away"), 0))
    }

    #[test]
    fn e19_five_failures_in_a_row_pause_the_account_and_then_one_text_probes() {
        assert_eq!(failed(4).standing(OURS, NOW), Standing::Works);
        let broken = failed(5);
        assert_eq!(broken.standing(OURS, at(14)), Standing::Paused(at(15)));
        assert_eq!(broken.standing(OURS, at(15)), Standing::Probes);
        let again = hear(&broken, Heard::Failure("failed"), 15);
        assert_eq!(again.standing(OURS, at(16)), Standing::Paused(at(45)));
        assert_eq!(hear(&again, Heard::Answer, 45), Health::default());
        let long: Health = failed(60);
        assert_eq!(long.paused_until, Some(at(600)));
        assert_eq!(long.failing_since, Some(NOW));
    }

    #[test]
    fn e19_an_answer_between_two_failures_begins_anew() {
        let answered = hear(&failed(4), Heard::Answer, 0);
        assert_eq!(hear(&answered, Heard::Failure("away"), 0).standing(OURS, NOW), Standing::Works);
    }

    #[test]
    fn e19_t3_refused_credentials_are_no_breaker_and_others_are_tried_at_once() {
        let refused = hear(&failed(3), Heard::Refused(20003), 0);
        assert_eq!(refused.failures, 0);
        assert_eq!(refused.standing(OURS, at(3599)), Standing::Paused(at(3600)));
        assert_eq!(refused.standing("others", at(1)), Standing::Works);
        assert_eq!(refused.standing(OURS, at(3600)), Standing::Probes);
        let again = hear(&refused, Heard::Refused(20003), 3600);
        assert_eq!(again.refused, Some((OURS.to_owned(), NOW)), "the same incident");
    }

    #[test]
    fn t4_a_limit_pauses_for_as_long_as_was_asked_and_no_text_has_to_probe() {
        let limited = hear(&Health::default(), Heard::Limited(Some(Duration::from_mins(2))), 0);
        assert_eq!(limited.standing(OURS, at(119)), Standing::Paused(at(120)));
        assert_eq!(limited.standing(OURS, at(120)), Standing::Works);
        let under_way = hear(&limited, Heard::Answer, 1);
        assert_eq!(under_way.standing(OURS, at(119)), Standing::Paused(at(120)));
        assert_eq!(hear(&under_way, Heard::Answer, 120), Health::default());
        let absurd = hear(&Health::default(), Heard::Limited(Some(Duration::MAX)), 0);
        assert_eq!(absurd.paused_until, Some(at(3600)));
    }

    #[test]
    fn pauses_are_spread_by_the_org() {
        let pause = |spread| failed(4).after(Heard::Failure("away"), OURS, (NOW, spread)).paused_until;
        assert!(pause(0) < pause(100) && pause(100) < pause(255));
        assert!(pause(255) < Some(at(20)));
    }
}
