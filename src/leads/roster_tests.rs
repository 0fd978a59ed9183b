//! Tables of who is told: shifts over midnight and clock changes, steps with nobody on duty, two sites.

#![allow(clippy::unwrap_used, reason = "tests")]

use uuid::Uuid;

use super::*;

const DENVER: LocationId = LocationId(Uuid::from_u128(1));
const PHOENIX: LocationId = LocationId(Uuid::from_u128(2));

fn someone(name: &str, step: i16, location: Option<LocationId>, shifts: &[Shift]) -> Recipient {
    let number = name.bytes().fold(0_u128, |sum, byte| sum * 31 + u128::from(byte));
    Recipient {
        id: AlertRecipientId(Uuid::from_u128(number)),
        name: name.into(),
        phone: format!("+1303555{:04}", number % 10_000),
        location,
        step,
        wants_hot_lead: true,
        wants_clinical: true,
        shifts: shifts.to_vec(),
    }
}

const fn shift(weekday: Weekday, from: i16, until: i16) -> Shift {
    Shift { weekday, from: from * 60, until: until * 60 }
}

fn site(id: LocationId, zone: &str, is_open: bool) -> Site {
    Site { id, zone: TimeZone::get(zone).unwrap(), is_open, opens_next: None }
}

/// Two sites, of which so many are open, at a wall time of the first.
struct Scene {
    recipients: Vec<Recipient>,
    sites: Vec<Site>,
    location: Option<LocationId>,
}

impl Scene {
    fn of(recipients: Vec<Recipient>, (denver, phoenix): (bool, bool)) -> Self {
        let sites = vec![site(DENVER, "America/Denver", denver), site(PHOENIX, "America/Phoenix", phoenix)];
        Self { recipients, sites, location: Some(DENVER) }
    }

    fn at(self, location: LocationId) -> Self {
        Self { location: Some(location), ..self }
    }

    fn roster(&self, kind: AlertKind, now: &str) -> Roster<'_> {
        Roster {
            recipients: &self.recipients,
            sites: &self.sites,
            kind,
            location: self.location,
            now: now.parse().unwrap(),
        }
    }

    fn told_of(&self, kind: AlertKind, now: &str, rung: Rung) -> String {
        let roster = self.roster(kind, now);
        who_is_told(&roster, rung).iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn told(&self, now: &str, rung: Rung) -> String {
        self.told_of(AlertKind::HotLead, now, rung)
    }
}

/// A Tuesday, 10 AM in Denver and in Phoenix.
const TUESDAY: &str = "2026-11-24T17:00:00Z";

#[test]
fn the_rungs_are_the_steps_and_the_last_is_everybody() {
    let all = vec![someone("Ann", 1, None, &[]), someone("Bo", 2, None, &[]), someone("Cy", 3, None, &[])];
    let scene = Scene::of(all, (true, true));
    let rungs: Vec<String> = (0..4).map(|rung| scene.told(TUESDAY, Rung::of(rung, 3))).collect();
    assert_eq!(rungs, ["Ann", "Bo", "Cy", "Ann Bo Cy"]);
    assert_eq!(scene.told(TUESDAY, Rung::of(1, 1)), "Ann Bo Cy", "a ladder of one rung");
    assert_eq!(scene.told(TUESDAY, Rung::of(4, 5)), "", "a ladder with more rungs than steps has nobody new");
}

#[test]
fn with_nobody_of_a_step_on_duty_the_next_step_is_told_at_once() {
    let night = [shift(Weekday::Tuesday, 22, 6)];
    let all = vec![someone("Ann", 1, None, &night), someone("Cy", 3, None, &[])];
    let scene = Scene::of(all.clone(), (true, true));
    assert_eq!(scene.told(TUESDAY, Rung::Step(1)), "Cy");
    assert_eq!(scene.told(TUESDAY, Rung::Step(2)), "Cy");
    let closed = Scene::of(all, (false, false));
    assert_eq!(closed.told(TUESDAY, Rung::Step(1)), "", "nobody at all");
    assert!(!closed.roster(AlertKind::HotLead, TUESDAY).is_staffed());
}

