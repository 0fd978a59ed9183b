//! `/services/from-templates`: usual services with their rules, added at once.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::entries::lock;
use crate::api::idempotency::once;
use crate::api::problems::{self, invalid_field};
use crate::api::request::Received;
use crate::platform::app::App;
use crate::platform::bounded::{Count, List, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling::catalogue::{Entry, Location, Practitioner, Wanted};
use crate::scheduling::{self, Added, Chosen, Template};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_services_from_templates))
}

/// Which services, and for whom to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FromTemplates {
    /// The site whose rooms and devices they take; the first when not given.
    #[schema(inline)]
    location_id: Option<Public<LocationId>>,
    /// Who gives them; nobody yet when empty.
    #[serde(default)]
    #[schema(inline)]
    practitioners: List<Public<ResourceId>, 200>,
    /// At least one.
    #[schema(value_type = Vec<WantedTemplate>, max_items = 50)]
    services: List<WantedTemplate, 50>,
}

/// A service to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedTemplate {
    /// The template's name, such as `Botox`.
    #[schema(inline)]
    template: Text<1, 80>,
    /// In cents of the org's currency; null is not said.
    #[schema(inline)]
    price_cents: Option<Count<0, 100_000_000>>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
struct ServicesAdded {
    services: Vec<ServiceAdded>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceAdded {
    /// The template's name.
    template: &'static str,
    /// The service; null when one went by that name already, which was left as it is.
    #[schema(inline)]
    service_id: Option<Public<ServiceId>>,
    /// What the clinic still has to see to, one sentence each.
    open: Vec<String>,
}

/// Adds usual services with their durations, buffers, needs and intervals: all of them, or none.
#[utoipa::path(post, path = "/services/from-templates", tag = "catalogue", request_body = FromTemplates, responses((status = 201, body = ServicesAdded, description = "Added")))]
async fn create_services_from_templates(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::CatalogueWrite)?;
    let asked: FromTemplates = request.json()?;
    let chosen = chosen(&asked)?;
    once(&app, &caller, &request, async |tx| {
        lock(tx, caller.org).await?;
        let location = site(tx, caller.org, asked.location_id.map(|id| id.0)).await?;
        let people: Vec<ResourceId> = asked.practitioners.iter().map(|id| id.0).collect();
        check_people(tx, caller.org, &people).await?;
        let added = scheduling::add_from_template(&app, tx, caller.org, location, &chosen, &people).await;
        let added = added.map_err(|error| problems::database(caller.org, &error))?;
        caller.did(&app, tx, ("service.write", None)).await?;
        let services = added.into_iter().map(|(template, outcome)| told(template, outcome)).collect();
        Answer::created(&ServicesAdded { services }, "/api/v1/services".to_owned())
    })
    .await
}

fn chosen(asked: &FromTemplates) -> Result<Vec<Chosen>, Problem> {
    if asked.services.is_empty() {
        return Err(invalid_field("services", "must name at least one template"));
    }
    let one = |(at, wanted): (usize, &WantedTemplate)| {
        let template = Template::find(wanted.template.as_str())
            .ok_or_else(|| invalid_field(&format!("services[{at}].template"), "is no template"))?;
        Ok(Chosen { template, price_cents: wanted.price_cents.map(Count::get) })
    };
    asked.services.iter().enumerate().map(one).collect()
}

fn told(template: &'static Template, outcome: Added) -> ServiceAdded {
    match outcome {
        Added::Added { id, open } => {
            ServiceAdded { template: template.name, service_id: Some(Public(id)), open }
        }
        Added::Exists => ServiceAdded { template: template.name, service_id: None, open: Vec::new() },
    }
}

/// The site that is meant; the first when nobody says which.
async fn site(tx: &mut PgConnection, org: OrgId, id: Option<LocationId>) -> Result<LocationId, Problem> {
    let wanted = Wanted { id: id.map(|id| id.0), limit: 1, ..Wanted::default() };
    let found = Location::select(tx, org, &wanted).await.map_err(|error| problems::database(org, &error))?;
    let missing = || invalid_field("location_id", "names no location of yours");
    found.first().map(Entry::id).ok_or_else(missing)
}

async fn check_people(tx: &mut PgConnection, org: OrgId, people: &[ResourceId]) -> Result<(), Problem> {
    for (at, id) in people.iter().enumerate() {
        if people[..at].contains(id) {
            return Err(invalid_field("practitioners", "names somebody twice"));
        }
        let wanted = Wanted { id: Some(id.0), limit: 1, ..Wanted::default() };
        let found = Practitioner::select(tx, org, &wanted).await;
        if found.map_err(|error| problems::database(org, &error))?.is_empty() {
            return Err(invalid_field("practitioners", "names somebody who is no practitioner of yours"));
        }
    }
    Ok(())
}
