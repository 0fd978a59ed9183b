//! `/calendar-connections`: accounts at Google and at CalDAV servers.
//!
//! Providers are asked outside every transaction, so none of this keeps an answer for an `Idempotency-Key`. Nor does it
//! have to: connecting the same account again, reading its list again and taking it away again change nothing more.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::account::{CalendarConnection, Revoked, accounts, revoke, written_down};
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::problems::{self, CALENDAR_AWAY, invalid_field};
use crate::api::request::Received;
use crate::calendars::{self, CaldavAccount, ConnectError, RefreshError, Trouble};
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::ids::{ConnectionId, OrgId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::platform::telemetry::chain;
use crate::scheduling;

const NO_CALENDAR: Problem = Problem::new(
    StatusCode::CONFLICT,
    "no_calendar",
    "The account has no calendar that can be changed: make one at the provider, or share one with changes allowed.",
);
const NEEDS_RECONNECT: Problem = Problem::new(
    StatusCode::CONFLICT,
    "needs_reconnect",
    "The provider no longer lets us into the account: connect it again.",
);
const PASSWORD_LENGTH_MAX: usize = 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_calendar_connections, create_calendar_connection))
        .routes(routes!(get_calendar_connection, delete_calendar_connection))
        .routes(routes!(refresh_calendar_connection))
}

/// All accounts, the clinic's first.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarConnections {
    items: Vec<CalendarConnection>,
}

/// An account at a CalDAV server. (Google's are connected by a person, with a link of `/api/google-oauth/authorize`.)
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCalendarConnection {
    #[schema(value_type = String)]
    #[expect(dead_code, reason = "there is one only, and it is checked")]
    provider: Caldav,
    /// The server's address, or one below it.
    #[schema(inline)]
    url: Text<8, 500>,
    /// The account's name.
    #[schema(inline)]
    username: Text<1, 254>,
    /// Its password: best one that was made for this.
    #[schema(value_type = String)]
    password: Password,
    /// Whose; the clinic's when nobody is named.
    #[schema(inline)]
    practitioner_id: Option<Public<ResourceId>>,
}

/// `caldav`.
#[derive(Debug)]
struct Caldav;

impl<'de> Deserialize<'de> for Caldav {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if String::deserialize(from)? == "caldav" {
            return Ok(Self);
        }
        Err(de::Error::custom(
            "must be caldav; Google is connected with a link of /api/google-oauth/authorize",
        ))
    }
}

#[derive(Debug)]
struct Password(SecretString);

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let password = String::deserialize(from)?;
        if !(1..=PASSWORD_LENGTH_MAX).contains(&password.len()) {
            return Err(de::Error::custom(format!("must have 1 to {PASSWORD_LENGTH_MAX} bytes")));
        }
        Ok(Self(password.into()))
    }
}

/// Lists the accounts, their calendars and how each is doing.
#[utoipa::path(get, path = "/calendar-connections", tag = "calendars", responses((status = 200, body = CalendarConnections, description = "The clinic's first")))]
async fn list_calendar_connections(
    State(app): State<App>,
    caller: ApiCaller,
) -> Result<Json<CalendarConnections>, Problem> {
    caller.needs(Scope::CalendarsRead)?;
    let (all, now) = (accounts(&app, caller.org).await?, app.clock.now());
    let items = all.into_iter().map(|account| CalendarConnection::of(account, now)).collect();
    Ok(Json(CalendarConnections { items }))
}

