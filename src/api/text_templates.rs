//! `/text-templates`: the org's own words for its texts.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voxanne_twilio::encoding::Encoding;

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::cursor::Page;
use super::entries::lock;
use super::idempotency::once;
use super::problems;
use super::request::Received;
use crate::accounts::Scope;
use crate::language::Language;
use crate::messaging::wording::{self, Checked, Flaw, Letterhead, Placeholder, Premises, TemplateKind};
use crate::messaging::{self, NewTemplate, OwnTemplate, WriteTemplateError};
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;
use crate::scheduling::{self, RuleBook};

/// As long as the token at the end of an offer's link.
const TOKEN_LENGTH: usize = 43;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_text_templates))
        .routes(routes!(get_text_template, set_text_template, delete_text_template))
        .routes(routes!(create_text_template_preview))
}

/// A place in a template.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceholderInfo {
    /// Written in braces: `{moment}`.
    name: &'static str,
    /// What stands there in the text.
    meaning: &'static str,
}

/// A reason to refuse a template.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateProblem {
    /// Stable; docs/problems.md has them all.
    code: &'static str,
    /// The placeholder that it is about.
    placeholder: Option<String>,
    /// What is wrong, for people.
    detail: String,
}

impl From<&Flaw> for TemplateProblem {
    fn from(flaw: &Flaw) -> Self {
        let placeholder = flaw.placeholder().map(ToOwned::to_owned);
        Self { code: flaw.code(), placeholder, detail: flaw.to_string() }
    }
}

/// What a template becomes.
#[derive(Debug, Serialize, ToSchema)]
struct TemplatePreview {
    /// A whole text, as a patient of the first location reads it; null when a place of it cannot be filled.
    example: Option<String>,
    /// `gsm7` (153 characters to a segment) or `ucs2` (67).
    encoding: &'static str,
    /// What the example is billed as.
    segments: usize,
    /// The same with the longest name, day and number that there can be; 2 at most.
    segments_at_longest: usize,
    /// Characters that force `ucs2`, such as an emoji.
    costly_characters: String,
    /// Whether it says who it is from.
    is_signed: bool,
    /// Why it cannot be kept; empty when it can.
    problems: Vec<TemplateProblem>,
}

impl From<Checked> for TemplatePreview {
    fn from(checked: Checked) -> Self {
        Self {
            example: checked.example,
            encoding: name_of(checked.encoding),
            segments: checked.segments,
            segments_at_longest: checked.segments_at_longest,
            costly_characters: checked.costly,
            is_signed: checked.is_signed,
            problems: checked.flaws.iter().map(TemplateProblem::from).collect(),
        }
    }
}

const fn name_of(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gsm7 => "gsm7",
        Encoding::Ucs2 => "ucs2",
    }
}

/// The words in force for one text in one language.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextTemplate {
    /// Which text.
    kind: &'static str,
    #[schema(inline)]
    language: Language,
    /// The words with their places. How to opt out is added where they do not say STOP, and to a reminder that asks its
    /// question.
    body: String,
    /// Whether the org wrote them.
    is_own: bool,
    /// Of the org's own words, from 1; goes on when they are taken back.
    version: Option<i32>,
    /// Who wrote or took back the org's own words last.
    written_by: Option<String>,
    #[schema(inline)]
    written_at: Option<Instant>,
    /// The places that it may have.
    placeholders: Vec<PlaceholderInfo>,
    /// What becomes of it.
    preview: TemplatePreview,
}

/// An org's own words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TemplateWords {
    /// One line, with placeholders in braces.
    #[schema(inline)]
    body: Text<1, 600>,
}

/// Words to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewWish {
    /// `confirmation`, `pending`, `change`, `cancellation`, `series`, `waitlist_offer`, `reminder`, `missed_call` or
    /// `details_request`.
    kind: String,
    #[schema(inline)]
    language: Language,
    /// One line, with placeholders in braces.
    #[schema(inline)]
    body: Text<1, 600>,
}

