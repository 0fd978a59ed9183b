//! Tells a caller which visits are ahead under the number they call from. Reads only.
//!
//! Only the platform's caller id counts, whatever the arguments say, and nobody is named: a number can be shared, and it
//! can be forged (T22).

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::attempt::AttemptError;
use super::run::{Answer, Caller};
use super::speech::{self, visits};
use crate::appointments::{self, Visit};
use crate::platform::app::App;
use crate::scheduling;

/// More are counted together: nobody has so many.
const VISITS_MAX: i64 = 50;

pub(super) async fn answer(app: &App, caller: &Caller) -> Result<Answer, AttemptError> {
    let Some(phone) = &caller.phone else { return Ok(Answer::result(visits::NUMBER_HIDDEN)) };
    let book = scheduling::rule_book(app, caller.org, None).await?;
    let mut tx = app.begin_live(caller.org).await?;
    let ahead =
        appointments::visits_of_phone(&mut tx, caller.org, phone, app.clock.now(), VISITS_MAX).await?;
    tx.commit().await?;
    let here = book.location(caller.location).map(|location| location.id);
    let said: Vec<_> = ahead
        .iter()
        .map(|visit| {
            let elsewhere = Some(visit.location_id) != here;
            let place = elsewhere.then_some(visit.location_name.as_str());
            (spoken_service(visit), starts_at(visit), place)
        })
        .collect();
    Ok(Answer::result(visits::ahead(&said, ahead.len())))
}

/// P2: a caller's own word for a treatment is repeated without whatever could be more than that.
fn spoken_service(visit: &Visit) -> String {
    visit.service_said.as_deref().map_or_else(|| visit.service_name.clone(), speech::plain_words)
}

/// The wall time where the visit is.
fn starts_at(visit: &Visit) -> Zoned {
    let zone = TimeZone::get(&visit.time_zone).unwrap_or(TimeZone::UTC);
    visit.starts_at.to_jiff().to_zoned(zone)
}
