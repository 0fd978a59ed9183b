//! The mirror: what counts as busy, and that nothing is lost on the way.

use jiff::SignedDuration;
use voxanne_sandbox::google::{Every, Pushes, Repeats};
use voxanne_sandbox::{Fault, Target};

use super::*;

/// What the mirror has of the clinic's calendar, in UTC.
async fn mirrored(vox: &Voxanne) -> Vec<String> {
    let all: Option<Vec<String>> = vox
        .one("select array_agg(to_char(starts_at at time zone 'UTC', 'MM-DD HH24:MI') || ' ' || to_char(ends_at at time zone 'UTC', 'MM-DD HH24:MI') order by starts_at) from external_busy")
        .await;
    all.unwrap_or_default()
}

#[tokio::test]
async fn t_g5_g16_only_what_keeps_time_is_busy_and_only_where_configured() {
    let vox = connected().await;
    let at = |hour: i8| format!("2026-12-01T{hour:02}:00:00Z").parse().unwrap();
    let event = |hour: i8| HumanEvent::at("Something", at(hour), at(hour + 1));
    let add = |event: &HumanEvent| google(&vox).add_event(ACCOUNT, event);
    add(&event(10));
    add(&HumanEvent { is_transparent: true, ..event(11) });
    add(&HumanEvent { response: Some("declined".into()), ..event(12) });
    add(&HumanEvent { is_tentative: true, ..event(13) });
    add(&HumanEvent { kind: "workingLocation".into(), ..event(14) });
    add(&HumanEvent::days("Holiday", "2026-12-03".parse().unwrap(), "2026-12-04".parse().unwrap()));
    pushed(&vox).await;
    // Twelve hours past eight: the day is Los Angeles'.
    let all = ["12-01 10:00 12-01 11:00", "12-01 13:00 12-01 14:00", "12-03 08:00 12-04 08:00"];
    assert_eq!(mirrored(&vox).await, all);

    vox.exec("update calendars set tentative_blocks = false, all_day_blocks = false, sync_token = null")
        .await;
    vox.later(SignedDuration::from_mins(5));
    vox.next_round().await;
    assert_eq!(mirrored(&vox).await, ["12-01 10:00 12-01 11:00"]);
}

#[tokio::test]
async fn t_g5_a_recurring_event_with_an_exception_is_busy_instance_by_instance() {
    let vox = connected().await;
    let standing = HumanEvent {
        repeats: Some(Repeats { every: Every::Weeks(1), count: Some(3), until: None, except: Vec::new() }),
        ..HumanEvent::at(
            "Standing",
            "2026-12-01T18:00:00Z".parse().unwrap(),
            "2026-12-01T19:00:00Z".parse().unwrap(),
        )
    };
    let series = google(&vox).add_event(ACCOUNT, &standing);
    pushed(&vox).await;
    assert_eq!(mirrored(&vox).await.len(), 3);
    let instances: Vec<_> =
        google(&vox).events(ACCOUNT).into_iter().filter(|e| e.series.as_deref() == Some(&series)).collect();
    moves(&vox, &instances[1].id, "2026-12-09T20:00:00Z", "2026-12-09T21:00:00Z");
    google(&vox).delete_event(ACCOUNT, &instances[2].id);
    pushed(&vox).await;
    assert_eq!(mirrored(&vox).await, ["12-01 18:00 12-01 19:00", "12-09 20:00 12-09 21:00"]);
}

#[tokio::test]
async fn t_g2_g7_a_forgotten_sync_token_costs_a_full_look_and_nothing_else() {
    let vox = connected().await;
    blocks(&vox, "2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z");
    let gone = blocks(&vox, "2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z");
    book(&vox, 1, "14:00").await;
    pushed(&vox).await;
    pushed(&vox).await;
    google(&vox).set_pushes(Pushes::Lost);
    google(&vox).delete_event(ACCOUNT, &gone);
    blocks(&vox, "2026-12-01T14:00:00Z", "2026-12-01T15:00:00Z");
    google(&vox).forget_sync_tokens(ACCOUNT);
    // Half way through the full look Google fails: the mirror stays as it was.
    google(&vox).set_page_size(1);
    vox.later(SignedDuration::from_mins(5));
    google(&vox).next(Target::GoogleEventsRead, Fault::google(410, "fullSyncRequired"));
    google(&vox).next(Target::GoogleEventsRead, Fault::google(503, "backendError"));
    vox.next_round().await;
    assert_eq!(mirrored(&vox).await, ["12-01 10:00 12-01 11:00", "12-01 12:00 12-01 13:00"]);
    vox.after_every_pause().await;
    assert_eq!(mirrored(&vox).await, ["12-01 10:00 12-01 11:00", "12-01 14:00 12-01 15:00"]);
    assert_eq!(ours(&vox).len(), 1);
    assert_eq!(vox.count("calendar_conflicts").await, 0);
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1);
}

