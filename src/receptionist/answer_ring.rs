//! Answers a ring: which assistant, and what it should know of the caller. Local data only.

use jiff::Zoned;
use serde_json::{Map, Value};
use voxanne_vapi::answer::{self, AssistantOverrides, Destination};

use crate::platform::app::App;
use crate::platform::telemetry::chain;
use crate::scheduling::{Location, RuleBook, open_until, rule_book};
use crate::spoken_name::SpokenName;
use crate::tools::Caller;
use crate::{appointments, contacts, orgs, when};

const NOT_SET_UP: &str = "I'm sorry, this line isn't set up yet. Please try again later.";
const NOBODY_THERE: &str =
    "I'm sorry, nobody can take the call right now. Please try again during opening hours.";
const TRANSFERRING: &str = "One moment, I'm connecting you to the front desk.";

/// What the ring found.
#[derive(Default)]
struct Known {
    assistant: Option<String>,
    first_name: Option<String>,
    upcoming: Option<String>,
}

/// An assistant with this caller's variables, else a transfer to the clinic's people, else an honest sentence.
///
/// Variables are set for this call alone; the shared assistant is never changed.
pub(super) async fn answer_ring(app: &App, caller: &Caller, phone_number_id: Option<&str>) -> Value {
    let book = match rule_book(app, caller.org, None).await {
        Ok(book) => book,
        Err(error) => {
            tracing::error!(org.id = %caller.org, error = chain(&*error), "Could not answer a ring");
            return answer::error(NOT_SET_UP);
        }
    };
    let Some(location) = book.location(caller.location) else { return answer::error(NOT_SET_UP) };
    let known = match look_up(app, caller, location, phone_number_id).await {
        Ok(known) => known,
        Err(error) => {
            tracing::error!(org.id = %caller.org, error = chain(&error), "Answered a ring without knowing the caller");
            Known::default()
        }
    };
    match (&known.assistant, &location.human_phone) {
        (Some(assistant), _) => {
            let now = app.clock.now().to_zoned(location.zone.clone());
            let overrides = AssistantOverrides {
                variable_values: variables(&book, location, &known, &now),
                ..Default::default()
            };
            answer::assistant(assistant, &overrides)
        }
        (None, Some(number)) => {
            answer::destination(&Destination { number: number.clone(), message: Some(TRANSFERRING.into()) })
        }
        (None, None) => answer::error(NOT_SET_UP),
    }
}

async fn look_up(
    app: &App,
    caller: &Caller,
    location: &Location,
    phone_number_id: Option<&str>,
) -> Result<Known, sqlx::Error> {
    let mut tx = app.begin_live(caller.org).await?;
    let mut known = Known {
        assistant: orgs::assistant_for_ring(&mut tx, caller.org, phone_number_id, location.id).await?,
        ..Known::default()
    };
    if let Some(phone) = &caller.phone
        && let Some(contact) = contacts::known(&mut tx, caller.org, phone.as_str()).await?
    {
        known.first_name = contact.name.as_deref().and_then(SpokenName::parse).map(|n| n.first().to_owned());
        let next = appointments::next_of_contact(&mut tx, caller.org, contact.id, app.clock.now()).await?;
        known.upcoming = next.map(|visit| {
            let starts_at = visit.starts_at.to_jiff().to_zoned(location.zone.clone());
            format!("{} on {}", visit.service_name, when::say_moment(&starts_at))
        });
    }
    tx.commit().await?;
    Ok(known)
}

fn variables(book: &RuleBook, location: &Location, known: &Known, now: &Zoned) -> Map<String, Value> {
    let is_open = open_until(location, now.timestamp()).is_some();
    let mut all = Map::new();
    let mut set = |name: &str, value: String| all.insert(name.to_owned(), Value::from(value));
    set("clinicName", book.settings.clinic_name.clone());
    set("clinicLocalTime", when::say_moment(now));
    set("clinicStatus", if is_open { "open" } else { "closed" }.to_owned());
    set("isReturning", known.first_name.is_some().to_string());
    set("customerName", known.first_name.clone().unwrap_or_default());
    set("upcomingVisit", known.upcoming.clone().unwrap_or_default());
    all
}

/// Where a live transfer goes: the location's people while they are there, else nowhere with an honest sentence.
pub(super) async fn answer_transfer(app: &App, caller: &Caller) -> Value {
    let book = rule_book(app, caller.org, None).await.ok();
    let location = book.as_ref().and_then(|book| book.location(caller.location));
    let is_there = |location: &&Location| open_until(location, app.clock.now()).is_some();
    let number = location.filter(is_there).and_then(|location| location.human_phone.clone());
    match number {
        Some(number) => answer::destination(&Destination { number, message: Some(TRANSFERRING.into()) }),
        None => answer::error(NOBODY_THERE),
    }
}

#[cfg(test)]
mod tests {
    use crate::receptionist::receive::LINE_NOT_SET_UP;

    #[test]
    fn what_the_door_says_keeps_the_rules_of_speech() {
        for said in [super::NOT_SET_UP, super::NOBODY_THERE, super::TRANSFERRING, LINE_NOT_SET_UP] {
            crate::tools::assert_speakable(said);
        }
    }
}
