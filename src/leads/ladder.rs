//! The ladder of an alert: who is on it, telling them, and the next rung.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::escalation::{AlertKind, Escalation};
use super::recipients::{Listing, RECIPIENTS_MAX};
use super::roster::{Recipient, Roster, Rung, Site, who_is_told};
use super::store::escalations::{self, Telling, Told};
use super::store::{self, recipients};
use crate::messaging::{self, NewText, wording};
use crate::orgs::Settings;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AlertRecipientId, EscalationId, OrgId, TextId};
use crate::platform::jobs::{NewJob, Priority, enqueue};
use crate::scheduling;

/// The task that climbs a ladder.
pub const ESCALATE_TASK: &str = "escalate_alert";

/// The job: which ladder, which rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct EscalateAlert {
    pub org: OrgId,
    pub escalation: EscalationId,
    pub rung: i16,
}

/// What the rungs of an org's ladders need to know.
pub(super) struct Ladder<'l> {
    pub app: &'l App,
    pub org: OrgId,
    pub settings: &'l Settings,
    recipients: Vec<Recipient>,
    /// Not read for clinics that have no rota and wait for nothing: then somebody is always there.
    sites: Vec<Site>,
}

/// Somebody to tell. Names a person: deliberately no `Debug`.
struct Person {
    phone: Phone,
    name: Option<String>,
    recipient: Option<AlertRecipientId>,
}

impl<'l> Ladder<'l> {
    /// Reads the rota as it is now.
    pub async fn read(
        app: &'l App,
        tx: &mut PgConnection,
        org: OrgId,
        settings: &'l Settings,
    ) -> Result<Self, sqlx::Error> {
        let listing = Listing { only_told: true, limit: RECIPIENTS_MAX, ..Listing::default() };
        let listed = recipients::list(tx, org, &listing).await?;
        let recipients: Vec<Recipient> = listed.into_iter().map(|listed| listed.recipient).collect();
        let sites = if recipients.is_empty() && !settings.alerts_wait_for_opening {
            Vec::new()
        } else {
            sites(app, tx, org).await?
        };
        Ok(Self { app, org, settings, recipients, sites })
    }

    /// The same with the sites in any case: a ladder rests while nobody is there.
    pub async fn read_with_sites(
        app: &'l App,
        tx: &mut PgConnection,
        org: OrgId,
        settings: &'l Settings,
    ) -> Result<Self, sqlx::Error> {
        let mut ladder = Self::read(app, tx, org, settings).await?;
        if ladder.sites.is_empty() {
            ladder.sites = sites(app, tx, org).await?;
        }
        Ok(ladder)
    }

