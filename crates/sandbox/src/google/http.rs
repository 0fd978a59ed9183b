//! Google's URLs, and two for whoever plays a clinic's staff in a demo.

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::Refusal;
use super::oauth::{self, Pairs};
use super::{Call, GoogleFake, HumanEvent, State, When};
use crate::locked;

const API: &str = "/google/calendar/v3";

pub(crate) fn router(fake: GoogleFake) -> Router {
    Router::new()
        .route("/google/auth", get(oauth::consent))
        .route("/google/token", post(oauth::token))
        .route("/google/revoke", post(oauth::revoke))
        .route(&format!("{API}/users/me/calendarList"), get(list_calendars))
        .route(&format!("{API}/freeBusy"), post(free_busy))
        .route(&format!("{API}/calendars/{{calendar}}/events"), get(list_events).post(insert_event))
        .route(&format!("{API}/calendars/{{calendar}}/events/watch"), post(watch))
        .route(
            &format!("{API}/calendars/{{calendar}}/events/{{id}}"),
            get(get_event).patch(patch_event).delete(delete_event),
        )
        .route(&format!("{API}/channels/stop"), post(stop))
        .route("/google/accounts/{email}/events", get(show_events).post(add_event))
        .with_state(fake)
}

fn parsed(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_not_json| Refusal::new(400, "parseError"))
}

fn told(value: Value) -> Response {
    Json(value).into_response()
}

async fn list_calendars(
    Extract(fake): Extract<GoogleFake>,
    headers: HeaderMap,
    Query(query): Query<Pairs>,
) -> Response {
    let effect = move |state: &mut State, asker: &_| state.list_calendars(asker, &query).map(told);
    fake.serve(&headers, Call::Calendars, None, effect).await
}

async fn free_busy(Extract(fake): Extract<GoogleFake>, headers: HeaderMap, body: Bytes) -> Response {
    let effect = move |state: &mut State, asker: &_| state.free_busy(asker, &parsed(&body)?).map(told);
    fake.serve(&headers, Call::FreeBusy, None, effect).await
}

async fn list_events(
    Extract(fake): Extract<GoogleFake>,
    Path(calendar): Path<String>,
    headers: HeaderMap,
    Query(query): Query<Pairs>,
) -> Response {
    let effect = move |state: &mut State, asker: &_| state.list_events(asker, &calendar, &query).map(told);
    fake.serve(&headers, Call::List, None, effect).await
}

async fn get_event(
    Extract(fake): Extract<GoogleFake>,
    Path((calendar, id)): Path<(String, String)>,
    headers: HeaderMap,
    Query(query): Query<Pairs>,
) -> Response {
    let effect = move |state: &mut State, asker: &_| state.get_event(asker, &calendar, &id, &query).map(told);
    fake.serve(&headers, Call::Get, None, effect).await
}

async fn insert_event(
    Extract(fake): Extract<GoogleFake>,
    Path(calendar): Path<String>,
    headers: HeaderMap,
    Query(query): Query<Pairs>,
    body: Bytes,
) -> Response {
    let id = calendar.clone();
    let effect = move |state: &mut State, asker: &_| {
        state.insert_event(asker, &calendar, parsed(&body)?, &query).map(told)
    };
    fake.serve(&headers, Call::Insert, Some(&id), effect).await
}

async fn patch_event(
    Extract(fake): Extract<GoogleFake>,
    Path((calendar, id)): Path<(String, String)>,
    headers: HeaderMap,
    Query(query): Query<Pairs>,
    body: Bytes,
) -> Response {
    let (within, sent) = (calendar.clone(), headers.clone());
    let effect = move |state: &mut State, asker: &_| {
        state.patch_event(asker, (&calendar, &id), &sent, parsed(&body)?, &query).map(told)
    };
    fake.serve(&headers, Call::Patch, Some(&within), effect).await
}

async fn delete_event(
    Extract(fake): Extract<GoogleFake>,
    Path((calendar, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let (within, sent) = (calendar.clone(), headers.clone());
    let effect = move |state: &mut State, asker: &_| {
        state.delete_event(asker, &calendar, &id, &sent).map(|()| StatusCode::NO_CONTENT.into_response())
    };
    fake.serve(&headers, Call::Delete, Some(&within), effect).await
}

async fn watch(
    Extract(fake): Extract<GoogleFake>,
    Path(calendar): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let effect = move |state: &mut State, asker: &_| state.watch(asker, &calendar, &parsed(&body)?).map(told);
    fake.serve(&headers, Call::Watch, None, effect).await
}

async fn stop(Extract(fake): Extract<GoogleFake>, headers: HeaderMap, body: Bytes) -> Response {
    let effect = move |state: &mut State, asker: &_| {
        state.stop(asker, &parsed(&body)?).map(|()| StatusCode::NO_CONTENT.into_response())
    };
    fake.serve(&headers, Call::Stop, None, effect).await
}

#[derive(Deserialize)]
struct AddEvent {
    #[serde(default)]
    summary: Option<String>,
    start: String,
    end: String,
    #[serde(default)]
    transparent: bool,
}

/// `POST /google/accounts/{email}/events {"summary":"Lunch","start":"2026-11-26T12:00:00-08:00","end":"…"}`; days for an
/// all-day event.
async fn add_event(
    Extract(fake): Extract<GoogleFake>,
    Path(email): Path<String>,
    Json(event): Json<AddEvent>,
) -> Response {
    if !locked(&fake.0.state).accounts.contains_key(&email) {
        return StatusCode::NOT_FOUND.into_response();
    }
    // A time without an offset is neither, though its date could be read.
    let when = |raw: &str| {
        let has_time = raw.contains('T');
        if has_time { raw.parse().ok().map(When::At) } else { raw.parse().ok().map(When::Day) }
    };
    let (Some(start), Some(end)) = (when(&event.start), when(&event.end)) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let summary = event.summary.as_deref().unwrap_or("Busy");
    let made = HumanEvent { is_transparent: event.transparent, ..HumanEvent::new(summary, start, end) };
    let id = fake.add_event(&email, &made);
    if fake.event(&email, &id).is_none() {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
}

/// `GET /google/accounts/{email}/events`: what the account's own calendar shows, soonest first.
async fn show_events(Extract(fake): Extract<GoogleFake>, Path(email): Path<String>) -> Response {
    if !locked(&fake.0.state).accounts.contains_key(&email) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut events = fake.events(&email);
    events.sort_by_key(|event| event.start);
    let shown = events.into_iter().map(|event| {
        json!({
            "id": event.id, "summary": event.summary, "location": event.location, "description": event.description,
            "start": event.start, "end": event.end, "all_day": event.is_all_day, "transparent": event.is_transparent,
        })
    });
    told(shown.collect())
}
