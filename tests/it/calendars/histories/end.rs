//! The end of a history: everything that was on its way has come, every pause is over. What then has to hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::Timestamp as Stored;
use sqlx::FromRow;
use uuid::Uuid;
use voxanne_sandbox::google::{Pushes, Seen};

use super::clinic::Span;
use super::model::{Did, Visit, mark};
use super::play::History;

/// Rounds until nothing happens any more.
const ROUNDS_MAX: usize = 12;
/// Longer than any pause that we take by ourselves, and than half an access token's life.
const ROUND: SignedDuration = SignedDuration::from_mins(31);

#[derive(Debug, FromRow)]
struct CalendarRow {
    id: Uuid,
    external_id: String,
    failure: Option<String>,
}

#[derive(Debug, Clone, FromRow)]
struct ConflictRow {
    appointment_id: Uuid,
    calendar_id: Uuid,
    kind: String,
    event_ref: String,
    their_starts_at: Option<Stored>,
    their_ends_at: Option<Stored>,
    resolution: Option<String>,
}

#[derive(Debug, FromRow)]
struct VisitRow {
    id: Uuid,
    status: String,
    practitioner_id: Uuid,
    starts_at: Stored,
    ends_at: Stored,
    version: i32,
    changes: i64,
}

#[derive(Debug, FromRow)]
struct BusyRow {
    calendar_id: Uuid,
    event_ref: String,
    starts_at: Stored,
    ends_at: Stored,
}

/// Whether it keeps people busy who look at the calendar from outside: ours do not, where we put them.
fn is_busy(event: &Seen) -> bool {
    !event.is_transparent && mark(event).is_none_or(|mark| mark.span != (event.start, event.end))
}

fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Everything that is looked at, as it is in the end.
struct End<'h> {
    history: &'h History,
    now: Timestamp,
    /// In the order of the clinic's accounts.
    calendars: Vec<CalendarRow>,
    events: Vec<Vec<Seen>>,
    conflicts: Vec<ConflictRow>,
    wrong: Vec<String>,
}

impl History {
    /// Lets everything come to rest, and looks.
    pub async fn end(&mut self) -> Result<(), String> {
        self.trace.add("the end".to_owned());
        self.vox.sandbox.clear_faults();
        self.google.set_pushes(Pushes::Lost);
        self.google.settled().await;
        self.reconnect_all().await;
        let mut quiet = 0;
        let mut before = self.fingerprint().await;
        for _ in 0..ROUNDS_MAX {
            self.round().await;
            let now = self.fingerprint().await;
            quiet = if now == before { quiet + 1 } else { 0 };
            before = now;
            if quiet == 2 {
                return self.look().await;
            }
        }
        Err(format!("no rest after {ROUNDS_MAX} rounds: {before:?}"))
    }

    async fn reconnect_all(&self) {
        for (n, account) in self.clinic.accounts.iter().enumerate() {
            let is_connected: bool = sqlx::query_scalar(
                "select exists (select from calendar_connections where org_id = $1 and account = $2 and connected)",
            )
            .bind(self.clinic.org.0)
            .bind(&account.email)
            .fetch_one(&self.vox.admin)
            .await
            .unwrap();
            if !is_connected {
                self.reconnect(n).await;
            }
        }
    }

    async fn round(&self) {
        self.vox.later(ROUND);
        self.trace.add("round".to_owned());
        self.keep().await;
        voxanne::calendars::check_mirrors(&self.vox.app, self.clinic.org).await.unwrap();
        self.run_all().await;
        self.google.settled().await;
        self.reconnect_all().await;
    }

