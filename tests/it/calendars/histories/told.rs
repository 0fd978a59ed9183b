//! What has to hold of our events: each visit is told once, or somebody is asked why not.

use voxanne_sandbox::google::Seen;

use super::look::{ConflictRow, End, overlap, span};
use super::model::{Did, Visit, mark};

impl End<'_> {
    /// The open disagreement about our event of a visit in a calendar.
    fn about(&self, visit: &Visit, calendar: usize) -> Option<&ConflictRow> {
        let calendar = self.calendars[calendar].id;
        self.conflicts.iter().find(|conflict| {
            conflict.is_open()
                && conflict.kind != "overlap"
                && conflict.appointment_id == visit.id.0
                && conflict.calendar_id == calendar
        })
    }

    fn event(&self, visit: &Visit, calendar: usize) -> Option<&Seen> {
        let name = visit.event();
        self.events[calendar].iter().find(|event| event.id == name)
    }

    /// Whether people's changes of our events are heard of there at all.
    fn is_used(&self, calendar: usize) -> bool {
        self.history.clinic.calendars[calendar].is_used()
    }

    /// Each live visit has its event once, at its time; a cancelled one has none. Unless somebody is asked why not.
    pub fn each_visit_is_told_once(&mut self) {
        let mut wrong = Vec::new();
        let model = &self.history.model;
        for (n, visit) in self.ahead() {
            for calendar in 0..self.calendars.len() {
                let event = self.event(visit, calendar);
                let title = model.titles.get(&(n, calendar));
                if let Some((event, title)) = event.zip(title)
                    && event.summary != *title
                {
                    wrong.push(format!(
                        "{title} of visit {n} in calendar {calendar} became {}",
                        event.summary
                    ));
                }
                let is_at = event.map(span);
                let says = event.and_then(mark).map(|mark| mark.span);
                let was_left = !self.is_used(calendar) && is_at != says;
                if was_left || self.about(visit, calendar).is_some() {
                    continue;
                }
                let wanted = model.wanted(&self.history.clinic, (n, calendar));
                if is_at != wanted || says != wanted {
                    wrong.push(format!("visit {n} is wanted in calendar {calendar} at {wanted:?}, is there at {is_at:?}, says {says:?}"));
                }
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// A second event of a visit at the time that we gave the first is gone.
    pub fn no_copy_is_left(&mut self) {
        let mut wrong = Vec::new();
        for (calendar, events) in self.events.iter().enumerate().filter(|(n, _)| self.is_used(*n)) {
            for event in events {
                let Some(mark) = mark(event).filter(|mark| mark.span == span(event)) else { continue };
                let Some(place) = self.place(mark.visit) else { continue };
                let visit = &self.history.model.visits[place];
                let is_copy = visit.event() != event.id && self.is_ahead(visit);
                if is_copy && !self.was_asked_about(visit, calendar) {
                    wrong.push(format!(
                        "a copy of visit {place} is in calendar {calendar} at {:?}",
                        mark.span
                    ));
                }
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// Whether a person ever disagreed about the visit's event, or could while nobody looked: then a copy may be what they
    /// want instead.
    fn was_asked_about(&self, visit: &Visit, calendar: usize) -> bool {
        let was_away = self.history.clinic.calendars[calendar].was_away;
        let calendar = self.calendars[calendar].id;
        let is_about = |row: &ConflictRow| row.appointment_id == visit.id.0 && row.calendar_id == calendar;
        let was_asked =
            self.conflicts.iter().any(|conflict| conflict.kind != "overlap" && is_about(conflict));
        was_asked || was_away
    }

    /// What staff are asked is so: the event is where it is said to be, and not where the visit is.
    pub fn what_is_asked_is_so(&mut self) {
        let mut wrong = Vec::new();
        let model = &self.history.model;
        for conflict in self.conflicts.iter().filter(|conflict| conflict.is_open()) {
            let place = self.place(conflict.appointment_id).unwrap();
            let visit = &model.visits[place];
            let calendar = self.calendars.iter().position(|calendar| calendar.id == conflict.calendar_id);
            let Some(calendar) = calendar else {
                wrong.push(format!("staff are asked about a calendar that was taken away: {conflict:?}"));
                continue;
            };
            if !self.is_ahead(visit) || !self.is_used(calendar) {
                continue;
            }
            let event = self.events[calendar].iter().find(|event| event.id == conflict.event_ref);
            let is_at = event.map(span);
            let wanted = model.wanted(&self.history.clinic, (place, calendar));
            let is_over = |event: &Seen| self.is_busy(calendar, event) && overlap(visit.span, span(event));
            let is_so = match conflict.kind.as_str() {
                "overlap" => visit.is_live && event.is_some_and(is_over),
                "moved" => is_at.is_some() && is_at == conflict.theirs() && is_at != wanted,
                _ => is_at.is_none() && conflict.theirs().is_none() && wanted.is_some(),
            };
            if !is_so {
                wrong.push(format!("visit {place} in calendar {calendar} is wanted at {wanted:?} and is at {is_at:?}, but staff are asked: {conflict:?}"));
            }
        }
        self.wrong.append(&mut wrong);
    }

    /// What people did to our events stands until a visit agrees or somebody decides.
    pub fn people_are_followed_or_asked(&mut self) {
        let mut wrong = Vec::new();
        let model = &self.history.model;
        for ((place, calendar), did) in &model.demands {
            let visit = &model.visits[*place];
            if !self.is_ahead(visit) || !self.is_used(*calendar) {
                continue;
            }
            let event = self.event(visit, *calendar);
            let stands = match did {
                Did::Moved(to) => event.is_some_and(|event| span(event) == *to),
                Did::Deleted => event.is_none(),
            };
            let is_asked = self.about(visit, *calendar).is_some();
            if !stands || !is_asked {
                wrong.push(format!("a person did {did:?} to visit {place} in calendar {calendar}: stands {stands}, asked {is_asked}"));
            }
        }
        self.wrong.append(&mut wrong);
    }
}