/// Lists the words of every text in every language: the org's own, else the program's.
#[utoipa::path(get, path = "/text-templates", tag = "texts", responses((status = 200, body = Page<TextTemplate>, description = "All of them on one page")))]
async fn list_text_templates(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let items = text_templates(&app, &mut tx, caller.org).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&Page { items, next_cursor: None })
}

/// The words of every text in every language, as the API lists them.
pub async fn text_templates(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
) -> Result<Vec<TextTemplate>, Problem> {
    let clinic = Clinic::of(app, tx, org).await?;
    let own = messaging::own_templates(tx, org).await.map_err(|error| problems::database(org, &error))?;
    let all = TemplateKind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| (kind, language)));
    Ok(all.map(|which| clinic.shown(which, &own)).collect())
}

/// Shows the words of one text.
#[utoipa::path(get, path = "/text-templates/{kind}/{language}", tag = "texts", params(("kind" = String, Path), ("language" = String, Path)), responses((status = 200, body = TextTemplate, description = "The words in force")))]
async fn get_text_template(
    State(app): State<App>,
    caller: ApiCaller,
    Path(which): Path<(String, String)>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let which = parsed(&which)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let clinic = Clinic::of(&app, &mut tx, caller.org).await?;
    let shown = current(&mut tx, &caller, &clinic, which).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&shown)
}