    /// What a round may not change once all is quiet: writes at Google, and what is known of them.
    async fn fingerprint(&self) -> (u64, String) {
        let known = sqlx::query_scalar(
            "select concat(
               (select string_agg(concat(appointment_id, calendar_id, state, etag, version, starts_at), ' ' order by appointment_id, calendar_id)
                  from calendar_events where org_id = $1), ' / ',
               (select string_agg(concat(id, resolution, etag), ' ' order by id) from calendar_conflicts where org_id = $1), ' / ',
               (select string_agg(concat(calendar_id, event_ref, starts_at), ' ' order by calendar_id, event_ref, starts_at)
                  from external_busy where org_id = $1), ' / ',
               (select string_agg(concat(id, sync_token is null, failure), ' ' order by id) from calendars where org_id = $1))",
        )
        .bind(self.clinic.org.0)
        .fetch_one(&self.vox.admin)
        .await
        .unwrap();
        (self.writes(), known)
    }

    async fn look(&self) -> Result<(), String> {
        let mut end = End::of(self).await;
        end.calendars_work().await;
        end.visits_are_the_models().await;
        end.each_visit_is_told_once();
        end.conflicts_are_true().await;
        end.people_are_followed_or_asked();
        end.overlaps_are_told();
        end.mirrors_are_exact().await;
        if end.wrong.is_empty() { Ok(()) } else { Err(end.wrong.join("; ")) }
    }
}

impl<'h> End<'h> {
    async fn of(history: &'h History) -> Self {
        let (org, admin) = (history.clinic.org.0, &history.vox.admin);
        let mut calendars = Vec::new();
        for account in &history.clinic.accounts {
            let row = sqlx::query_as(
                "select c.id, c.external_id, c.failure from calendars c
                   join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
                  where c.org_id = $1 and c.external_id = $2 and k.connected and c.takes_events and c.blocks",
            );
            calendars.push(row.bind(org).bind(&account.email).fetch_one(admin).await.unwrap());
        }
        let conflicts = sqlx::query_as(
            "select appointment_id, calendar_id, kind, event_ref, their_starts_at, their_ends_at, resolution
               from calendar_conflicts where org_id = $1 order by id",
        );
        let conflicts = conflicts.bind(org).fetch_all(admin).await.unwrap();
        let events = history.clinic.accounts.iter().map(|a| history.google.events(&a.email)).collect();
        let now = history.vox.app.clock.now();
        Self { history, now, calendars, events, conflicts, wrong: Vec::new() }
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let count = sqlx::query_scalar(sql).bind(self.history.clinic.org.0);
        count.fetch_one(&self.history.vox.admin).await.unwrap()
    }

    fn is_ahead(&self, visit: &Visit) -> bool {
        visit.span.1 > self.now
    }

    /// The open disagreement about our event of a visit in an account's calendar.
    fn about(&self, visit: &Visit, account: usize) -> Option<&ConflictRow> {
        let calendar = self.calendars[account].id;
        self.conflicts.iter().find(|conflict| {
            conflict.resolution.is_none()
                && conflict.kind != "overlap"
                && conflict.appointment_id == visit.id.0
                && conflict.calendar_id == calendar
        })
    }

    fn event(&self, visit: &Visit, account: usize) -> Option<&Seen> {
        let name = visit.event();
        self.events[account].iter().find(|event| event.id == name)
    }

    async fn calendars_work(&mut self) {
        for calendar in &self.calendars {
            if let Some(failure) = &calendar.failure {
                self.wrong.push(format!("{} fails: {failure}", calendar.external_id));
            }
            let at_once = self.history.google.in_flight_max(&calendar.external_id);
            if at_once > 1 {
                self.wrong.push(format!("{at_once} writes at once in {}", calendar.external_id));
            }
        }
        let dead = self.history.worker().dead().await;
        let unfinished = self
            .count(
                "select count(*) from calendar_events where org_id = $1 and state in ('writing', 'reviving')",
            )
            .await;
        let tasks = self
            .count("select count(*) from tasks where org_id = $1 and kind = 'calendar_conflict' and done_at is null")
            .await;
        let open = self.conflicts.iter().filter(|conflict| conflict.resolution.is_none()).count();
        if (dead, unfinished) != (0, 0) || usize::try_from(tasks) != Ok(open) {
            self.wrong.push(format!(
                "{dead} dead jobs, {unfinished} unfinished events, {tasks} tasks for {open} conflicts"
            ));
        }
    }

