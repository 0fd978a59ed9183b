//! `/dashboard/settings/assistant`: what to paste into the voice platform, what names the clinic there, and what it is let in by.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::{Group, groups, opened, sites};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::orgs::{self, Assistant, DialledNumber, ListedDoor, ListedSecret};
use crate::platform::app::App;
use crate::platform::ids::{AssistantId, LocationId};
use crate::platform::problem::Problem;
use crate::scheduling;
use crate::scheduling::catalogue::Location;
use crate::tools::definitions::Clinic;
use crate::tools::sheet::{self, Sheet};

/// More than a clinic has of either.
const ALL_MAX: i64 = 100;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/assistant", get(show_assistant))
}

#[derive(Template)]
#[template(path = "dashboard/settings/assistant.html")]
struct AssistantPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    assistants: Vec<Assistant>,
    numbers: Vec<DialledNumber>,
    secrets: Vec<ListedSecret>,
    doors: Vec<ListedDoor>,
    sites: Vec<Location>,
    has_key: bool,
    sheet: Sheet,
}

#[expect(clippy::unused_self, reason = "templates call it on the page")]
impl AssistantPage {
    fn site(&self, id: &LocationId) -> &str {
        self.sites.iter().find(|site| site.id.0 == *id).map_or("", |site| site.name.as_str())
    }

    fn is_at(&self, id: &LocationId, site: &Location) -> bool {
        *id == site.id.0
    }

    fn answers(&self, number: &DialledNumber, assistant: &Assistant) -> bool {
        number.assistant_id == Some(assistant.id)
    }

    fn assistant(&self, id: Option<&AssistantId>) -> &str {
        let found = id.and_then(|id| self.assistants.iter().find(|assistant| assistant.id == *id));
        found.map_or_else(|| self.s.t("Voxanne decides at each call"), |assistant| assistant.name.as_str())
    }

    /// As it is pasted.
    fn pretty(&self, value: &impl Serialize) -> String {
        serde_json::to_string_pretty(value).unwrap_or_else(|_| String::new())
    }

    fn prompt(&self) -> &str {
        self.sheet.assistant.model.messages.first().map_or("", |message| message.content.as_str())
    }
}

impl ListedSecret {
    /// Its form, in the word of whoever made it.
    pub(in crate::dashboard) fn proof(&self) -> &'static str {
        match self.scheme["type"].as_str() {
            Some("vapi-secret") => "x-vapi-secret",
            Some("bearer") => "bearer",
            _ => "hmac",
        }
    }
}

async fn show_assistant(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let book = scheduling::rule_book(&app, org, None).await.map_err(|_shared| Problem::UNAVAILABLE)?;
    let location = book.location(None).ok_or(Problem::NOT_FOUND)?;
    let base = Some(app.config.server.public_url.as_str()).filter(|url| !url.is_empty());
    let door = format!("{}/api/webhooks/vapi/YOUR-DOOR-TOKEN", base.unwrap_or("https://YOUR-SERVER"));
    let sheet = sheet::sheet(&Clinic::at(&book, location), &door, None);
    let (mut tx, s) = opened(&app, staff, Scope::SettingsRead).await?;
    let page = AssistantPage {
        assistants: orgs::assistants(&mut tx, org, (None, None, ALL_MAX)).await?,
        numbers: orgs::phone_numbers(&mut tx, org, (None, None, ALL_MAX)).await?,
        secrets: orgs::webhook_secrets(&mut tx, org).await?,
        doors: orgs::doors(&mut tx, org).await?,
        sites: sites(&mut tx, org).await?,
        has_key: orgs::settings(&mut tx, &app.keys, org).await?.vapi_private_key.is_some(),
        groups: groups(&s.staff),
        here: "/assistant",
        sheet,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
