//! `/leads`: scored calls, why they were scored so, and whether "hot" was true.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::calls::{CLASSES, TEMPERATURES};
use super::cursor::{Page, place_of};
use super::params::{Flag, Limit, Params, check_span};
use super::problems;
use crate::accounts::Scope;
use crate::leads::{self, LeadWithEvidence, Outcomes, Thresholds, WantedLeads};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::ids::{CallId, ContactId, EscalationId, Prefixed as _, ServiceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_leads))
        .routes(routes!(get_lead))
        .routes(routes!(get_lead_thresholds))
        .routes(routes!(get_lead_outcomes))
}

/// A scored call.
#[derive(Serialize, ToSchema)]
struct Lead {
    #[schema(inline)]
    call_id: Public<CallId>,
    #[schema(inline)]
    at: Instant,
    /// `new_lead`, `existing_patient`, `complaint`, `clinical_urgency`, `vendor`, `wrong_number` or `job_seeker`.
    class: String,
    /// `hot`, `warm` or `cold`.
    temperature: String,
    /// 0 to 100.
    score: i16,
    /// The version of the rules that it was scored by: 0 before one was saved, null by an earlier release.
    rules_version: Option<i32>,
    /// The mood that counted: `positive`, `neutral` or `negative`.
    sentiment: Option<String>,
    /// Of a clinical urgency: `urgent` or `emergency`.
    danger: Option<String>,
    /// What the caller wants.
    interest: Option<LeadInterest>,
    caller: LeadCaller,
    /// The alert that it raised, if it did.
    #[schema(inline)]
    alert_id: Option<Public<EscalationId>>,
    /// When somebody took that alert.
    #[schema(inline)]
    acknowledged_at: Option<Instant>,
}

/// What a caller wants.
#[derive(Serialize, ToSchema)]
struct LeadInterest {
    /// In their own words.
    words: String,
    /// The same in the catalogue; null when it is none of it.
    #[schema(inline)]
    service_id: Option<Public<ServiceId>>,
    /// As it is called now.
    service: Option<String>,
    /// What it cost when the call was scored; null when it has no price.
    value_cents: Option<i64>,
}

/// Who called.
#[derive(Serialize, ToSchema)]
struct LeadCaller {
    /// E.164; null when it was withheld.
    phone: Option<String>,
    #[schema(inline)]
    contact_id: Option<Public<ContactId>>,
    /// As it is now.
    name: Option<String>,
}

/// A scored call with everything that it was scored by.
#[derive(Serialize, ToSchema)]
struct LeadDetail {
    lead: Lead,
    #[schema(inline)]
    scored_at: Instant,
    sentiments: LeadSentiments,
    /// Where the interest was said.
    #[schema(value_type = Option<LeadSpan>)]
    interest_at: Option<Value>,
    /// What was found in the caller's words, in their order.
    #[schema(value_type = Vec<LeadEvidence>)]
    evidence: Value,
    /// All that was said.
    turns: Vec<LeadTurn>,
}

/// Every reading of the caller's mood.
#[derive(Serialize, ToSchema)]
struct LeadSentiments {
    /// By the caller's own words.
    own: Option<String>,
    /// By the voice platform, when it said so.
    platform: Option<String>,
    /// What counted.
    taken: Option<String>,
}

/// A place in what was said.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is kept as JSON")]
struct LeadSpan {
    /// Index into `turns`.
    turn: i32,
    /// First character of it in the turn's text.
    start: i32,
    /// One past its last.
    end: i32,
}

/// A phrase of the caller, and what it was worth.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is kept as JSON")]
struct LeadEvidence {
    /// What found it: `high_value_service`, `medium_service`, `price_question`, `positive`, `urgency`, or a sign of a class.
    rule: String,
    /// `caller`: nobody else's words count. Missing in what an earlier release scored.
    speaker: Option<String>,
    /// Index into `turns`.
    turn: i32,
    /// First character of it in the turn's text.
    start: i32,
    /// One past its last.
    end: i32,
    words: String,
    /// 0 when it does not count, or its weight was given before.
    points: i32,
    /// `affirmed`, or why it does not count: `negated`, `other_person`, `past`, `quoted`, `hypothetical`, `question`, `receptionist`, `off_topic`.
    polarity: String,
    /// True where no phrase was found: the words that spoke most for it to the fitted model. Missing otherwise.
    fitted: Option<bool>,
}

/// One utterance.
#[derive(Serialize, ToSchema)]
struct LeadTurn {
    /// `caller` or `assistant`.
    speaker: &'static str,
    text: String,
}

/// Which scored calls.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LeadParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// `hot`, `warm` or `cold`.
    #[serde(default, deserialize_with = "temperature")]
    temperature: Option<String>,
    /// `new_lead`, `existing_patient`, `complaint`, `clinical_urgency`, `vendor`, `wrong_number` or `job_seeker`.
    #[serde(default, deserialize_with = "class")]
    class: Option<String>,
    /// Only calls that came at that instant or later.
    #[param(inline)]
    since: Option<Instant>,
    /// Only calls that came before that instant; with `since`, up to 92 days.
    #[param(inline)]
    until: Option<Instant>,
    /// Only calls whose alert somebody took, or only those whose alert nobody did.
    #[param(value_type = Option<bool>)]
    acknowledged: Option<Flag>,
}

/// Over how many days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ThresholdParams {
    /// Civil days of the clinic, today included.
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 90, default = 28)]
    days: Days<28, 90>,
}

/// Over how many days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OutcomeParams {
    /// Civil days of the clinic, today included.
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 365, default = 90)]
    days: Days<90, 365>,
}

