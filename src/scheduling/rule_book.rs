//! Everything about an org that decides which times are free, read once and kept while its version holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use moka::future::Cache;
use voxanne_slots as slots;

use super::bookable::Bookable;
use super::hours;
use super::store::{self, NeedRow, PractitionerRow, Rows, ServiceRow};
use crate::language::Language;
use crate::messaging;
use crate::messaging::wording::{Letterhead, Templates};
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};

/// Orgs whose rules are kept at once.
const ORGS_MAX: u64 = 10_000;

/// A site with its zone and hours.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Location {
    pub id: LocationId,
    pub name: String,
    pub zone: TimeZone,
    pub zone_name: String,
    pub address: Option<String>,
    pub human_phone: Option<String>,
    pub hours: slots::Hours,
}

/// What can be booked.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Service {
    pub id: ServiceId,
    pub name: String,
    pub aliases: Vec<String>,
    /// The catch-all for what callers name and the catalogue does not.
    pub is_other: bool,
    pub rules: slots::Service,
    pub practitioners: Vec<ResourceId>,
    /// Whoever had fewest turns gives it, unless somebody is asked for.
    pub is_in_turn: bool,
    pub supervised: bool,
    pub licensed: bool,
    pub prerequisites: Vec<Prerequisite>,
    /// The visits of one person that it keeps away from, and how many civil days.
    pub spacings: Vec<(ServiceId, u16)>,
    pub(super) needs: Vec<(LocationId, slots::Need)>,
}

impl Service {
    /// The same service given with this room or device: the first need that it can meet is met by it alone. `None` when it meets
    /// none.
    #[must_use]
    pub fn using(&self, thing: ResourceId) -> Option<Self> {
        let mut service = self.clone();
        let meets =
            |need: &slots::Need| need.candidates.iter().any(|candidate| candidate.resource == thing.0);
        let (_, need) = service.needs.iter_mut().find(|(_, need)| meets(need))?;
        need.candidates.retain(|candidate| candidate.resource == thing.0);
        Some(service)
    }

    /// The rooms and devices that can meet a need of it.
    pub fn things(&self) -> Vec<ResourceId> {
        let mut things: Vec<ResourceId> = self
            .needs
            .iter()
            .flat_map(|(_, need)| &need.candidates)
            .map(|one| ResourceId(one.resource))
            .collect();
        things.sort_unstable();
        things.dedup();
        things
    }
}

/// What a person must have had before a service.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Prerequisite {
    pub service: ServiceId,
    pub valid_days: Option<u16>,
    pub first_time_only: bool,
}

/// A bookable person.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Practitioner {
    pub id: ResourceId,
    pub name: String,
    pub supervises: bool,
    pub licence_expires_on: Option<Date>,
    pub daily_cap: Option<u16>,
    pub(super) away: Vec<(Timestamp, Timestamp)>,
    /// Where they work, each with own hours there; `None` is whenever the location is open.
    pub(super) places: Vec<(LocationId, Option<slots::Hours>)>,
}

impl Practitioner {
    /// Whether they ever work there.
    pub fn works_at(&self, location: LocationId) -> bool {
        self.places.iter().any(|(at, _)| *at == location)
    }
}

/// An org's rules and settings at one version.
#[derive(Debug)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct RuleBook {
    pub org: OrgId,
    pub version: i64,
    pub settings: Settings,
    pub locations: Vec<Location>,
    pub services: Vec<Service>,
    pub practitioners: Vec<Practitioner>,
    /// Rooms and devices with their names.
    pub things: Vec<(ResourceId, String)>,
    /// The version of the booking policy that new visits are booked under.
    pub policy_version: Option<i32>,
    /// The org's own words for its texts.
    pub templates: Templates,
}

struct Kept(Cache<OrgId, Arc<RuleBook>>);

/// The org's rules: as kept, or read anew when none are kept or `seen` shows that they have changed since.
pub async fn rule_book(app: &App, org: OrgId, seen: Option<i64>) -> Result<Arc<RuleBook>, Arc<sqlx::Error>> {
    let kept = app.memo.get_or(|| Kept(Cache::builder().max_capacity(ORGS_MAX).build()));
    if let Some(seen) = seen
        && kept.0.get(&org).await.is_some_and(|book| book.version != seen)
    {
        kept.0.invalidate(&org).await;
    }
    kept.0.try_get_with(org, load(app, org)).await
}

async fn load(app: &App, org: OrgId) -> Result<Arc<RuleBook>, sqlx::Error> {
    let mut tx = app.begin_live(org).await?;
    let rows = store::rows(&mut tx, org, app.clock.now()).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let templates = messaging::templates(&mut tx, org, settings.texts_name_treatments).await?;
    tx.commit().await?;
    RuleBook::from_rows(org, rows, settings, templates).map(Arc::new)
}

