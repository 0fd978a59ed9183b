//! `/dashboard`: what happens now, what it brought today, and what waits for somebody.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use jiff::{Timestamp, ToSpan as _};

use super::list::today::{self, Day, EndedCall, Figures, NextVisit, OpenAlert, RunningCall};
use super::page::{self, PageError};
use super::say;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{Actor, Scope};
use crate::calls;
use crate::first_run::{self, Progress};
use crate::platform::app::App;
use crate::tasks;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard", get(show_today))
}

#[derive(Template)]
#[template(path = "dashboard/today.html")]
struct TodayPage {
    s: Shell,
    figures: Figures,
    alerts: Vec<OpenAlert>,
    running: Vec<RunningCall>,
    ended: Vec<EndedCall>,
    visits: Vec<NextVisit>,
    tasks: Vec<tasks::Listed>,
    /// While something is left to set up, and the reader may.
    setup: Option<Progress>,
}

async fn show_today(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Today).await?;
    let day = bounds(&s)?;
    let setup = if s.staff.may(Scope::SettingsWrite) {
        Some(first_run::progress(&mut tx, org).await?).filter(|progress| !progress.is_over())
    } else {
        None
    };
    let running = today::running_calls(&mut tx, org, s.now).await?;
    let page = TodayPage {
        figures: today::figures(&mut tx, org, s.today(), day).await?,
        alerts: today::open_alerts(&mut tx, org).await?,
        running,
        ended: today::ended_calls(&mut tx, org, day).await?,
        visits: today::next_visits(&mut tx, org, day, s.now).await?,
        tasks: today::open_tasks(&mut tx, org).await?,
        setup,
        s,
    };
    let reader = Actor::Staff(page.s.staff.user).to_string();
    let read: Vec<_> =
        page.running.iter().filter(|call| call.last_words.is_some()).map(|call| call.id).collect();
    calls::note_last_words(&app, &mut tx, org, (&read, &reader)).await?;
    tx.commit().await?;
    Ok(page::render(&page))
}

/// Today at the clinic, 23 to 25 hours long.
fn bounds(s: &Shell) -> Result<Day, jiff::Error> {
    let at_midnight =
        |date: jiff::civil::Date| Ok::<Timestamp, jiff::Error>(date.to_zoned(s.zone.clone())?.timestamp());
    let today = s.today();
    Ok(Day { from: at_midnight(today)?, until: at_midnight(today.checked_add(1.day())?)? })
}

impl TodayPage {
    /// Test calls are shown, and no figure counts them.
    fn running_now(&self) -> usize {
        self.running.iter().filter(|call| !call.is_test).count()
    }

    /// Where the same figures stand beside those of yesterday.
    fn analytics(&self) -> String {
        format!("/dashboard/analytics?from={0}&to={0}", self.s.today())
    }
}

/// Who it is, as well as we know.
fn who(name: Option<&str>, phone: Option<&str>, otherwise: &str) -> String {
    name.map(str::to_owned).or_else(|| phone.map(say::phone)).unwrap_or_else(|| otherwise.to_owned())
}

impl RunningCall {
    fn who(&self, otherwise: &str) -> String {
        who(self.contact_name.as_deref(), self.caller_phone.as_deref(), otherwise)
    }
}

impl EndedCall {
    fn who(&self, otherwise: &str) -> String {
        who(self.contact_name.as_deref(), self.caller_phone.as_deref(), otherwise)
    }
}
