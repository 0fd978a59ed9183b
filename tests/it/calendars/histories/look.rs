//! What has to hold when all is quiet: of visits, mirrors and overlaps here, of our events in [`super::told`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff_sqlx::Timestamp as Stored;
use sqlx::FromRow;
use uuid::Uuid;
use voxanne_sandbox::google::Seen;

use super::clinic::Span;
use super::model::{Visit, mark};
use super::play::History;

#[derive(Debug, FromRow)]
pub struct CalendarRow {
    pub id: Uuid,
    external_id: String,
    failure: Option<String>,
    blocks: bool,
    takes_events: bool,
    all_day_blocks: bool,
}

#[derive(Debug, Clone, FromRow)]
pub struct ConflictRow {
    pub appointment_id: Uuid,
    pub calendar_id: Uuid,
    pub kind: String,
    pub event_ref: String,
    their_starts_at: Option<Stored>,
    their_ends_at: Option<Stored>,
    pub resolution: Option<String>,
}

impl ConflictRow {
    pub fn is_open(&self) -> bool {
        self.resolution.is_none()
    }

    pub fn theirs(&self) -> Option<Span> {
        let theirs = self.their_starts_at.zip(self.their_ends_at);
        theirs.map(|(from, to)| (from.to_jiff(), to.to_jiff()))
    }
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

pub fn span(event: &Seen) -> Span {
    (event.start, event.end)
}

pub fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Everything that is looked at, as it is in the end.
pub struct End<'h> {
    pub history: &'h History,
    now: Timestamp,
    /// In the order of the clinic's.
    pub calendars: Vec<CalendarRow>,
    /// What is in each of them.
    pub events: Vec<Vec<Seen>>,
    pub conflicts: Vec<ConflictRow>,
    pub wrong: Vec<String>,
}

impl<'h> End<'h> {
    pub async fn of(history: &'h History) -> Self {
        let (org, admin) = (history.clinic.org.0, &history.vox.admin);
        let mut calendars = Vec::new();
        for calendar in &history.clinic.calendars {
            let row = sqlx::query_as(
                "select c.id, c.external_id, c.failure, c.blocks, c.takes_events, c.all_day_blocks
                   from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
                  where c.org_id = $1 and c.external_id = $2 and k.connected",
            );
            calendars.push(row.bind(org).bind(&calendar.name).fetch_one(admin).await.unwrap());
        }
        let conflicts = sqlx::query_as(
            "select appointment_id, calendar_id, kind, event_ref, their_starts_at, their_ends_at, resolution
               from calendar_conflicts where org_id = $1 order by id",
        );
        let conflicts = conflicts.bind(org).fetch_all(admin).await.unwrap();
        let events = history.clinic.calendars.iter().map(|calendar| history.google.events(&calendar.name));
        let (events, now) = (events.collect(), history.vox.app.clock.now());
        Self { history, now, calendars, events, conflicts, wrong: Vec::new() }
    }

    /// What does not hold.
    pub async fn look(mut self) -> Vec<String> {
        self.calendars_work().await;
        self.visits_are_the_models().await;
        self.mirrors_are_exact().await;
        self.overlaps_are_told();
        self.each_visit_is_told_once();
        self.no_copy_is_left();
        self.what_is_asked_is_so();
        self.people_are_followed_or_asked();
        self.wrong
    }

    pub fn is_ahead(&self, visit: &Visit) -> bool {
        visit.span.1 > self.now
    }

    /// Visits that are not over, with their places.
    pub fn ahead(&self) -> impl Iterator<Item = (usize, &'h Visit)> {
        let (visits, now) = (&self.history.model.visits, self.now);
        visits.iter().enumerate().filter(move |(_, visit)| visit.span.1 > now)
    }

    /// The place of a visit.
    pub fn place(&self, visit: Uuid) -> Option<usize> {
        self.history.model.visits.iter().position(|known| known.id.0 == visit)
    }

    /// Whether an event keeps time that is not our own doing.
    pub fn is_busy(&self, calendar: usize, event: &Seen) -> bool {
        let days_block = self.history.clinic.calendars[calendar].days_block;
        let is_ours = mark(event).is_some_and(|mark| mark.span == span(event));
        !event.is_transparent && !is_ours && (days_block || !event.is_all_day) && event.end > self.now
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let count = sqlx::query_scalar(sql).bind(self.history.clinic.org.0);
        count.fetch_one(&self.history.vox.admin).await.unwrap()
    }

