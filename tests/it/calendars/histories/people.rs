//! What people do to their calendars, ours in them included.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use voxanne_sandbox::google::{Every, Repeats, Seen, When};
use voxanne_sandbox::{GoogleFake, HumanEvent};

use super::clinic::{CELL, CELLS, Clinic, Span, instant, visit_span};
use super::model::{Did, Model, Place, mark};
use crate::durability::chance::Chance;

/// What somebody does.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Add {
        minutes: i64,
        is_transparent: bool,
    },
    AddDay {
        day: i8,
    },
    AddSeries,
    MoveTheirs,
    DeleteTheirs,
    MoveOurs {
        is_longer: bool,
    },
    /// Back to the time of its visit.
    ReturnOurs,
    DeleteOurs,
    /// Out of the bin, where a person put it.
    RestoreOurs,
    RenameOurs,
    CopyOurs {
        is_elsewhere: bool,
    },
    ShowOursAsFree,
}

/// One thing that somebody does in a calendar, to the `nth` of what there is (it begins anew after the last), at a time.
#[derive(Debug, Clone, Copy)]
pub struct Edit {
    calendar: usize,
    nth: usize,
    cell: u64,
    act: Act,
}

impl Edit {
    pub fn draw(clinic: &Clinic, chance: &Chance) -> Self {
        let (calendar, nth) = (pick(chance, clinic.calendars.len()), pick(chance, 8));
        let act = match chance.below(80) {
            0..14 => {
                Act::Add { minutes: [15, 30, 60, 90][pick(chance, 4)], is_transparent: chance.one_in(5) }
            }
            14 => Act::AddDay { day: 1 + i8::from(chance.one_in(2)) },
            15..17 => Act::AddSeries,
            17..22 => Act::MoveTheirs,
            22..30 => Act::DeleteTheirs,
            30..48 => Act::MoveOurs { is_longer: chance.one_in(4) },
            48..56 => Act::ReturnOurs,
            56..66 => Act::DeleteOurs,
            66..70 => Act::RestoreOurs,
            70..74 => Act::RenameOurs,
            74..78 => Act::CopyOurs { is_elsewhere: chance.one_in(3) },
            _ => Act::ShowOursAsFree,
        };
        Self { calendar, nth, cell: chance.below(CELLS), act }
    }

    /// What is counted under one name.
    pub const fn name(&self) -> &'static str {
        match self.act {
            Act::Add { .. } => "add",
            Act::AddDay { .. } => "add day",
            Act::AddSeries => "add series",
            Act::MoveTheirs => "move theirs",
            Act::DeleteTheirs => "delete theirs",
            Act::MoveOurs { .. } => "move ours",
            Act::ReturnOurs => "return ours",
            Act::DeleteOurs => "delete ours",
            Act::RestoreOurs => "restore ours",
            Act::RenameOurs => "rename ours",
            Act::CopyOurs { .. } => "copy ours",
            Act::ShowOursAsFree => "show ours as free",
        }
    }
}

fn pick(chance: &Chance, of: usize) -> usize {
    usize::try_from(chance.below(of as u64)).unwrap()
}

/// What is known of people's own events.
#[derive(Debug, Default)]
pub struct Diary {
    /// In the order in which they were made, each with its calendar.
    pub theirs: Vec<(usize, String)>,
    /// When each was last touched.
    pub touched: BTreeMap<(usize, String), Timestamp>,
    /// Those that a list has called deleted, or will.
    pub phantoms: BTreeSet<String>,
}

impl Diary {
    fn touch(&mut self, calendar: usize, id: String, now: Timestamp) {
        self.touched.insert((calendar, id), now);
    }
}

/// Whoever edits: they see the calendars, and the model hears what they did.
pub struct People<'h> {
    pub google: &'h GoogleFake,
    pub clinic: &'h Clinic,
    pub model: &'h mut Model,
    pub diary: &'h mut Diary,
    pub now: Timestamp,
}