/// Replaces the words of one text by the org's own. Texts that are queued already keep theirs.
#[utoipa::path(put, path = "/text-templates/{kind}/{language}", tag = "texts", params(("kind" = String, Path), ("language" = String, Path)), request_body = TemplateWords, responses((status = 200, body = TextTemplate, description = "In force")))]
async fn set_text_template(
    State(app): State<App>,
    caller: ApiCaller,
    Path(which): Path<(String, String)>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let which = parsed(&which)?;
    let words: TemplateWords = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let clinic = Clinic::of(&app, &mut tx, caller.org).await?;
    let there = current(&mut tx, &caller, &clinic, which).await?;
    IfMatch::of(&request.headers).check_against(&there, &json!({ "body": words.body.as_str() }))?;
    write(&app, &mut tx, &caller, &clinic, (which, Some(words.body.as_str()))).await?;
    let now = current(&mut tx, &caller, &clinic, which).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

/// Goes back to the program's words. What the org wrote stays on record.
#[utoipa::path(delete, path = "/text-templates/{kind}/{language}", tag = "texts", params(("kind" = String, Path), ("language" = String, Path)), responses((status = 204, description = "The program's words are in force")))]
async fn delete_text_template(
    State(app): State<App>,
    caller: ApiCaller,
    Path(which): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let which = parsed(&which)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let clinic = Clinic::of(&app, &mut tx, caller.org).await?;
    if current(&mut tx, &caller, &clinic, which).await?.is_own {
        write(&app, &mut tx, &caller, &clinic, (which, None)).await?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries words without keeping them: the whole text, what it costs, and what is wrong with it.
#[utoipa::path(post, path = "/text-templates/preview", tag = "texts", request_body = PreviewWish, responses((status = 200, body = TemplatePreview, description = "What becomes of them")))]
async fn create_text_template_preview(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let wish: PreviewWish = request.json()?;
    let kind =
        wish.kind.parse().ok().ok_or_else(|| problems::invalid_field("kind", "is no kind of template"))?;
    once(&app, &caller, &request, async |tx| {
        let clinic = Clinic::of(&app, tx, caller.org).await?;
        Answer::ok(&TemplatePreview::from(clinic.checked(kind, wish.language, wish.body.as_str())))
    })
    .await
}

fn parsed((kind, language): &(String, String)) -> Result<(TemplateKind, Language), Problem> {
    let which = kind.parse().ok().zip(language.parse().ok());
    which.ok_or(Problem::NOT_FOUND)
}

async fn current(
    tx: &mut PgConnection,
    caller: &ApiCaller,
    clinic: &Clinic,
    which: (TemplateKind, Language),
) -> Result<TextTemplate, Problem> {
    let own = messaging::own_templates(tx, caller.org).await;
    Ok(clinic.shown(which, &own.map_err(|error| problems::database(caller.org, &error))?))
}

async fn write(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    clinic: &Clinic,
    ((kind, language), body): ((TemplateKind, Language), Option<&str>),
) -> Result<(), Problem> {
    let written_by = caller.actor.to_string();
    let new = NewTemplate { kind, language, body, written_by: &written_by };
    let written = clinic
        .with_premises(language, async |premises| {
            messaging::write_template(app, tx, caller.org, premises, &new).await
        })
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(WriteTemplateError::Flawed(checked)) => {
            let told: Vec<TemplateProblem> = checked.flaws.iter().map(TemplateProblem::from).collect();
            let first = told.first().map(|first| first.detail.clone()).unwrap_or_default();
            Err(problems::template_refused(&first, as_json(&told)?, checked.segments_at_longest))
        }
        Err(WriteTemplateError::Database(error)) => Err(problems::database(caller.org, &error)),
    }
}

/// The clinic whose texts they are.
struct Clinic {
    book: std::sync::Arc<RuleBook>,
    link: Option<String>,
    host: String,
}

impl Clinic {
    async fn of(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<Self, Problem> {
        // A book of before the last change would check against names and numbers that are gone.
        let failed = |error: &sqlx::Error| problems::database(org, error);
        let version = scheduling::rules_version(tx, org).await.map_err(|error| failed(&error))?;
        let book = scheduling::rule_book(app, org, Some(version)).await.map_err(|error| failed(&error))?;
        let base = &app.config.server.public_url;
        let link = (!base.is_empty()).then(|| format!("{base}/w/{}", "x".repeat(TOKEN_LENGTH)));
        let host = base.rsplit_once("://").map_or("", |(_, host)| host).to_owned();
        Ok(Self { book, link, host })
    }

    async fn with_premises<T>(&self, language: Language, then: impl AsyncFnOnce(&Premises<'_>) -> T) -> T {
        let heads = self.heads(language);
        let treatments = self.treatments();
        then(&self.premises(&heads, &treatments)).await
    }

    fn checked(&self, kind: TemplateKind, language: Language, body: &str) -> Checked {
        wording::check(kind, body, &self.premises(&self.heads(language), &self.treatments()))
    }

    fn heads(&self, language: Language) -> Vec<Letterhead<'_>> {
        self.book.locations.iter().map(|location| self.book.letterhead(location, language)).collect()
    }

    fn treatments(&self) -> Vec<&str> {
        self.book.services.iter().filter(|s| !s.is_other).map(|service| service.name.as_str()).collect()
    }

    fn premises<'a>(&'a self, heads: &'a [Letterhead<'a>], treatments: &'a [&'a str]) -> Premises<'a> {
        Premises { heads, treatments, link: self.link.as_deref(), own_host: &self.host }
    }

    fn shown(&self, (kind, language): (TemplateKind, Language), own: &[OwnTemplate]) -> TextTemplate {
        let last = own.iter().find(|own| (own.kind, own.language) == (kind, language));
        let body = last.and_then(|own| own.body.as_deref());
        let in_force = body.unwrap_or_else(|| wording::built_in(kind, language));
        let mut placeholders = kind.placeholders();
        if self.book.settings.texts_name_treatments {
            placeholders.push(Placeholder::Service);
        }
        let info = |place: Placeholder| PlaceholderInfo { name: place.as_str(), meaning: place.meaning() };
        TextTemplate {
            kind: kind.as_str(),
            language,
            body: in_force.to_owned(),
            is_own: body.is_some(),
            version: last.map(|own| own.version),
            written_by: last.map(|own| own.written_by.clone()),
            written_at: last.map(|own| Instant(own.written_at)),
            placeholders: placeholders.into_iter().map(info).collect(),
            preview: self.checked(kind, language, in_force).into(),
        }
    }
}
