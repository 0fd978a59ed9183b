//! `/dashboard/settings/texts`: what people are texted, in both languages, as they read it and what it costs.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use super::{Choice, Values, opened};
use crate::accounts::Scope;
use crate::api;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::problem::Problem;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/texts", get(show_texts))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Which text; the confirmation when left out.
    #[serde(default)]
    kind: String,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/texts.html")]
struct TextsPage {
    s: Shell,
    can_write: bool,
    kind: String,
    kinds: Vec<String>,
    own: Vec<String>,
    shown: Vec<Values>,
    wording: Values,
}

async fn show_texts(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::MessagesRead).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let all = api::text_templates(&app, &mut tx, org).await?;
    tx.commit().await?;
    let all: Vec<Values> = all.into_iter().map(|one| Values::of(&one)).collect();
    let mut kinds: Vec<String> = all.iter().map(|one| one.text("kind")).collect();
    kinds.dedup();
    let mut own: Vec<String> =
        all.iter().filter(|one| one.is("is_own")).map(|one| one.text("kind")).collect();
    own.dedup();
    let kind = if asked.kind.is_empty() { kinds.first().cloned().unwrap_or_default() } else { asked.kind };
    if !kinds.contains(&kind) {
        return Err(Problem::NOT_FOUND.into());
    }
    let shown = all.into_iter().filter(|one| one.text("kind") == kind).collect();
    // What `GET /wording-settings` answers.
    let wording = Values::of(
        &json!({"language": settings.language, "name_treatments": settings.texts_name_treatments}),
    );
    Ok(page::render(&TextsPage { can_write: s.may("messages:write"), s, kind, kinds, own, shown, wording }))
}

impl TextsPage {
    /// A kind of text for people.
    fn name(&self, kind: &str) -> &'static str {
        self.s.t(match kind {
            "confirmation" => "Visit booked",
            "pending" => "Visit kept until you confirm it",
            "change" => "Visit moved",
            "cancellation" => "Visit called off",
            "series" => "Several visits booked",
            "waitlist_offer" => "A time opened up",
            "reminder" => "Reminder",
            "missed_call" => "After a missed call",
            _ => "A detail we need",
        })
    }

    fn is_shown(&self, kind: &str) -> bool {
        self.kind == kind
    }

    fn language(&self, code: &str) -> &'static str {
        self.s.t(if code == "es" { "Spanish" } else { "English" })
    }

    fn languages(&self) -> Vec<Choice> {
        ["en", "es"].map(|code| Choice::new(code, self.language(code))).to_vec()
    }
}

super::tabs!(TextsPage);
