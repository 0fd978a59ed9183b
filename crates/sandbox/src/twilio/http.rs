//! Twilio's URLs, and our own view into the ledger.

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Value, json};

use super::rules::Wanted;
use super::{Inbound, Text, TwilioFake};
use crate::fault::{self, Fault, Target};
use crate::locked;

type Pairs = Vec<(String, String)>;

const API: &str = "/2010-04-01/Accounts";
const PAGE_SIZE_DEFAULT: usize = 50;
const PAGE_SIZE_MAX: usize = 1000;

pub(crate) fn router(fake: TwilioFake) -> Router {
    Router::new()
        .route(&format!("{API}/{{account}}/Messages.json"), get(list_messages).post(create_message))
        .route(&format!("{API}/{{account}}/Messages/{{file}}"), get(show_message))
        .route("/twilio/messages", get(list_ledger))
        .route("/twilio/inbound", post(text_us))
        .with_state(fake)
}

/// Every accepted text, newest last.
async fn list_ledger(State(fake): State<TwilioFake>) -> Json<Vec<Text>> {
    Json(fake.messages())
}

/// A text that somebody writes.
#[derive(Debug, Deserialize)]
struct Written {
    webhook: String,
    account_sid: String,
    auth_token: String,
    from: String,
    to: String,
    body: String,
}

/// Posts it to the webhook as Twilio does; what that answered.
async fn text_us(State(fake): State<TwilioFake>, Json(written): Json<Written>) -> Response {
    let text = Inbound {
        account_sid: &written.account_sid,
        auth_token: &written.auth_token,
        from: &written.from,
        to: &written.to,
        body: &written.body,
        opt_out_type: None,
        media: 0,
    };
    match fake.text_us(&written.webhook, &text).await {
        Some(answered) => Json(json!({ "status": answered.status })).into_response(),
        None => StatusCode::BAD_GATEWAY.into_response(),
    }
}

async fn create_message(
    State(fake): State<TwilioFake>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Pairs>,
) -> Response {
    if !fake.is_answered(&account) {
        return std::future::pending().await;
    }
    if !fake.is_signed_in(&account, &headers) {
        return unauthorized();
    }
    let fault = fake.fault_of_send(&form);
    let undelivered = match fault {
        Some(Fault::Undelivered { code }) => Some(code),
        _ => None,
    };
    let effect = {
        let fake = fake.clone();
        async move { fake.accept(account, form, undelivered) }
    };
    fault::answer(fault, &fake.0.tasks, refuse, effect).await
}

async fn list_messages(
    State(fake): State<TwilioFake>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(query): Query<Pairs>,
) -> Response {
    if !fake.is_signed_in(&account, &headers) {
        return unauthorized();
    }
    if !fake.is_answered(&account) {
        return std::future::pending().await;
    }
    let fault = fake.fault_of_look_up();
    let page = page(locked(&fake.0.state).ledger.all(), &account, &query);
    fault::answer(fault, &fake.0.tasks, refuse, async move { page }).await
}

async fn show_message(
    State(fake): State<TwilioFake>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !fake.is_signed_in(&account, &headers) {
        return unauthorized();
    }
    let fault = fake.fault_of_look_up();
    let sid = file.strip_suffix(".json").unwrap_or(&file);
    let text = fake.messages().into_iter().find(|text| text.sid == sid && text.account_sid == account);
    let shown = text.map_or_else(|| refuse(404, Some(20404)), |text| Json(resource(&text)).into_response());
    fault::answer(fault, &fake.0.tasks, refuse, async move { shown }).await
}

impl TwilioFake {
    fn accept(&self, account: String, form: Pairs, undelivered: Option<u32>) -> Response {
        let mut state = locked(&self.0.state);
        let wanted = match Wanted::read(form, &state) {
            Ok(wanted) => wanted,
            Err(code) => return refuse(400, Some(code)),
        };
        let text = wanted.into_text(account, state.ledger.next_sid(), (self.0.clock)());
        if state.ledger.record(text.clone()).is_err() {
            return refuse(500, Some(20500));
        }
        let callbacks = state.callbacks;
        drop(state);
        let created = (StatusCode::CREATED, Json(resource(&text))).into_response();
        self.deliver(text, callbacks, undelivered);
        created
    }

    fn is_answered(&self, account: &str) -> bool {
        locked(&self.0.state).conduct.is_answered(account)
    }

