//! `/dashboard/settings/email`: who gets alerts and the daily summary by e-mail, and when.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Group, groups, opened, sites};
use crate::accounts::{self, Scope};
use crate::dashboard::page::{self, PageError};
use crate::dashboard::say;
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::mail::{self, Listing, RECIPIENTS_MAX, Recipient};
use crate::platform::app::App;
use crate::scheduling::catalogue::Location;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/email", get(show_email))
}

#[derive(Template)]
#[template(path = "dashboard/settings/email.html")]
struct EmailPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    recipients: Vec<Recipient>,
    sites: Vec<Location>,
    summary_hour: Option<i16>,
    is_on: bool,
    is_known: bool,
}

impl EmailPage {
    fn hours(&self) -> Vec<(i8, String, bool)> {
        let is_chosen = |hour: i8| self.summary_hour == Some(i16::from(hour));
        (0..24).map(|hour| (hour, say::hour(hour), is_chosen(hour))).collect()
    }

    /// The name of the site whose alerts somebody gets.
    fn site(&self, recipient: &Recipient) -> Option<&str> {
        let site = self.sites.iter().find(|site| Some(site.id.0) == recipient.location);
        site.map(|site| site.name.as_str())
    }

    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn is_at(&self, recipient: &Recipient, site: &Location) -> bool {
        recipient.location == Some(site.id.0)
    }

    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn is_spanish(&self, recipient: &Recipient) -> bool {
        recipient.language == crate::language::Language::Spanish
    }
}

async fn show_email(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let is_known = accounts::signed_in_lately(&app, &staff).await?;
    let (mut tx, s) = opened(&app, staff, Scope::SettingsRead).await?;
    let listing = Listing { limit: RECIPIENTS_MAX, ..Listing::default() };
    let page = EmailPage {
        recipients: mail::list_recipients(&mut tx, org, &listing).await?,
        sites: sites(&mut tx, org).await?,
        summary_hour: mail::summary_hour(&mut tx, org).await?,
        is_on: mail::is_on(&app.config),
        groups: groups(&s.staff),
        here: "/email",
        is_known,
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
