//! `/dashboard/settings/texting`: from which account texts leave, when, and who is reminded.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use voxanne_twilio::code_hint;

use super::{Group, groups, opened};
use crate::accounts::{self, Scope};
use crate::alert_phones::{self, AlertPhones};
use crate::api;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::say;
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::messaging::{self, AccountHealth, AccountTrouble};
use crate::orgs::{self, Settings};
use crate::platform::app::App;

/// What is offered: minutes before a visit, in English.
const REMINDERS: [(i32, &str); 7] = [
    (10_080, "A week before"),
    (4320, "Three days before"),
    (2880, "Two days before"),
    (1440, "The day before"),
    (240, "Four hours before"),
    (120, "Two hours before"),
    (60, "An hour before"),
];

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/texting", get(show_texting))
}

#[derive(Template)]
#[template(path = "dashboard/settings/texting.html")]
struct TextingPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    settings: Settings,
    account: AccountHealth,
    phones: AlertPhones,
    is_known: bool,
    /// The version of what the form replaces.
    version: String,
}

impl TextingPage {
    /// Those that are offered, and what else the org decided.
    fn reminders(&self) -> Vec<(i32, String, bool)> {
        let chosen = &self.settings.reminder_minutes;
        let offered = REMINDERS
            .iter()
            .map(|(minutes, name)| (*minutes, self.s.t(name).to_owned(), chosen.contains(minutes)));
        let is_other = |minutes: &&i32| !REMINDERS.iter().any(|(offered, _)| offered == *minutes);
        let others = chosen.iter().filter(is_other);
        offered
            .chain(others.map(|minutes| (*minutes, self.s.tn("{} minutes before", minutes), true)))
            .collect()
    }

    fn quiet_from(&self) -> Vec<(i8, String, bool)> {
        (15..22).map(|hour| (hour, say::hour(hour), self.settings.quiet_from == hour)).collect()
    }

    fn quiet_until(&self) -> Vec<(i8, String, bool)> {
        (8..13).map(|hour| (hour, say::hour(hour), self.settings.quiet_until == hour)).collect()
    }

    /// What keeps texts from leaving, by the clinic's clock, and what to do.
    fn trouble(&self, trouble: &AccountTrouble) -> String {
        let s = &self.s;
        match trouble {
            AccountTrouble::Refused { since, code } => {
                let refused = s.tn("Twilio has refused the credentials since {}: texts wait.", s.moment(since));
                format!("{refused} {} ({code})", s.told(code_hint(*code)))
            }
            AccountTrouble::Failing { since, .. } => {
                s.tn("Twilio has been failing since {}: texts wait, and leave by themselves once it answers. Look at its status page.", s.moment(since))
            }
            AccountTrouble::Limited { until } => {
                s.tn("Twilio asked for a pause until {}. If this comes often, raise the sender's throughput in Twilio.", s.moment(until))
            }
        }
    }

    /// Enough to recognise an account or key by.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn masked(&self, sid: &str) -> String {
        let end = sid.get(sid.len().saturating_sub(4)..).unwrap_or_default();
        format!("{}…{end}", sid.get(..4).unwrap_or_default())
    }
}

async fn show_texting(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let is_known = accounts::signed_in_lately(&app, &staff).await?;
    let (mut tx, s) = opened(&app, staff, Scope::SettingsRead).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let page = TextingPage {
        version: version_of(&settings),
        settings,
        account: messaging::account_health(&app, &mut tx, org).await?,
        phones: alert_phones::alert_phones(&app, &mut tx, org).await?,
        groups: groups(&s.staff),
        here: "/texting",
        is_known,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}

/// Of what `GET /settings/texting` answers: the version that the form's PUT names.
fn version_of(settings: &Settings) -> String {
    api::etag_of(&json!({
        "texting_enabled": settings.texting_enabled, "reminder_minutes": settings.reminder_minutes,
        "missed_call_text": settings.missed_call_text, "quiet_from": settings.quiet_from, "quiet_until": settings.quiet_until,
        "texts_per_day_max": settings.texts_per_day_max, "text_regions": settings.text_regions,
    }))
}
