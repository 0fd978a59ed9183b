//! What the rules will say of texts to one number at instants ahead, by what is known now.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::daytime::{Daytime, clocks};
use super::may_send::{Class, Limits, Recipient, Sent, Verdict, may_send};
use super::queue_text::{clocks_of, limits, query};
use super::store;
use crate::orgs::Settings;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

const A_DAY: SignedDuration = SignedDuration::from_hours(24);
const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The recipient as they are now, and the texts they will have had by then. What the org sends to others is not foreseen.
#[derive(Debug, Clone)]
pub struct Forecast {
    texting_enabled: bool,
    number: Result<(), &'static str>,
    opted_out: bool,
    unreachable: bool,
    consents: bool,
    daytime: Daytime,
    clocks: Vec<TimeZone>,
    limits: Limits,
    texts: Vec<(Timestamp, Class)>,
}

impl Forecast {
    /// Of somebody who agreed to everything, has had no text yet, and lives in `zone`.
    pub fn of_anybody(app: &App, settings: &Settings, zone: &TimeZone) -> Self {
        let (daytime, clinic) = hours_of(settings);
        let mut clocks = vec![clinic];
        clocks.extend(Some(zone.clone()).filter(|zone| !clocks.contains(zone)));
        Self {
            texting_enabled: settings.texting_enabled,
            number: Ok(()),
            opted_out: false,
            unreachable: false,
            consents: true,
            daytime,
            clocks,
            limits: limits(app, settings),
            texts: Vec::new(),
        }
    }

    /// The first instant from `at` on in which texts may leave that can wait; `None` when there never is one.
    pub fn daytime_from(&self, at: Timestamp) -> Option<Timestamp> {
        self.daytime.next(at, &self.clocks)
    }

    /// What [`may_send`] says of a text then.
    pub fn verdict(&self, class: Class, at: Timestamp) -> Verdict {
        let within = |span: SignedDuration, class: Option<Class>| {
            let since = at.checked_sub(span).unwrap_or(at);
            let counts = |(sent, of): &&(Timestamp, Class)| {
                *sent > since && *sent <= at && class.is_none_or(|class| class == *of)
            };
            i64::try_from(self.texts.iter().filter(counts).count()).unwrap_or(i64::MAX)
        };
        let contact = Recipient {
            texting_enabled: self.texting_enabled,
            number: self.number,
            opted_out: self.opted_out,
            unreachable: self.unreachable,
            consents: self.consents,
            daytime: self.daytime,
            clocks: &self.clocks,
            sent: Sent {
                to_number_day: within(A_DAY, None),
                to_number_week: within(A_WEEK, None),
                marketing_week: within(A_WEEK, Some(Class::Marketing)),
                ..Sent::default()
            },
            limits: self.limits,
            leave_before: None,
        };
        may_send(&contact, class, at)
    }

    /// A text of this class is queued then, and counts against those after it.
    pub fn count(&mut self, class: Class, at: Timestamp) {
        self.texts.push((at, class));
    }
}

/// Foresees texts to `to`.
pub async fn forecast(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    to: &Phone,
) -> Result<Forecast, sqlx::Error> {
    let (now, limits) = (app.clock.now(), limits(app, settings));
    let counts = store::counts(tx, org, &query((to, None), &limits, now)).await?;
    let since = now.checked_sub(A_WEEK).unwrap_or(now);
    let texts = store::recent(tx, org, to.as_str(), since).await?;
    let (daytime, clocks) = clocks_of(settings, to);
    Ok(Forecast {
        texting_enabled: settings.texting_enabled,
        number: to.may_text(&settings.text_regions),
        opted_out: counts.opted_out,
        unreachable: counts.is_unreachable(),
        consents: counts.consents,
        daytime,
        clocks,
        limits,
        texts: texts.into_iter().map(|(at, kind)| (at, kind.class())).collect(),
    })
}

/// Between which instants a text to `to` may leave that can wait: the first from `now` on, and when the hours end that it
/// lies in. `None` when there is no such hour.
pub fn daytime_of(settings: &Settings, to: &Phone, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let (daytime, clinic) = hours_of(settings);
    let clocks = clocks(&clinic, to, daytime);
    let from = daytime.next(now, &clocks)?;
    Some((from, daytime.end(from, &clocks)))
}

fn hours_of(settings: &Settings) -> (Daytime, TimeZone) {
    let daytime = Daytime { from_hour: settings.quiet_until, to_hour: settings.quiet_from };
    (daytime, TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC))
}
