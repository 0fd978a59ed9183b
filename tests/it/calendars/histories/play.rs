//! One history, step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use uuid::Uuid;
use voxanne::appointments::{
    self, Actor, BookError, Booked, ChangeError, Changed, NewBooking, Reschedule, Target,
};
use voxanne::calendars::{self, Conflict, ConflictKind, Resolution};
use voxanne::platform::db::OrgTx;
use voxanne::platform::ids::{AppointmentId, ResourceId};
use voxanne::scheduling::{self, RuleBook};
use voxanne_sandbox::GoogleFake;
use voxanne_sandbox::google::{Call, Pushes};

use super::Trace;
use super::clinic::{CELLS, Clinic, instant, visit_span};
use super::model::{Model, Visit};
use super::people::{Edit, People};
use super::step::{Interrupt, Step};
use super::worker::{Ended, Job, Worker};
use crate::durability::chance::Chance;
use crate::harness::Voxanne;

/// Steps of a history.
const STEPS: std::ops::Range<u64> = 12..40;
/// Jobs of one drain: more is a job that leaves itself again for ever.
const DRAINED_MAX: usize = 120;
/// How long a dead worker's jobs wait; a refresh of a token that died with it is over then.
const RECOVERED_AFTER: SignedDuration = SignedDuration::from_secs(20);

/// Longer than calendars go without a look.
const POLLED_AFTER: SignedDuration = SignedDuration::from_mins(4);

/// Steps that had something to do, by name.
pub type Steps = BTreeMap<&'static str, u64>;

/// A history as far as it has gone.
pub struct History {
    pub vox: Arc<Voxanne>,
    pub google: GoogleFake,
    pub clinic: Clinic,
    pub model: Model,
    pub trace: Trace,
    chance: Chance,
    theirs: Vec<(usize, String)>,
    steps: Steps,
    is_slow: bool,
}

/// A refusal is an outcome; anything else is a defect.
fn is_refusal(error: &ChangeError) -> bool {
    matches!(error, ChangeError::Refused { .. } | ChangeError::NotAhead(_) | ChangeError::IllegalState { .. })
}

impl History {
    /// A new clinic with its accounts connected, the `n`th of its Voxanne.
    pub async fn begin(vox: Arc<Voxanne>, n: u64, seed: u64, trace: Trace) -> Self {
        let (chance, google) = (Chance::of(seed), vox.sandbox.google());
        // The history before may have gone on by days.
        let back =
            crate::harness::NOW.parse::<jiff::Timestamp>().unwrap().duration_since(vox.app.clock.now());
        vox.later(back);
        vox.sandbox.clear_faults();
        google.set_pushes(if chance.one_in(4) { Pushes::Lost } else { Pushes::AtOnce });
        let clinic = Clinic::open(&vox, n, &chance).await;
        let is_slow = chance.one_in(15);
        let whose: Vec<_> = clinic.accounts.iter().map(|account| account.email.as_str()).collect();
        trace.add(format!("accounts {whose:?}"));
        let (model, theirs, steps) = (Model::default(), Vec::new(), Steps::new());
        Self { vox, google, clinic, model, trace, chance, theirs, steps, is_slow }
    }

    /// Plays it to its end; says which steps were taken, or what does not hold.
    pub async fn play(mut self) -> Result<Steps, String> {
        for n in 0..STEPS.start + self.chance.below(STEPS.end - STEPS.start) {
            let step = match n {
                // Something to disagree about.
                0..3 => Step::Book { person: None, cell: self.chance.below(CELLS) },
                3 if !self.chance.one_in(4) => Step::RunAll,
                _ => Step::draw(&self.clinic, &self.chance, self.is_slow),
            };
            self.trace.add(format!("{step:?}"));
            if self.take(&step).await {
                *self.steps.entry(step.name()).or_default() += 1;
            } else {
                self.trace.add("  nothing to do".to_owned());
            }
            self.model.absorb(&self.clinic);
            // With an effect under way nobody waits for it but a step of its own.
            if !self.is_slow {
                self.google.settled().await;
            }
        }
        self.end().await?;
        self.worker().clear().await;
        Ok(self.steps)
    }

