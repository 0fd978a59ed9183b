//! The list of calendars, and free/busy.

use std::collections::BTreeMap;

use jiff::civil::date;
use voxanne_google_calendar::{Error, FreeBusy};
use voxanne_sandbox::google::Call;
use voxanne_sandbox::{Fault, HumanEvent, Target};

use super::{CALENDAR, World, at, sign_in};

#[tokio::test]
async fn every_page_of_calendars_is_read_with_names_and_rights() {
    let world = World::start().await;
    world.google.add_calendar(CALENDAR, "room#1@group.example", "Room", "America/New_York");
    world.google.name_calendar(CALENDAR, "room#1@group.example", "Laser");
    world.google.add_account("boss@glow.example");
    world.google.share_calendar("boss@glow.example", CALENDAR, "freeBusyReader");
    world.google.set_page_size(1);
    let all = world.client.calendars(&world.access).await.unwrap();
    let shown: Vec<_> = all
        .iter()
        .map(|c| (c.name.as_str(), c.is_primary, c.can_write, c.can_read_events, c.time_zone.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("boss@glow.example", false, false, false, Some("America/Los_Angeles")),
            (CALENDAR, true, true, true, Some("America/Los_Angeles")),
            ("Laser", false, true, true, Some("America/New_York")),
        ]
    );
    assert_eq!(world.google.requests(CALENDAR, Call::Calendars), 3);
}

async fn known(world: &World, ids: &[&str]) -> BTreeMap<String, FreeBusy> {
    let (from, to) = (at("2026-11-26T08:00:00Z"), at("2026-11-27T08:00:00Z"));
    world.client.free_busy(&world.access, ids, from, to).await.unwrap()
}

#[tokio::test]
async fn free_busy_is_what_keeps_time_and_nothing_else() {
    let world = World::start().await;
    world.lunch();
    let event = |start: &str, end: &str| HumanEvent::at("x", at(start), at(end));
    let more = event("2026-11-26T20:30:00Z", "2026-11-26T22:00:00Z");
    world.google.add_event(CALENDAR, &more);
    let free = event("2026-11-26T10:00:00Z", "2026-11-26T11:00:00Z");
    world.google.add_event(CALENDAR, &HumanEvent { is_transparent: true, ..free.clone() });
    world.google.add_event(CALENDAR, &HumanEvent { response: Some("declined".into()), ..free.clone() });
    world.google.add_event(CALENDAR, &HumanEvent { kind: "workingLocation".into(), ..free });
    let gone = world.google.add_event(CALENDAR, &event("2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z"));
    assert!(world.google.delete_event(CALENDAR, &gone));
    let busy = (at("2026-11-26T20:00:00Z"), at("2026-11-26T22:00:00Z"));
    assert_eq!(known(&world, &["primary"]).await["primary"], FreeBusy::Busy(vec![busy]));
    world.google.add_event(CALENDAR, &HumanEvent::days("Away", date(2026, 11, 26), date(2026, 11, 27)));
    let day = (at("2026-11-26T08:00:00Z"), at("2026-11-27T08:00:00Z"));
    assert_eq!(known(&world, &[CALENDAR]).await[CALENDAR], FreeBusy::Busy(vec![day]));
}

#[tokio::test]
async fn a_calendar_with_an_error_inside_a_200_is_unknown() {
    let world = World::start().await;
    world.google.add_calendar(CALENDAR, "room", "Room", "UTC");
    world.google.set_free_busy_error("room", Some("internalError"));
    let unknown = |reason: &str| FreeBusy::Unknown { reason: reason.into() };
    let all = known(&world, &[CALENDAR, "room", "nobody@else.example"]).await;
    assert_eq!(all[CALENDAR], FreeBusy::Busy(vec![]));
    assert_eq!(all["room"], unknown("internalError"));
    assert_eq!(all["nobody@else.example"], unknown("notFound"));
    world.google.set_free_busy_error("room", None);
    assert_eq!(known(&world, &["room"]).await["room"], FreeBusy::Busy(vec![]));
}

#[tokio::test]
async fn more_calendars_than_one_request_takes_are_asked_for_in_several() {
    let world = World::start().await;
    let ids: Vec<String> = (0..120).map(|n| format!("room{n}")).collect();
    for id in &ids {
        world.google.add_calendar(CALENDAR, id, id, "UTC");
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let all = known(&world, &ids).await;
    assert_eq!(all.len(), 120);
    assert!(all.values().all(|known| *known == FreeBusy::Busy(vec![])));
    assert_eq!(world.google.requests(CALENDAR, Call::FreeBusy), 3);
}

#[tokio::test]
async fn g9_one_accounts_quota_and_bad_day_are_not_anothers() {
    let world = World::start().await;
    let other = sign_in(&world.client, &world.google, "desk@harbor.example").await.access_token;
    world.google.quota(CALENDAR, Some(2));
    for _ in 0..2 {
        world.client.calendars(&world.access).await.unwrap();
    }
    assert!(matches!(world.client.calendars(&world.access).await, Err(Error::Busy { .. })));
    world.client.calendars(&other).await.unwrap();
    world.later(jiff::SignedDuration::from_secs(61));
    world.client.calendars(&world.access).await.unwrap();

    world.google.bad_day(CALENDAR, Some(Fault::google(403, "userRateLimitExceeded")));
    for _ in 0..3 {
        assert!(matches!(world.client.calendars(&world.access).await, Err(Error::Busy { .. })));
        world.client.calendars(&other).await.unwrap();
    }
    world.google.bad_day(CALENDAR, None);
    world.google.quota(CALENDAR, None);
    world.google.next(Target::GoogleCalendars, Fault::google(403, "forbidden"));
    let refused = world.client.calendars(&world.access).await;
    assert!(matches!(refused, Err(Error::Forbidden { reason }) if reason == "forbidden"));
}
