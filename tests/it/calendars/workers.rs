//! Calendars' jobs on real workers.

use voxanne::jobs;
use voxanne_sandbox::Fault;
use voxanne_sandbox::google::Call;

use super::*;

#[tokio::test]
async fn one_request_is_in_flight_for_a_calendar_however_many_workers_there_are() {
    let vox = connected().await;
    google(&vox).set_pushes(voxanne_sandbox::google::Pushes::Lost);
    for (n, time) in ["9:00", "9:45", "10:30", "11:15", "12:00", "12:45"].into_iter().enumerate() {
        let call = vox.call_from(&vox.glow, &call_ref(n as u128), Some(&format!("+1310555{:04}", 200 + n)));
        call.tool("book_appointment", booking("Botox", "2026-12-02", time, "Ana Diaz")).await.unwrap();
    }
    // Slow enough for two of them to meet.
    google(&vox).bad_day(ACCOUNT, Some(Fault::AnswerSlowly { millis: 100 }));
    let other = beside(&vox).await;
    jobs::start(&vox.app).await.unwrap();
    jobs::start(&other.app).await.unwrap();
    vox.until_count("calendar_events where state = 'written'", 6).await;
    assert_eq!(google(&vox).in_flight_max(ACCOUNT), 1);
    assert_eq!(google(&vox).requests(ACCOUNT, Call::Insert), 6);
    drop(other);
}

#[tokio::test]
async fn texts_go_out_while_every_calendar_stalls() {
    let vox = connected().await;
    google(&vox).bad_day(ACCOUNT, Some(Fault::TimeoutBeforeEffect));
    for n in 0..8_u128 {
        // More calendars than there are hands.
        let id = uuid::Uuid::from_u128(0xca1 + n);
        vox.exec(&format!(
            "insert into calendars (org_id, id, connection_id, external_id, name, blocks)
             select org_id, '{id}', id, 'calendar-{n}', 'Calendar', true from calendar_connections"
        ))
        .await;
    }
    jobs::run_schedules(&vox.app).await.unwrap();
    assert!(vox.count("graphile_worker.jobs where task_identifier = 'sync_calendar'").await >= 8);
    jobs::start(&vox.app).await.unwrap();
    book(&vox, 1, "10:00").await;
    vox.until_count("texts where state in ('sent', 'delivered')", 1).await;
    assert_eq!(vox.count("calendar_events where state = 'written'").await, 0, "Google is still silent");
}
