//! The demo's Google: an account of the sandbox that Harbor's calendar is connected to, with what its staff have planned.

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use reqwest::Url;
use reqwest::header::LOCATION;
use secrecy::ExposeSecret as _;
use voxanne_sandbox::{GoogleFake, HumanEvent};

use super::CommandError;
use super::failure::Doing as _;
use super::start::Started;
use crate::calendars::{self, Returned};
use crate::platform::app::App;
use crate::seed::HARBOR;

const ACCOUNT: &str = "front.desk@harbor.example";
/// Days ahead, and from and to which hour.
const PLANNED: [(&str, i32, i8, i8); 2] = [("Staff training", 1, 10, 12), ("Laser maintenance", 2, 14, 16)];

/// Connects the account as a person would, and says where it is to be seen. Nothing without a sandbox.
///
/// The sandbox forgets its accounts when it stops, so an account of an earlier demo is taken away first: visits ahead are
/// then written into the new one.
pub(super) async fn connect(started: &Started) -> Result<String, CommandError> {
    let Some(sandbox) = &started.sandbox else { return Ok(String::new()) };
    let (app, google) = (&started.app, sandbox.google());
    if let Some(earlier) =
        calendars::connected_account(app, HARBOR.org, None).await.doing("look at the demo's calendar")?
    {
        calendars::revoke(app, HARBOR.org, earlier).await.doing("take the earlier demo's calendar away")?;
    }
    plan(&google, app.clock.now());
    consent(app, &google).await?;
    Ok(format!("{}/google/accounts/{ACCOUNT}/events", sandbox.url()))
}

fn plan(google: &GoogleFake, now: Timestamp) {
    google.add_account(ACCOUNT);
    google.set_time_zone(ACCOUNT, HARBOR.time_zone);
    let zone = TimeZone::get(HARBOR.time_zone).unwrap_or(TimeZone::UTC);
    let today = now.to_zoned(zone.clone()).date();
    for (summary, days, from, to) in PLANNED {
        let at = |hour| {
            let day = today.saturating_add(days.days());
            day.to_datetime(time(hour, 0, 0, 0)).to_zoned(zone.clone()).map(|at| at.timestamp())
        };
        if let (Ok(from), Ok(to)) = (at(from), at(to)) {
            google.add_event(ACCOUNT, &HumanEvent::at(summary, from, to));
        }
    }
}

/// What a browser does between the link and the way back. Nobody listens yet, so it is done here.
async fn consent(app: &App, google: &GoogleFake) -> Result<(), CommandError> {
    let mut tx = app.begin(HARBOR.org).await.doing("open a transaction")?;
    let by_demo = calendars::Asker { actor: "command", session: None };
    let begun = calendars::begin_consent(app, &mut tx, HARBOR.org, None, by_demo).await;
    let begun = begun.doing("begin the demo's consent")?;
    tx.commit().await.doing("begin the demo's consent")?;
    let opened = calendars::open_consent(app, &begun.ticket, None).await.doing("open the demo's consent")?;
    google.consents_next(ACCOUNT);
    let asked = app.http.get(&opened.consent_url).send().await.doing("consent at the sandbox")?;
    let back = asked.headers().get(LOCATION).and_then(|to| Url::parse(to.to_str().ok()?).ok());
    let back =
        back.ok_or_else(|| CommandError::Refused("the sandbox refused the demo's consent".to_owned()))?;
    let of =
        |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let (state, code) = (of("state").unwrap_or_default(), of("code"));
    let browser = opened.browser.expose_secret();
    let returned = Returned { state: &state, code: code.as_deref(), browser, who: None };
    calendars::finish_consent(app, returned).await.doing("connect the demo's calendar")?;
    Ok(())
}
