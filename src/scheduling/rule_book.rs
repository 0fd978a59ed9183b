//! Everything about an org that decides which times are free, read once and kept while its version holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use moka::future::Cache;
use uuid::Uuid;
use voxanne_slots as slots;

use super::store::{self, ClosureRow, HoursRow, NeedRow, Rows};
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};

/// Orgs whose rules are kept at once.
const ORGS_MAX: u64 = 10_000;
/// 9 AM to 6 PM, where an org has said nothing.
const DEFAULT_SPAN: (u16, u16) = (9 * 60, 18 * 60);

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
    needs: Vec<(LocationId, slots::Need)>,
}

/// A bookable person.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Practitioner {
    pub id: ResourceId,
    pub name: String,
    pub location: LocationId,
    hours: Option<slots::Hours>,
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
}

/// One service at one location, ready for the engine.
#[derive(Debug)]
pub struct Bookable<'b> {
    /// Where.
    pub location: &'b Location,
    /// How long, with which buffers.
    pub rules: slots::Service,
    /// Who may, in order of preference.
    pub practitioners: Vec<slots::Practitioner>,
    /// Rooms and devices.
    pub needs: Vec<slots::Need>,
}

impl Bookable<'_> {
    /// The engine's view.
    pub fn rules(&self) -> slots::Rules<'_> {
        slots::Rules {
            zone: &self.location.zone,
            hours: &self.location.hours,
            service: &self.rules,
            practitioners: &self.practitioners,
            needs: &self.needs,
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
    let rows = store::rows(&mut tx, org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    tx.commit().await?;
    RuleBook::from_rows(org, rows, settings).map(Arc::new)
}

impl RuleBook {
    /// A zone that is not in the database of zones is an error: its visits would be hours off.
    fn from_rows(org: OrgId, rows: Rows, settings: Settings) -> Result<Self, sqlx::Error> {
        let zone = |name: &str| TimeZone::get(name).map_err(|e| sqlx::Error::Decode(Box::new(e)));
        let locations = rows.locations.into_iter().map(|l| {
            Ok(Location {
                id: l.id,
                name: l.name,
                zone: zone(&l.time_zone)?,
                zone_name: l.time_zone,
                address: l.address,
                human_phone: l.human_phone,
                hours: location_hours(l.id, &rows.hours, &rows.closures),
            })
        });
        let practitioners = rows.practitioners.into_iter().map(|p| Practitioner {
            id: p.id,
            name: p.name,
            location: p.location_id,
            hours: practitioner_hours(p.id, p.own_hours, &rows.hours, &rows.closures),
        });
        let services = rows.services.into_iter().map(|s| Service {
            id: s.id,
            name: s.name,
            aliases: s.aliases,
            is_other: s.is_other,
            rules: slots::Service {
                duration_minutes: minutes(s.duration_minutes),
                buffer_before_minutes: minutes(s.buffer_before_minutes),
                buffer_after_minutes: minutes(s.buffer_after_minutes),
                grid_minutes: minutes(s.grid_minutes),
                minimum_notice_minutes: u32::try_from(s.minimum_notice_minutes).unwrap_or(0),
                horizon_days: minutes(s.horizon_days),
            },
            practitioners: s.practitioner_ids.into_iter().map(ResourceId).collect(),
            needs: needs_of(s.id, &rows.needs),
        });
        Ok(Self {
            org,
            version: rows.version,
            settings,
            locations: locations.collect::<Result<_, sqlx::Error>>()?,
            services: services.collect(),
            practitioners: practitioners.collect(),
        })
    }

    /// The location with this id, else the first.
    pub fn location(&self, id: Option<LocationId>) -> Option<&Location> {
        id.and_then(|id| self.locations.iter().find(|l| l.id == id)).or_else(|| self.locations.first())
    }

    /// `service` at `location`, by `only` this practitioner if one was asked for.
    pub fn bookable<'b>(
        &'b self,
        location: &'b Location,
        service: &Service,
        only: Option<ResourceId>,
    ) -> Bookable<'b> {
        let able = self.practitioners.iter().filter(|p| {
            p.location == location.id
                && service.practitioners.contains(&p.id)
                && only.is_none_or(|only| only == p.id)
        });
        Bookable {
            location,
            rules: service.rules,
            practitioners: able.map(|p| slots::Practitioner { id: p.id.0, hours: p.hours.clone() }).collect(),
            needs: service
                .needs
                .iter()
                .filter(|(at, _)| *at == location.id)
                .map(|(_, n)| n.clone())
                .collect(),
        }
    }

    /// A practitioner's name.
    pub fn practitioner_name(&self, id: Uuid) -> Option<&str> {
        self.practitioners.iter().find(|p| p.id.0 == id).map(|p| p.name.as_str())
    }
}