#[test]
fn a_shift_over_midnight_is_of_the_day_on_which_it_begins() {
    let scene = Scene::of(vec![someone("Ann", 1, None, &[shift(Weekday::Tuesday, 22, 6)])], (false, false));
    for (now, told) in [
        ("2026-11-25T04:59:00Z", ""),    // Tuesday 21:59
        ("2026-11-25T05:00:00Z", "Ann"), // Tuesday 22:00
        ("2026-11-25T06:59:59Z", "Ann"), // Tuesday 23:59
        ("2026-11-25T07:00:00Z", "Ann"), // Wednesday 00:00
        ("2026-11-25T12:59:00Z", "Ann"), // Wednesday 05:59
        ("2026-11-25T13:00:00Z", ""),    // Wednesday 06:00
        ("2026-11-24T12:00:00Z", ""),    // Tuesday 05:00: Monday's night, which is not theirs
    ] {
        assert_eq!(scene.told(now, Rung::Step(1)), told, "{now}");
    }
}

#[test]
fn from_and_until_alike_is_a_whole_day_and_sunday_goes_on_into_monday() {
    let always = [shift(Weekday::Sunday, 8, 8)];
    let scene = Scene::of(vec![someone("Ann", 1, None, &always)], (false, false));
    for (now, told) in [
        ("2026-11-22T14:59:00Z", ""),    // Sunday 07:59
        ("2026-11-22T15:00:00Z", "Ann"), // Sunday 08:00
        ("2026-11-23T14:59:00Z", "Ann"), // Monday 07:59
        ("2026-11-23T15:00:00Z", ""),    // Monday 08:00
    ] {
        assert_eq!(scene.told(now, Rung::Step(1)), told, "{now}");
    }
    let to_midnight = [shift(Weekday::Sunday, 8, 24)];
    let scene = Scene::of(vec![someone("Ann", 1, None, &to_midnight)], (false, false));
    assert_eq!(scene.told("2026-11-23T06:59:00Z", Rung::Step(1)), "Ann", "Sunday 23:59");
    assert_eq!(scene.told("2026-11-23T07:00:00Z", Rung::Step(1)), "", "Monday 00:00");
}

/// November 1st 2026: 2 AM in Denver becomes 1 AM. March 14th 2027: 2 AM becomes 3 AM.
#[test]
fn shifts_hold_by_the_wall_clock_on_the_nights_that_it_changes() {
    let from_one_to_two = [shift(Weekday::Sunday, 1, 2)];
    let scene = Scene::of(vec![someone("Ann", 1, None, &from_one_to_two)], (false, false));
    for (now, told) in [
        ("2026-11-01T06:59:00Z", ""),    // 00:59
        ("2026-11-01T07:30:00Z", "Ann"), // 01:30, the first time
        ("2026-11-01T08:30:00Z", "Ann"), // 01:30, the second time
        ("2026-11-01T09:00:00Z", ""),    // 02:00
    ] {
        assert_eq!(scene.told(now, Rung::Step(1)), told, "{now}");
    }
    let night = [shift(Weekday::Saturday, 22, 6)];
    let scene = Scene::of(vec![someone("Ann", 1, None, &night)], (false, false));
    for (now, told) in [
        ("2027-03-14T08:59:00Z", "Ann"), // 01:59
        ("2027-03-14T09:00:00Z", "Ann"), // 03:00
        ("2027-03-14T11:59:00Z", "Ann"), // 05:59: an hour earlier than by winter time
        ("2027-03-14T12:00:00Z", ""),    // 06:00
    ] {
        assert_eq!(scene.told(now, Rung::Step(1)), told, "{now}");
    }
    let skipped = [shift(Weekday::Sunday, 2, 3)];
    let scene = Scene::of(vec![someone("Ann", 1, None, &skipped)], (false, false));
    for minute in 0..180 {
        let now =
            "2027-03-14T07:30:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute);
        assert_eq!(
            scene.told(&now.to_string(), Rung::Step(1)),
            "",
            "what the clocks skip never comes: {now}"
        );
    }
    let next = scene.roster(AlertKind::HotLead, "2027-03-13T20:00:00Z").staffed_next();
    assert_eq!(next, Some("2027-03-14T09:00:00Z".parse().unwrap()), "at the first moment after");
}

