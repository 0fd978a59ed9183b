//! One service at one location, ready for the engine.

use serde_json::{Value, json};
use uuid::Uuid;
use voxanne_slots as slots;

use super::rule_book::{Location, Practitioner, RuleBook, Service};
use crate::platform::ids::{LocationId, ResourceId, ServiceId};

/// One service at one location, ready for the engine.
#[derive(Debug)]
pub struct Bookable<'b> {
    /// Where.
    pub location: &'b Location,
    /// What, as a row.
    pub service: ServiceId,
    /// How long, with which buffers.
    pub rules: slots::Service,
    /// Who may, in order of preference.
    pub practitioners: Vec<slots::Practitioner>,
    /// Rooms and devices.
    pub needs: Vec<slots::Need>,
    /// Whether whoever had fewest turns comes first.
    pub is_in_turn: bool,
    /// Whether turns of it are counted, whoever was asked for this time.
    pub(super) has_turns: bool,
    prerequisites: Vec<super::rule_book::Prerequisite>,
    spacings: Vec<(ServiceId, u16)>,
    supervisors: Option<Vec<slots::Supervisor>>,
}

impl<'b> Bookable<'b> {
    pub(super) fn new(
        book: &RuleBook,
        location: &'b Location,
        service: &Service,
        only: Option<ResourceId>,
    ) -> Self {
        let able = book
            .practitioners
            .iter()
            .filter(|p| service.practitioners.contains(&p.id) && only.is_none_or(|only| only == p.id));
        let supervisors = || {
            let here = book.practitioners.iter().filter(|p| p.supervises);
            here.filter_map(|p| supervisor(p, location.id)).collect()
        };
        Self {
            location,
            service: service.id,
            rules: service.rules,
            practitioners: able.filter_map(|p| practitioner(p, location.id, service.licensed)).collect(),
            needs: service
                .needs
                .iter()
                .filter(|(at, _)| *at == location.id)
                .map(|(_, n)| n.clone())
                .collect(),
            is_in_turn: service.is_in_turn && only.is_none(),
            has_turns: service.is_in_turn,
            prerequisites: service.prerequisites.clone(),
            spacings: service.spacings.clone(),
            supervisors: service.supervised.then(supervisors),
        }
    }

    /// The engine's view, for somebody of whom `guest` is known.
    pub fn rules<'r>(&'r self, guest: &'r slots::Guest) -> slots::Rules<'r> {
        slots::Rules {
            zone: &self.location.zone,
            hours: &self.location.hours,
            service: &self.rules,
            practitioners: &self.practitioners,
            needs: &self.needs,
            supervisors: self.supervisors.as_deref(),
            guest,
        }
    }

    /// How long before or after a visit something is kept for it, at most.
    pub fn overhang_minutes(&self) -> u16 {
        let buffers = [self.rules.buffer_before_minutes, self.rules.buffer_after_minutes];
        self.needs.iter().map(|need| need.cleanup_minutes).chain(buffers).max().unwrap_or(0)
    }

    /// Everything that could be reserved for it.
    pub fn resources(&self) -> Vec<Uuid> {
        let people = self.practitioners.iter().map(|p| p.id);
        let things = self.needs.iter().flat_map(|n| n.candidates.iter().map(|c| c.resource));
        let mut all: Vec<Uuid> = people.chain(things).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether it depends on who comes.
    pub fn asks_about_guest(&self) -> bool {
        !self.prerequisites.is_empty() || !self.spacings.is_empty()
    }

    /// What `app_ctx.look` must tell beyond what is reserved: only what some rule of this service asks.
    pub(super) fn question(&self, guest: Option<&str>, own: Option<Uuid>, with_turns: bool) -> Value {
        let mut asked = json!({ "zone": self.location.zone_name, "location": self.location.id });
        if self.rules.daily_cap.is_some() {
            asked["counted_service"] = json!(self.service);
        }
        let capped: Vec<Uuid> =
            self.practitioners.iter().filter(|p| p.daily_cap.is_some()).map(|p| p.id).collect();
        if !capped.is_empty() {
            asked["counted_practitioners"] = json!(capped);
        }
        if let Some(guest) = guest.filter(|_| self.asks_about_guest()) {
            asked["guest"] = guest.into();
            asked["history_of"] = json!(self.history_of());
        }
        if with_turns && self.is_in_turn {
            asked["turns_of"] = json!(self.service);
        }
        if let Some(own) = own {
            asked["own"] = json!(own);
        }
        asked
    }

    /// Counts a visit that is only being booked as one of the person's.
    pub fn note_visit(&self, guest: &mut slots::Guest, starts_at: jiff::Timestamp) {
        for (spacing, (other, _)) in guest.spacings.iter_mut().zip(&self.spacings) {
            if *other == self.service {
                spacing.visits.push(starts_at);
            }
        }
    }

    fn history_of(&self) -> Vec<ServiceId> {
        let required = self.prerequisites.iter().map(|p| p.service);
        let first_time = self.prerequisites.iter().filter(|p| p.first_time_only).map(|_| self.service);
        let mut services: Vec<ServiceId> =
            required.chain(first_time).chain(self.spacings.iter().map(|(other, _)| *other)).collect();
        services.sort_unstable();
        services.dedup();
        services
    }

    /// What the person's visits (service, start, end) mean for this one.
    pub(super) fn guest(&self, visits: &[(Uuid, jiff::Timestamp, jiff::Timestamp)]) -> slots::Guest {
        let of = |service: ServiceId| visits.iter().filter(move |(id, ..)| *id == service.0);
        let is_new = of(self.service).next().is_none();
        let asked = self.prerequisites.iter().filter(|p| !p.first_time_only || is_new);
        slots::Guest {
            prerequisites: asked
                .map(|p| slots::Prerequisite {
                    service: p.service.0,
                    valid_days: p.valid_days,
                    visits: of(p.service).map(|(_, _, ends_at)| *ends_at).collect(),
                })
                .collect(),
            spacings: self
                .spacings
                .iter()
                .map(|&(other, days)| slots::Spacing {
                    days,
                    visits: of(other).map(|(_, starts_at, _)| *starts_at).collect(),
                })
                .collect(),
        }
    }
}

fn practitioner(person: &Practitioner, at: LocationId, licensed: bool) -> Option<slots::Practitioner> {
    let (_, hours) = person.places.iter().find(|(place, _)| *place == at)?;
    Some(slots::Practitioner {
        id: person.id.0,
        hours: hours.clone(),
        away: person.away.clone(),
        last_date: person.licence_expires_on.filter(|_| licensed),
        daily_cap: person.daily_cap,
    })
}

fn supervisor(person: &Practitioner, at: LocationId) -> Option<slots::Supervisor> {
    let (_, hours) = person.places.iter().find(|(place, _)| *place == at)?;
    Some(slots::Supervisor { id: person.id.0, hours: hours.clone(), away: person.away.clone() })
}
