//! The clinic of one history: two practitioners, one service, and an account for some of them.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use uuid::Uuid;
use voxanne::platform::ids::{OrgId, ResourceId};

use crate::durability::chance::Chance;
use crate::harness::Voxanne;

/// A stretch of time.
pub type Span = (Timestamp, Timestamp);

/// Half an hour is the length of a visit and the step of everything that happens.
pub const CELL: SignedDuration = SignedDuration::from_mins(30);
/// Of a day, from 9 AM on.
const CELLS_OF_A_DAY: u64 = 10;
const DAYS: u64 = 2;
/// In all.
pub const CELLS: u64 = CELLS_OF_A_DAY * DAYS;
/// 9 AM in Los Angeles, a week from the fixtures' moment.
const FIRST: &str = "2026-12-01T17:00:00Z";

/// When a cell begins.
pub fn instant(cell: u64) -> Timestamp {
    let first: Timestamp = FIRST.parse().unwrap();
    let (day, of_day) = (cell / CELLS_OF_A_DAY, cell % CELLS_OF_A_DAY);
    let cells = i32::try_from(of_day).unwrap();
    first + SignedDuration::from_hours(24 * i64::try_from(day).unwrap()) + CELL * cells
}

/// A visit that begins with a cell.
pub fn visit_span(cell: u64) -> Span {
    (instant(cell), instant(cell) + CELL)
}

/// A calendar of somebody's account at Google, and what staff chose about it.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The account, whose own calendar has the same name.
    pub email: String,
    /// As Google calls it.
    pub name: String,
    /// Whose; `None` for the clinic's.
    pub practitioner: Option<Uuid>,
    pub blocks: bool,
    pub takes: bool,
    pub days_block: bool,
    /// Staff took its account away once.
    pub was_away: bool,
}

impl Calendar {
    fn new(email: &str, name: &str, practitioner: Option<ResourceId>) -> Self {
        let mut new = Self {
            email: email.to_owned(),
            name: name.to_owned(),
            practitioner: practitioner.map(|person| person.0),
            blocks: false,
            takes: false,
            days_block: false,
            was_away: false,
        };
        new.reset();
        new
    }

    /// As it is when its account was just connected: the account's own calendar is used, another one is not.
    pub fn reset(&mut self) {
        self.blocks = self.is_main();
        self.takes = self.is_main();
        self.days_block = true;
    }

    pub fn is_main(&self) -> bool {
        self.email == self.name
    }

    pub fn is_used(&self) -> bool {
        self.blocks || self.takes
    }
}

/// A clinic.
#[derive(Debug, Clone)]
pub struct Clinic {
    pub org: OrgId,
    pub people: [ResourceId; 2],
    pub calendars: Vec<Calendar>,
}

impl Clinic {
    /// Opens the `n`th of a database; who has an account is chance.
    pub async fn open(vox: &Voxanne, n: u64, chance: &Chance) -> Self {
        let base = 0x0199_1000_0000_7000_8000_0000_0000_0000 + (u128::from(n) << 16);
        let id = |k: u128| Uuid::from_u128(base + k);
        let org = OrgId(id(0));
        sqlx::raw_sql(AssertSqlSafe(rows(id))).execute(&vox.admin).await.unwrap();
        let people = [ResourceId(id(2)), ResourceId(id(3))];
        let calendar = |name: &str, practitioner| {
            let email = format!("{name}{n}@history.example");
            Calendar::new(&email, &email, practitioner)
        };
        let (front, first, second) = (
            calendar("front", None),
            calendar("first", Some(people[0])),
            calendar("second", Some(people[1])),
        );
        let mut calendars = match chance.below(4) {
            0 => vec![front],
            1 => vec![front, first],
            2 => vec![first, second],
            _ => vec![front, first, second],
        };
        if chance.one_in(3) {
            let of = calendars[0].clone();
            let name = format!("other{n}@group.example");
            vox.sandbox.google().add_calendar(&of.email, &name, "Other", "America/Los_Angeles");
            calendars.push(Calendar { name, ..of });
            calendars.last_mut().unwrap().reset();
        }
        for calendar in calendars.iter().filter(|calendar| calendar.is_main()) {
            vox.connects_only(org, calendar.practitioner, &calendar.email).await;
        }
        Self { org, people, calendars }
    }

    /// The calendar that takes a practitioner's visits.
    pub fn takes(&self, practitioner: Uuid) -> Option<usize> {
        let of = |whose: Option<Uuid>| {
            self.calendars.iter().position(|calendar| calendar.takes && calendar.practitioner == whose)
        };
        of(Some(practitioner)).or_else(|| of(None))
    }
}

fn rows(id: impl Fn(u128) -> Uuid) -> String {
    let (org, location, service) = (id(0), id(1), id(4));
    let mut sql = format!(
        "insert into orgs (org_id, name, created_at) values ('{org}', 'History', now());
         insert into integration_settings (org_id, updated_at) values ('{org}', now());
         insert into locations (org_id, id, name, time_zone) values ('{org}', '{location}', 'Here', 'America/Los_Angeles');
         insert into services (org_id, id, name, duration_minutes, grid_minutes) values ('{org}', '{service}', 'Facial', 30, 30);"
    );
    for person in [id(2), id(3)] {
        write!(
            sql,
            "insert into resources (org_id, id, location_id, kind, name) values ('{org}', '{person}', '{location}', 'practitioner', 'Somebody');
             insert into practitioners (org_id, id) values ('{org}', '{person}');
             insert into service_practitioners (org_id, service_id, practitioner_id) values ('{org}', '{service}', '{person}');"
        )
        .unwrap();
    }
    write!(
        sql,
        "insert into weekly_hours (org_id, id, location_id, weekday, opens_minute, closes_minute)
         select '{org}', gen_random_uuid(), '{location}', weekday, 0, 1440 from generate_series(1, 7) weekday;"
    )
    .unwrap();
    sql
}
