//! `/settings/scoring`: by which rules calls are scored, in versions; what other ones would have changed.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch, as_json, digest_of};
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::idempotency::once_in_secret;
use super::params::{Limit, Params};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::{self, Act, Scope};
use crate::leads::scoring::Weights;
use crate::leads::{self, ExtraWords, OwnRules, RulesPreview, ScoringInForce, ScoringSettings};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::bounded::{Count, Instant, List, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_scoring_settings, set_scoring_settings))
        .routes(routes!(list_scoring_versions))
        .routes(routes!(create_scoring_preview))
}

/// By what calls are scored, besides the catalogue.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScoringRules {
    weights: ScoringWeights,
    /// Hot from this score; above `warm_threshold`.
    #[schema(inline)]
    hot_threshold: Count<2, 100>,
    /// Warm from this score.
    #[schema(inline)]
    warm_threshold: Count<1, 99>,
    /// Words beside the catalogue's own, which count by what each service is worth as a lead.
    #[serde(default)]
    extra_words: Words,
    /// Whether the voice platform's reading of the caller's mood counts where the caller's own words say nothing.
    #[serde(default)]
    trusts_platform: bool,
}

/// Points, each given at most once per call.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScoringWeights {
    /// A high-value service.
    #[schema(inline)]
    high_value: Count<0, 100>,
    /// A medium service, or a question about the price.
    #[schema(inline)]
    medium: Count<0, 100>,
    /// Gladness, or means to pay.
    #[schema(inline)]
    positive: Count<0, 100>,
    /// A wish to come soon.
    #[schema(inline)]
    urgency: Count<0, 100>,
}

/// Words and phrases that name a service.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScoringWords)]
struct Words {
    #[serde(default)]
    #[schema(inline)]
    high_value: List<Text<2, 40>, 50>,
    #[serde(default)]
    #[schema(inline)]
    medium: List<Text<2, 40>, 50>,
}

/// What to decide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedScoring {
    rules: ScoringRules,
    /// Alerts that staff can follow in a week. More than that suggest another threshold; none is ever kept back.
    #[schema(inline)]
    alerts_per_week_budget: Option<Count<1, 1000>>,
    /// Of a hundred hot callers, how many should book at least. Fewer suggest another threshold.
    #[schema(inline)]
    precision_floor_percent: Option<Count<1, 99>>,
    /// Why, for whoever reads the versions later.
    #[schema(inline)]
    note: Option<Text<1, 200>>,
}

/// What is in force.
#[derive(Serialize, ToSchema)]
struct ScoringView {
    /// 0 before a version was saved.
    version: i32,
    #[schema(value_type = ScoringRules)]
    rules: OwnRules,
    alerts_per_week_budget: Option<i16>,
    precision_floor_percent: Option<i16>,
    /// The catalogue's own words; the built-in vocabulary while no service is worth more than `low`.
    #[schema(value_type = Words)]
    catalogue_words: ExtraWords,
    /// How far the last 90 days have been scored by this version; null before one was saved.
    rescored: Option<Rescored>,
}

/// How far history has been scored.
#[derive(Serialize, ToSchema)]
struct Rescored {
    /// Calls that were scored by the version in force.
    done: i64,
    /// Calls there are.
    of: i64,
}

/// A version as it was saved.
#[derive(Serialize, ToSchema)]
struct ScoringVersion {
    version: i32,
    #[schema(value_type = ScoringRules)]
    rules: Value,
    note: Option<String>,
    #[schema(inline)]
    created_at: Instant,
    /// Who saved it, such as `api:key_…`.
    created_by: String,
}

/// Rules to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScoringPreviewAsked)]
struct PreviewAsked {
    rules: ScoringRules,
    /// Over how many days, today included; the 90 that saving scores again when not given.
    #[serde(default = "those_of_saving")]
    #[schema(inline)]
    days: Count<1, 90>,
}

/// The days that saving scores again.
fn those_of_saving() -> Count<1, 90> {
    Count::of::<{ leads::RESCORED_DAYS }>()
}

/// Which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VersionParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
}

/// Shows by what calls are scored, and how far history has been scored by it.
#[utoipa::path(get, path = "/settings/scoring", tag = "settings", responses((status = 200, body = ScoringView, description = "What is in force")))]
async fn get_scoring_settings(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = in_force(&app, &mut tx, caller.org).await?;
    tx.commit().await.map_err(failed)?;
    answer(there)
}

/// Replaces by what calls are scored. Other rules are a new version: calls are scored by it from now on, and those of the last
/// 90 days again, which raises no alert and no text. Takes the ETag of what was read.
#[utoipa::path(put, path = "/settings/scoring", tag = "settings", request_body = WantedScoring, responses((status = 200, body = ScoringView, description = "In force")))]
async fn set_scoring_settings(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: WantedScoring = request.json()?;
    let note = wanted.note.as_ref().map(Text::as_str);
    let settings = ScoringSettings {
        rules: own_rules(&wanted.rules)?,
        alerts_per_week_budget: small(wanted.alerts_per_week_budget),
        precision_floor_percent: small(wanted.precision_floor_percent),
    };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    leads::lock_scoring_rules(&mut tx, caller.org).await.map_err(failed)?;
    let there = in_force(&app, &mut tx, caller.org).await?;
    check(&request.headers, &there, &settings)?;
    let actor = caller.actor.to_string();
    let saved = leads::save_rules(&app, &mut tx, caller.org, (&there, &settings), (note, &actor)).await;
    saved.map_err(failed)?;
    let there = in_force(&app, &mut tx, caller.org).await?;
    tx.commit().await.map_err(failed)?;
    answer(there)
}

