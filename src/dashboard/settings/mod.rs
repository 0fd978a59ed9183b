//! Settings of what happens around the clinic's calendar: who is alerted, by what a call is hot, from where texts leave, and what
//! the voice platform, calendars and programs are let in by. Forms of the API's own requests.

mod alerts;
mod assistant;
mod calendars;
pub(super) mod consent;
mod email;
mod keys;
mod overview;
mod scoring;
mod texting;

use axum::Router;

use super::page::PageError;
use super::shell::{Place, Shell};
use crate::accounts::{Scope, Staff};
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{Entry as _, Location, Practitioner, Wanted};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(overview::routes())
        .merge(alerts::routes())
        .merge(scoring::routes())
        .merge(texting::routes())
        .merge(email::routes())
        .merge(calendars::routes())
        .merge(assistant::routes())
        .merge(keys::routes())
}

/// One page of the settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    /// Below `/dashboard/settings`; empty for the first.
    pub path: &'static str,
    /// In English.
    pub name: &'static str,
    /// What it is for, in English.
    pub about: &'static str,
    /// What one must be allowed to see it.
    scope: Scope,
}

const fn section(path: &'static str, scope: Scope, name: &'static str, about: &'static str) -> Section {
    Section { path, name, about, scope }
}

/// All of them, in the order in which a clinic comes upon them. Their words are in `locales/es.toml` like any other.
const SECTIONS: &[Section] = &[
    section("", Scope::SettingsRead, "Overview", ""),
    section("/clinic", Scope::CatalogueRead, "Clinic", "Sites, addresses, and who answers the phone there."),
    section("/hours", Scope::CatalogueRead, "Hours", "The week, holidays, and who is away."),
    section(
        "/services",
        Scope::CatalogueRead,
        "Services",
        "What can be booked, how long it takes, what it costs.",
    ),
    section("/practitioners", Scope::CatalogueRead, "Practitioners", "Who can be booked, and for what."),
    section("/resources", Scope::CatalogueRead, "Rooms and devices", "What a visit needs besides a person."),
    section("/policy", Scope::CatalogueRead, "Policy", "What a late change costs."),
    section("/alerts", Scope::SettingsRead, "Alerts", "Who is told of hot leads, in which order, and when."),
    section("/scoring", Scope::SettingsRead, "Scoring", "From which score on a call is hot."),
    section("/texting", Scope::SettingsRead, "Texting", "Twilio, quiet hours and reminders."),
    section("/texts", Scope::MessagesRead, "Words of texts", "What people are texted, in both languages."),
    section("/sequences", Scope::MessagesRead, "Sequences", "Texts in steps after a call or a visit."),
    section("/waitlist", Scope::WaitlistRead, "Waitlist", "Who waits for an opening."),
    section("/email", Scope::SettingsRead, "E-mail", "Who gets alerts and the daily summary by e-mail."),
    section("/calendars", Scope::CalendarsRead, "Calendars", "Google Calendar, CalDAV, feeds and conflicts."),
    section(
        "/assistant",
        Scope::SettingsRead,
        "Assistant",
        "The voice platform: what to paste, numbers, secrets.",
    ),
    section("/keys", Scope::KeysWrite, "API keys", "Programs that may act for the clinic."),
];

/// Those that the reader may see.
pub(super) fn sections(staff: &Staff) -> Vec<Section> {
    SECTIONS.iter().copied().filter(|section| staff.may(section.scope)).collect()
}

/// The transaction and the surroundings of a page that takes `scope` to see.
async fn opened(app: &App, staff: Staff, scope: Scope) -> Result<(OrgTx, Shell), PageError> {
    if !staff.may(scope) {
        return Err(Problem::NOT_FOUND.into());
    }
    let mut tx = app.begin(staff.org).await?;
    let s = Shell::load(app, &mut tx, staff, Place::Settings).await?;
    Ok((tx, s))
}

/// More than any clinic has of either.
const ALL_MAX: i64 = 500;

pub(super) async fn sites(tx: &mut PgConnection, org: OrgId) -> Result<Vec<Location>, sqlx::Error> {
    Location::select(tx, org, &Wanted { limit: ALL_MAX, ..Wanted::default() }).await
}

pub(super) async fn people(tx: &mut PgConnection, org: OrgId) -> Result<Vec<Practitioner>, sqlx::Error> {
    Practitioner::select(tx, org, &Wanted { limit: ALL_MAX, ..Wanted::default() }).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::say;
    use crate::language::Language;

    #[test]
    fn every_section_has_its_words_in_spanish() {
        let words = SECTIONS.iter().flat_map(|section| [section.name, section.about]);
        let same = words.filter(|word| !word.is_empty() && say::t(Language::Spanish, word) == *word);
        assert_eq!(same.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