#[tokio::test]
async fn t_g9_a_year_with_five_thousand_events_is_mirrored_whole() {
    let vox = Voxanne::start().await;
    let first: jiff::Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
    for n in 0..5_000_i64 {
        let from = first + SignedDuration::from_mins(n * 100);
        google(&vox).add_event(ACCOUNT, &HumanEvent::at("x", from, from + SignedDuration::from_mins(30)));
    }
    connect(&vox).await;
    assert_eq!(vox.count("external_busy").await, 5_000);
}

#[tokio::test]
async fn g14_pushes_may_be_lost_doubled_reordered_or_forged() {
    let vox = connected().await;
    let channel: Option<uuid::Uuid> =
        vox.one("select channel_id from calendars where channel_id is not null").await;
    assert!(channel.is_some());
    google(&vox).set_pushes(Pushes::Twice);
    blocks(&vox, "2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z");
    pushed(&vox).await;
    assert_eq!(mirrored(&vox).await.len(), 1);
    google(&vox).set_pushes(Pushes::Held);
    blocks(&vox, "2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z");
    blocks(&vox, "2026-12-01T14:00:00Z", "2026-12-01T15:00:00Z");
    google(&vox).push_now().await;
    pushed(&vox).await;
    assert_eq!(mirrored(&vox).await.len(), 3);
    google(&vox).set_pushes(Pushes::Lost);
    blocks(&vox, "2026-12-01T16:00:00Z", "2026-12-01T17:00:00Z");
    pushed(&vox).await;
    assert_eq!(mirrored(&vox).await.len(), 3);
    // Polling is the safety net.
    vox.later(SignedDuration::from_mins(5));
    vox.next_round().await;
    assert_eq!(mirrored(&vox).await.len(), 4);

    let push = |token: &str, channel: &str| {
        vox.http
            .post(format!("{}/api/webhooks/google/calendar", vox.url))
            .header("x-goog-channel-id", channel)
            .header("x-goog-channel-token", token)
            .header("x-goog-resource-state", "exists")
            .send()
    };
    let forged = format!("{}.{}.{}", vox.glow.org.0.simple(), "0".repeat(32), "0".repeat(64));
    assert_eq!(push(&forged, "x").await.unwrap().status(), 403);
    assert_eq!(push("", "").await.unwrap().status(), 403);
    assert_eq!(vox.count("graphile_worker.jobs where task_identifier = 'sync_calendar'").await, 0);
}

#[tokio::test]
async fn g14_a_channel_is_renewed_before_it_ends() {
    let vox = connected().await;
    let channel =
        async || vox.one::<uuid::Uuid>("select channel_id from calendars where channel_id is not null").await;
    let first = channel().await;
    vox.later(SignedDuration::from_hours(5 * 24));
    vox.next_round().await;
    assert_eq!(channel().await, first);
    vox.later(SignedDuration::from_hours(24 + 1));
    vox.next_round().await;
    assert_ne!(channel().await, first);
    assert_eq!(google(&vox).channels(ACCOUNT).len(), 1, "the former one is ended");
}

#[tokio::test]
async fn what_free_busy_and_the_mirror_do_not_agree_on_is_asked_for_anew() {
    let vox = connected().await;
    blocks(&vox, "2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z");
    book(&vox, 1, "14:00").await;
    pushed(&vox).await;
    pushed(&vox).await;
    let full = "calendars where sync_token is null";
    vox.next_round().await;
    assert_eq!(vox.count(full).await, 0);
    // Lost on the way, whoever's fault it was.
    vox.exec("delete from external_busy").await;
    vox.next_round().await;
    vox.run_jobs().await;
    assert_eq!(mirrored(&vox).await, ["12-01 10:00 12-01 11:00"]);
}

#[tokio::test]
async fn the_mirror_holds_no_words() {
    let vox = connected().await;
    google(&vox).add_event(
        ACCOUNT,
        &HumanEvent::at(
            "Surgery of a patient",
            "2026-12-01T10:00:00Z".parse().unwrap(),
            "2026-12-01T11:00:00Z".parse().unwrap(),
        ),
    );
    pushed(&vox).await;
    let rows: String = vox.one("select string_agg(b::text, ' ') from external_busy b").await;
    assert!(!rows.contains("Surgery"), "{rows}");
}
