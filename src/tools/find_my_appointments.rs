//! Tells a caller which visits are ahead under the number they call from. Reads only.
//!
//! Only the platform's caller id counts, whatever the arguments say, and nobody is named: a number can be shared, and it
//! can be forged (T22).

use super::attempt::AttemptError;
use super::run::{Answer, Caller};
use super::speech::{self, visits};
use crate::appointments;
use crate::platform::app::App;
use crate::scheduling;

pub(super) async fn answer(app: &App, caller: &Caller) -> Result<Answer, AttemptError> {
    let Some(phone) = &caller.phone else { return Ok(Answer::result(visits::NUMBER_HIDDEN)) };
    let book = scheduling::rule_book(app, caller.org, None).await?;
    let mut tx = app.begin_live(caller.org).await?;
    let ahead = appointments::ahead_of_phone(app, &mut tx, caller.org, phone.as_str()).await?;
    tx.commit().await?;
    let here = book.location(caller.location).map(|location| location.id);
    let said: Vec<_> = ahead
        .iter()
        .map(|visit| {
            let elsewhere = Some(visit.location) != here;
            let place = elsewhere.then_some(visit.location_name.as_str());
            // P2: a caller's own word for a treatment is repeated without whatever could be more than that.
            let service = speech::plain_words(&visit.service_name);
            (service, visit.starts_at.clone(), place)
        })
        .collect();
    Ok(Answer::result(visits::ahead(&said, ahead.len())))
}
