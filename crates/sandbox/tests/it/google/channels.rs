//! Channels and pushes.

use axum::http::StatusCode;
use jiff::SignedDuration;
use voxanne_google_calendar::{Channel, Error, NewChannel};
use voxanne_sandbox::google::Pushes;

use super::{CALENDAR, World, at};
use crate::hook::{Hook, Seen};

async fn hook() -> Hook {
    Hook::start(|_| (StatusCode::OK, String::new())).await
}

async fn watch(world: &World, hook: &Hook, id: &str) -> Result<Channel, Error> {
    let address = format!("{}/push", hook.url);
    let expires_at = at("2026-12-01T18:00:00Z");
    let channel = NewChannel { id, token: "org=1&sig=x", address: &address, expires_at };
    world.client.watch(&world.access, CALENDAR, &channel).await
}

fn numbers(pushes: &[Seen]) -> Vec<&str> {
    pushes.iter().map(|push| push.header("x-goog-message-number")).collect()
}

#[tokio::test]
async fn a_change_is_pushed_with_googles_headers() {
    let (world, hook) = (World::start().await, hook().await);
    let channel = watch(&world, &hook, "ch_1").await.unwrap();
    assert_eq!(channel.expires_at, at("2026-12-01T18:00:00Z"));
    world.lunch();
    world.google.settled().await;
    let seen = hook.seen();
    let mut states: Vec<_> = seen.iter().map(|push| push.header("x-goog-resource-state")).collect();
    states.sort_unstable();
    assert_eq!(states, ["exists", "sync"]);
    let push = seen.iter().find(|push| push.header("x-goog-message-number") == "2").unwrap();
    assert_eq!((push.path.as_str(), push.body.len()), ("/push", 0));
    assert_eq!(push.header("x-goog-channel-id"), "ch_1");
    assert_eq!(push.header("x-goog-channel-token"), "org=1&sig=x");
    assert_eq!(push.header("x-goog-channel-expiration"), "Tue, 01 Dec 2026 18:00:00 GMT");
    assert_eq!(push.header("x-goog-resource-id"), channel.resource_id);
    assert!(push.header("x-goog-resource-uri").contains("/calendars/"));
}

#[tokio::test]
async fn g14_pushes_are_lost_doubled_reordered_and_forged() {
    let (world, hook) = (World::start().await, hook().await);
    world.google.set_pushes(Pushes::Lost);
    watch(&world, &hook, "ch_1").await.unwrap();
    world.lunch();
    world.google.settled().await;
    assert!(hook.seen().is_empty());

    world.google.set_pushes(Pushes::Twice);
    world.lunch();
    world.google.settled().await;
    assert_eq!(numbers(&hook.seen()), ["3", "3"]);

    world.google.set_pushes(Pushes::Held);
    world.lunch();
    world.lunch();
    world.google.settled().await;
    assert_eq!(hook.seen().len(), 2);
    assert_eq!(world.google.push_now().await, [Some(200), Some(200)]);
    assert_eq!(numbers(&hook.seen()[2..]), ["5", "4"]);

    assert_eq!(world.google.forge_push(CALENDAR, "guessed").await, Some(200));
    let forged = hook.seen().pop().unwrap();
    assert_eq!(forged.header("x-goog-channel-token"), "guessed");
    assert_eq!(forged.header("x-goog-channel-id"), "ch_1");
    assert_eq!(world.google.forge_push("room", "guessed").await, None);
}

#[tokio::test]
async fn a_channel_that_has_ended_or_was_closed_is_silent() {
    let (world, hook) = (World::start().await, hook().await);
    let channel = watch(&world, &hook, "ch_1").await.unwrap();
    watch(&world, &hook, "ch_2").await.unwrap();
    assert_eq!(world.google.channels(CALENDAR), ["ch_1", "ch_2"]);
    world.client.stop(&world.access, "ch_1", &channel.resource_id).await.unwrap();
    world.client.stop(&world.access, "ch_1", &channel.resource_id).await.unwrap();
    assert_eq!(world.google.channels(CALENDAR), ["ch_2"]);
    world.google.settled().await;
    let before = hook.seen().len();
    world.lunch();
    world.google.settled().await;
    assert_eq!(hook.seen().len(), before + 1);
    world.later(SignedDuration::from_hours(24 * 8));
    world.lunch();
    world.google.settled().await;
    assert_eq!(hook.seen().len(), before + 1);
    assert_eq!(world.google.channels(CALENDAR), [""; 0]);
}

#[tokio::test]
async fn a_channel_is_refused_for_a_used_id_and_an_address_without_tls() {
    let (world, hook) = (World::start().await, hook().await);
    watch(&world, &hook, "ch_1").await.unwrap();
    let twice = watch(&world, &hook, "ch_1").await;
    assert!(matches!(twice, Err(Error::Rejected { http: 400, reason }) if reason == "channelIdNotUnique"));
    let ask =
        |address| NewChannel { id: "ch_3", token: "t", address, expires_at: at("2026-12-01T18:00:00Z") };
    let plain = world.client.watch(&world.access, CALENDAR, &ask("http://app.example/push")).await;
    assert!(matches!(plain, Err(Error::Rejected { http: 400, .. })), "{plain:?}");
    world.client.watch(&world.access, CALENDAR, &ask("https://app.example/push")).await.unwrap();
    world.lunch();
    world.google.settled().await;
    assert_eq!(hook.seen().len(), 2, "nothing leaves this machine");
}

#[tokio::test]
async fn an_operator_adds_a_persons_event_over_http() {
    let world = World::start().await;
    let url = |email: &str| format!("{}/google/accounts/{email}/events", world.sandbox.url());
    let http = reqwest::Client::builder().build().unwrap();
    let post = async |email: &str, start: &str, end: &str| {
        let body = serde_json::json!({ "summary": "Delivery", "start": start, "end": end });
        http.post(url(email)).json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(CALENDAR, "2026-11-26T12:00:00-08:00", "2026-11-26T13:00:00-08:00").await, 201);
    assert_eq!(post(CALENDAR, "2026-11-27", "2026-11-28").await, 201);
    assert_eq!(post(CALENDAR, "2026-11-27T12:00", "2026-11-27T13:00").await, 422);
    assert_eq!(post(CALENDAR, "2026-11-28", "2026-11-27").await, 422);
    assert_eq!(post("nobody@else.example", "2026-11-27", "2026-11-28").await, 404);
    let seen = world.google.events(CALENDAR);
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].start, seen[1].is_all_day), (at("2026-11-26T20:00:00Z"), true));
    let shown = http.get(url(CALENDAR)).send().await.unwrap().json::<serde_json::Value>().await.unwrap();
    assert_eq!(shown.as_array().unwrap().len(), 2);
    assert_eq!(
        (&shown[0]["summary"], &shown[0]["start"]),
        (&"Delivery".into(), &"2026-11-26T20:00:00Z".into())
    );
    assert_eq!(http.get(url("nobody@else.example")).send().await.unwrap().status(), 404);
}