    /// No visit is lost, doubled, moved or cancelled by anybody but our own steps.
    async fn visits_are_the_models(&mut self) {
        let rows: Vec<VisitRow> = sqlx::query_as(
            "select a.id, a.status::text, a.practitioner_id, a.starts_at, a.ends_at, a.version,
                    (select count(*) from appointment_changes c where c.org_id = a.org_id and c.appointment_id = a.id) as changes
               from appointments a where a.org_id = $1",
        )
        .bind(self.history.clinic.org.0)
        .fetch_all(&self.history.vox.admin)
        .await
        .unwrap();
        let rows: BTreeMap<Uuid, VisitRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        let visits = &self.history.model.visits;
        if rows.len() != visits.len() {
            self.wrong.push(format!("{} visits are {}", visits.len(), rows.len()));
        }
        for (n, visit) in visits.iter().enumerate() {
            let Some(row) = rows.get(&visit.id.0) else {
                self.wrong.push(format!("visit {n} is lost"));
                continue;
            };
            let span = (row.starts_at.to_jiff(), row.ends_at.to_jiff());
            let is_same = span == visit.span
                && (row.status != "cancelled") == visit.is_live
                && row.practitioner_id == visit.practitioner
                && row.version == visit.version
                && row.changes == i64::from(visit.version);
            if !is_same {
                self.wrong.push(format!("visit {n} is {row:?} and was left as {visit:?}"));
            }
        }
    }