    /// What was planned comes before what chance brings.
    fn fault_of_send(&self, form: &Pairs) -> Option<Fault> {
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
        let sender = Some(field("MessagingServiceSid")).filter(|sid| !sid.is_empty());
        let second = (self.0.clock)().as_second();
        let by_conduct = locked(&self.0.state).conduct.of_send(
            field("To"),
            sender.unwrap_or_else(|| field("From")),
            second,
        );
        self.0.faults.take(Target::Twilio).or(by_conduct)
    }

    fn fault_of_look_up(&self) -> Option<Fault> {
        self.0.faults.take(Target::TwilioLookups).or_else(|| locked(&self.0.state).conduct.of_look_up())
    }

    fn is_signed_in(&self, account: &str, headers: &HeaderMap) -> bool {
        let Some((user, password)) = basic(headers) else { return false };
        let is_good = self.knows(account, &user, password);
        let conduct = &mut locked(&self.0.state).conduct;
        if is_good {
            conduct.signed_in(&user);
        } else {
            conduct.refused_sign_in();
        }
        is_good
    }

    fn knows(&self, account: &str, user: &str, password: String) -> bool {
        let mut state = locked(&self.0.state);
        if state.accounts.is_empty() {
            if user == account {
                state.seen_tokens.insert(user.to_owned(), password);
            }
            return true;
        }
        let Some(token) = state.accounts.get(account) else { return false };
        (user == account && *token == password) || state.api_keys.get(user) == Some(&password)
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    pair.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

fn unauthorized() -> Response {
    refuse(401, Some(20003))
}

fn refuse(http: u16, code: Option<u32>) -> Response {
    let status = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = code.unwrap_or(match http {
        401 | 403 => 20003,
        404 => 20404,
        429 => 20429,
        _ => 20500,
    });
    let body = json!({
        "code": code,
        "message": voxanne_twilio::code_hint(code),
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status.as_u16(),
    });
    (status, Json(body)).into_response()
}

fn page(texts: &[Text], account: &str, query: &[(String, String)]) -> Response {
    let field = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let number = |name: &str| field(name).and_then(|value| value.parse::<usize>().ok());
    let size = number("PageSize").unwrap_or(PAGE_SIZE_DEFAULT).clamp(1, PAGE_SIZE_MAX);
    let page = number("Page").unwrap_or(0);
    let (earliest, latest) = (field("DateSent>").and_then(instant), field("DateSent<").and_then(instant));
    let matches: Vec<&Text> = texts
        .iter()
        .rev()
        .filter(|text| text.account_sid == account)
        .filter(|text| field("To").is_none_or(|to| text.to == to))
        .filter(|text| field("From").is_none_or(|from| text.from.as_deref() == Some(from)))
        .filter(|text| earliest.is_none_or(|at| text.created_at.as_second() >= at.as_second()))
        .filter(|text| latest.is_none_or(|at| text.created_at.as_second() <= at.as_second()))
        .collect();
    let shown: Vec<Value> = matches.iter().skip(page * size).take(size).map(|text| resource(text)).collect();
    let next = (matches.len() > (page + 1) * size).then(|| next_page(account, query, page + 1));
    Json(json!({ "messages": shown, "page": page, "page_size": size, "next_page_uri": next })).into_response()
}

fn next_page(account: &str, query: &[(String, String)], page: usize) -> Option<String> {
    let number = page.to_string();
    let pairs =
        query.iter().filter(|(key, _)| key != "Page").map(|(key, value)| (key.as_str(), value.as_str()));
    let pairs = pairs.chain([("Page", number.as_str())]);
    let url =
        reqwest::Url::parse_with_params(&format!("http://localhost{API}/{account}/Messages.json"), pairs)
            .ok()?;
    Some(format!("{}?{}", url.path(), url.query()?))
}

/// A date means its midnight in UTC.
fn instant(raw: &str) -> Option<Timestamp> {
    let midnight = || Some(raw.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    raw.parse().ok().or_else(midnight)
}

fn resource(text: &Text) -> Value {
    let created = jiff::fmt::rfc2822::to_string(&text.created_at.to_zoned(TimeZone::UTC)).ok();
    let uri = format!("{API}/{}/Messages/{}", text.account_sid, text.sid);
    json!({
        "account_sid": text.account_sid,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": created,
        "date_sent": if text.status == "queued" { None } else { created.as_ref() },
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": text.error_code,
        "error_message": text.error_code.map(voxanne_twilio::code_hint),
        "from": text.from,
        "messaging_service_sid": text.messaging_service_sid,
        "num_media": "0",
        "num_segments": text.num_segments.to_string(),
        "price": null,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": { "media": format!("{uri}/Media.json") },
        "to": text.to,
        "uri": format!("{uri}.json"),
    })
}
