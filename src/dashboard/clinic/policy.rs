//! `/dashboard/settings/policy`: what a late change costs, and when people are reminded.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;

use super::{Choice, Values, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::orgs;
use crate::platform::app::App;
use crate::scheduling::catalogue::{Policy, current_policy};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/policy", get(show_policy))
}

#[derive(Template)]
#[template(path = "dashboard/clinic/policy.html")]
struct PolicyPage {
    s: Shell,
    can_write: bool,
    can_write_settings: bool,
    v: Values,
    texting: Values,
}

async fn show_policy(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::CatalogueRead).await?;
    let policy: Policy = current_policy(&mut tx, org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    tx.commit().await?;
    // What `GET /settings/texting` answers: its digest is the version that the form's PUT names.
    let texting = Values::of(&json!({
        "texting_enabled": settings.texting_enabled, "reminder_minutes": settings.reminder_minutes,
        "missed_call_text": settings.missed_call_text, "quiet_from": settings.quiet_from, "quiet_until": settings.quiet_until,
        "texts_per_day_max": settings.texts_per_day_max, "text_regions": settings.text_regions,
    }));
    let (can_write, can_write_settings) = (s.may("catalogue:write"), s.may("settings:write"));
    Ok(page::render(&PolicyPage { s, can_write, can_write_settings, v: Values::of(&policy), texting }))
}

/// When reminders commonly leave.
const REMINDERS: [i32; 7] = [10_080, 4320, 2880, 1440, 240, 120, 60];

impl PolicyPage {
    fn notices(&self) -> Vec<Choice> {
        vec![
            Choice::new("clock", self.s.t("Every hour counts")),
            Choice::new("business", self.s.t("Only hours in which the clinic is open")),
        ]
    }

    /// The common times and those that are set, the longest before the visit first.
    fn reminders(&self) -> Vec<(i64, bool, String)> {
        let set = self.texting.numbers("reminder_minutes");
        let mut all: Vec<i64> =
            REMINDERS.iter().map(|minutes| i64::from(*minutes)).chain(set.iter().copied()).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.dedup();
        all.into_iter().map(|minutes| (minutes, set.contains(&minutes), self.before(minutes))).collect()
    }

    fn before(&self, minutes: i64) -> String {
        match minutes {
            1440 => self.s.t("The day before").to_owned(),
            minutes if minutes % 1440 == 0 => self.s.tn("{} days before", minutes / 1440),
            60 => self.s.t("An hour before").to_owned(),
            minutes if minutes % 60 == 0 => self.s.tn("{} hours before", minutes / 60),
            minutes => self.s.tn("{} minutes before", minutes),
        }
    }
}

super::tabs!(PolicyPage);