    /// Each live visit has its event once, at its time; a cancelled one has none. Unless somebody is asked why not.
    fn each_visit_is_told_once(&mut self) {
        let mut wrong = Vec::new();
        let model = &self.history.model;
        for (n, visit) in model.visits.iter().enumerate().filter(|(_, visit)| self.is_ahead(visit)) {
            for account in 0..self.calendars.len() {
                if self.about(visit, account).is_some() {
                    continue;
                }
                let event = self.event(visit, account);
                let is_at = event.map(|event| (event.start, event.end));
                let wanted = model.wanted(&self.history.clinic, (n, account));
                let says = event.and_then(mark).map(|mark| mark.span);
                if is_at != wanted || says != wanted {
                    wrong.push(format!("visit {n} is wanted in calendar {account} at {wanted:?}, is there at {is_at:?}, says {says:?}"));
                }
                let title = model.titles.get(&(n, account));
                if let (Some(event), Some(title)) = (event, title)
                    && event.summary != *title
                {
                    wrong
                        .push(format!("{title} of visit {n} in calendar {account} became {}", event.summary));
                }
            }
        }
        for (account, events) in self.events.iter().enumerate() {
            for event in events {
                let Some(mark) = mark(event) else { continue };
                let Some(visit) = model.visits.iter().position(|visit| visit.id.0 == mark.visit) else {
                    continue;
                };
                let is_copy =
                    model.visits[visit].event() != event.id && mark.span == (event.start, event.end);
                if is_copy && mark.span.1 > self.now && !self.was_asked_about(visit, account) {
                    wrong
                        .push(format!("a copy of visit {visit} is in calendar {account} at {:?}", mark.span));
                }
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// Whether a person ever disagreed about the visit's event: then a copy may be what they want instead.
    fn was_asked_about(&self, visit: usize, account: usize) -> bool {
        let (visit, calendar) = (&self.history.model.visits[visit], self.calendars[account].id);
        self.conflicts
            .iter()
            .any(|c| c.kind != "overlap" && c.appointment_id == visit.id.0 && c.calendar_id == calendar)
    }

    /// What staff are asked is so: the event is where it is said to be, and not where the visit is.
    async fn conflicts_are_true(&mut self) {
        let mut wrong = Vec::new();
        let model = &self.history.model;
        for conflict in self.conflicts.iter().filter(|conflict| conflict.resolution.is_none()) {
            let visit = model.visits.iter().position(|visit| visit.id.0 == conflict.appointment_id).unwrap();
            let account = self.calendars.iter().position(|calendar| calendar.id == conflict.calendar_id);
            let Some(account) = account else { continue };
            if !self.is_ahead(&model.visits[visit]) {
                continue;
            }
            let theirs = conflict.their_starts_at.zip(conflict.their_ends_at);
            let theirs = theirs.map(|(from, to)| (from.to_jiff(), to.to_jiff()));
            let event = self.events[account].iter().find(|event| event.id == conflict.event_ref);
            let is_at = event.map(|event| (event.start, event.end));
            let wanted = model.wanted(&self.history.clinic, (visit, account));
            let is_true = match conflict.kind.as_str() {
                "overlap" => {
                    let visit = &model.visits[visit];
                    visit.is_live
                        && event.is_some_and(|event| {
                            is_busy(event) && overlap(visit.span, (event.start, event.end))
                        })
                }
                "moved" => is_at.is_some() && is_at == theirs && is_at != wanted,
                _ => is_at.is_none() && theirs.is_none() && wanted.is_some(),
            };
            if !is_true {
                wrong.push(format!("visit {visit} in calendar {account} is wanted at {wanted:?} and is at {is_at:?}, but staff are asked: {conflict:?}"));
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// What people did to our events stands until a visit agrees or somebody decides.
    fn people_are_followed_or_asked(&mut self) {
        let mut wrong = Vec::new();
        let model = &self.history.model;
        for ((visit, account), did) in &model.demands {
            let (n, visit) = (*visit, &model.visits[*visit]);
            if !self.is_ahead(visit) {
                continue;
            }
            let event = self.event(visit, *account);
            let stands = match did {
                Did::Moved(span) => event.is_some_and(|event| (event.start, event.end) == *span),
                Did::Deleted => event.is_none(),
            };
            if !stands || self.about(visit, *account).is_none() {
                wrong.push(format!("a person did {did:?} to visit {n} in calendar {account}; it stands: {stands}, and nobody is asked or it was undone"));
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// Something of theirs at the time of a visit is never silent.
    fn overlaps_are_told(&mut self) {
        let mut wrong = Vec::new();
        for (account, events) in self.events.iter().enumerate() {
            let whose = self.history.clinic.accounts[account].practitioner;
            let visits = self.history.model.visits.iter().enumerate();
            let concerned = visits.filter(|(_, visit)| {
                visit.is_live && self.is_ahead(visit) && whose.is_none_or(|whose| whose == visit.practitioner)
            });
            for (n, visit) in concerned {
                let over = events.iter().filter(|event| {
                    is_busy(event)
                        && event.id != visit.event()
                        && event.end > self.now
                        && overlap((event.start, event.end), visit.span)
                });
                for event in over {
                    let is_told = self.conflicts.iter().any(|conflict| {
                        conflict.kind == "overlap"
                            && conflict.appointment_id == visit.id.0
                            && conflict.event_ref == event.id
                            && conflict.resolution.as_deref().is_none_or(|r| r == "ours")
                    });
                    if !is_told {
                        wrong.push(format!(
                            "{} in calendar {account} is at the time of visit {n}, and nobody is asked",
                            event.id
                        ));
                    }
                }
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// The mirror has what people's events keep, and nothing else.
    async fn mirrors_are_exact(&mut self) {
        let rows: Vec<BusyRow> = sqlx::query_as(
            "select calendar_id, event_ref, min(starts_at) as starts_at, max(ends_at) as ends_at
               from external_busy where org_id = $1 group by 1, 2",
        )
        .bind(self.history.clinic.org.0)
        .fetch_all(&self.history.vox.admin)
        .await
        .unwrap();
        for (account, calendar) in self.calendars.iter().enumerate() {
            let of_calendar = rows.iter().filter(|row| row.calendar_id == calendar.id);
            let mirrored: BTreeSet<(&str, Span)> = of_calendar
                .map(|row| (row.event_ref.as_str(), (row.starts_at.to_jiff(), row.ends_at.to_jiff())))
                .filter(|(_, span)| span.1 > self.now)
                .collect();
            let kept = self.events[account].iter().filter(|event| is_busy(event) && event.end > self.now);
            let kept: BTreeSet<(&str, Span)> =
                kept.map(|event| (event.id.as_str(), (event.start, event.end))).collect();
            if mirrored != kept {
                let (extra, missing) = (mirrored.difference(&kept), kept.difference(&mirrored));
                self.wrong.push(format!(
                    "the mirror of calendar {account} has {:?} too much and lacks {:?}",
                    extra.collect::<Vec<_>>(),
                    missing.collect::<Vec<_>>()
                ));
            }
        }
    }
}
