//! `/dashboard/settings`: the alert phone, and the way to everything else.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Group, groups, opened};
use crate::accounts::{self, Scope};
use crate::alert_phones::{self, AlertPhones, PendingPhone, TestedPhone};
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::messaging::wording::PhonePurpose;
use crate::platform::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings", get(show_settings))
}

#[derive(Template)]
#[template(path = "dashboard/settings/overview.html")]
struct OverviewPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    phones: AlertPhones,
    is_known: bool,
}

/// What the form of the alert phone shows.
impl AlertPhones {
    /// The org's number for hot leads.
    pub(in crate::dashboard) fn hot_lead(&self) -> Option<&str> {
        self.of(PhonePurpose::HotLead)?.phone.as_deref()
    }

    /// The one that waits for its code.
    pub(in crate::dashboard) fn pending(&self) -> Option<&PendingPhone> {
        self.of(PhonePurpose::HotLead)?.pending.as_ref()
    }

    /// What the field holds: the number that was asked for last.
    pub(in crate::dashboard) fn wanted(&self) -> &str {
        self.pending().map(|pending| pending.phone.as_str()).or_else(|| self.hot_lead()).unwrap_or_default()
    }
}

async fn show_settings(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let is_known = accounts::signed_in_lately(&app, &staff).await?;
    let (mut tx, s) = opened(&app, staff, Scope::SettingsRead).await?;
    let phones = alert_phones::alert_phones(&app, &mut tx, org).await?;
    tx.commit().await?;
    Ok(page::render(&OverviewPage { groups: groups(&s.staff), here: "", phones, is_known, s }))
}

impl TestedPhone {
    /// The last four digits.
    pub(in crate::dashboard) fn end(&self) -> &str {
        self.phone.get(self.phone.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// How far it came, in a word and with its tone.
    pub(in crate::dashboard) fn standing(&self) -> (&'static str, &'static str) {
        match self.state.as_str() {
            "queued" | "sending" => ("On its way", ""),
            "sent" => ("Sent", "brand"),
            "delivered" => ("Arrived", "good"),
            "unknown" => ("Not known", "warn"),
            _ => ("Did not arrive", "bad"),
        }
    }
}