#[test]
fn each_site_has_its_own_people_clock_and_hours() {
    let all = vec![
        someone("Dee", 1, Some(DENVER), &[]),
        someone("Pia", 1, Some(PHOENIX), &[]),
        someone("Max", 2, None, &[shift(Weekday::Tuesday, 9, 10)]),
    ];
    let scene = Scene::of(all.clone(), (true, true));
    assert_eq!(scene.told(TUESDAY, Rung::Everybody), "Dee");
    let scene = Scene::of(all.clone(), (true, true)).at(PHOENIX);
    assert_eq!(scene.told(TUESDAY, Rung::Everybody), "Pia");
    // In summer it is 9:30 in Phoenix while it is 10:30 in Denver.
    let summer = "2026-07-14T16:30:00Z";
    assert_eq!(scene.told(summer, Rung::Everybody), "Pia Max");
    assert_eq!(Scene::of(all.clone(), (true, true)).told(summer, Rung::Everybody), "Dee");
    // Denver is closed, Phoenix is open: an alert of Denver finds nobody there.
    let closed = Scene::of(all.clone(), (false, true));
    assert_eq!(closed.told(TUESDAY, Rung::Step(1)), "");
    // An alert that belongs to no site is everybody's.
    let nowhere = Scene { location: None, ..Scene::of(all, (false, true)) };
    assert_eq!(nowhere.told(TUESDAY, Rung::Step(1)), "Pia");
}

#[test]
fn whoever_wants_only_one_kind_is_told_of_no_other_and_a_phone_is_told_once() {
    let mut ann = someone("Ann", 1, None, &[]);
    ann.wants_clinical = false;
    let mut bo = someone("Bo", 1, None, &[]);
    bo.wants_hot_lead = false;
    let twin = Recipient { location: Some(DENVER), name: "Ann2".into(), ..ann.clone() };
    let scene = Scene::of(vec![ann, bo, twin], (true, true));
    assert_eq!(scene.told(TUESDAY, Rung::Step(1)), "Ann");
    assert_eq!(scene.told_of(AlertKind::Clinical, TUESDAY, Rung::Step(1)), "Bo");
}

#[test]
fn somebody_is_there_next_when_the_site_opens_or_a_shift_begins() {
    let opens: Timestamp = "2026-11-25T16:00:00Z".parse().unwrap();
    let mut scene =
        Scene::of(vec![someone("Ann", 1, None, &[shift(Weekday::Wednesday, 7, 9)])], (false, false));
    scene.sites[0].opens_next = Some(opens);
    let night = "2026-11-25T04:00:00Z";
    assert_eq!(
        scene.roster(AlertKind::HotLead, night).staffed_next(),
        Some("2026-11-25T14:00:00Z".parse().unwrap())
    );
    scene.recipients.clear();
    assert_eq!(scene.roster(AlertKind::HotLead, night).staffed_next(), Some(opens));
    // A week ahead: their next shift is on the same weekday.
    let scene = Scene::of(vec![someone("Ann", 1, None, &[shift(Weekday::Tuesday, 9, 10)])], (false, false));
    let next = scene.roster(AlertKind::HotLead, TUESDAY).staffed_next();
    assert_eq!(next, Some("2026-12-01T16:00:00Z".parse().unwrap()));
}