/// Columns are checked to be small and positive.
fn minutes(column: i16) -> u16 {
    u16::try_from(column).unwrap_or(0)
}

fn span(opens: i16, closes: i16) -> Option<slots::LocalSpan> {
    slots::LocalSpan::new(minutes(opens), minutes(closes))
}

fn needs_of(service: ServiceId, rows: &[NeedRow]) -> Vec<(LocationId, slots::Need)> {
    let mut grouped: BTreeMap<(LocationId, i16), slots::Need> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.service_id == service) {
        let need = grouped
            .entry((row.location_id, row.need))
            .or_insert_with(|| slots::Need { candidates: Vec::new(), cleanup_minutes: 0 });
        need.candidates.push(slots::Candidate { resource: row.resource_id.0, lanes: minutes(row.lanes) });
        need.cleanup_minutes = need.cleanup_minutes.max(minutes(row.cleanup_minutes));
    }
    grouped.into_iter().map(|((location, _), need)| (location, need)).collect()
}

fn location_hours(id: LocationId, hours: &[HoursRow], closures: &[ClosureRow]) -> slots::Hours {
    let own: Vec<&HoursRow> =
        hours.iter().filter(|h| h.practitioner_id.is_none() && h.location_id == Some(id)).collect();
    let mut result = weekly(&own);
    if own.is_empty()
        && let Some(default) = slots::LocalSpan::new(DEFAULT_SPAN.0, DEFAULT_SPAN.1)
    {
        result = slots::Hours::daily(&[default]);
    }
    let whole_org_or_here =
        |c: &&ClosureRow| c.practitioner_id.is_none() && c.location_id.is_none_or(|at| at == id);
    add_overrides(&mut result, closures.iter().filter(whole_org_or_here));
    result
}

/// `None`: the location's hours, unless some day is different for this person.
fn practitioner_hours(
    id: ResourceId,
    own_hours: bool,
    hours: &[HoursRow],
    closures: &[ClosureRow],
) -> Option<slots::Hours> {
    let own: Vec<&HoursRow> = hours.iter().filter(|h| h.practitioner_id == Some(id)).collect();
    let days_off: Vec<&ClosureRow> = closures.iter().filter(|c| c.practitioner_id == Some(id)).collect();
    if !own_hours && days_off.is_empty() {
        return None;
    }
    // Without own hours the whole day is theirs; the location's windows bound it.
    let mut result =
        if own_hours { weekly(&own) } else { slots::Hours::daily(slots::LocalSpan::new(0, 1440).as_slice()) };
    add_overrides(&mut result, days_off.into_iter());
    Some(result)
}

fn weekly(rows: &[&HoursRow]) -> slots::Hours {
    let mut hours = slots::Hours::daily(&[]);
    for row in rows {
        let day = usize::from(minutes(row.weekday).saturating_sub(1));
        if let (Some(day), Some(span)) =
            (hours.weekly.get_mut(day), span(row.opens_minute, row.closes_minute))
        {
            day.push(span);
        }
    }
    for day in &mut hours.weekly {
        day.sort_by_key(|s| s.opens_minute());
    }
    hours
}

fn add_overrides<'c>(hours: &mut slots::Hours, closures: impl Iterator<Item = &'c ClosureRow>) {
    for closure in closures {
        let day = hours.overrides.entry(closure.local_date.to_jiff()).or_default();
        let open = closure.opens_minute.zip(closure.closes_minute).and_then(|(o, c)| span(o, c));
        day.extend(open);
    }
}
