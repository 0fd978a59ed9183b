//! Every URL of the product.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::platform::app::App;
use crate::platform::csp_reports;
use crate::platform::db::Class;
use crate::platform::desk_share;
use crate::platform::exposition;
use crate::platform::fair_share;
use crate::platform::problem::Problem;
use crate::platform::request_id;
use crate::{api, calendars, dashboard, live, messaging, receptionist, replies, waitlist};

/// What every `type` of a problem document points to.
const PROBLEMS: &str = include_str!("../docs/problems.md");
/// How long the database may take to say that it is there.
const READY_WITHIN: Duration = Duration::from_secs(1);

/// The whole product. `metrics` is `None` where somebody else collects them.
pub fn router(app: App, metrics: Option<PrometheusHandle>) -> Router {
    let routes = Router::new()
        // What the voice platform calls.
        .merge(receptionist::http::router())
        // What Twilio calls.
        .merge(messaging::http::router())
        .merge(replies::http::router())
        // What Google calls.
        .merge(calendars::http::router())
        // What practitioners' own calendar programs read.
        .merge(calendars::feed_http::router())
        // What people tap.
        .merge(waitlist::http::router())
        // What the clinics' own programs call.
        .merge(api::router())
        // What staff see, and see happen.
        .route("/", get(async || Redirect::to("/dashboard")))
        .merge(dashboard::router())
        .merge(live::http::router())
        // What their browsers report.
        .merge(csp_reports::router())
        // What whoever operates it calls.
        .route("/health/live", get(is_live))
        .route("/health/ready", get(ready))
        .route("/problems", get(async || PROBLEMS))
        .merge(exposition::router(metrics));
    guarded(app, routes)
}

/// `routes` behind what holds for every URL: a panic is an answer, and every answer has an id and the headers that keep browsers
/// from harm.
pub fn guarded(app: App, routes: Router<App>) -> Router {
    routes
        .fallback(async || Problem::NOT_FOUND)
        .with_state(app.clone())
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Problem::INTERNAL.into_response()))
        .layer(from_fn(without_nul))
        .layer(from_fn(fair_share::seat))
        .layer(from_fn(desk_share::admit))
        .layer(from_fn_with_state(app.clone(), request_id::name))
        // Whoever opens an address in a browser reads a page, not a document for programs.
        .layer(from_fn_with_state(app, dashboard::for_people))
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; report-to csp; report-uri /csp-reports",
        ))
        .layer(set(HeaderName::from_static("reporting-endpoints"), "csp=\"/csp-reports\""))
        .layer(set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains; preload"))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"))
}

fn set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// W20. No text of ours has a NUL, and the database keeps none: what is asked with one is asked by nobody who means well.
async fn without_nul(request: Request, next: Next) -> Response {
    let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
    if asked.contains("%00") { Problem::BAD_URL.into_response() } else { next.run(request).await }
}

/// The process runs.
async fn is_live() -> Json<serde_json::Value> {
    Json(json!({"status": "live", "version": env!("CARGO_PKG_VERSION")}))
}

/// The database answers the program's role: requests can be served.
async fn ready(State(app): State<App>) -> Response {
    let ask = async { app.db.begin_across(Class::Back).await?.commit().await };
    match tokio::time::timeout(READY_WITHIN, ask).await {
        Ok(Ok(())) if !app.stopping.is_cancelled() => {
            (StatusCode::OK, Json(json!({"status": "ready"}))).into_response()
        }
        _ => Problem::UNAVAILABLE.into_response(),
    }
}
