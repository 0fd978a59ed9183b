//! Offers leave by day, where the clinic is and where the phone is.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use voxanne_sandbox::twilio::Callbacks;

use super::{ANN, FREED, free, join, later, standing};
use crate::harness::Voxanne;

async fn offers(vox: &Voxanne) -> i64 {
    vox.count("waitlist_offers").await
}

#[tokio::test]
async fn whenever_a_time_opens_up_its_offer_leaves_between_nine_and_eight_by_the_clinics_clock() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().set_callbacks(Callbacks::Dropped);
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    // A day and a half, hour by hour, with somebody new waiting each time.
    for hour in 0..36_i64 {
        join(&vox, &format!("+13105550{}", 120 + hour)).await;
        let date = jiff::civil::date(2026, 12, 1).checked_add(jiff::Span::new().days(hour / 8)).unwrap();
        let start = date.at(9 + i8::try_from(hour % 8).unwrap(), 0, 0, 0).to_zoned(zone.clone()).unwrap();
        let before = offers(&vox).await;
        free(&vox, &start.timestamp().to_string()).await;
        let local = zone.to_datetime(vox.app.clock.now());
        let is_day = (9..20).contains(&local.hour());
        assert_eq!(offers(&vox).await > before, is_day, "at {local}");
        vox.later(SignedDuration::from_hours(1));
    }
    let texts = vox.sandbox.twilio().messages();
    assert!(texts.iter().filter(|text| text.body.contains("Reply TAKE")).count() >= 20);
    for text in texts {
        let local = zone.to_datetime(text.created_at);
        assert!((9..20).contains(&local.hour()), "a text at {local}");
    }
}

#[tokio::test]
async fn a_time_that_opens_up_at_night_is_offered_in_the_morning() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    // 10 PM in Los Angeles.
    vox.later(SignedDuration::from_hours(12));
    free(&vox, FREED).await;
    assert_eq!(standing(&vox).await, "101 waiting 0");
    let wait: f64 = vox
        .one("select extract(epoch from run_at - now())::float8 from graphile_worker._private_jobs order by run_at desc limit 1")
        .await;
    assert!((wait / 3600.0 - 11.0).abs() < 0.1, "comes again in {} hours", wait / 3600.0);
    later(&vox, 5 * 60).await;
    assert_eq!(standing(&vox).await, "101 waiting 0", "a job that comes early finds it is still night");
    later(&vox, 6 * 60 + 1).await;
    assert_eq!(standing(&vox).await, "101 offered 1");
}

#[tokio::test]
async fn a_number_of_a_country_with_one_zone_is_let_sleep_too() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set text_regions = '{US,CA,GB}'").await;
    join(&vox, "+447400123456").await;
    // 1 PM in Los Angeles, 9 PM in London.
    vox.later(SignedDuration::from_hours(3));
    free(&vox, FREED).await;
    assert_eq!(offers(&vox).await, 0);
    // 9 AM in Los Angeles, 5 PM in London.
    later(&vox, 20 * 60).await;
    assert_eq!(offers(&vox).await, 1);
    // Somebody here who is awake does not wait for somebody there who sleeps.
    vox.later(SignedDuration::from_hours(4));
    join(&vox, ANN).await;
    free(&vox, "2026-12-04T22:00:00Z").await;
    assert!(standing(&vox).await.ends_with("101 offered 1"));
}

#[tokio::test]
async fn an_offer_that_could_not_leave_by_day_does_not_leave_by_night() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    // 7:58 PM: two minutes are left of the day.
    let evening: Timestamp = "2026-11-25T03:58:00Z".parse().unwrap();
    vox.later(evening.duration_since(vox.app.clock.now()));
    vox.sandbox.twilio().next_sends(voxanne_sandbox::Fault::Status {
        http: 503,
        code: None,
        retry_after_seconds: None,
    });
    free(&vox, FREED).await;
    assert_eq!(standing(&vox).await, "101 offered 1");
    assert_eq!(vox.texts_to(ANN).len(), 0, "Twilio was down");
    // Whether it left is looked up twice before it would be sent again.
    for _ in 0..4 {
        later(&vox, 3).await;
    }
    assert_eq!(vox.texts_to(ANN).len(), 0, "and now it is too late");
    assert_eq!(vox.count("texts where kind = 'waitlist_offer' and state = 'failed'").await, 1);
}
