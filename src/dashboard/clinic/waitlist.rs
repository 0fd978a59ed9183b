//! `/dashboard/settings/waitlist`: who waits for an opening, for what, and what was offered to them.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::list::{self, Waiting};
use super::{Catalogue, Choice, opened};
use crate::accounts::Scope;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;

/// People that are shown.
const ROWS: i64 = 200;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/waitlist", get(show_waitlist))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// `all` shows those who no longer wait, too.
    #[serde(default)]
    show: String,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/waitlist.html")]
struct WaitlistPage {
    s: Shell,
    can_write: bool,
    catalogue: Catalogue,
    waiting: Vec<Waiting>,
    shows_all: bool,
}

async fn show_waitlist(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::WaitlistRead).await?;
    let shows_all = asked.show == "all";
    let waiting = list::waiting(&mut tx, org, shows_all, ROWS).await?;
    let catalogue = Catalogue::read(&mut tx, org).await?;
    tx.commit().await?;
    Ok(page::render(&WaitlistPage { can_write: s.may("waitlist:write"), s, catalogue, waiting, shows_all }))
}

impl WaitlistPage {
    fn parts(&self) -> Vec<Choice> {
        ["any", "morning", "afternoon", "evening"].map(|part| Choice::new(part, self.part(part))).to_vec()
    }

    fn part(&self, part: &str) -> &'static str {
        self.s.t(match part {
            "morning" => "Morning",
            "afternoon" => "Afternoon",
            "evening" => "Evening",
            _ => "Any time of day",
        })
    }

    fn state(&self, state: &str) -> &'static str {
        self.s.t(match state {
            "waiting" => "Waiting",
            "offered" => "A time is on offer",
            "booked" => "Booked",
            "left" => "Left",
            _ => "Waited in vain",
        })
    }

    fn anybody(&self) -> Vec<Choice> {
        let mut all = vec![Choice::new("", self.s.t("Anybody"))];
        all.extend(self.catalogue.people_choices());
        all
    }
}

super::tabs!(WaitlistPage);
