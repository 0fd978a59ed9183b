//! Lists of events: full, since a sync token, in pages; what of them keeps time.

use jiff::civil::date;
use jiff::tz::TimeZone;
use voxanne_google_calendar::{BusyRules, Error, Event, EventStatus, EventsRequest, Response};
use voxanne_sandbox::google::{Every, Repeats};
use voxanne_sandbox::{HumanEvent, When};

use super::{CALENDAR, World, at};

const ALL: BusyRules = BusyRules { tentative: true, all_day: true };

fn ids(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.id.as_str()).collect()
}

fn weekly(count: u32) -> HumanEvent {
    let repeats = Repeats { every: Every::Weeks(1), count: Some(count), until: None, except: vec![] };
    let event = HumanEvent::at("Yoga", at("2026-11-25T17:00:00Z"), at("2026-11-25T18:00:00Z"));
    HumanEvent { repeats: Some(repeats), ..event }
}

#[tokio::test]
async fn a_full_list_goes_through_every_page() {
    let world = World::start().await;
    world.google.set_page_size(2);
    let made: Vec<String> = (0..5).map(|_| world.lunch()).collect();
    let gone = world.lunch();
    world.google.delete_event(CALENDAR, &gone);
    let before = HumanEvent::at("Old", at("2026-10-01T20:00:00Z"), at("2026-10-01T21:00:00Z"));
    world.google.add_event(CALENDAR, &before);
    let (events, _) = world.pages(None).await;
    assert_eq!(ids(&events), made, "neither the deleted one nor one outside");
    let first = &events[0];
    let lunch = (at("2026-11-26T20:00:00Z"), at("2026-11-26T21:00:00Z"));
    assert_eq!(first.busy(&TimeZone::UTC, &ALL), Some(lunch));
    assert_eq!((first.kind.as_str(), first.status), ("default", EventStatus::Confirmed));
}

#[tokio::test]
async fn what_changed_since_comes_once_with_what_was_deleted() {
    let world = World::start().await;
    let (moved, gone, kept) = (world.lunch(), world.lunch(), world.lunch());
    let (events, sync) = world.pages(None).await;
    assert_eq!(events.len(), 3);
    assert!(world.pages(Some(&sync)).await.0.is_empty());
    let day = When::Day(date(2028, 1, 1));
    assert!(world.google.move_event(CALENDAR, &moved, day, When::Day(date(2028, 1, 2))));
    assert!(world.google.delete_event(CALENDAR, &gone));
    let (changed, next) = world.pages(Some(&sync)).await;
    assert_eq!(ids(&changed), [moved.as_str(), gone.as_str()]);
    assert!(changed[0].busy(&TimeZone::UTC, &ALL).is_some(), "outside the stretch that was listed, and told");
    assert_eq!((changed[1].status, changed[1].start), (EventStatus::Cancelled, None));
    assert!(world.pages(Some(&next)).await.0.is_empty());
    assert!(world.google.rename_event(CALENDAR, &kept, "Long lunch"));
    assert_eq!(ids(&world.pages(Some(&next)).await.0), [kept]);
}

