//! `/dashboard/settings/alerts`: who is told of alerts, in which order, on which shifts, and when alerts wait.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Weekday;

use super::{Group, groups, opened, sites};
use crate::accounts::{self, Scope};
use crate::alert_phones::{self, AlertPhones, PhoneStanding};
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::leads::{self, Listed, Listing, RECIPIENTS_MAX, Shift};
use crate::messaging::wording::PhonePurpose;
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::scheduling::catalogue::Location;

/// What a new shift begins with.
const NINE: i16 = 9 * 60;
const FIVE: i16 = 17 * 60;
/// As the API and the pages name them.
const WEEKDAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/alerts", get(show_alerts))
}

#[derive(Template)]
#[template(path = "dashboard/settings/alerts.html")]
struct AlertsPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    recipients: Vec<Listed>,
    sites: Vec<Location>,
    settings: Settings,
    phones: AlertPhones,
    is_known: bool,
}

/// What the fields of a recipient hold.
struct RecipientForm {
    prefix: String,
    name: String,
    phone: String,
    step: i16,
    hot: bool,
    clinical: bool,
    active: bool,
}

/// What the fields of a shift hold.
struct ShiftRow {
    day: &'static str,
    from: String,
    until: String,
}

#[expect(clippy::unused_self, reason = "templates call it on the page")]
impl AlertsPage {
    fn clinical(&self) -> Option<&PhoneStanding> {
        self.phones.of(PhonePurpose::Clinical)
    }

    /// The number of a recipient that waits for its code.
    fn asked(&self, phone: &str) -> bool {
        let pending = self.phones.of(PhonePurpose::Recipient).and_then(|standing| standing.pending.as_ref());
        pending.is_some_and(|pending| pending.phone == phone)
    }

    /// Whether everybody on the list waits for a code, or rests.
    fn nobody_is_told(&self) -> bool {
        let waits = self.recipients.iter().any(|listed| listed.is_active && !listed.is_confirmed);
        waits && !self.recipients.iter().any(|listed| listed.is_active && listed.is_confirmed)
    }

    fn has_alert_phone(&self) -> bool {
        self.settings.hot_lead_alert_phone.is_some()
    }

    fn site(&self, listed: &Listed) -> &str {
        let at = listed.recipient.location;
        let site = self.sites.iter().find(|site| Some(site.id.0) == at);
        site.map_or_else(|| self.s.t("All sites"), |site| site.name.as_str())
    }

    fn is_at(&self, listed: &Listed, site: &Location) -> bool {
        listed.recipient.location == Some(site.id.0)
    }

    /// "3, 8, 15".
    fn rungs(&self) -> String {
        let minutes: Vec<String> =
            self.settings.alert_rungs_minutes.iter().map(ToString::to_string).collect();
        minutes.join(", ")
    }

    /// "Monday 09:00–17:00".
    fn shift(&self, shift: &Shift) -> String {
        let name = WEEKDAYS[index(shift.weekday)].1;
        format!("{} {}–{}", self.s.t(name), clock(shift.from), clock(shift.until))
    }

    fn form(&self, listed: &Listed) -> RecipientForm {
        let of = &listed.recipient;
        RecipientForm {
            prefix: of.id.to_string(),
            name: of.name.clone(),
            phone: of.phone.clone(),
            step: of.step,
            hot: of.wants_hot_lead,
            clinical: of.wants_clinical,
            active: listed.is_active,
        }
    }

    fn blank(&self) -> RecipientForm {
        let prefix = "new".to_owned();
        let (name, phone) = (String::new(), String::new());
        RecipientForm { prefix, name, phone, step: 1, hot: true, clinical: true, active: true }
    }

    fn row(&self, shift: &Shift) -> ShiftRow {
        let day = WEEKDAYS[index(shift.weekday)].0;
        ShiftRow { day, from: clock(shift.from), until: clock(shift.until) }
    }

    fn blank_row(&self) -> ShiftRow {
        ShiftRow { day: WEEKDAYS[0].0, from: clock(NINE), until: clock(FIVE) }
    }

    fn weekdays(&self) -> [(&'static str, &'static str); 7] {
        WEEKDAYS.map(|(key, name)| (key, self.s.t(name)))
    }
}

fn index(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0)
}

/// A minute of the day as a field has it.
fn clock(minute: i16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

async fn show_alerts(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let is_known = accounts::signed_in_lately(&app, &staff).await?;
    let (mut tx, s) = opened(&app, staff, Scope::SettingsRead).await?;
    let listing = Listing { limit: RECIPIENTS_MAX, ..Listing::default() };
    let page = AlertsPage {
        recipients: leads::list_recipients(&mut tx, org, &listing).await?,
        sites: sites(&mut tx, org).await?,
        settings: orgs::settings(&mut tx, &app.keys, org).await?,
        phones: alert_phones::alert_phones(&app, &mut tx, org).await?,
        groups: groups(&s.staff),
        here: "/alerts",
        is_known,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_written_as_fields_have_it() {
        assert_eq!([clock(0), clock(570), clock(1440)], ["00:00", "09:30", "24:00"]);
        assert_eq!(WEEKDAYS[index(Weekday::Sunday)].0, "sunday");
    }
}