    fn roster(&self, escalation: &Escalation) -> Roster<'_> {
        Roster {
            recipients: &self.recipients,
            sites: &self.sites,
            kind: escalation.kind,
            location: escalation.location,
            now: self.app.clock.now(),
        }
    }

    fn last(&self) -> i16 {
        i16::try_from(self.settings.alert_rungs_minutes.len()).unwrap_or(i16::MAX)
    }

    /// Until when the ladder rests: nobody is there who could call a lead back. A clinical alert never rests.
    pub fn rests_until(&self, escalation: &Escalation) -> Option<Timestamp> {
        let roster = self.roster(escalation);
        let waits = match escalation.kind {
            AlertKind::Clinical => false,
            AlertKind::HotLead => escalation.first_told_at.is_some() || self.settings.alerts_wait_for_opening,
        };
        if waits && !roster.is_staffed() { roster.staffed_next() } else { None }
    }

    /// Whether nobody is there who could call a lead back.
    pub fn is_unattended(&self, escalation: &Escalation) -> bool {
        !self.roster(escalation).is_staffed()
    }

    /// Whether the rung that ran last reached nobody, and the next one has somebody else to tell.
    pub fn has_to_hurry(&self, escalation: &Escalation, told: &[Told]) -> bool {
        let mut of_rung = told.iter().filter(|told| told.rung == escalation.rung).peekable();
        let reached_nobody = of_rung.peek().is_some() && of_rung.all(|told| told.has_failed);
        let next = escalation.next_rung();
        let is_left = escalation.next_at.is_some() && next <= self.last();
        let selected = who_is_told(&self.roster(escalation), Rung::of(next, self.last()));
        reached_nobody
            && is_left
            && selected.iter().any(|one| told.iter().all(|told| told.phone != one.phone))
    }

    /// Runs the next rung: tells its people with the caller's transaction, and leaves the job of the one after it. The first
    /// text that was queued.
    pub async fn climb(
        &self,
        tx: &mut PgConnection,
        escalation: &mut Escalation,
        (words, told): (Option<String>, &[Told]),
    ) -> Result<Option<TextId>, sqlx::Error> {
        let (rung, now) = (escalation.next_rung(), self.app.clock.now());
        let people = self.people(escalation, rung, told);
        if people.is_empty() {
            self.ask_for_a_phone(tx, escalation).await?;
        }
        let body = words.unwrap_or_else(|| wording::still_waiting(&escalation.waiting(now)));
        let mut first = None;
        for (place, person) in people.iter().enumerate() {
            let text = self.tell(tx, escalation, (rung, place), (person, &body)).await?;
            first = first.or(text);
        }
        escalation.first_told_at = escalation.first_told_at.or(Some(now));
        escalation.rung = rung;
        escalation.next_at = self.after(rung, now);
        if let (0, AlertKind::HotLead, Some(text)) = (rung, escalation.kind, first) {
            store::set_text(tx, self.org, &escalation.call_ref, text).await?;
        }
        if rung >= self.last() {
            self.nobody_took_it(tx, escalation).await?;
        }
        escalations::set_rung(tx, self.org, escalation).await?;
        metrics::counter!("voxanne_alert_rungs_total", "kind" => escalation.kind.as_str(), "rung" => rung.to_string())
            .increment(1);
        self.come_again(tx, escalation).await?;
        Ok(first)
    }

    /// Leaves the ladder alone until then: whoever comes first finds a task.
    pub async fn rest(
        &self,
        tx: &mut PgConnection,
        escalation: &mut Escalation,
        until: Timestamp,
    ) -> Result<(), sqlx::Error> {
        escalation.next_at = Some(until);
        escalation.waits_for_opening = true;
        if escalation.first_told_at.is_none() {
            escalation.due_at = until;
        }
        escalations::set_rung(tx, self.org, escalation).await?;
        self.come_again(tx, escalation).await
    }

    /// Leaves the job of the next rung, if there is one.
    pub async fn come_again(
        &self,
        tx: &mut PgConnection,
        escalation: &Escalation,
    ) -> Result<(), sqlx::Error> {
        let Some(next_at) = escalation.next_at else { return Ok(()) };
        let rung = escalation.next_rung();
        let job = EscalateAlert { org: self.org, escalation: escalation.id, rung };
        let key = format!("escalate:{}:{rung}", escalation.id.0);
        let after =
            Duration::try_from(next_at.duration_since(self.app.clock.now())).unwrap_or(Duration::ZERO);
        enqueue(
            tx,
            self.org,
            NewJob {
                task: ESCALATE_TASK,
                queue: ESCALATE_TASK,
                payload: &job,
                key,
                after,
                priority: Priority::Usual,
            },
        )
        .await
    }

    /// When the rung after this one is due: the distances are those of the settings, whenever this one ran.
    fn after(&self, rung: i16, now: Timestamp) -> Option<Timestamp> {
        let at =
            |index: i16| usize::try_from(index).ok().and_then(|i| self.settings.alert_rungs_minutes.get(i));
        let before = at(rung.saturating_sub(1)).filter(|_| rung > 0).copied().unwrap_or(0);
        let pause = at(rung)?.saturating_sub(before).max(1);
        now.checked_add(SignedDuration::from_mins(pause.into())).ok()
    }

    /// Whom a rung tells: who is new at it, else those who were told before; at the last one everybody.
    fn people(&self, escalation: &Escalation, rung: i16, told: &[Told]) -> Vec<Person> {
        let before = || told.iter().filter_map(|told| self.again(told));
        let mut people = self.new_at(escalation, rung, told);
        if rung > 0 && rung >= self.last() {
            people.extend(before().chain(self.of_settings(escalation.kind)));
        } else if people.is_empty() {
            people.extend(before());
        }
        if people.is_empty() {
            people.extend(self.of_settings(escalation.kind));
        }
        // Rather somebody who is off duty than nobody at all.
        if people.is_empty() {
            people = self.roster(escalation).wanted().filter_map(Person::of).collect();
        }
        let mut seen = BTreeSet::new();
        people.retain(|person| seen.insert(person.phone.as_str().to_owned()));
        people
    }

    /// Who is on duty for a rung and was not told yet; nobody of its steps: of any step, since they may have come meanwhile.
    fn new_at(&self, escalation: &Escalation, rung: i16, told: &[Told]) -> Vec<Person> {
        let roster = self.roster(escalation);
        let new = |rung: Rung| -> Vec<Person> {
            let selected = who_is_told(&roster, rung).into_iter();
            let untold = selected.filter(|one| told.iter().all(|told| told.phone != one.phone));
            untold.filter_map(Person::of).collect()
        };
        let of_rung = new(Rung::of(rung, self.last()));
        if of_rung.is_empty() { new(Rung::Everybody) } else { of_rung }
    }

    fn again(&self, told: &Told) -> Option<Person> {
        let phone = Phone::parse(&told.phone, &self.settings.default_region).ok()?;
        Some(Person { phone, name: told.name.clone(), recipient: told.recipient_id })
    }

    /// The phone of the settings.
    fn of_settings(&self, kind: AlertKind) -> Option<Person> {
        let hot = self.settings.hot_lead_alert_phone.as_deref();
        let raw = match kind {
            AlertKind::HotLead => hot,
            AlertKind::Clinical => self.settings.clinical_alert_phone.as_deref().or(hot),
        };
        let phone = Phone::parse(raw?, &self.settings.default_region).ok()?;
        Some(Person { phone, name: None, recipient: None })
    }

    async fn tell(
        &self,
        tx: &mut PgConnection,
        escalation: &Escalation,
        (rung, place): (i16, usize),
        (person, body): (&Person, &str),
    ) -> Result<Option<TextId>, sqlx::Error> {
        let is_the_first = rung == 0 && place == 0;
        let whose = person.recipient.map_or_else(|| "settings".to_owned(), |id| id.0.to_string());
        let dedupe_key = if is_the_first {
            format!("{}:{}", escalation.kind.as_str(), escalation.call_ref)
        } else {
            format!("escalation:{}:{rung}:{whose}", escalation.id.0)
        };
        // What the call's texts are capped by is the alert itself, not how often staff have to be told of it.
        let call = escalation.call.filter(|_| is_the_first);
        let new = NewText {
            kind: escalation.kind.text(),
            to: &person.phone,
            body: body.to_owned(),
            dedupe_key,
            contact: None,
            appointment: None,
            call,
            sent_by: None,
        };
        let text = messaging::queue_text(self.app, tx, self.org, self.settings, new).await?.text();
        let telling = Telling {
            rung,
            phone: person.phone.as_str(),
            name: person.name.as_deref(),
            recipient: person.recipient,
            text,
        };
        let id = (self.app.new_id(), escalation.id);
        escalations::insert_telling(tx, self.org, id, &telling, self.app.clock.now()).await?;
        Ok(text)
    }
}

impl Person {
    fn of(recipient: &Recipient) -> Option<Self> {
        let phone = Phone::parse_e164(&recipient.phone).ok()?;
        Some(Self { phone, name: Some(recipient.name.clone()), recipient: Some(recipient.id) })
    }
}

/// Every site as it is now, by the hours that hold now.
async fn sites(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<Vec<Site>, sqlx::Error> {
    let version = scheduling::rules_version(tx, org).await?;
    // The rules were read for others too: their error is shared, and is for whoever asks to try again.
    let book = scheduling::rule_book(app, org, Some(version))
        .await
        .map_err(|error: Arc<sqlx::Error>| sqlx::Error::Io(std::io::Error::other(error)))?;
    let now = app.clock.now();
    let site = |location: &scheduling::Location| Site {
        id: location.id,
        zone: location.zone.clone(),
        is_open: scheduling::open_until(location, now).is_some(),
        opens_next: scheduling::opens_next(location, now).map(|opens| opens.timestamp()),
    };
    Ok(book.locations.iter().map(site).collect())
}