#[tokio::test]
async fn an_event_that_changes_between_two_pages_comes_with_the_next_sync() {
    let world = World::start().await;
    world.google.set_page_size(1);
    let (first, second) = (world.lunch(), world.lunch());
    let list = async |page| {
        let (from, to) = (at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        world.client.events(&world.access, CALENDAR, &EventsRequest::Full { from, to, page }).await.unwrap()
    };
    let one = list(None).await;
    assert_eq!(ids(&one.events), [first]);
    world.google.rename_event(CALENDAR, &second, "Later");
    let two = list(one.next_page.as_deref()).await;
    assert!(two.events.is_empty());
    assert_eq!(ids(&world.pages(two.sync_token.as_deref()).await.0), [second]);
}

#[tokio::test]
async fn t_g2_a_forgotten_sync_token_is_gone_and_a_full_list_helps() {
    let world = World::start().await;
    let id = world.lunch();
    let (_, sync) = world.pages(None).await;
    world.google.forget_sync_tokens(CALENDAR);
    for sync_token in [sync.as_str(), "made up"] {
        let ask = EventsRequest::Since { sync_token, page: None };
        let refused = world.client.events(&world.access, CALENDAR, &ask).await;
        assert!(matches!(refused, Err(Error::SyncTokenGone)));
    }
    let (events, sync) = world.pages(None).await;
    assert_eq!(ids(&events), [id]);
    assert!(world.pages(Some(&sync)).await.0.is_empty());
}

#[tokio::test]
async fn a_sync_token_of_another_calendar_is_gone() {
    let world = World::start().await;
    world.google.add_calendar(CALENDAR, "room", "Room", "UTC");
    let (_, sync) = world.pages(None).await;
    let ask = EventsRequest::Since { sync_token: &sync, page: None };
    let refused = world.client.events(&world.access, "room", &ask).await;
    assert!(matches!(refused, Err(Error::SyncTokenGone)));
}

#[tokio::test]
async fn t_g5_a_recurring_event_is_its_instances_exceptions_and_all() {
    let world = World::start().await;
    let skipped = HumanEvent {
        repeats: Some(Repeats {
            every: Every::Days(1),
            count: None,
            until: Some(date(2026, 11, 29)),
            except: vec![date(2026, 11, 27)],
        }),
        ..HumanEvent::days("Fair", date(2026, 11, 26), date(2026, 11, 27))
    };
    let fair = world.google.add_event(CALENDAR, &skipped);
    let (events, sync) = world.pages(None).await;
    assert_eq!(ids(&events), ["20261126", "20261128", "20261129"].map(|day| format!("{fair}_{day}")));
    assert!(events.iter().all(|event| event.series.as_deref() == Some(fair.as_str())));

    let yoga = world.google.add_event(CALENDAR, &weekly(20));
    let (events, sync) = world.pages(Some(&sync)).await;
    assert_eq!(events.len(), 20);
    let hours: Vec<_> = [&events[0], &events[19]]
        .map(|event| event.busy(&TimeZone::UTC, &ALL).unwrap().0.strftime("%H:%M").to_string())
        .into();
    assert_eq!(hours, ["17:00", "16:00"], "nine in the morning, winter and summer");

    world.google.delete_event(CALENDAR, &events[1].id);
    let (start, end) = (When::At(at("2026-12-10T01:00:00Z")), When::At(at("2026-12-10T02:00:00Z")));
    world.google.move_event(CALENDAR, &events[2].id, start, end);
    let (changed, sync) = world.pages(Some(&sync)).await;
    assert_eq!(changed[0].status, EventStatus::Cancelled);
    assert_eq!(changed[0].series.as_deref(), Some(yoga.as_str()));
    assert_eq!(changed[1].busy(&TimeZone::UTC, &ALL).unwrap().0, at("2026-12-10T01:00:00Z"));

    world.google.replace_series(CALENDAR, &yoga, &weekly(3));
    let (changed, _) = world.pages(Some(&sync)).await;
    let standing = changed.iter().filter(|event| event.status != EventStatus::Cancelled).count();
    assert_eq!((standing, changed.len()), (3, 20));
}

#[tokio::test]
async fn t_g5_own_answers_and_kinds_are_told() {
    let world = World::start().await;
    let plain = HumanEvent::at("x", at("2026-11-26T10:00:00Z"), at("2026-11-26T11:00:00Z"));
    world.google.add_event(CALENDAR, &HumanEvent { response: Some("declined".into()), ..plain.clone() });
    world.google.add_event(CALENDAR, &HumanEvent { response: Some("needsAction".into()), ..plain.clone() });
    world.google.add_event(CALENDAR, &HumanEvent { is_tentative: true, ..plain.clone() });
    world.google.add_event(CALENDAR, &HumanEvent { is_transparent: true, ..plain.clone() });
    world.google.add_event(CALENDAR, &HumanEvent { kind: "outOfOffice".into(), ..plain });
    let (events, _) = world.pages(None).await;
    let answers: Vec<_> = events.iter().map(|event| event.own_response).collect();
    assert_eq!(answers, [Some(Response::Declined), Some(Response::NeedsAction), None, None, None]);
    let rules = BusyRules { tentative: false, all_day: true };
    let busy: Vec<_> = events.iter().map(|event| event.busy(&TimeZone::UTC, &rules).is_some()).collect();
    assert_eq!(busy, [false, true, false, false, true]);
}

#[tokio::test]
async fn a_phantom_deletion_is_told_although_the_event_is_there() {
    let world = World::start().await;
    let id = world.lunch();
    let (_, sync) = world.pages(None).await;
    world.google.phantom_delete(CALENDAR, &id);
    let (changed, sync) = world.pages(Some(&sync)).await;
    assert_eq!((changed.len(), changed[0].status), (1, EventStatus::Cancelled));
    let there = world.client.event(&world.access, CALENDAR, &id).await.unwrap().unwrap();
    assert_eq!(there.status, EventStatus::Confirmed);
    assert!(world.pages(Some(&sync)).await.0.is_empty(), "told once");
    assert_eq!(ids(&world.pages(None).await.0), [id.as_str()]);
    world.google.phantom_delete(CALENDAR, &id);
    assert!(world.pages(None).await.0.is_empty(), "a full list leaves it out");
}

#[tokio::test]
async fn g16_an_event_that_nobody_can_read_makes_its_page_unreadable() {
    let world = World::start().await;
    world.lunch();
    let garbled = world.lunch();
    let (_, sync) = world.pages(None).await;
    world.google.garble_event(CALENDAR, &garbled);
    let (from, to) = (at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let full = EventsRequest::Full { from, to, page: None };
    for ask in [full, EventsRequest::Since { sync_token: &sync, page: None }] {
        let read = world.client.events(&world.access, CALENDAR, &ask).await;
        assert!(matches!(read, Err(Error::Unreadable)), "{ask:?}");
    }
    assert!(matches!(world.client.event(&world.access, CALENDAR, &garbled).await, Err(Error::Unreadable)));
}

#[tokio::test]
async fn t_g9_a_year_of_five_thousand_events_is_read_whole() {
    let world = World::start().await;
    for _ in 0..5000 {
        world.lunch();
    }
    let (events, _) = world.pages(None).await;
    assert_eq!(events.len(), 5000);
    assert_eq!(world.google.requests(CALENDAR, voxanne_sandbox::google::Call::List), 2);
}
