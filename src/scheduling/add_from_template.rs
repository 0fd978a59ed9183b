//! Adds services from templates to an org's catalogue.

use std::collections::HashSet;

use uuid::Uuid;

use super::store::templates as store;
use super::templates::{OTHER, Template};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};

/// What became of one template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is in the catalogue now.
    Added {
        /// The service.
        id: ServiceId,
        /// What the clinic still has to see to, one line each.
        open: Vec<String>,
    },
    /// A service of that name, or one that goes by it, was there already, and was left as it is.
    Exists,
}

/// A template that is wanted, at the clinic's own price.
#[derive(Debug, Clone, Copy)]
pub struct Chosen {
    /// Which.
    pub template: &'static Template,
    /// What it costs here; `None` is not said.
    pub price_cents: Option<i32>,
}

/// Adds `chosen` in the caller's transaction, for `people` at `location` to give; says what became of each.
///
/// Names that are there are left alone, and so are their rules. Needs are tied to rooms and devices of the location
/// that are called accordingly; none is made up. A prerequisite or spacing is wired when both its services are there.
pub async fn add_from_template(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
    chosen: &[Chosen],
    people: &[ResourceId],
) -> Result<Vec<(&'static Template, Added)>, sqlx::Error> {
    let mut catalogue = Catalogue::read(tx, org).await?;
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let mut outcomes = Vec::new();
    let mut new: Vec<(ServiceId, &'static Template)> = Vec::new();
    for &Chosen { template, price_cents } in chosen {
        let id: ServiceId = app.new_id();
        let aliases = catalogue.free_aliases(template);
        let is_other = template.name == OTHER;
        let is_new = !catalogue.has(template.name)
            && store::insert(tx, org, (id, price_cents), template, (&aliases, is_other)).await?;
        if !is_new {
            outcomes.push((template, Added::Exists));
            continue;
        }
        catalogue.remember(id, template.name, &aliases);
        store::allow(tx, org, id, &ids).await?;
        let open = wire_things(tx, org, location, id, template).await?;
        new.push((id, template));
        outcomes.push((template, Added::Added { id, open }));
    }
    for (id, template) in new {
        if let Some(days) = template.spacing_days {
            store::space(tx, org, id, days).await?;
        }
        if let Some(requirement) = &template.requires
            && let Some(first) = catalogue.named(requirement.service)
        {
            store::require(tx, org, id, first, requirement).await?;
        }
    }
    if people.is_empty() {
        for (_, outcome) in &mut outcomes {
            if let Added::Added { open, .. } = outcome {
                open.push("say who gives it".into());
            }
        }
    }
    Ok(outcomes)
}

/// Ties the needs to things that are there; says which were not.
async fn wire_things(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
    service: ServiceId,
    template: &Template,
) -> Result<Vec<String>, sqlx::Error> {
    let mut open = Vec::new();
    let things = store::things_at(tx, org, location).await?;
    for (number, need) in (1_i16..).zip(template.needs) {
        let fitting: Vec<_> =
            things.iter().filter(|thing| need.fits(&thing.kind, &thing.name)).map(|thing| thing.id).collect();
        if fitting.is_empty() {
            let called = need.hints.first().map(|hint| format!(" called \"{hint}\"")).unwrap_or_default();
            open.push(format!("there is no {}{called} here: it is booked without one", need.kind));
        } else {
            store::need_one_of(tx, org, service, (number, need.cleanup_minutes), &fitting).await?;
        }
    }
    if template.supervised && !store::has_supervisor(tx, org, location).await? {
        open.push("nobody here supervises: it cannot be booked until somebody does".into());
    }
    Ok(open)
}

/// What the org's services go by.
struct Catalogue {
    services: Vec<(ServiceId, String)>,
    words: HashSet<String>,
}

impl Catalogue {
    async fn read(tx: &mut PgConnection, org: OrgId) -> Result<Self, sqlx::Error> {
        let mut catalogue = Self { services: Vec::new(), words: HashSet::new() };
        for row in store::known(tx, org).await? {
            let aliases: Vec<&str> = row.aliases.iter().map(String::as_str).collect();
            catalogue.remember(row.id, &row.name, &aliases);
        }
        Ok(catalogue)
    }

    fn remember(&mut self, id: ServiceId, name: &str, aliases: &[&str]) {
        self.services.push((id, name.to_owned()));
        self.words.extend(aliases.iter().chain([&name]).map(|word| word.to_lowercase()));
    }

    fn has(&self, name: &str) -> bool {
        self.words.contains(&name.to_lowercase())
    }

    fn named(&self, name: &str) -> Option<ServiceId> {
        self.services.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(id, _)| *id)
    }

    /// Words that mean a service already go on meaning that one.
    fn free_aliases(&self, template: &Template) -> Vec<&'static str> {
        template.aliases.iter().copied().filter(|alias| !self.has(alias)).collect()
    }
}