impl RuleBook {
    /// A zone that is not in the database of zones is an error: its visits would be hours off.
    fn from_rows(
        org: OrgId,
        rows: Rows,
        settings: Settings,
        templates: Templates,
    ) -> Result<Self, sqlx::Error> {
        let zone = |name: &str| TimeZone::get(name).map_err(|e| sqlx::Error::Decode(Box::new(e)));
        let locations = rows.locations.iter().map(|l| {
            Ok(Location {
                id: l.id,
                name: l.name.clone(),
                zone: zone(&l.time_zone)?,
                zone_name: l.time_zone.clone(),
                address: l.address.clone(),
                human_phone: l.human_phone.clone(),
                hours: hours::of_location(l.id, &rows.hours, &rows.closures),
            })
        });
        Ok(Self {
            org,
            version: rows.version,
            locations: locations.collect::<Result<_, sqlx::Error>>()?,
            services: rows.services.iter().map(|s| service(s, &rows)).collect(),
            practitioners: rows.practitioners.iter().map(|p| practitioner(p, &rows)).collect(),
            things: rows.things,
            policy_version: rows.policy_version,
            templates,
            settings,
        })
    }

    /// The location with this id, else the first.
    pub fn location(&self, id: Option<LocationId>) -> Option<&Location> {
        id.and_then(|id| self.locations.iter().find(|l| l.id == id)).or_else(|| self.locations.first())
    }

    /// Whom a text about a visit there is from, the number to call, and in which words: a clinic with several sites says
    /// which; somebody whose language is not known is texted in the org's.
    pub fn letterhead<'b>(
        &'b self,
        location: &'b Location,
        language: impl Into<Option<Language>>,
    ) -> Letterhead<'b> {
        let clinic = if self.locations.len() > 1 { &location.name } else { &self.settings.clinic_name };
        let phone = location.human_phone.as_deref().or(self.settings.human_phone.as_deref());
        let language = language.into().unwrap_or(self.settings.language);
        Letterhead { templates: &self.templates, ..Letterhead::plain(clinic, phone, language) }
    }

    /// The service with this id, if it is booked.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.iter().find(|s| s.id == id)
    }

    /// `service` at `location`, by `only` this practitioner if one was asked for.
    pub fn bookable<'b>(
        &'b self,
        location: &'b Location,
        service: &Service,
        only: Option<ResourceId>,
    ) -> Bookable<'b> {
        Bookable::new(self, location, service, only)
    }

    /// A practitioner's name.
    pub fn practitioner_name(&self, id: uuid::Uuid) -> Option<&str> {
        self.practitioners.iter().find(|p| p.id.0 == id).map(|p| p.name.as_str())
    }

    /// A service's name.
    pub fn service_name(&self, id: uuid::Uuid) -> Option<&str> {
        self.service(ServiceId(id)).map(|s| s.name.as_str())
    }
}

fn service(row: &ServiceRow, rows: &Rows) -> Service {
    let of_this = |id: ServiceId| id == row.id;
    let prerequisites = rows.prerequisites.iter().filter(|p| of_this(p.service_id)).map(|p| Prerequisite {
        service: p.required_service_id,
        valid_days: p.valid_days.map(minutes),
        first_time_only: p.first_time_only,
    });
    let spacings = rows.spacings.iter().filter(|s| of_this(s.service_id));
    Service {
        id: row.id,
        name: row.name.clone(),
        aliases: row.aliases.clone(),
        is_other: row.is_other,
        rules: slots::Service {
            duration_minutes: minutes(row.duration_minutes),
            buffer_before_minutes: minutes(row.buffer_before_minutes),
            buffer_after_minutes: minutes(row.buffer_after_minutes),
            grid_minutes: minutes(row.grid_minutes),
            minimum_notice_minutes: u32::try_from(row.minimum_notice_minutes).unwrap_or(0),
            horizon_days: minutes(row.horizon_days),
            daily_cap: row.daily_cap.map(minutes),
        },
        practitioners: row.practitioner_ids.iter().copied().map(ResourceId).collect(),
        is_in_turn: row.assignment == "round_robin",
        supervised: row.supervised,
        licensed: row.licensed,
        prerequisites: prerequisites.collect(),
        spacings: spacings.map(|s| (s.other_service_id, minutes(s.days))).collect(),
        needs: needs_of(row.id, &rows.needs),
    }
}

fn practitioner(row: &PractitionerRow, rows: &Rows) -> Practitioner {
    let away = rows.time_off.iter().filter(|t| t.practitioner_id == row.id);
    Practitioner {
        id: row.id,
        name: row.name.clone(),
        supervises: row.supervises,
        licence_expires_on: row.licence_expires_on.map(jiff_sqlx::Date::to_jiff),
        daily_cap: row.daily_cap.map(minutes),
        away: away.map(|t| (t.starts_at.to_jiff(), t.ends_at.to_jiff())).collect(),
        places: hours::of_practitioner(row, &rows.hours, &rows.closures),
    }
}

/// Columns are checked to be small and positive.
pub(super) fn minutes(column: i16) -> u16 {
    u16::try_from(column).unwrap_or(0)
}

fn needs_of(service: ServiceId, rows: &[NeedRow]) -> Vec<(LocationId, slots::Need)> {
    let mut grouped: BTreeMap<(LocationId, i16), slots::Need> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.service_id == service) {
        let need = grouped
            .entry((row.location_id, row.need))
            .or_insert_with(|| slots::Need { candidates: Vec::new(), cleanup_minutes: 0 });
        // One that is out of use meets nothing, and the need remains.
        let lanes = if row.active { minutes(row.lanes) } else { 0 };
        need.candidates.push(slots::Candidate { resource: row.resource_id.0, lanes });
        need.cleanup_minutes = need.cleanup_minutes.max(minutes(row.cleanup_minutes));
    }
    grouped.into_iter().map(|((location, _), need)| (location, need)).collect()
}