/// Days in a query, 1 to `MAX`.
#[derive(Debug, Clone, Copy)]
struct Days<const DEFAULT: i32, const MAX: i32>(i32);

impl<const DEFAULT: i32, const MAX: i32> Default for Days<DEFAULT, MAX> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<'de, const DEFAULT: i32, const MAX: i32> Deserialize<'de> for Days<DEFAULT, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let days = String::deserialize(from)?.parse().ok().filter(|days| (1..=MAX).contains(days));
        days.map(Self).ok_or_else(|| D::Error::custom(format!("must be a whole number from 1 to {MAX}")))
    }
}

fn temperature<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    one_of(from, &TEMPERATURES)
}

fn class<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    one_of(from, &CLASSES)
}

fn one_of<'de, D: Deserializer<'de>>(from: D, words: &[&str]) -> Result<Option<String>, D::Error> {
    let word = String::deserialize(from)?;
    if words.contains(&word.as_str()) {
        return Ok(Some(word));
    }
    Err(D::Error::custom(format!("must be one of {}", words.join(", "))))
}

/// Lists scored calls, the latest first. Test calls are left out, here and in every count.
#[utoipa::path(get, path = "/leads", tag = "leads", params(LeadParams), responses((status = 200, body = Page<Lead>, description = "A page")))]
async fn list_leads(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<LeadParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let asked = asked.read()?;
    check_span(("since", asked.since), ("until", asked.until))?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, CallId>).transpose()?;
    let limit = asked.limit.get();
    let wanted = WantedLeads {
        temperature: asked.temperature.as_deref(),
        class: asked.class.as_deref(),
        since: asked.since.map(|since| since.0),
        until: asked.until.map(|until| until.0),
        alert: asked.acknowledged.map(|flag| if flag.0 { &["taken", "booked"][..] } else { &["open"] }),
        after: after.and_then(|(at, id)| Some((at.parse().ok()?, CallId(id)))),
        limit: limit + 1,
    };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = leads::scored_calls(&mut tx, caller.org, &wanted).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<Lead> = found.into_iter().map(Lead::from).collect();
    let page = Page::of(items, limit, |item| (item.at.0.to_string(), item.call_id.0));
    Ok(axum::Json(page).into_response())
}

/// Shows a scored call with its evidence and all that was said. Who read it is in the audit log.
#[utoipa::path(get, path = "/leads/{id}", tag = "leads", params(("id" = String, Path)), responses((status = 200, body = LeadDetail, description = "The call")))]
async fn get_lead(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let id = CallId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let actor = caller.actor.to_string();
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = leads::scored_call(&app, &mut tx, caller.org, (id, &actor)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&LeadDetail::from(found.ok_or(Problem::NOT_FOUND)?))
}

/// Shows which alerts there would have been from which threshold on, and which of those callers booked.
#[utoipa::path(get, path = "/leads/thresholds", tag = "leads", params(ThresholdParams), responses((status = 200, body = Thresholds, description = "From 40 to 100")))]
async fn get_lead_thresholds(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<ThresholdParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let asked = asked.read()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let settings = orgs::settings(&mut tx, &app.keys, caller.org).await.map_err(failed)?;
    let slider = leads::thresholds(&app, &mut tx, caller.org, &settings, asked.days.0).await;
    let slider = slider.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&slider)
}

/// Shows what came of scored calls, and whether the threshold of "hot" is right.
#[utoipa::path(get, path = "/leads/outcomes", tag = "leads", params(OutcomeParams), responses((status = 200, body = Outcomes, description = "What came of them")))]
async fn get_lead_outcomes(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<OutcomeParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let asked = asked.read()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let settings = orgs::settings(&mut tx, &app.keys, caller.org).await.map_err(failed)?;
    let outcomes = leads::outcomes(&app, &mut tx, caller.org, &settings, asked.days.0).await;
    let outcomes = outcomes.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&outcomes)
}

impl From<leads::Lead> for Lead {
    fn from(lead: leads::Lead) -> Self {
        let (service_id, service, value_cents) =
            (lead.interest_service_id.map(Public), lead.service_name, lead.value_cents);
        Self {
            call_id: Public(lead.id),
            at: lead.created_at.into(),
            class: lead.class,
            temperature: lead.temperature,
            score: lead.score,
            rules_version: lead.rules_version,
            sentiment: lead.sentiment_taken,
            danger: lead.danger,
            interest: lead.interest.map(|words| LeadInterest { words, service_id, service, value_cents }),
            caller: LeadCaller {
                phone: lead.caller_phone,
                contact_id: lead.contact_id.map(Public),
                name: lead.contact_name,
            },
            alert_id: lead.alert_id.map(Public),
            acknowledged_at: lead.acknowledged_at.map(Instant::from),
        }
    }
}

impl From<LeadWithEvidence> for LeadDetail {
    fn from(found: LeadWithEvidence) -> Self {
        let turn = |turn: crate::calls::Turn| LeadTurn {
            speaker: if turn.is_caller { "caller" } else { "assistant" },
            text: turn.text,
        };
        Self {
            sentiments: LeadSentiments {
                own: found.sentiment,
                platform: found.platform_sentiment,
                taken: found.lead.sentiment_taken.clone(),
            },
            scored_at: found.scored_at.into(),
            interest_at: found.interest_at,
            evidence: found.evidence,
            turns: found.turns.map(|turns| turns.0.into_iter().map(turn).collect()).unwrap_or_default(),
            lead: Lead::from(found.lead),
        }
    }
}
