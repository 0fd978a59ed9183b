//! What we do: book, move, call off, and settle what somebody was asked.

use std::sync::Arc;

use uuid::Uuid;
use voxanne::appointments::{
    self, Actor, BookError, Booked, ChangeError, Changed, NewBooking, Reschedule, Target,
};
use voxanne::calendars::{self, Conflict, ConflictKind, Resolution};
use voxanne::platform::db::OrgTx;
use voxanne::platform::ids::{AppointmentId, ResourceId};
use voxanne::scheduling::{self, RuleBook};

use super::clinic::{instant, visit_span};
use super::model::{Kept, Visit};
use super::play::History;

/// A refusal is an outcome; anything else is a defect.
fn is_refusal(error: &ChangeError) -> bool {
    matches!(error, ChangeError::Refused { .. } | ChangeError::NotAhead(_) | ChangeError::IllegalState { .. })
}

fn target<'t>(id: AppointmentId) -> Target<'t> {
    Target { id, expected_version: None, actor: Actor::Voice, reason: None }
}

impl History {
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
    pub fn nth_visit(&self, nth: usize) -> Option<usize> {
        let live: Vec<usize> =
            (0..self.model.visits.len()).filter(|n| self.model.visits[*n].is_live).collect();
        live.get(nth % live.len().max(1)).copied()
    }

    pub async fn book(&mut self, person: Option<usize>, cell: u64) -> bool {
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

    pub async fn move_to(&mut self, visit: usize, person: Option<usize>, cell: u64) -> bool {
        let (book, mut tx) = self.open().await;
        let wanted = Reschedule {
            book: &book,
            target: target(self.model.visits[visit].id),
            starts_at: instant(cell),
            practitioner: self.person(person),
            thing: None,
            minutes: None,
            call_ref: None,
            asks_calendars: false,
            is_decided: true,
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

    pub async fn cancel(&mut self, visit: usize) -> bool {
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
    pub async fn settle(&mut self, nth: usize, resolution: Resolution, cell: u64) -> bool {
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
                    thing: None,
                    minutes: None,
                    call_ref: None,
                    asks_calendars: false,
                    is_decided: true,
                };
                Some(appointments::reschedule(&app, &mut tx, org, &wanted).await)
            }
        };
        let followed = match followed {
            Some(Err(error)) if is_refusal(&error) => return false,
            // It has to make room.
            Some(Ok(moved)) if moved.is_repeat && conflict.kind == ConflictKind::Overlap => return false,
            followed => followed.transpose().unwrap(),
        };
        let now = appointments::find(&mut tx, org, conflict.appointment).await.unwrap().unwrap();
        calendars::write_later(&mut tx, org, now.id, now.practitioner).await.unwrap();
        tx.commit().await.unwrap();
        if let Some(followed) = followed {
            self.heard(visit, &followed);
        }
        match (conflict.kind, resolution, conflict.theirs) {
            (ConflictKind::Overlap, Resolution::Ours, Some(theirs)) => {
                let (event, at) = (conflict.event_ref.clone(), self.model.visits[visit].span);
                self.model.kept.push(Kept { visit, at, event, theirs });
            }
            (ConflictKind::Overlap, ..) => {}
            _ => {
                let calendar = self.calendar_of(&conflict).await;
                self.model.demands.remove(&(visit, calendar));
            }
        }
        true
    }

    async fn calendar_of(&self, conflict: &Conflict) -> usize {
        let name: String = sqlx::query_scalar("select external_id from calendars where id = $1")
            .bind(Uuid::from(conflict.calendar))
            .fetch_one(&self.vox.admin)
            .await
            .unwrap();
        self.clinic.calendars.iter().position(|calendar| calendar.name == name).unwrap()
    }
}
