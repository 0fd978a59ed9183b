//! What a demo clinic is written down as. Days are counted from the day of seeding, so that rules lie ahead at any time.

use crate::platform::ids::OrgId;

/// A clinic as written down in `clinics` and `juniper`.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct DemoClinic {
    pub org: OrgId,
    pub name: &'static str,
    pub time_zone: &'static str,
    pub address: &'static str,
    pub assistant_id: &'static str,
    pub phone_number_id: &'static str,
    pub number: &'static str,
    pub human_phone: &'static str,
    pub alert_phone: &'static str,
    pub calendar_of_record: bool,
    /// The account of the sandbox that the clinic's texts leave from.
    pub twilio_account: &'static str,
    /// Opening hours of the first site.
    pub hours: &'static [Shift],
    pub team: &'static [Person],
    pub things: &'static [Thing],
    pub catalogue: &'static [Treatment],
    /// What only one of the clinics has.
    pub more: More,
}

/// Rules that the simpler clinics do without.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct More {
    /// The name of the first site, where it is another than the clinic's.
    pub site_name: Option<&'static str>,
    pub parking: Option<&'static str>,
    /// Site 1 and on; the clinic's own address is site 0.
    pub other_sites: &'static [Site],
    pub policy: Option<LatePolicy>,
    pub holidays: &'static [Holiday],
}

impl More {
    pub(super) const NOTHING: Self =
        Self { site_name: None, parking: None, other_sites: &[], policy: None, holidays: &[] };
}

/// Another site, with a line of its own.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Site {
    pub name: &'static str,
    pub time_zone: &'static str,
    pub address: &'static str,
    pub parking: Option<&'static str>,
    pub assistant_id: &'static str,
    pub phone_number_id: &'static str,
    pub number: &'static str,
    pub human_phone: &'static str,
    pub hours: &'static [Shift],
}

/// What a late change costs.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct LatePolicy {
    pub notice_minutes: i32,
    pub fee_cents: i32,
}

/// A day of every year on which the whole clinic is closed.
#[derive(Debug)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Holiday {
    pub month: i8,
    pub day: i8,
    pub name: &'static str,
}

/// Hours of some weekdays (1 is Monday), open or a break.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Shift {
    pub site: usize,
    pub weekdays: &'static [i16],
    pub opens_minute: i16,
    pub closes_minute: i16,
    pub kind: &'static str,
    /// Holds from so many days after seeding on; always when `None`.
    pub from_days: Option<i32>,
}

/// Open at a site on these weekdays, from one full hour to another.
pub(super) const fn open(site: usize, weekdays: &'static [i16], (from, to): (i16, i16)) -> Shift {
    Shift { site, weekdays, opens_minute: from * 60, closes_minute: to * 60, kind: "open", from_days: None }
}

/// A break that is cut out of those hours.
pub(super) const fn pause(site: usize, weekdays: &'static [i16], hours: (i16, i16)) -> Shift {
    Shift { kind: "break", ..open(site, weekdays, hours) }
}

/// A practitioner.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Person {
    pub name: &'static str,
    pub title: &'static str,
    pub site: usize,
    /// Their own; none is whenever the site is open.
    pub hours: &'static [Shift],
    pub supervises: bool,
    pub daily_cap: Option<i16>,
    /// The licence is good for so many days after seeding.
    pub licence_days: Option<i32>,
    /// Away from and up to so many days after seeding.
    pub away_days: Option<(i32, i32)>,
}

/// Somebody who works whenever the first site is open.
pub(super) const fn person(name: &'static str, title: &'static str) -> Person {
    Person {
        name,
        title,
        site: 0,
        hours: &[],
        supervises: false,
        daily_cap: None,
        licence_days: None,
        away_days: None,
    }
}

/// A room or device.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Thing {
    pub kind: &'static str,
    pub name: &'static str,
    pub lanes: i16,
    pub site: usize,
}

/// A thing at the first site.
pub(super) const fn thing(kind: &'static str, name: &'static str, lanes: i16) -> Thing {
    Thing { kind, name, lanes, site: 0 }
}

/// One of these things, and how long it is cleaned afterwards.
pub type OneOf = (&'static [&'static str], i16);

/// A service of the catalogue.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Treatment {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub minutes: i16,
    pub buffer_after_minutes: i16,
    pub grid_minutes: i16,
    pub price_cents: Option<i32>,
    pub lead_value: &'static str,
    /// Who does it, by name.
    pub by: &'static [&'static str],
    pub needs: &'static [OneOf],
    pub daily_cap: Option<i16>,
    pub is_in_turn: bool,
    pub supervised: bool,
    pub licensed: bool,
    pub preparation: Option<&'static str>,
    /// Civil days between two of one person.
    pub spacing_days: Option<i16>,
    /// What must come before the first one, and for how many days it counts.
    pub first: Option<(&'static str, i16)>,
}

/// Forty-five minutes with one of these people, worth little as a lead.
pub(super) const fn visit(name: &'static str, by: &'static [&'static str]) -> Treatment {
    Treatment {
        name,
        aliases: &[],
        minutes: 45,
        buffer_after_minutes: 0,
        grid_minutes: 45,
        price_cents: None,
        lead_value: "low",
        by,
        needs: &[],
        daily_cap: None,
        is_in_turn: false,
        supervised: false,
        licensed: false,
        preparation: None,
        spacing_days: None,
        first: None,
    }
}
