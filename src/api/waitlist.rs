//! `/waitlist`: who waits for an opening.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::ToSpan as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Limit, Params};
use super::problems::{self, invalid_field};
use super::request::Received;
use super::visits::{phone, place, practitioner};
use crate::accounts::Scope;
use crate::contacts;
use crate::platform::app::App;
use crate::platform::bounded::{Day, Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{
    AppointmentId, ContactId, EntryId, LocationId, Prefixed as _, ResourceId, ServiceId,
};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling;
use crate::spoken_name::SpokenName;
use crate::waitlist::{self, JoinError, Listed, Listing, Wish};
use crate::when::PartOfDay;

/// How long somebody waits who names no day.
const WINDOW_DAYS: i32 = 30;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_waitlist_entries, create_waitlist_entry))
        .routes(routes!(delete_waitlist_entry))
}

/// Somebody who waits; `from` and `to` are the first and last civil day that suits.
#[derive(Debug, Serialize, ToSchema)]
struct WaitlistEntry {
    #[schema(inline)]
    id: Public<EntryId>,
    #[schema(inline)]
    location_id: Public<LocationId>,
    #[schema(inline)]
    service_id: Public<ServiceId>,
    #[schema(inline)]
    practitioner_id: Option<Public<ResourceId>>,
    #[schema(inline)]
    contact_id: Public<ContactId>,
    #[schema(inline)]
    from: Day,
    #[schema(inline)]
    to: Day,
    /// `any`, `morning`, `afternoon` or `evening`.
    part_of_day: String,
    /// `waiting`, `offered`, `booked`, `left` or `expired`.
    state: String,
    /// Offers made so far.
    offers: i16,
    /// The visit that came of it.
    #[schema(inline)]
    appointment_id: Option<Public<AppointmentId>>,
    #[schema(inline)]
    created_at: Instant,
}

impl From<Listed> for WaitlistEntry {
    fn from(entry: Listed) -> Self {
        Self {
            id: Public(entry.id),
            location_id: Public(entry.location_id),
            service_id: Public(entry.service_id),
            practitioner_id: entry.practitioner_id.map(|id| Public(ResourceId(id))),
            contact_id: Public(entry.contact_id),
            from: Day(entry.local_from.to_jiff()),
            to: Day(entry.local_to.to_jiff()),
            part_of_day: entry.part_of_day,
            state: entry.state,
            offers: entry.offers,
            appointment_id: entry.appointment_id.map(Public),
            created_at: Instant(entry.created_at.to_jiff()),
        }
    }
}

/// When in the day.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    Any,
    Morning,
    Afternoon,
    Evening,
}

/// What somebody waits for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WaitlistWish {
    #[schema(inline)]
    service_id: Public<ServiceId>,
    /// The first location when it is not given.
    #[schema(inline)]
    location_id: Option<Public<LocationId>>,
    #[schema(inline)]
    practitioner_id: Option<Public<ResourceId>>,
    /// Where offers are texted to.
    #[schema(inline)]
    phone: Text<3, 32>,
    #[schema(inline)]
    name: Option<Text<1, 80>>,
    /// Today when it is not given.
    #[schema(inline)]
    from: Option<Day>,
    /// Thirty days later when it is not given.
    #[schema(inline)]
    to: Option<Day>,
    /// Any when it is not given.
    #[schema(inline)]
    part_of_day: Option<Part>,
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WaitlistParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// `waiting`, `offered`, `booked`, `left` or `expired`.
    state: Option<String>,
}

/// Lists who waits, longest first.
#[utoipa::path(get, path = "/waitlist", tag = "waitlist", params(WaitlistParams), responses((status = 200, body = Page<WaitlistEntry>, description = "A page")))]
async fn list_waitlist_entries(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<WaitlistParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::WaitlistRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, EntryId>).transpose()?;
    let after = after.and_then(|(at, id)| Some((at.parse().ok()?, EntryId(id))));
    let limit = asked.limit.get();
    let listing = Listing { state: asked.state.as_deref(), after, limit: limit + 1, ..Listing::default() };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let entries = waitlist::list(&mut tx, caller.org, &listing).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<WaitlistEntry> = entries.into_iter().map(WaitlistEntry::from).collect();
    let page = Page::of(items, limit, |item| (item.created_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Puts somebody on the waitlist. One place per person, service and location: joining again changes the wish.
#[utoipa::path(post, path = "/waitlist", tag = "waitlist", request_body = WaitlistWish, responses((status = 201, body = WaitlistEntry, description = "Waiting")))]
async fn create_waitlist_entry(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::WaitlistWrite)?;
    let wish: WaitlistWish = request.json()?;
    once(&app, &caller, &request, async |tx| join(&app, tx, &caller, &wish).await).await
}

async fn join(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    wish: &WaitlistWish,
) -> Result<Answer, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let book = scheduling::rule_book(app, caller.org, None)
        .await
        .map_err(|error| problems::database(caller.org, &error))?;
    let (location, service) = place(&book, wish.location_id, wish.service_id)?;
    let phone =
        phone(&book, Some(wish.phone.as_str()))?.ok_or_else(|| invalid_field("phone", "is missing"))?;
    let name = wish.name.as_ref().and_then(|name| SpokenName::parse(name.as_str()));
    let contact = contacts::find_or_create(app, tx, caller.org, &phone, name.as_ref(), None);
    let today = app.clock.now().to_zoned(location.zone.clone()).date();
    let from = wish.from.map_or(today, |day| day.0);
    let wish = Wish {
        location: location.id,
        service: service.id,
        practitioner: practitioner(&book, wish.practitioner_id)?,
        contact: contact.await.map_err(failed)?.id,
        from,
        to: wish.to.map_or_else(|| from.saturating_add(WINDOW_DAYS.days()), |day| day.0),
        part: match wish.part_of_day {
            None | Some(Part::Any) => PartOfDay::Any,
            Some(Part::Morning) => PartOfDay::Morning,
            Some(Part::Afternoon) => PartOfDay::Afternoon,
            Some(Part::Evening) => PartOfDay::Evening,
        },
        call: None,
    };
    let joined = waitlist::join(app, tx, caller.org, &wish).await.map_err(|error| match error {
        JoinError::NoDay => invalid_field("to", "must be on or after from"),
        JoinError::Unexpected(error) => failed(error),
    })?;
    caller.did(app, tx, ("waitlist.write", Some(joined.id.to_string()))).await?;
    let listing = Listing { id: Some(joined.id), limit: 1, ..Listing::default() };
    let listed = waitlist::list(tx, caller.org, &listing).await.map_err(failed)?;
    let entry = listed.into_iter().next().map(WaitlistEntry::from).ok_or(Problem::INTERNAL)?;
    Answer::created(&entry, format!("/api/v1/waitlist/{}", joined.id))
}

/// Takes somebody off the waitlist; a time on offer to them is passed on.
#[utoipa::path(delete, path = "/waitlist/{id}", tag = "waitlist", params(("id" = String, Path)), responses((status = 204, description = "Off it")))]
async fn delete_waitlist_entry(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::WaitlistWrite)?;
    let id = EntryId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let has_left = waitlist::leave(&app, &mut tx, caller.org, id).await.map_err(failed)?;
    if has_left {
        caller.did(&app, &mut tx, ("waitlist.delete", Some(id.to_string()))).await?;
    }
    tx.commit().await.map_err(failed)?;
    if has_left { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NOT_FOUND) }
}
