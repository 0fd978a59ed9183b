//! `/dashboard/settings/texting`: from which account texts leave, when, and who is reminded.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Section, opened, sections};
use crate::accounts::{self, Scope};
use crate::alert_phones::{self, AlertPhones};
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::messaging::{self, AccountHealth};
use crate::orgs::{self, Settings};
use crate::platform::app::App;

/// What is offered: minutes before a visit, in English.
const REMINDERS: [(i32, &str); 6] = [
    (10_080, "A week before"),
    (4320, "Three days before"),
    (2880, "Two days before"),
    (1440, "The day before"),
    (240, "Four hours before"),
    (120, "Two hours before"),
];

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/texting", get(show_texting))
}

#[derive(Template)]
#[template(path = "dashboard/settings/texting.html")]
struct TextingPage {
    s: Shell,
    sections: Vec<Section>,
    here: &'static str,
    settings: Settings,
    account: AccountHealth,
    phones: AlertPhones,
    is_known: bool,
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
        (15..22).map(|hour| (hour, hour_words(hour), self.settings.quiet_from == hour)).collect()
    }

    fn quiet_until(&self) -> Vec<(i8, String, bool)> {
        (8..13).map(|hour| (hour, hour_words(hour), self.settings.quiet_until == hour)).collect()
    }

    /// Enough to recognise an account or key by.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn masked(&self, sid: &str) -> String {
        let end = sid.get(sid.len().saturating_sub(4)..).unwrap_or_default();
        format!("{}…{end}", sid.get(..4).unwrap_or_default())
    }
}

/// `9 PM`.
fn hour_words(hour: i8) -> String {
    match hour {
        0 => "12 AM".to_owned(),
        1..=11 => format!("{hour} AM"),
        12 => "12 PM".to_owned(),
        _ => format!("{} PM", hour - 12),
    }
}

async fn show_texting(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let is_known = accounts::signed_in_lately(&app, &staff).await?;
    let (mut tx, s) = opened(&app, staff, Scope::SettingsRead).await?;
    let page = TextingPage {
        settings: orgs::settings(&mut tx, &app.keys, org).await?,
        account: messaging::account_health(&app, &mut tx, org).await?,
        phones: alert_phones::alert_phones(&app, &mut tx, org).await?,
        sections: sections(&s.staff),
        here: "/texting",
        is_known,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
