//! Open times, said for speech.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Voxanne, booking, call_ref};

async fn asked(vox: &Voxanne, arguments: serde_json::Value) -> String {
    vox.call(&call_ref(1)).tool("check_availability", arguments).await.unwrap().text().to_owned()
}

#[tokio::test]
async fn a_free_day_is_offered_on_the_grid() {
    let vox = Voxanne::start().await;
    // T-S1, T-S2: 45 minutes from 9 to 6 are twelve starts, the last at 5:15 PM.
    assert_snapshot!(
        asked(&vox, json!({"date": "2026-11-30", "serviceType": "Botox"})).await,
        @"For Monday, November 30th, I have availability at 9 AM, 9:45 AM, 10:30 AM, 11:15 AM, 12 PM, and 7 more times. Which time works best for you?"
    );
    assert_snapshot!(
        asked(&vox, json!({"date": "2026-11-30", "serviceType": "Botox", "partOfDay": "evening"})).await,
        @"For Monday, November 30th, I have availability at 5:15 PM. Which time works best for you?"
    );
}

#[tokio::test]
async fn c18_times_that_have_passed_today_are_not_offered() {
    let vox = Voxanne::start().await;
    // It is 10 AM on Tuesday the 24th.
    assert_snapshot!(
        asked(&vox, json!({"date": "today", "serviceType": "HydraFacial"})).await,
        @"For Tuesday, November 24th, I have availability at 10:30 AM, 11:15 AM, 12 PM, 12:45 PM, 1:30 PM, and 5 more times. Which time works best for you?"
    );
}

#[tokio::test]
async fn both_spellings_and_spoken_dates_are_understood() {
    let vox = Voxanne::start().await;
    let plain = asked(&vox, json!({"date": "2026-11-25", "serviceType": "Botox"})).await;
    for arguments in [
        json!({"date": "tomorrow", "service_type": "botox"}),
        json!({"preferredDate": "Wednesday", "service": "Botocks"}),
        json!({"date": "November 25th", "serviceName": "toxin"}),
    ] {
        assert_eq!(asked(&vox, arguments.clone()).await, plain, "{arguments}");
    }
}

#[tokio::test]
async fn a_past_year_or_an_impossible_date_is_a_question() {
    let vox = Voxanne::start().await;
    let (status, body) = vox.post_fixture("tool-calls.wrong-year").await;
    assert_eq!(status, 200);
    assert_snapshot!(
        body["results"][0]["result"].as_str().unwrap(),
        @"That day has already passed. Did you mean Thursday, November 26th?"
    );
    assert_snapshot!(
        asked(&vox, json!({"date": "2026-02-30"})).await,
        @"That day isn't in the calendar. Which day did you mean?"
    );
    assert_snapshot!(asked(&vox, json!({})).await, @"Which day would you like to come in?");
    // T-V7: said on a Tuesday, "next Friday" can be this week's or next week's.
    assert_snapshot!(
        asked(&vox, json!({"date": "next Friday"})).await,
        @"Did you mean Friday, November 27th or Friday, December 4th?"
    );
}

#[tokio::test]
async fn a_closed_day_names_the_nearest_day_with_openings() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into closures (org_id, id, local_date, reason) values ('{}', gen_random_uuid(), '2026-12-25', 'Christmas')",
        vox.glow.org.0
    ))
    .await;
    // T-D11: exactly that civil day of the clinic's zone; the rule book is read anew although it was kept.
    assert_snapshot!(
        asked(&vox, json!({"date": "2026-12-25", "serviceType": "Botox"})).await,
        @"I'm sorry, we're closed on Friday, December 25th. The nearest day with openings is Saturday, December 26th, from 9 AM; would that work?"
    );
    assert!(asked(&vox, json!({"date": "2026-12-24"})).await.starts_with("For Thursday, December 24th"));
}

#[tokio::test]
async fn a_full_day_says_so_and_names_the_next() {
    let vox = Voxanne::start().await;
    for (n, time) in
        ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00"].iter().enumerate()
    {
        let call = vox.call_from(&vox.glow, &call_ref(100 + n as u128), Some(&format!("+131055501{n:02}")));
        let said = call
            .tool("book_appointment", booking("Laser Treatment", "2026-11-27", time, "Ana Diaz"))
            .await
            .unwrap();
        assert!(said.text().starts_with("Great!"), "{}", said.text());
    }
    assert_snapshot!(
        asked(&vox, json!({"date": "2026-11-27", "serviceType": "laser"})).await,
        @"I'm sorry, we have nothing left on Friday, November 27th. The nearest day with openings is Saturday, November 28th, from 9 AM; would that work?"
    );
    // T-R5: only the laser is taken; the people are free for something else.
    assert!(
        asked(&vox, json!({"date": "2026-11-27", "serviceType": "Consultation"}))
            .await
            .contains("and 7 more times")
    );
}

#[tokio::test]
async fn an_unknown_calendar_state_blocks_what_it_knows() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into calendar_connections (org_id, id, provider) values ('{0}', '{1}', 'caldav');
         insert into calendars (org_id, id, connection_id, external_id, name, blocks, synced_at) values ('{0}', '{1}', '{1}', 'primary', 'Clinic', true, '2026-11-24T17:59:00Z');
         insert into external_busy (org_id, id, calendar_id, event_ref, starts_at, ends_at) values ('{0}', gen_random_uuid(), '{1}', 'theirs', '2026-11-30T17:00:00Z', '2026-11-30T20:00:00Z');",
        vox.glow.org.0, "00000000-0000-4000-8000-0000000000aa"
    ))
    .await;
    // The clinic's own calendar says busy from 9 AM to noon.
    assert_snapshot!(
        asked(&vox, json!({"date": "2026-11-30", "serviceType": "Botox"})).await,
        @"For Monday, November 30th, I have availability at 12 PM, 12:45 PM, 1:30 PM, 2:15 PM, 3 PM, and 3 more times. Which time works best for you?"
    );
}

#[tokio::test]
async fn d11_days_are_the_clinics_not_the_servers() {
    let vox = Voxanne::start().await;
    // 8:45 PM on the 24th in Los Angeles is already the 25th in UTC.
    vox.later(jiff::SignedDuration::from_mins(10 * 60 + 45));
    assert!(asked(&vox, json!({"date": "tomorrow"})).await.starts_with("For Wednesday, November 25th"));
}

#[tokio::test]
async fn a_stretch_of_days_is_answered_with_its_nearest_times() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    for (date, first) in [("next week", "Monday, November 30th"), ("in January", "Friday, January 1st")] {
        let wish = json!({"date": date, "serviceType": "Botox"});
        let said = call.tool("check_availability", wish).await.unwrap().text().to_owned();
        assert!(said.starts_with(&format!("I have {first} at 9 AM")), "{said}");
    }
}