/// One account.
#[utoipa::path(get, path = "/calendar-connections/{id}", tag = "calendars", params(("id" = String, Path)), responses((status = 200, body = CalendarConnection, description = "The account")))]
async fn get_calendar_connection(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Json<CalendarConnection>, Problem> {
    caller.needs(Scope::CalendarsRead)?;
    let id = ConnectionId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    found(&app, caller.org, id).await.map(Json)
}

async fn found(app: &App, org: OrgId, id: ConnectionId) -> Result<CalendarConnection, Problem> {
    let found = accounts(app, org).await?.into_iter().find(|account| account.id == id);
    let account = found.ok_or(Problem::NOT_FOUND)?;
    Ok(CalendarConnection::of(account, app.clock.now()))
}

/// Connects an account at a CalDAV server. The same account again gets the new password; another one takes its place.
#[utoipa::path(post, path = "/calendar-connections", tag = "calendars", request_body = NewCalendarConnection, responses((status = 201, body = CalendarConnection, description = "Connected")))]
async fn create_calendar_connection(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let new: NewCalendarConnection = request.json()?;
    let account = CaldavAccount {
        practitioner: new.practitioner_id.map(|id| id.0.0),
        url: new.url.as_str().to_owned(),
        username: new.username.as_str().to_owned(),
        password: new.password.0,
    };
    let connected = calendars::connect_caldav(&app, caller.org, account).await;
    let id = connected.map_err(|error| not_connected(caller.org, &error))?;
    scheduling::forget(&app, caller.org);
    written_down(&app, &caller, ("calendar_connection.write", id)).await?;
    let connection = found(&app, caller.org, id).await?;
    Answer::created(&connection, format!("/api/v1/calendar-connections/{id}"))
}

fn not_connected(org: OrgId, error: &ConnectError) -> Problem {
    match error {
        ConnectError::NoPractitioner => {
            invalid_field("practitioner_id", "is no practitioner of the clinic's")
        }
        ConnectError::NoCalendar => NO_CALENDAR,
        ConnectError::Provider(trouble) => match trouble {
            Trouble::NeedsReconnect => invalid_field(
                "password",
                "is not what the server takes with that username; many providers want an app password, made in the account's security settings",
            ),
            Trouble::NotPermitted => invalid_field(
                "url",
                "is no address that this installation asks: it must be https without a port of its own, and on the public Internet; whoever runs Voxanne can let in a port (calendars.ports) or a server of your own network (calendars.private_networks)",
            ),
            Trouble::Away | Trouble::Limited { .. } => CALENDAR_AWAY
                .saying("The calendar server does not answer: compare the url, and try again in a moment."),
            Trouble::Forbidden => invalid_field("username", "may not see calendars at that server"),
            _ => invalid_field(
                "url",
                "leads to no CalDAV server; the provider says which address to use for CalDAV",
            ),
        },
        ConnectError::Sealed(error) => {
            tracing::error!(org.id = %org, error = chain(error), "Could not seal a password");
            Problem::INTERNAL
        }
        ConnectError::Unexpected(error) => problems::database(org, error),
    }
}

/// Asks the account again which calendars it has, and tries those that failed once more.
#[utoipa::path(post, path = "/calendar-connections/{id}/refresh", tag = "calendars", params(("id" = String, Path)), responses((status = 200, body = CalendarConnection, description = "As the provider tells it now")))]
async fn refresh_calendar_connection(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Json<CalendarConnection>, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let id = ConnectionId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    // What is connected but refused is there, and has to be connected again.
    let known = found(&app, caller.org, id).await?;
    calendars::refresh(&app, caller.org, id).await.map_err(|error| match error {
        RefreshError::NotConnected if known.needs_reconnect() => NEEDS_RECONNECT,
        RefreshError::NotConnected => Problem::NOT_FOUND,
        RefreshError::Provider(Trouble::NeedsReconnect) => NEEDS_RECONNECT,
        RefreshError::Provider(trouble) => CALENDAR_AWAY.with("trouble", trouble.word()),
        RefreshError::Unexpected(error) => problems::database(caller.org, &error),
    })?;
    found(&app, caller.org, id).await.map(Json)
}

/// Takes an account away: its provider is told, and what let us in is erased. Events that were written stay.
#[utoipa::path(delete, path = "/calendar-connections/{id}", tag = "calendars", params(("id" = String, Path)), responses((status = 200, body = Revoked, description = "Erased here; and whether the provider knows")))]
async fn delete_calendar_connection(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Json<Revoked>, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let id = ConnectionId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let revoked = revoke(&app, &caller, id).await?;
    revoked.map(Json).ok_or(Problem::NOT_FOUND)
}