    pub fn worker(&self) -> Worker<'_> {
        Worker { app: &self.vox.app, admin: &self.vox.admin, org: self.clinic.org }
    }

    fn email(&self, account: usize) -> &str {
        &self.clinic.accounts[account].email
    }

    /// False when there was nothing to do.
    async fn take(&mut self, step: &Step) -> bool {
        match step {
            Step::Book { person, cell } => return self.book(*person, *cell).await,
            Step::Move { visit, person, cell } => {
                let Some(visit) = self.nth_visit(*visit) else { return false };
                return self.move_to(visit, *person, *cell).await;
            }
            Step::Cancel { visit } => {
                let Some(visit) = self.nth_visit(*visit) else { return false };
                return self.cancel(visit).await;
            }
            Step::Settle { nth, resolution, cell } => return self.settle(*nth, *resolution, *cell).await,
            Step::Edit(edit) => return self.edit(edit),
            Step::Run { nth, interrupt } => {
                let Some(job) = self.nth_job(*nth).await else { return false };
                self.run(&job, interrupt.as_ref()).await;
            }
            Step::RunTwo { nth } => return self.run_two(*nth).await,
            Step::RunAll => self.run_all().await,
            _ => return self.go_on(step).await,
        }
        true
    }

    /// What neither we nor people do.
    async fn go_on(&mut self, step: &Step) -> bool {
        let (app, org) = (&self.vox.app, self.clinic.org);
        match step {
            Step::Ask => {
                let window = (instant(0), instant(CELLS));
                calendars::freshen(app, org, window).await;
            }
            Step::Keep => {
                self.vox.later(POLLED_AFTER);
                self.keep().await;
            }
            Step::Check => {
                calendars::check_mirrors(app, org).await.unwrap();
            }
            Step::Later { minutes } => self.vox.later(SignedDuration::from_mins(*minutes)),
            Step::BadDay { target, fault, times } => {
                self.google.next(*target, fault.clone()).times(*times);
            }
            Step::Pushes(pushes) => self.google.set_pushes(*pushes),
            Step::PushNow => {
                self.google.push_now().await;
            }
            Step::LateEffects => self.google.settled().await,
            Step::ExpireTokens { account } => self.google.expire_access_tokens(self.email(*account)),
            Step::ForgetSyncTokens { account } => self.google.forget_sync_tokens(self.email(*account)),
            Step::Phantom { account, nth, is_ours } => return self.phantom(*account, *nth, *is_ours),
            Step::Revoke { account } => self.google.revoke_account(self.email(*account)),
            Step::Reconnect { account } => self.reconnect(*account).await,
            _ => return false,
        }
        true
    }

    /// Rules as they are, and a transaction to write in.
    async fn open(&self) -> (Arc<RuleBook>, OrgTx) {
        let (app, org) = (&self.vox.app, self.clinic.org);
        let book = scheduling::rule_book(app, org, None).await.unwrap();
        (book, app.begin_live(org).await.unwrap())
    }

    fn person(&self, person: Option<usize>) -> Option<ResourceId> {
        person.map(|person| self.clinic.people[person])
    }

    /// Live ones are likelier to be meant.
    fn nth_visit(&self, nth: usize) -> Option<usize> {
        let live: Vec<usize> =
            (0..self.model.visits.len()).filter(|n| self.model.visits[*n].is_live).collect();
        live.get(nth % live.len().max(1)).copied()
    }

    async fn book(&mut self, person: Option<usize>, cell: u64) -> bool {
        let (book, mut tx) = self.open().await;
        let wanted = NewBooking {
            practitioner: self.person(person),
            ..NewBooking::new(&book, &book.locations[0], &book.services[0], instant(cell))
        };
        let booked = appointments::book(&self.vox.app, &mut tx, self.clinic.org, &wanted).await;
        let id = match booked {
            Ok(Booked { id, .. }) => id,
            Err(BookError::Refused { .. }) => return false,
            Err(error) => panic!("{error}: {error:?}"),
        };
        let visit = appointments::find(&mut tx, self.clinic.org, id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let practitioner = visit.practitioner;
        self.trace.add(format!("  visit {} with {practitioner}: {}", self.model.visits.len(), id.0.simple()));
        let span = visit_span(cell);
        self.model.visits.push(Visit { id, practitioner, span, is_live: true, version: 1 });
        true
    }

    async fn move_to(&mut self, visit: usize, person: Option<usize>, cell: u64) -> bool {
        let (book, mut tx) = self.open().await;
        let wanted = Reschedule {
            book: &book,
            target: target(self.model.visits[visit].id),
            starts_at: instant(cell),
            practitioner: self.person(person),
            call_ref: None,
            asks_calendars: false,
        };
        let moved = appointments::reschedule(&self.vox.app, &mut tx, self.clinic.org, &wanted).await;
        match moved {
            Ok(moved) => {
                tx.commit().await.unwrap();
                self.heard(visit, &moved);
                true
            }
            Err(error) if is_refusal(&error) => false,
            Err(error) => panic!("{error}: {error:?}"),
        }
    }

    async fn cancel(&mut self, visit: usize) -> bool {
        let (book, mut tx) = self.open().await;
        let target = target(self.model.visits[visit].id);
        let cancelled =
            appointments::cancel(&self.vox.app, &mut tx, self.clinic.org, &book, &target).await.unwrap();
        tx.commit().await.unwrap();
        self.heard(visit, &cancelled);
        true
    }

    /// The model hears of a change that was asked for.
    fn heard(&mut self, visit: usize, changed: &Changed) {
        let now = &changed.appointment;
        let visit = &mut self.model.visits[visit];
        if !changed.is_repeat {
            visit.version += 1;
        }
        visit.practitioner = now.practitioner;
        visit.span = (now.starts_at.timestamp(), now.ends_at);
        visit.is_live = now.status != appointments::Status::Cancelled;
    }

    /// Staff decide, both sides in one transaction. Where the visit cannot follow, nothing is settled.
    async fn settle(&mut self, nth: usize, resolution: Resolution, cell: u64) -> bool {
        let (app, org) = (self.vox.app.clone(), self.clinic.org);
        let (book, mut tx) = self.open().await;
        let open = calendars::list_conflicts(&mut tx, org, true, None, 50).await.unwrap();
        let Some(conflict) = open.get(nth % open.len().max(1)) else { return false };
        let visit = self.model.visits.iter().position(|visit| visit.id == conflict.appointment).unwrap();
        let settled = calendars::settle(&app, &mut tx, org, conflict.id, (resolution, "test")).await.unwrap();
        let Some(conflict) = settled else { panic!("an open conflict was not settled") };
        self.trace.add(format!("  {:?} of visit {visit}, theirs at {:?}", conflict.kind, conflict.theirs));
        let target = target(conflict.appointment);
        let followed = match (resolution, conflict.kind) {
            (Resolution::Ours, _) => None,
            (Resolution::Theirs, ConflictKind::Deleted) => {
                Some(appointments::cancel(&app, &mut tx, org, &book, &target).await)
            }
            (Resolution::Theirs, kind) => {
                let theirs = conflict.theirs.filter(|_| kind == ConflictKind::Moved);
                let starts_at = theirs.map_or(instant(cell), |(from, _)| from);
                let wanted = Reschedule {
                    book: &book,
                    target,
                    starts_at,
                    practitioner: None,
                    call_ref: None,
                    asks_calendars: false,
                };
                Some(appointments::reschedule(&app, &mut tx, org, &wanted).await)
            }
        };
        let followed = match followed {
            Some(Err(error)) if is_refusal(&error) => return false,
            followed => followed.transpose().unwrap(),
        };
        let now = appointments::find(&mut tx, org, conflict.appointment).await.unwrap().unwrap();
        calendars::write_later(&mut tx, org, now.id, now.practitioner).await.unwrap();
        tx.commit().await.unwrap();
        if let Some(followed) = followed {
            self.heard(visit, &followed);
        }
        if conflict.kind != ConflictKind::Overlap {
            let account = self.account_of(&conflict).await;
            self.model.demands.remove(&(visit, account));
        }
        true
    }

    async fn account_of(&self, conflict: &Conflict) -> usize {
        let email: String = sqlx::query_scalar("select external_id from calendars where id = $1")
            .bind(Uuid::from(conflict.calendar))
            .fetch_one(&self.vox.admin)
            .await
            .unwrap();
        self.clinic.accounts.iter().position(|account| account.email == email).unwrap()
    }

    fn edit(&mut self, edit: &Edit) -> bool {
        people(&self.google, &self.clinic, &mut self.model, &mut self.theirs).edit(edit)
    }

    fn phantom(&self, account: usize, nth: usize, is_ours: bool) -> bool {
        let email = self.email(account);
        let events = self.google.events(email);
        let ids: Vec<&str> = if is_ours {
            let ours = self.model.visits.iter().map(Visit::event);
            ours.filter_map(|id| events.iter().find(|it| it.id == id)).map(|it| it.id.as_str()).collect()
        } else {
            self.theirs
                .iter()
                .filter_map(|(_, id)| events.iter().find(|it| it.id == *id))
                .map(|it| it.id.as_str())
                .collect()
        };
        let Some(id) = ids.get(nth % ids.len().max(1)) else { return false };
        self.google.phantom_delete(email, id);
        true
    }

    async fn nth_job(&self, nth: usize) -> Option<Job> {
        let waiting = self.worker().waiting().await;
        waiting.get(nth % waiting.len().max(1)).cloned()
    }

    async fn run(&mut self, job: &Job, interrupt: Option<&Interrupt>) {
        let worker = Worker { app: &self.vox.app, admin: &self.vox.admin, org: self.clinic.org };
        let mut people = people(&self.google, &self.clinic, &mut self.model, &mut self.theirs);
        let ended = match interrupt {
            None => worker.run(job, u32::MAX, || true).await,
            Some(interrupt) => {
                let happens = || {
                    if let Some(edit) = &interrupt.edit {
                        people.edit(edit);
                    }
                    !interrupt.kills
                };
                worker.run(job, interrupt.after, happens).await
            }
        };
        self.trace.add(format!("  {} {ended:?}", job.task));
        if ended == Ended::Killed {
            self.vox.later(RECOVERED_AFTER);
        }
    }

    async fn run_two(&self, nth: usize) -> bool {
        let worker = self.worker();
        let waiting = worker.waiting().await;
        let Some(one) = waiting.get(nth % waiting.len().max(1)) else { return false };
        let Some(other) = waiting.iter().find(|job| job.queue != one.queue) else { return false };
        let ended = tokio::join!(worker.run(one, u32::MAX, || true), worker.run(other, u32::MAX, || true));
        self.trace.add(format!("  {} and {}: {ended:?}", one.task, other.task));
        true
    }

    pub async fn keep(&self) {
        calendars::keep_in_step(&self.vox.app, self.clinic.org).await.unwrap();
    }

    /// Runs what waits and all that comes of it, but for what puts itself off.
    pub async fn run_all(&self) {
        let worker = self.worker();
        worker.make_due().await;
        for _ in 0..DRAINED_MAX {
            let Some(job) = worker.due().await.into_iter().next() else { return };
            let ended = worker.run(&job, u32::MAX, || true).await;
            self.trace.add(format!("  {} {ended:?}", job.task));
        }
        panic!("jobs leave themselves again for ever");
    }

    pub async fn reconnect(&self, account: usize) {
        let account = &self.clinic.accounts[account];
        // Whoever connects an account meets no bad day: the consent is not what is tried here.
        self.vox.sandbox.clear_faults();
        self.vox.connects_only(self.clinic.org, account.practitioner, &account.email).await;
    }

    /// Inserts, patches and deletes so far.
    pub fn writes(&self) -> u64 {
        let calls = [Call::Insert, Call::Patch, Call::Delete];
        let of = |email: &str| calls.map(|call| self.google.requests(email, call)).iter().sum::<u64>();
        self.clinic.accounts.iter().map(|account| of(&account.email)).sum()
    }
}

fn people<'h>(
    google: &'h GoogleFake,
    clinic: &'h Clinic,
    model: &'h mut Model,
    theirs: &'h mut Vec<(usize, String)>,
) -> People<'h> {
    People { google, clinic, model, theirs }
}

fn target<'t>(id: AppointmentId) -> Target<'t> {
    Target { id, expected_version: None, actor: Actor::Voice, reason: None }
}