/// Lists the versions, the newest first.
#[utoipa::path(get, path = "/settings/scoring/versions", tag = "settings", params(VersionParams), responses((status = 200, body = Page<ScoringVersion>, description = "A page")))]
async fn list_scoring_versions(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<VersionParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let asked = asked.read()?;
    let before = asked.cursor.as_deref().map(place_of::<i32, OrgId>).transpose()?;
    let before = before.and_then(|(version, _)| version.parse().ok());
    let limit = asked.limit.get();
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = leads::rules_versions(&mut tx, caller.org, (before, limit + 1)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let version = |row: leads::RulesVersion| ScoringVersion {
        version: row.version,
        rules: row.rules,
        note: row.note,
        created_at: row.created_at.into(),
        created_by: row.created_by,
    };
    let items: Vec<ScoringVersion> = found.into_iter().map(version).collect();
    let page = Page::of(items, limit, |item| (item.version.to_string(), caller.org));
    Ok(axum::Json(page).into_response())
}

/// Scores the latest calls by other rules and tells what would have changed: "You would have had 4 alerts instead of 19." Changes
/// nothing. It quotes callers: who asked is in the audit log.
#[utoipa::path(post, path = "/settings/scoring/preview", tag = "settings", request_body = PreviewAsked, responses((status = 200, body = RulesPreview, description = "What would have changed")))]
async fn create_scoring_preview(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let asked: PreviewAsked = request.json()?;
    let (rules, days) = (own_rules(&asked.rules)?, asked.days.get());
    once_in_secret(&app, &caller, &request, async |tx| {
        let failed = |error: sqlx::Error| problems::database(caller.org, &error);
        let settings = orgs::settings(tx, &app.keys, caller.org).await.map_err(failed)?;
        let preview = leads::preview_rules(&app, tx, caller.org, &settings, (&rules, days)).await;
        let preview = preview.map_err(failed)?;
        let shown: Vec<String> = preview.changes.iter().map(|change| change.call_id.0.to_string()).collect();
        let act = Act {
            actor: &caller.actor.to_string(),
            action: "scoring_rules.preview",
            subject: None,
            detail: json!({ "calls": shown }),
        };
        accounts::record_act(&app, tx, caller.org, &act).await.map_err(failed)?;
        Answer::ok(&preview)
    })
    .await
}

async fn in_force(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<ScoringInForce, Problem> {
    let failed = |error: sqlx::Error| problems::database(org, &error);
    let settings = orgs::settings(tx, &app.keys, org).await.map_err(failed)?;
    leads::scoring_in_force(tx, org, &settings).await.map_err(failed)
}

/// The ETag that `GET` answers with: what the form that shows it sends as `If-Match`.
pub fn scoring_etag(there: &ScoringInForce) -> String {
    digest_of(&decided(there.version, &there.settings))
}

/// What two writers must not lose of each other: not how far history has been scored, which moves by itself.
fn decided(version: i32, settings: &ScoringSettings) -> Value {
    json!({
        "version": version,
        "rules": settings.rules,
        "alerts_per_week_budget": settings.alerts_per_week_budget,
        "precision_floor_percent": settings.precision_floor_percent,
    })
}

fn check(headers: &HeaderMap, there: &ScoringInForce, wanted: &ScoringSettings) -> Result<(), Problem> {
    let (current, wanted) = (decided(there.version, &there.settings), decided(there.version, wanted));
    IfMatch::of(headers).required()?.check_against(&current, &wanted)
}

fn answer(there: ScoringInForce) -> Result<Answer, Problem> {
    let etag = scoring_etag(&there);
    let (high_value, medium) = there.catalogue_words;
    let view = ScoringView {
        version: there.version,
        rules: there.settings.rules,
        alerts_per_week_budget: there.settings.alerts_per_week_budget,
        precision_floor_percent: there.settings.precision_floor_percent,
        catalogue_words: ExtraWords { high_value, medium },
        rescored: there.rescored.map(|(done, of)| Rescored { done, of }),
    };
    Ok(Answer { etag: Some(etag), ..Answer::ok(&as_json(&view)?)? })
}

/// The rules as they are kept: words once each, thresholds in their order.
fn own_rules(wanted: &ScoringRules) -> Result<OwnRules, Problem> {
    let (hot, warm) = (wanted.hot_threshold.get(), wanted.warm_threshold.get());
    if warm >= hot {
        return Err(invalid_field("rules.warm_threshold", "must be below rules.hot_threshold"));
    }
    let weights = &wanted.weights;
    Ok(OwnRules {
        weights: Weights {
            high_value: byte(weights.high_value.get()),
            medium: byte(weights.medium.get()),
            positive: byte(weights.positive.get()),
            urgency: byte(weights.urgency.get()),
        },
        hot_threshold: byte(hot),
        warm_threshold: byte(warm),
        extra_words: ExtraWords {
            high_value: once_each(&wanted.extra_words.high_value),
            medium: once_each(&wanted.extra_words.medium),
        },
        trusts_platform: wanted.trusts_platform,
    })
}

fn once_each(words: &[Text<2, 40>]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words.iter().map(Text::as_str) {
        if !kept.iter().any(|there| there.to_lowercase() == word.to_lowercase()) {
            kept.push(word.to_owned());
        }
    }
    kept
}

/// Bounded by its type.
fn byte(count: i32) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

fn small<const MIN: i32, const MAX: i32>(count: Option<Count<MIN, MAX>>) -> Option<i16> {
    count.and_then(|count| i16::try_from(count.get()).ok())
}
