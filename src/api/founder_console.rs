//! `/api/founder-console/settings`: the alert phone and its test, with the shapes of the system before this one, hence outside
//! `/api/v1`. Refusals are `{"error": …}`.
//!
//! T20: what that system saved at once now waits for the code that is texted to the new number; the answer says so.

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::alert_phones::{begin, confirm, remove};
use super::answer::Answer;
use super::caller::ApiCaller;
use super::idempotency::once;
use super::presence::{Proof, prove};
use super::problems;
use super::request::Received;
use super::setting_tests::send_test;
use crate::accounts::Scope;
use crate::alert_phones::{self, PhoneStanding};
use crate::messaging::wording::PhonePurpose;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;

const NOT_E164: &str = "must be a phone number in E.164 form, such as +13105550177.";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/api/founder-console/settings", get(show_settings).post(save_settings))
        .route("/api/founder-console/settings/test-hot-lead-sms", post(test_hot_lead_sms))
        .method_not_allowed_fallback(async || problems::METHOD_NOT_ALLOWED)
}

/// A refusal as that system's page reads it: status and `error`.
struct Refusal(StatusCode, String);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        // That page knows 400 for whatever is wrong with what was entered.
        let is_wrong = problem.status == StatusCode::UNPROCESSABLE_ENTITY;
        Self(if is_wrong { StatusCode::BAD_REQUEST } else { problem.status }, problem.detail.into_owned())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn wrong(error: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error.into())
}

/// What is in force, and what waits for its code.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConsoleSettings {
    hot_lead_alert_phone: Option<String>,
    pending_hot_lead_alert_phone: Option<String>,
    confirmation_sent: bool,
}

async fn settings(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<ConsoleSettings, Problem> {
    let all = alert_phones::alert_phones(app, tx, org).await.map_err(|e| problems::database(org, &e))?;
    let (phone, pending) = match all.phones.into_iter().find(|one| one.purpose == PhonePurpose::HotLead) {
        Some(PhoneStanding { phone, pending, .. }) => (phone, pending.map(|pending| pending.phone)),
        None => (None, None),
    };
    Ok(ConsoleSettings {
        hot_lead_alert_phone: phone,
        confirmation_sent: pending.is_some(),
        pending_hot_lead_alert_phone: pending,
    })
}

async fn show_settings(
    State(app): State<App>,
    caller: Result<ApiCaller, Problem>,
) -> Result<Json<ConsoleSettings>, Refusal> {
    let caller = caller?;
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = settings(&app, &mut tx, caller.org).await?;
    tx.commit().await.map_err(failed)?;
    Ok(Json(there))
}

/// What may be saved here.
const FIELDS: [&str; 4] = ["hotLeadAlertPhone", "confirmationCode", "password", "secondFactor"];

async fn save_settings(
    State(app): State<App>,
    caller: Result<ApiCaller, Problem>,
    request: Received,
) -> Result<Response, Refusal> {
    let caller = caller?;
    caller.needs(Scope::SettingsWrite)?;
    let body = object(&request)?;
    if let Some(unknown) = body.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(wrong(format!("{unknown} is not saved here; /api/v1/openapi.json has every setting.")));
    }
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(wrong(format!("{name} must be text."))),
    };
    let (password, second_factor) = (text("password")?, text("secondFactor")?);
    let (code, phone) = (text("confirmationCode")?, text("hotLeadAlertPhone")?);
    if let Some(code) = code {
        return Ok(enter(&app, &caller, &request, &code).await?);
    }
    if !body.contains_key("hotLeadAlertPhone") {
        return Err(wrong("hotLeadAlertPhone is missing."));
    }
    let phone = phone.map(|phone| Phone::parse_e164(&phone)).transpose();
    let phone = phone.ok().ok_or_else(|| wrong(format!("hotLeadAlertPhone {NOT_E164}")))?;
    let proof = Proof { password: password.as_deref(), second_factor: second_factor.as_deref() };
    prove(&app, &caller, proof).await?;
    Ok(ask(&app, &caller, &request, phone.as_ref()).await?)
}

async fn ask(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    phone: Option<&Phone>,
) -> Result<Response, Problem> {
    once(app, caller, request, async |tx| {
        match phone {
            Some(phone) => {
                begin(app, tx, caller, (PhonePurpose::HotLead, phone)).await?;
            }
            None => remove(app, tx, caller, PhonePurpose::HotLead).await?,
        }
        saved(&settings(app, tx, caller.org).await?)
    })
    .await
}

async fn enter(app: &App, caller: &ApiCaller, request: &Received, code: &str) -> Result<Response, Problem> {
    let counted = alert_phones::count_try(app, caller.org, PhonePurpose::HotLead).await;
    counted.map_err(|error| problems::database(caller.org, &error))?;
    once(app, caller, request, async |tx| {
        confirm(app, tx, caller, (PhonePurpose::HotLead, code)).await?;
        saved(&settings(app, tx, caller.org).await?)
    })
    .await
}

fn saved(settings: &ConsoleSettings) -> Result<Answer, Problem> {
    let message = if settings.confirmation_sent {
        "A code was texted to the new number. Send it as confirmationCode: until then nothing changes."
    } else {
        "Settings saved"
    };
    let body = json!({
        "success": true,
        "hotLeadAlertPhone": settings.hot_lead_alert_phone,
        "pendingHotLeadAlertPhone": settings.pending_hot_lead_alert_phone,
        "confirmationSent": settings.confirmation_sent,
        "message": message,
    });
    Ok(Answer { etag: None, ..Answer::ok(&body)? })
}

/// E7: to the alert phone, or to the number whose code is waited for.
async fn test_hot_lead_sms(
    State(app): State<App>,
    caller: Result<ApiCaller, Problem>,
    request: Received,
) -> Result<Response, Refusal> {
    let caller = caller?;
    caller.needs(Scope::SettingsWrite)?;
    let body = object(&request)?;
    let phone = match body.get("alertPhone") {
        None | Some(Value::Null) => return Err(wrong("alertPhone is required.")),
        Some(Value::String(phone)) if phone.trim().is_empty() => {
            return Err(wrong("alertPhone is required."));
        }
        Some(phone) => phone.as_str().and_then(|phone| Phone::parse_e164(phone.trim()).ok()),
    };
    let phone = phone.ok_or_else(|| wrong(format!("alertPhone {NOT_E164}")))?;
    let sent = once(&app, &caller, &request, async |tx| {
        let tested = send_test(&app, tx, &caller, &phone).await?;
        let message = if tested.is_code {
            "The number waits for its code, which was sent to it again"
        } else {
            "Test SMS is on its way"
        };
        let body = json!({ "success": true, "messageId": tested.text.to_string(), "message": message });
        Ok(Answer { etag: None, ..Answer::ok(&body)? })
    });
    Ok(sent.await?)
}

fn object(request: &Received) -> Result<Map<String, Value>, Refusal> {
    match request.value() {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(wrong("The body must be a JSON object.")),
    }
}
