//! One history, step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use uuid::Uuid;
use voxanne::calendars::{self, Choice};
use voxanne_sandbox::GoogleFake;
use voxanne_sandbox::google::{Call, Pushes};

use super::Trace;
use super::clinic::{CELLS, Clinic, instant};
use super::model::{Model, Visit};
use super::people::{Diary, Edit, People};
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

/// Between two steps, so that it is known which came first.
const A_MOMENT: SignedDuration = SignedDuration::from_secs(1);
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
    pub diary: Diary,
    steps: Steps,
    is_slow: bool,
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
        // Half a list is a thing that happens.
        google.set_page_size(if chance.one_in(2) { 3 } else { 250 });
        let clinic = Clinic::open(&vox, n, &chance).await;
        let is_slow = chance.one_in(15);
        let whose: Vec<_> = clinic.calendars.iter().map(|calendar| calendar.name.as_str()).collect();
        trace.add(format!("calendars {whose:?}"));
        let (model, diary, steps) = (Model::default(), Diary::default(), Steps::new());
        Self { vox, google, clinic, model, trace, chance, diary, steps, is_slow }
    }

    /// Plays it to its end; says which steps were taken, or what does not hold.
    pub async fn play(mut self) -> Result<Steps, String> {
        let mut is_edited = false;
        for n in 0..STEPS.start + self.chance.below(STEPS.end - STEPS.start) {
            let step = match n {
                // Something to disagree about.
                0..3 => Step::Book { person: None, cell: self.chance.below(CELLS) },
                3 if !self.chance.one_in(4) => Step::RunAll,
                // What people do is heard of, more often than not.
                _ if is_edited && self.chance.one_in(3) => Step::Keep,
                _ if is_edited && self.chance.one_in(2) => Step::RunAll,
                _ => Step::draw(&self.clinic, &self.chance, self.is_slow),
            };
            is_edited = matches!(step, Step::Edit(_) | Step::Phantom { .. })
                || is_edited && matches!(step, Step::Keep);
            self.trace.add(format!("{step:?}"));
            self.vox.later(A_MOMENT);
            if self.take(&step).await {
                *self.steps.entry(step.name()).or_default() += 1;
            } else {
                self.trace.add("  nothing to do".to_owned());
            }
            self.model.absorb(&self.clinic);
            self.mirrors_are_as_old_as_they_say().await?;
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

    fn email(&self, calendar: usize) -> &str {
        &self.clinic.calendars[calendar].email
    }

    fn name(&self, calendar: usize) -> &str {
        &self.clinic.calendars[calendar].name
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
            Step::RunWhile { nth, step } => return self.run_while(*nth, step).await,
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
            Step::ExpireTokens { calendar } => self.google.expire_access_tokens(self.email(*calendar)),
            Step::ForgetSyncTokens { calendar } => self.google.forget_sync_tokens(self.name(*calendar)),
            Step::Phantom { calendar, nth, is_ours } => return self.phantom(*calendar, *nth, *is_ours).await,
            Step::BadSpell { calendar, fault } => {
                self.google.bad_day(self.email(*calendar), fault.clone());
            }
            Step::Show { calendar, role } => self.show(*calendar, *role),
            Step::Choose { calendar, blocks, takes, days_block } => {
                return self.choose(*calendar, (*blocks, *takes, *days_block)).await;
            }
            Step::Revoke { calendar } => self.google.revoke_account(self.email(*calendar)),
            Step::Disconnect { calendar } => return self.disconnect(*calendar).await,
            Step::Reconnect { calendar } => self.reconnect(*calendar).await,
            _ => return false,
        }
        true
    }

    fn edit(&mut self, edit: &Edit) -> bool {
        self.people().edit(edit)
    }

    /// Theirs that are known: of one that the first list leaves out nobody can tell.
    async fn phantom(&mut self, calendar: usize, nth: usize, is_ours: bool) -> bool {
        let name = self.name(calendar);
        let events = self.google.events(name);
        let known: Vec<String> = sqlx::query_scalar("select event_ref from external_busy where org_id = $1")
            .bind(self.clinic.org.0)
            .fetch_all(&self.vox.admin)
            .await
            .unwrap();
        let ids: Vec<String> = if is_ours {
            self.model.visits.iter().map(Visit::event).collect()
        } else {
            self.diary.theirs.iter().map(|(_, id)| id.clone()).filter(|id| known.contains(id)).collect()
        };
        let ids: Vec<_> = ids.into_iter().filter(|id| events.iter().any(|event| event.id == *id)).collect();
        let Some(id) = ids.get(nth % ids.len().max(1)) else { return false };
        self.google.phantom_delete(self.name(calendar), id);
        self.diary.phantoms.insert(id.clone());
        true
    }

    async fn nth_job(&self, nth: usize) -> Option<Job> {
        let waiting = self.worker().waiting().await;
        waiting.get(nth % waiting.len().max(1)).cloned()
    }

    fn people(&mut self) -> People<'_> {
        let now = self.vox.app.clock.now();
        People {
            google: &self.google,
            clinic: &self.clinic,
            model: &mut self.model,
            diary: &mut self.diary,
            now,
        }
    }

    async fn run(&mut self, job: &Job, interrupt: Option<&Interrupt>) {
        let vox = self.vox.clone();
        let worker = Worker { app: &vox.app, admin: &vox.admin, org: self.clinic.org };
        let ended = match interrupt {
            None => worker.run(job, u32::MAX, || true).await,
            Some(interrupt) => {
                let happens = || {
                    if let Some(edit) = &interrupt.edit {
                        self.people().edit(edit);
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

    async fn run_while(&mut self, nth: usize, step: &Step) -> bool {
        let Some(job) = self.nth_job(nth).await else { return false };
        let vox = self.vox.clone();
        let worker = Worker { app: &vox.app, admin: &vox.admin, org: self.clinic.org };
        let step = Box::pin(self.take(step));
        let (ended, is_done) = tokio::join!(worker.run(&job, u32::MAX, || true), step);
        self.trace.add(format!("  {} {ended:?}, the other: {is_done}", job.task));
        true
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

    /// In sight of its account from now on as much as that, or not at all.
    pub fn show(&self, calendar: usize, role: Option<&str>) {
        let (email, name) = (self.email(calendar), self.name(calendar));
        match role {
            Some(role) => self.google.share_calendar(name, email, role),
            None => self.google.remove_calendar(email, name),
        }
    }

    /// Staff choose. Of an account, one calendar takes visits at most.
    async fn choose(&mut self, calendar: usize, (blocks, takes, days_block): (bool, bool, bool)) -> bool {
        let Some(id) = self.connected(calendar).await else { return false };
        let choice =
            Choice { blocks, takes_events: takes, tentative_blocks: true, all_day_blocks: days_block };
        let mut tx = self.vox.app.begin(self.clinic.org).await.unwrap();
        calendars::choose(&mut tx, self.clinic.org, id.into(), choice).await.unwrap();
        tx.commit().await.unwrap();
        let email = self.email(calendar).to_owned();
        for (n, other) in self.clinic.calendars.iter_mut().enumerate().filter(|(_, it)| it.email == email) {
            if n == calendar {
                (other.blocks, other.takes, other.days_block) = (blocks, takes, days_block);
            } else {
                other.takes &= !takes;
            }
        }
        true
    }

    /// The calendar of an account that was not taken away.
    async fn connected(&self, calendar: usize) -> Option<Uuid> {
        sqlx::query_scalar(
            "select c.id from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
              where c.org_id = $1 and c.external_id = $2 and k.state <> 'disconnected'",
        )
        .bind(self.clinic.org.0)
        .bind(self.name(calendar))
        .fetch_optional(&self.vox.admin)
        .await
        .unwrap()
    }

    /// Staff take the account away.
    async fn disconnect(&mut self, calendar: usize) -> bool {
        let (app, org) = (&self.vox.app, self.clinic.org);
        let practitioner = self.clinic.calendars[calendar].practitioner;
        let Some(account) = calendars::connected_account(app, org, practitioner).await.unwrap() else {
            return false;
        };
        calendars::revoke(app, org, account).await.unwrap();
        let email = self.email(calendar).to_owned();
        let of_account = self.clinic.calendars.iter_mut().filter(|calendar| calendar.email == email);
        of_account.for_each(|calendar| {
            calendar.reset();
            calendar.was_away = true;
        });
        // Connected again, its calendars are new ones, and what was decided about the old ones is history.
        self.model.kept.clear();
        true
    }

    /// Whoever connects an account meets no bad day, and sees their calendars: the consent is not what is tried here.
    pub async fn reconnect(&self, calendar: usize) {
        let whose = &self.clinic.calendars[calendar];
        self.vox.sandbox.clear_faults();
        self.google.bad_day(&whose.email, None);
        let of_account = (0..self.clinic.calendars.len()).filter(|n| self.email(*n) == whose.email);
        of_account.for_each(|calendar| self.show(calendar, Some("owner")));
        self.vox.connects_only(self.clinic.org, whose.practitioner, &whose.email).await;
    }

    /// Inserts, patches and deletes so far.
    pub fn writes(&self) -> u64 {
        let calls = [Call::Insert, Call::Patch, Call::Delete];
        let of = |email: &str| calls.map(|call| self.google.requests(email, call)).iter().sum::<u64>();
        self.clinic.calendars.iter().filter(|it| it.is_main()).map(|it| of(&it.email)).sum()
    }
}
