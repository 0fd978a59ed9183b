//! `/contacts`: the people who called, and the language they are texted in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::entries::merged;
use super::params::{Limit, Params};
use super::problems::{self, invalid_field};
use super::request::{Received, parsed};
use crate::accounts::Scope;
use crate::contacts::{self, Change, Listed, Listing};
use crate::language::Language;
use crate::mail::StaffAddress;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::spoken_name::SpokenName;

const NOT_A_NAME: &str = "must be a person's name: no link, number or sentence";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_contacts)).routes(routes!(get_contact, update_contact))
}

/// Somebody who called, or for whom somebody booked. One per number.
#[derive(Serialize, ToSchema)]
struct Contact {
    #[schema(inline)]
    id: Public<ContactId>,
    /// E.164.
    phone: String,
    /// As it was given first; null when it was not.
    name: Option<String>,
    email: Option<String>,
    /// What they are texted in; null takes the org's.
    #[schema(inline)]
    language: Option<Language>,
    #[schema(inline)]
    created_at: Instant,
}

impl From<Listed> for Contact {
    fn from(listed: Listed) -> Self {
        let Listed { id, phone, name, email, language, created_at } = listed;
        Self { id: Public(id), phone, name, email, language, created_at: Instant(created_at) }
    }
}

/// What can be changed of a contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactPatch {
    /// A person's name: letters and what stands between them.
    #[schema(inline)]
    name: Option<Text<1, 80>>,
    email: Option<StaffAddress>,
    /// What they are texted in; null takes the org's.
    #[schema(inline)]
    language: Option<Language>,
}

/// Which contacts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContactParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// The one with this number, E.164.
    phone: Option<String>,
}

/// Lists contacts, oldest first.
#[utoipa::path(get, path = "/contacts", tag = "texts", params(ContactParams), responses((status = 200, body = Page<Contact>, description = "A page")))]
async fn list_contacts(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<ContactParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, ContactId>).transpose()?;
    let after = after.and_then(|(at, id)| Some((at.parse().ok()?, ContactId(id))));
    let wrong = || invalid_field("phone", "must be a number like +12025550123");
    let phone =
        asked.phone.as_deref().map(|phone| Phone::parse_e164(phone).ok().ok_or_else(wrong)).transpose()?;
    let limit = asked.limit.get();
    let phone = phone.as_ref().map(Phone::as_str);
    let listing = Listing { phone, after, limit: limit + 1, ..Listing::default() };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = contacts::list(&mut tx, caller.org, &listing).await.map_err(failed)?;
    let listed = (caller.actor.to_string(), after.map(|(_, id)| id));
    contacts::note_listed(&app, &mut tx, caller.org, (&listed.0, listed.1)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<Contact> = found.into_iter().map(Contact::from).collect();
    let page = Page::of(items, limit, |item| (item.created_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Shows a contact.
#[utoipa::path(get, path = "/contacts/{id}", tag = "texts", params(("id" = String, Path)), responses((status = 200, body = Contact, description = "The contact")))]
async fn get_contact(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let id = ContactId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let contact = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&contact)
}

/// Changes a contact's name, e-mail address or language.
#[utoipa::path(patch, path = "/contacts/{id}", tag = "texts", params(("id" = String, Path)), request_body = ContactPatch, responses((status = 200, body = Contact, description = "Changed")))]
async fn update_contact(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let id = ContactId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let patch: Map<String, Value> = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    contacts::lock(&mut tx, caller.org, id).await.map_err(failed)?;
    let current = as_json(&find(&mut tx, &caller, id).await?)?;
    IfMatch::of(&request.headers).check_against(&current, &patch)?;
    let (renames, readdresses) = (patch.contains_key("name"), patch.contains_key("email"));
    let mut fields = merged(&current, patch, &["id", "phone", "created_at"]);
    // What was heard on the phone is not checked again by whoever changes something else.
    for (name, _) in [("name", renames), ("email", readdresses)].into_iter().filter(|(_, changes)| !changes) {
        fields.as_object_mut().and_then(|fields| fields.remove(name));
    }
    let wanted: ContactPatch = parsed(fields)?;
    let name =
        wanted.name.as_ref().map(|name| SpokenName::parse(name.as_str()).ok_or(NOT_A_NAME)).transpose();
    let name = name.map_err(|wrong| invalid_field("name", wrong))?;
    let email = wanted.email.as_ref().map(StaffAddress::as_str);
    let change = Change { renames, name: name.as_ref(), readdresses, email, language: wanted.language };
    contacts::update(&mut tx, caller.org, id, &change).await.map_err(failed)?;
    caller.did(&app, &mut tx, ("contact.write", Some(id.to_string()))).await?;
    let now = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

async fn find(tx: &mut PgConnection, caller: &ApiCaller, id: ContactId) -> Result<Contact, Problem> {
    let listing = Listing { id: Some(id), limit: 1, ..Listing::default() };
    let found = contacts::list(tx, caller.org, &listing).await;
    let found = found.map_err(|error| problems::database(caller.org, &error))?;
    found.into_iter().next().map(Contact::from).ok_or(Problem::NOT_FOUND)
}
