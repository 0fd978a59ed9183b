//! Bad days of every kind, for every kind of request.

use std::time::Duration;

use voxanne_google_calendar::{Client, Error, EventsRequest, NewChannel};
use voxanne_sandbox::{Fault, Target};

use super::{BACK, CALENDAR, IMPATIENT, VERIFIER, World, at, new_event, visit};

const TARGETS: &[Target] = &[
    Target::GoogleToken,
    Target::GoogleCalendars,
    Target::GoogleFreeBusy,
    Target::GoogleEventsRead,
    Target::GoogleEventsWrite,
    Target::GoogleChannels,
];

/// One request of each target.
async fn ask(world: &World, client: &Client, target: Target) -> Result<(), Error> {
    let (from, to) = (at("2026-11-26T00:00:00Z"), at("2026-11-27T00:00:00Z"));
    let access = &world.access;
    match target {
        Target::GoogleToken => client.refresh(&world.refresh).await.map(drop),
        Target::GoogleCalendars => client.calendars(access).await.map(drop),
        Target::GoogleFreeBusy => client.free_busy(access, &[CALENDAR], from, to).await.map(drop),
        Target::GoogleEventsRead => {
            client.events(access, CALENDAR, &EventsRequest::Full { from, to, page: None }).await.map(drop)
        }
        Target::GoogleEventsWrite => {
            let (start, end) = visit();
            let made = client.insert(access, CALENDAR, &new_event("apt01", &start, &end)).await;
            match made {
                Err(Error::Duplicate) => Ok(()),
                other => other.map(drop),
            }
        }
        Target::GoogleChannels => {
            let id = format!("ch{}", world.google.requests(CALENDAR, voxanne_sandbox::google::Call::Watch));
            let channel = NewChannel {
                id: &id,
                token: "t",
                address: "https://app.example/push",
                expires_at: at("2026-12-01T18:00:00Z"),
            };
            client.watch(access, CALENDAR, &channel).await.map(drop)
        }
        _ => panic!("not Google"),
    }
}

async fn after(world: &World, client: &Client, target: Target, fault: Fault) -> Error {
    world.google.next(target, fault);
    ask(world, client, target).await.unwrap_err()
}

#[tokio::test]
async fn g4_g10_every_refusal_has_its_meaning_for_every_request() {
    let world = World::start().await;
    for target in TARGETS.iter().copied() {
        ask(&world, &world.client, target).await.unwrap();
        let is_token = target == Target::GoogleToken;
        for http in [500, 502, 503, 504] {
            let error = after(&world, &world.client, target, Fault::status(http)).await;
            assert!(matches!(error, Error::Unavailable { http: h } if h == http), "{target:?} {error:?}");
            assert!(error.is_passing() && error.outcome_is_unknown());
        }
        let busy =
            Fault::Refusal { http: 429, reason: "rateLimitExceeded".into(), retry_after_seconds: Some(3600) };
        let error = after(&world, &world.client, target, busy).await;
        let hour = Some(Duration::from_hours(1));
        assert!(
            matches!(error, Error::Busy { retry_after, .. } if retry_after == hour),
            "{target:?} {error:?}"
        );
        let error = after(&world, &world.client, target, Fault::google(403, "rateLimitExceeded")).await;
        assert!(matches!(error, Error::Busy { .. }), "{target:?} {error:?}");
        if !is_token {
            let error = after(&world, &world.client, target, Fault::google(403, "forbidden")).await;
            assert!(matches!(error, Error::Forbidden { .. }), "{target:?} {error:?}");
            let error = after(&world, &world.client, target, Fault::status(401)).await;
            assert!(matches!(error, Error::Unauthorized), "{target:?} {error:?}");
            let error = after(&world, &world.client, target, Fault::status(412)).await;
            assert!(matches!(error, Error::Changed), "{target:?} {error:?}");
        }
        ask(&world, &world.client, target).await.unwrap();
    }
    let error = after(&world, &world.client, Target::GoogleToken, Fault::status(400)).await;
    assert!(matches!(error, Error::InvalidGrant));
}

#[tokio::test]
async fn g1_g12_silence_and_cuts_end_in_time_and_leave_the_outcome_open() {
    let world = World::start().await;
    // Whether the effect comes in time does not matter here.
    let impatient = world.client.within(Duration::from_millis(50));
    for target in TARGETS.iter().copied() {
        for fault in [
            Fault::Delay { millis: 30_000 },
            Fault::AnswerSlowly { millis: 30_000 },
            Fault::TimeoutBeforeEffect,
            Fault::TimeoutAfterEffect,
            Fault::Drip { millis: 5 },
            Fault::ConnectionReset,
            Fault::HangUpAfterEffect,
        ] {
            let error = after(&world, &impatient, target, fault.clone()).await;
            assert!(
                matches!(error, Error::Unreachable { is_unknown: true, .. }),
                "{target:?} {fault:?} {error:?}"
            );
            assert!(error.is_passing() && error.outcome_is_unknown());
        }
    }
}

#[tokio::test]
async fn an_effect_without_an_answer_is_found_by_looking() {
    let world = World::start().await;
    let impatient = world.client.within(IMPATIENT);
    let (start, end) = visit();
    for (id, fault, is_there) in [
        ("apt01", Fault::TimeoutAfterEffect, true),
        ("apt02", Fault::HangUpAfterEffect, true),
        ("apt03", Fault::Garbage, true),
        ("apt04", Fault::TimeoutBeforeEffect, false),
        ("apt05", Fault::ConnectionReset, false),
        ("apt06", Fault::status(503), false),
    ] {
        world.google.next(Target::GoogleEventsWrite, fault);
        let lost = impatient.insert(&world.access, CALENDAR, &new_event(id, &start, &end)).await;
        assert!(lost.unwrap_err().outcome_is_unknown(), "{id}");
        let found = world.client.event(&world.access, CALENDAR, id).await.unwrap();
        assert_eq!(found.is_some(), is_there, "{id}");
    }
    assert_eq!(world.google.events(CALENDAR).len(), 3);
}

#[tokio::test]
async fn g11_a_success_that_nobody_can_read_is_an_error_and_never_empty() {
    let world = World::start().await;
    for target in TARGETS.iter().copied() {
        for fault in [Fault::Garbage, Fault::HugeBody] {
            let error = after(&world, &world.client, target, fault.clone()).await;
            assert!(matches!(error, Error::Unreadable), "{target:?} {fault:?} {error:?}");
        }
    }
}

#[tokio::test]
async fn nobody_there_is_surely_without_effect() {
    let world = World::start().await;
    let World { sandbox, client, access, .. } = world;
    sandbox.stop().await;
    let error = client.calendars(&access).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { is_unknown: false, .. }), "{error:?}");
    assert!(error.is_passing() && !error.outcome_is_unknown());
}

#[tokio::test]
async fn no_error_shows_a_token_a_body_or_an_address() {
    let world = World::start().await;
    let impatient = world.client.within(IMPATIENT);
    for fault in [Fault::status(401), Fault::status(404), Fault::Garbage, Fault::ConnectionReset] {
        let error = after(&world, &impatient, Target::GoogleEventsRead, fault).await;
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
        let shown = causes.map(|cause| format!("{cause} {cause:?}")).collect::<Vec<_>>().join(" ");
        for secret in ["glow.example", "front%40", "ya29", "html"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    let code = impatient.exchange("4/secret-code", BACK, &VERIFIER.into()).await.unwrap_err();
    assert!(!format!("{code:?}").contains("secret-code"));
}