impl People<'_> {
    /// False when there was nothing to do it to.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        let (calendar, cell) = (edit.calendar, edit.cell);
        let start = instant(cell);
        match edit.act {
            Act::Add { minutes, is_transparent } => {
                // A quarter of an hour is not at the full or half one.
                let start = if minutes == 15 { start + SignedDuration::from_mins(15) } else { start };
                let event = HumanEvent::at("Theirs", start, start + SignedDuration::from_mins(minutes));
                self.add(calendar, &HumanEvent { is_transparent, ..event });
            }
            Act::AddDay { day } => {
                let day = Date::new(2026, 12, day).unwrap();
                self.add(calendar, &HumanEvent::days("Away", day, day.tomorrow().unwrap()));
            }
            Act::AddSeries => {
                let repeats =
                    Repeats { every: Every::Days(1), count: Some(3), until: None, except: Vec::new() };
                let event = HumanEvent::at("Standing", start, start + CELL);
                self.add(calendar, &HumanEvent { repeats: Some(repeats), ..event });
            }
            Act::MoveTheirs | Act::DeleteTheirs => {
                let Some(id) = self.nth_of_theirs(calendar, edit.nth) else { return false };
                if matches!(edit.act, Act::MoveTheirs) {
                    self.give(calendar, &id, visit_span(cell));
                } else {
                    self.google.delete_event(self.name(calendar), &id);
                }
                self.diary.touch(calendar, id, self.now);
            }
            _ => {
                let is_deleted = matches!(edit.act, Act::RestoreOurs);
                let Some((place, event)) = self.nth_of_ours(calendar, edit.nth, is_deleted) else {
                    return false;
                };
                self.edit_ours(edit, place, &event);
            }
        }
        true
    }

    fn edit_ours(&mut self, edit: &Edit, place: Place, event: &Seen) {
        let (calendar, name) = (edit.calendar, self.name(edit.calendar).to_owned());
        match edit.act {
            Act::MoveOurs { is_longer } => {
                let (from, to) = visit_span(edit.cell);
                let span = (from, if is_longer { to + CELL } else { to });
                self.give(calendar, &event.id, span);
                self.demand(place, event, Did::Moved(span));
            }
            Act::ReturnOurs => {
                let span = self.model.visits[place.0].span;
                self.give(calendar, &event.id, span);
                self.demand(place, event, Did::Moved(span));
            }
            Act::DeleteOurs => {
                self.google.delete_event(&name, &event.id);
                self.demand(place, event, Did::Deleted);
            }
            Act::RestoreOurs => {
                self.google.edit_event(&name, &event.id, json!({ "status": "confirmed" }));
                self.demand(place, event, Did::Moved((event.start, event.end)));
            }
            Act::RenameOurs => {
                let title = format!("{} (bring forms)", event.summary);
                self.google.rename_event(&name, &event.id, &title);
                self.model.titles.insert(place, title);
            }
            Act::CopyOurs { is_elsewhere } => {
                let copy = self.google.copy_event(&name, &event.id).unwrap();
                if is_elsewhere {
                    self.give(calendar, &copy, visit_span(edit.cell));
                }
            }
            _ => {
                self.google.edit_event(&name, &event.id, json!({ "transparency": "transparent" }));
            }
        }
    }

    fn name(&self, calendar: usize) -> &str {
        &self.clinic.calendars[calendar].name
    }

    fn add(&mut self, calendar: usize, event: &HumanEvent) {
        let id = self.google.add_event(self.name(calendar), event);
        let all = self.google.events(self.name(calendar)).into_iter();
        let made = all.filter(|it| it.id == id || it.series.as_ref() == Some(&id));
        for it in made {
            self.diary.theirs.push((calendar, it.id.clone()));
            self.diary.touch(calendar, it.id, self.now);
        }
    }

    fn give(&self, calendar: usize, id: &str, (from, to): Span) {
        self.google.move_event(self.name(calendar), id, When::At(from), When::At(to));
    }

    /// What a person did to the event of a visit is to stand, unless it is where we put it.
    fn demand(&mut self, place: Place, event: &Seen, did: Did) {
        let is_undone = matches!(did, Did::Moved(span) if mark(event).is_some_and(|mark| mark.span == span));
        if is_undone {
            self.model.demands.remove(&place);
        } else {
            self.model.demands.insert(place, did);
        }
        self.model.absorb(self.clinic);
    }

    fn nth_of_theirs(&self, calendar: usize, nth: usize) -> Option<String> {
        let of_calendar = self.diary.theirs.iter().filter(|(of, _)| *of == calendar);
        let there: Vec<&String> = of_calendar
            .map(|(_, id)| id)
            .filter(|id| self.google.event(self.name(calendar), id).is_some_and(|it| !it.is_deleted))
            .collect();
        there.get(nth % there.len().max(1)).map(|id| (*id).clone())
    }

    /// Deleted ones are those that a person deleted: what we took out is nobody's to put back.
    fn nth_of_ours(&self, calendar: usize, nth: usize, is_deleted: bool) -> Option<(Place, Seen)> {
        let visits = self.model.visits.iter().enumerate();
        let there: Vec<(Place, Seen)> = visits
            .filter_map(|(n, visit)| {
                Some(((n, calendar), self.google.event(self.name(calendar), &visit.event())?))
            })
            .filter(|(place, event)| {
                let is_theirs = self.model.demands.get(place) == Some(&Did::Deleted);
                event.is_deleted == is_deleted && (!is_deleted || is_theirs)
            })
            .collect();
        there.get(nth % there.len().max(1)).cloned()
    }
}
