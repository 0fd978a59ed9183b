//! `/analytics`: what the receptionist did and what it earned, in figures and as tables.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::params::{Params, check_range};
use super::problems::{self, invalid_field};
use crate::accounts::{Role, Scope};
use crate::analytics::{self, Figures, FiguresError, Table, Wanted};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::bounded::Day;
use crate::platform::ids::{AssistantId, LocationId, OrgId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

/// Days unless the query says which.
const DAYS_DEFAULT: i32 = 30;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_analytics)).routes(routes!(get_analytics_csv))
}

/// Of which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AnalyticsParams {
    /// The first civil day; without it the last are 30.
    #[param(inline)]
    from: Option<Day>,
    /// The last civil day, included; without it today. Up to 92 days.
    #[param(inline)]
    to: Option<Day>,
    /// Of this site alone.
    #[param(value_type = Option<String>)]
    location_id: Option<Public<LocationId>>,
    /// Of this assistant's calls alone.
    #[param(value_type = Option<String>)]
    assistant_id: Option<Public<AssistantId>>,
}

/// Which table, and of which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportParams {
    /// Whose figures are meant: a link of one clinic's page gives no other clinic's (409).
    #[param(value_type = Option<String>)]
    org_id: Option<Public<OrgId>>,
    /// `summary`, `days`, `hours`, `locations`, `assistants`, `funnel` or `unmet`; without it the summary.
    table: Option<String>,
    /// The first civil day; without it the last are 30.
    #[param(inline)]
    from: Option<Day>,
    /// The last civil day, included; without it today. Up to 92 days.
    #[param(inline)]
    to: Option<Day>,
    /// Of this site alone.
    #[param(value_type = Option<String>)]
    location_id: Option<Public<LocationId>>,
    /// Of this assistant's calls alone.
    #[param(value_type = Option<String>)]
    assistant_id: Option<Public<AssistantId>>,
}

/// Shows the figures of some days beside those of as many days before, by each site's own calendar.
#[utoipa::path(get, path = "/analytics", tag = "analytics", params(AnalyticsParams), responses((status = 200, body = Figures, description = "The figures")))]
async fn get_analytics(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<AnalyticsParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::AnalyticsRead)?;
    let asked = asked.read()?;
    Answer::ok(&*figures(&app, &caller, &asked).await?)
}

/// Writes one table of the figures as CSV: UTF-8, RFC 4180. A cell that a spreadsheet would take for a formula begins with `'`.
#[utoipa::path(get, path = "/analytics.csv", tag = "analytics", params(ExportParams), responses((status = 200, body = String, content_type = "text/csv", description = "The table")))]
async fn get_analytics_csv(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<ExportParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::AnalyticsRead)?;
    let asked = asked.read()?;
    if let Some(role) = caller.staff().map(|staff| staff.role).filter(|role| *role > Role::Manager) {
        let refused = problems::role_lacks(role, Scope::AnalyticsRead);
        return Err(refused.saying(format!("The role {role} may look at figures and not take them away.")));
    }
    let known = || format!("must be one of {}", Table::ALL.map(Table::name).join(", "));
    let table = asked.table.as_deref().map_or(Some(Table::Summary), Table::parse);
    let table = table.ok_or_else(|| invalid_field("table", &known()))?;
    if asked.org_id.is_some_and(|meant| meant.0 != caller.org) {
        return Err(Problem::OTHER_ORG);
    }
    let ExportParams { from, to, location_id, assistant_id, .. } = asked;
    let found = figures(&app, &caller, &AnalyticsParams { from, to, location_id, assistant_id }).await?;
    let name = format!("analytics-{}-{}-{}.csv", table.name(), found.window.from.0, found.window.to.0);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, analytics::write_csv(&analytics::rows_of(&found, table))).into_response())
}

async fn figures(app: &App, caller: &ApiCaller, asked: &AnalyticsParams) -> Result<Arc<Figures>, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let settings = orgs::settings(&mut tx, &app.keys, caller.org).await.map_err(failed)?;
    let zone = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
    let to = asked.to.map_or_else(|| app.clock.now().to_zoned(zone).date(), |to| to.0);
    let last = Wanted::last(DAYS_DEFAULT, to);
    let from = asked.from.map_or(last.from, |from| from.0);
    check_range(Day(from), Day(to))?;
    let location = asked.location_id.map(|id| id.0);
    let wanted = Wanted { from, to, location, assistant: asked.assistant_id.map(|id| id.0) };
    let found = analytics::figures(app, &mut tx, caller.org, &wanted).await.map_err(|error| match error {
        FiguresError::Days => invalid_field("to", "must be on or after from, and within 92 days of it"),
        FiguresError::Location | FiguresError::Assistant => Problem::NOT_FOUND,
        FiguresError::Database(error) => failed(error),
    })?;
    tx.commit().await.map_err(failed)?;
    Ok(found)
}
