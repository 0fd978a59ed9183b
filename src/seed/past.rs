//! What has been at the first demo clinic before anybody looks: weeks of visits and the calls that they came from, what callers
//! wanted otherwise, and the visits of today and tomorrow.

use jiff::civil::{DateTime, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::past as store;
use super::{GLOW, SeedError};
use crate::leads;
use crate::platform::app::App;
use crate::platform::ids::CallId;
use crate::when::say_moment;

/// Days before today that have visits. What came of a call is told two weeks later: whether "hot" is true, of those before.
const DAYS: i32 = 35;
/// Of a day, a visit.
type Row = (&'static str, &'static str, Option<(&'static str, i16)>, (i8, i8));

/// A day's visits: who gives which treatment, in which room and lane, from when. Each takes as long as the others.
const DAY: [Row; 7] = [
    ("Dr. Maya Chen", "Botox", Some(("Treatment Room 1", 1)), (9, 45)),
    ("Nora Alvarez", "Dermal Filler", Some(("Treatment Room 2", 1)), (10, 30)),
    ("Priya Patel", "HydraFacial", Some(("Treatment Room 3", 1)), (11, 15)),
    ("Jonah Reed", "IPL", None, (13, 30)),
    ("Sofia Rossi", "Chemical Peel", Some(("Treatment Room 3", 2)), (14, 15)),
    ("Dr. Maya Chen", "Botox", Some(("Treatment Room 1", 1)), (15, 45)),
    ("Nora Alvarez", "Dermal Filler", Some(("Treatment Room 2", 1)), (16, 30)),
];
/// Of today's, the one that was called off, and the one that does not come.
const CANCELLED: usize = 4;
const NO_SHOW: usize = 1;
const LENGTH: SignedDuration = SignedDuration::from_mins(45);
const PEOPLE: [&str; 24] = [
    "Grace Holloway",
    "Tomás Rivera",
    "Imani Brooks",
    "Hannah Weiss",
    "Leo Marchetti",
    "Farah Aziz",
    "Joan Whitaker",
    "Mei Tanaka",
    "Olivia Grant",
    "Diego Santos",
    "Ruth Abrams",
    "Kira Novak",
    "Paula Jensen",
    "Marcus Bell",
    "Yuki Sato",
    "Elena Duarte",
    "Noah Fischer",
    "Amina Diop",
    "Clara Lindqvist",
    "Samuel Ortega",
    "Priscilla Boyd",
    "Henry Walsh",
    "Lucia Ferrara",
    "Dana Cohen",
];
/// So many of them have visits; the others call and think about it.
const CLIENTS: usize = 20;
/// Who took the alerts of those who did not book: the clinic's manager.
const TAKEN_BY: &str = "Dana Brooks";
/// How somebody asks who books in their call: those in a hurry, or glad to come, are hot if what they want is worth much.
const WISHES: [(&str, &str); 4] = [
    ("Hi, I'd like to come in for ", "."),
    ("Hi, I'm so excited, I finally want ", ", as soon as you can."),
    ("Hi, do you have time for ", "? It's been a while."),
    ("Hello, I need ", " this week, before my wedding."),
];
/// What others call about: whether they are known, what came of it, and what was said, the caller first.
const OTHERS: [(bool, &str, [&str; 3]); 4] = [
    (
        true,
        "Wants Botox and filler this week, and a call back.",
        [
            "I'm interested in Botox and filler, I have the budget and I need it this week.",
            "Somebody of our team will call you back with what would suit you.",
            "Great, today if you can.",
        ],
    ),
    (
        true,
        "Compares prices.",
        ["How much is a HydraFacial? I'm just comparing.", "It's 225 dollars.", "Okay, I'll think about it."],
    ),
    (
        false,
        "Sells supplies.",
        [
            "Hi, I'm calling from Lumen Supplies, we sell injectables to clinics. Who does your ordering?",
            "I'll tell the team that you called.",
            "Thanks.",
        ],
    ),
    (
        false,
        "Dialled the wrong number.",
        ["Is this Bella's Pizza?", "This is Glow MedSpa.", "Oh, sorry, wrong number."],
    ),
];

/// A person who was there or called.
#[derive(Serialize)]
pub(super) struct Person {
    id: Uuid,
    name: &'static str,
    phone: String,
}

/// A visit, with what it takes while it is ahead.
#[derive(Serialize)]
pub(super) struct Visit {
    id: Uuid,
    call_id: Uuid,
    contact_id: Uuid,
    practitioner: &'static str,
    service: &'static str,
    thing: Option<&'static str>,
    lane: Option<i16>,
    status: &'static str,
    starts_at: Timestamp,
    ends_at: Timestamp,
    local_starts_at: DateTime,
    said: String,
    booked_at: Timestamp,
    /// When it became what it is; null while it is as it was booked.
    became_at: Option<Timestamp>,
}

/// A call that is over.
#[derive(Serialize)]
pub(super) struct Call {
    id: Uuid,
    /// Who called; null with a hidden number.
    contact_id: Option<Uuid>,
    created_at: Timestamp,
    seconds: i64,
    caller_spoke: bool,
    summary: Option<String>,
    turns: Value,
}

/// Gives the first clinic its past, once, before anything else happens there.
pub async fn demo_past(app: &App) -> Result<(), SeedError> {
    let mut tx = app.begin(GLOW.org).await?;
    if store::has_visits(&mut tx, GLOW.org).await? {
        return Ok(());
    }
    let zone = TimeZone::get(GLOW.time_zone).unwrap_or(TimeZone::UTC);
    let past = Past::of(app, &zone);
    store::insert_people(&mut tx, GLOW.org, &json!(past.people), past.since).await?;
    store::insert_calls(&mut tx, GLOW.org, GLOW.assistant_id, &json!(past.calls)).await?;
    store::insert_visits(&mut tx, GLOW.org, GLOW.time_zone, &json!(past.visits)).await?;
    let ends =
        |call: &Call| (CallId(call.id), after(call.created_at, SignedDuration::from_secs(call.seconds)));
    leads::score_past(app, &mut tx, GLOW.org, past.calls.iter().map(ends)).await?;
    let has_booked = |call: &&Call| past.visits.iter().any(|visit| visit.call_id == call.id);
    let others: Vec<Uuid> = past.calls.iter().filter(|call| !has_booked(call)).map(|call| call.id).collect();
    store::insert_taken_alerts(&mut tx, GLOW.org, (&others, TAKEN_BY)).await?;
    Ok(tx.commit().await?)
}

/// What was, on its way into the database.
struct Past {
    since: Timestamp,
    people: Vec<Person>,
    visits: Vec<Visit>,
    calls: Vec<Call>,
}

impl Past {
    fn of(app: &App, zone: &TimeZone) -> Self {
        let now = app.clock.now();
        let person = |(n, name)| Person { id: app.new_id(), name, phone: format!("+142455501{n:02}") };
        let mut past = Self {
            since: now.checked_sub(SignedDuration::from_hours(24 * 7 * 6)).unwrap_or(now),
            people: (10..).zip(PEOPLE).map(person).collect(),
            visits: Vec::new(),
            calls: Vec::new(),
        };
        let today = now.to_zoned(zone.clone()).date();
        for day in -DAYS..=1 {
            let date = today.saturating_add(day.days());
            let at = |hour, minute| date.to_datetime(time(hour, minute, 0, 0)).to_zoned(zone.clone());
            for (place, row) in DAY.into_iter().enumerate() {
                // Days differ; from today on all of them are there.
                let is_left_out = day < 0 && (past.visits.len() + place).is_multiple_of(3);
                if let (Ok(at), false) = (at(row.3.0, row.3.1), is_left_out) {
                    past.add_visit(app, (row, place, day), &at, now);
                }
            }
            if let Ok(noon) = at(12, 20) {
                past.add_question(app, noon.timestamp(), now);
            }
            if let Ok(late) = at(17, 20) {
                past.add_other(app, late.timestamp(), now);
            }
        }
        past
    }

    fn add_visit(&mut self, app: &App, (row, place, day): (Row, usize, i32), at: &Zoned, now: Timestamp) {
        let (practitioner, service, thing, _) = row;
        let (n, starts_at) = (self.visits.len(), at.timestamp());
        let ends_at = after(starts_at, LENGTH);
        let (is_off, is_missed) = match day {
            ..0 => (n % 17 == 5, n % 13 == 4),
            0 => (place == CANCELLED, place == NO_SHOW),
            _ => (false, false),
        };
        let status = match () {
            () if is_off => "cancelled",
            () if now < starts_at => "scheduled",
            () if is_missed => "no_show",
            () if now < ends_at => "arrived",
            () => "completed",
        };
        // One to four days before, at some hour between 7 AM and 9 PM; what is ahead, within the last hours.
        let hours = i64::try_from(n % 4 * 24 + n * 5 % 14).unwrap_or(0);
        let day_before = at.with().hour(21).minute(0).build().unwrap_or_else(|_| at.clone()).timestamp();
        let booked_at = match i64::try_from(place) {
            Ok(place) if day > 0 => after(now, SignedDuration::from_mins(-25 * (place + 1))),
            _ => after(day_before, SignedDuration::from_hours(-24 - hours)),
        };
        let said = format!("Great! I've confirmed your {service} appointment for {}.", say_moment(at));
        let (before, behind) = WISHES[n % WISHES.len()];
        let wish = format!("{before}{service}{behind}");
        let call_id = app.new_id();
        let contact_id = self.person(n * 7 % CLIENTS);
        self.calls.push(Call {
            id: call_id,
            contact_id: Some(contact_id),
            created_at: booked_at,
            seconds: 80 + i64::try_from(n * 37 % 140).unwrap_or(0),
            caller_spoke: true,
            summary: Some(format!("Booked {service} for {}.", say_moment(at))),
            turns: turns(&[&wish, &said, "Perfect, thank you."]),
        });
        self.visits.push(Visit {
            id: app.new_id(),
            call_id,
            contact_id,
            practitioner,
            service,
            thing: thing.map(|(name, _)| name),
            lane: thing.map(|(_, lane)| lane),
            status,
            starts_at,
            ends_at,
            local_starts_at: at.datetime(),
            said,
            booked_at,
            became_at: match status {
                "scheduled" => None,
                "cancelled" => Some(after(booked_at, SignedDuration::from_mins(40))),
                "completed" => Some(ends_at),
                _ => Some(starts_at),
            },
        });
    }

    /// A call that only asked, and every third time one in which nobody said a word.
    fn add_question(&mut self, app: &App, at: Timestamp, now: Timestamp) {
        let n = self.calls.len();
        let is_silent = n.is_multiple_of(3);
        if now <= after(at, SignedDuration::from_mins(2)) {
            return;
        }
        let asked = turns(&[
            "Until when are you open on Saturdays?",
            "We're open from 9 AM to 6 PM.",
            "Thanks, bye.",
        ]);
        self.calls.push(Call {
            id: app.new_id(),
            contact_id: Some(self.person(n)),
            created_at: at,
            seconds: if is_silent { 7 } else { 48 },
            caller_spoke: !is_silent,
            summary: (!is_silent).then(|| "Asked for the opening hours.".to_owned()),
            turns: if is_silent { json!([]) } else { asked },
        });
    }

    /// A call that wanted something else, and booked nothing.
    fn add_other(&mut self, app: &App, at: Timestamp, now: Timestamp) {
        let n = self.calls.len();
        if now <= after(at, SignedDuration::from_mins(2)) {
            return;
        }
        let (is_known, summary, said) = OTHERS[n % OTHERS.len()];
        self.calls.push(Call {
            id: app.new_id(),
            contact_id: is_known.then(|| self.person(CLIENTS + n / OTHERS.len() % (PEOPLE.len() - CLIENTS))),
            created_at: at,
            seconds: 50,
            caller_spoke: true,
            summary: Some(summary.to_owned()),
            turns: turns(&said),
        });
    }

    fn person(&self, n: usize) -> Uuid {
        self.people.get(n % PEOPLE.len()).map_or_else(Uuid::nil, |person| person.id)
    }
}

fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

/// What was said: the caller first, then in turn.
fn turns(said: &[&str]) -> Value {
    let turn = |(n, text): (usize, &&str)| json!({"is_caller": n % 2 == 0, "text": text, "after_ms": 4000 + n * 9000});
    said.iter().enumerate().map(turn).collect()
}
