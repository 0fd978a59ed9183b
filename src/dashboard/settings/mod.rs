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
    /// The heading that it stands under, in English.
    group: &'static str,
    /// What one must be allowed to see it.
    scope: Scope,
}

const fn section(
    group: &'static str,
    path: &'static str,
    scope: Scope,
    (name, about): (&'static str, &'static str),
) -> Section {
    Section { path, name, about, group, scope }
}

const CLINIC: &str = "Clinic and bookings";
const ALERTS: &str = "Leads and alerts";
const TEXTS: &str = "Texts to clients";
const CONNECTIONS: &str = "Connections";

/// All of them, those of a heading together, in the order in which a clinic comes upon them. Their words are in `locales/es.toml`
/// like any other.
const SECTIONS: &[Section] = &[
    section("Overview", "", Scope::SettingsRead, ("Overview", "")),
    section(
        CLINIC,
        "/clinic",
        Scope::CatalogueRead,
        ("Clinic and sites", "Sites, addresses, and who answers the phone there."),
    ),
    section(CLINIC, "/hours", Scope::CatalogueRead, ("Hours", "The week, holidays, and who is away.")),
    section(
        CLINIC,
        "/services",
        Scope::CatalogueRead,
        ("Services", "What can be booked, how long it takes, what it costs."),
    ),
    section(
        CLINIC,
        "/practitioners",
        Scope::CatalogueRead,
        ("Practitioners", "Who can be booked, and for what."),
    ),
    section(
        CLINIC,
        "/resources",
        Scope::CatalogueRead,
        ("Rooms and devices", "What a visit needs besides a person."),
    ),
    section(CLINIC, "/policy", Scope::CatalogueRead, ("Booking policy", "What a late change costs.")),
    section(
        ALERTS,
        "/alerts",
        Scope::SettingsRead,
        ("Alerts", "Who is told of hot leads, in which order, and when."),
    ),
    section(
        ALERTS,
        "/scoring",
        Scope::SettingsRead,
        ("Scoring of calls", "From which score on a call is hot."),
    ),
    section(
        ALERTS,
        "/email",
        Scope::SettingsRead,
        ("E-mail", "Who gets alerts and the daily summary by e-mail."),
    ),
    section(TEXTS, "/texting", Scope::SettingsRead, ("Texting", "Twilio, quiet hours and reminders.")),
    section(
        TEXTS,
        "/texts",
        Scope::MessagesRead,
        ("Wording of texts", "What people are texted, in both languages."),
    ),
    section(
        TEXTS,
        "/sequences",
        Scope::MessagesRead,
        ("Sequences", "Texts in steps after a call or a visit."),
    ),
    section(TEXTS, "/waitlist", Scope::WaitlistRead, ("Waitlist", "Who waits for an opening.")),
    section(
        CONNECTIONS,
        "/assistant",
        Scope::SettingsRead,
        ("Assistant and numbers", "The voice platform: what to paste, numbers, secrets."),
    ),
    section(
        CONNECTIONS,
        "/calendars",
        Scope::CalendarsRead,
        ("Calendars", "Google Calendar, CalDAV, feeds and conflicts."),
    ),
    section(CONNECTIONS, "/keys", Scope::KeysWrite, ("API keys", "Programs that may act for the clinic.")),
];

/// The pages under a heading.
#[derive(Debug)]
pub(super) struct Group {
    /// The heading, in English.
    pub name: &'static str,
    /// At least one.
    pub pages: Vec<Section>,
}

impl Group {
    /// Whether the page with this path is among them.
    pub fn has(&self, path: impl AsRef<str>) -> bool {
        self.pages.iter().any(|page| page.path == path.as_ref())
    }
}

/// Those that the reader may see.
pub(super) fn groups(staff: &Staff) -> Vec<Group> {
    let seen: Vec<Section> = SECTIONS.iter().copied().filter(|section| staff.may(section.scope)).collect();
    let of =
        |pages: &[Section]| pages.first().map(|first| Group { name: first.group, pages: pages.to_vec() });
    seen.chunk_by(|one, next| one.group == next.group).filter_map(of).collect()
}

/// The transaction and the surroundings of a page that takes `scope` to see.
pub(super) async fn opened(app: &App, staff: Staff, scope: Scope) -> Result<(OrgTx, Shell), PageError> {
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
        let words = SECTIONS.iter().flat_map(|section| [section.group, section.name, section.about]);
        let same = words.filter(|word| !word.is_empty() && say::t(Language::Spanish, word) == *word);
        assert_eq!(same.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