    async fn calendars_work(&mut self) {
        for (calendar, chosen) in self.calendars.iter().zip(&self.history.clinic.calendars) {
            let name = &calendar.external_id;
            if let Some(failure) = calendar.failure.as_ref().filter(|_| chosen.is_used()) {
                self.wrong.push(format!("{name} fails: {failure}"));
            }
            let is_as_chosen = (calendar.blocks, calendar.takes_events, calendar.all_day_blocks)
                == (chosen.blocks, chosen.takes, chosen.days_block);
            if !is_as_chosen {
                self.wrong.push(format!("{calendar:?} was chosen as {chosen:?}"));
            }
            let at_once = self.history.google.in_flight_max(name);
            if at_once > 1 {
                self.wrong.push(format!("{at_once} writes at once in {name}"));
            }
        }
        let dead = self.history.worker().dead().await;
        let unfinished = self
            .count(
                "select count(*) from calendar_events e join calendars c on c.org_id = e.org_id and c.id = e.calendar_id
                   join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
                   join appointments a on a.org_id = e.org_id and a.id = e.appointment_id
                  where e.org_id = $1 and e.state in ('writing', 'reviving') and k.connected
                    and a.ends_at > (select max(synced_at) from calendars where org_id = $1)",
            )
            .await;
        let tasks = self
            .count("select count(*) from tasks where org_id = $1 and kind = 'calendar_conflict' and done_at is null")
            .await;
        let open = self.conflicts.iter().filter(|conflict| conflict.is_open()).count();
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
            let is_same = (row.starts_at.to_jiff(), row.ends_at.to_jiff()) == visit.span
                && (row.status != "cancelled") == visit.is_live
                && row.practitioner_id == visit.practitioner
                && row.version == visit.version
                && row.changes == i64::from(visit.version);
            if !is_same {
                self.wrong.push(format!("visit {n} is {row:?} and was left as {visit:?}"));
            }
        }
    }

    /// A mirror has what people's events keep, and nothing else.
    async fn mirrors_are_exact(&mut self) {
        let rows: Vec<BusyRow> = sqlx::query_as(
            "select calendar_id, event_ref, min(starts_at) as starts_at, max(ends_at) as ends_at
               from external_busy where org_id = $1 group by 1, 2",
        )
        .bind(self.history.clinic.org.0)
        .fetch_all(&self.history.vox.admin)
        .await
        .unwrap();
        for (n, calendar) in self.calendars.iter().enumerate() {
            let mirrored: BTreeSet<(&str, Span)> = rows
                .iter()
                .filter(|row| row.calendar_id == calendar.id)
                .map(|row| (row.event_ref.as_str(), (row.starts_at.to_jiff(), row.ends_at.to_jiff())))
                .filter(|(_, span)| span.1 > self.now)
                .collect();
            let blocks = self.history.clinic.calendars[n].blocks;
            let kept = self.events[n].iter().filter(|event| blocks && self.is_busy(n, event));
            let kept: BTreeSet<(&str, Span)> = kept.map(|event| (event.id.as_str(), span(event))).collect();
            if mirrored != kept {
                let extra: Vec<_> = mirrored.difference(&kept).collect();
                let missing: Vec<_> = kept.difference(&mirrored).collect();
                self.wrong
                    .push(format!("the mirror of calendar {n} has {extra:?} too much and lacks {missing:?}"));
            }
        }
    }

    /// Something of theirs at the time of a visit is never silent, and what somebody decided is not asked again.
    fn overlaps_are_told(&mut self) {
        let mut wrong = Vec::new();
        let about = |visit: &Visit, calendar: usize, event: &str| {
            let calendar = self.calendars[calendar].id;
            let is_it = |row: &&ConflictRow| {
                row.kind == "overlap" && row.appointment_id == visit.id.0 && row.calendar_id == calendar
            };
            let rows: Vec<&ConflictRow> =
                self.conflicts.iter().filter(is_it).filter(|row| row.event_ref == event).collect();
            let is_open = rows.iter().any(|row| row.is_open());
            (is_open, rows.iter().any(|row| row.resolution.as_deref() == Some("ours")))
        };
        for (n, calendar) in self.history.clinic.calendars.iter().enumerate().filter(|(_, it)| it.blocks) {
            let whose = calendar.practitioner;
            let concerned = self
                .ahead()
                .filter(|(_, visit)| visit.is_live && whose.is_none_or(|whose| whose == visit.practitioner));
            for (place, visit) in concerned {
                for event in self.events[n].iter().filter(|event| event.id != visit.event()) {
                    if !self.is_busy(n, event) || !overlap(span(event), visit.span) {
                        continue;
                    }
                    let (is_open, was_kept) = about(visit, n, &event.id);
                    let is_kept = self.history.model.kept.iter().any(|kept| {
                        (kept.visit, kept.at, &kept.event, kept.theirs)
                            == (place, visit.span, &event.id, span(event))
                    });
                    if !is_open && !was_kept || is_open && is_kept && !self.was_moved_since(place) {
                        wrong.push(format!(
                            "{} in calendar {n} is at the time of visit {place}: asked {is_open}, kept {is_kept}",
                            event.id
                        ));
                    }
                }
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// Whether a visit may have gone and come back since somebody decided about it.
    fn was_moved_since(&self, visit: usize) -> bool {
        self.history.model.visits[visit].version > 1
    }
}
