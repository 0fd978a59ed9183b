//! The nearest open times over several days.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{CALLER, Voxanne, booking, call_ref};

async fn asked(vox: &Voxanne, arguments: Value) -> String {
    vox.call(&call_ref(1)).tool("find_openings", arguments).await.unwrap().text().to_owned()
}

#[tokio::test]
async fn the_nearest_times_come_from_today_on_and_over_three_days_at_most() {
    let vox = Voxanne::start().await;
    // It is 10 AM on Tuesday the 24th.
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox"})).await,
        @"I have Tuesday, November 24th at 10:30 AM or 11:15 AM, Wednesday, November 25th at 9 AM or 9:45 AM, and Thursday, November 26th at 9 AM. Which would you like?"
    );
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "fromDate": "2026-12-03", "toDate": "2026-12-03", "partOfDay": "evening"})).await,
        @"I have Thursday, December 3rd at 5:15 PM. Which would you like?"
    );
}

#[tokio::test]
async fn days_of_the_week_come_as_a_list_or_in_words_and_days_as_they_are_spoken() {
    let vox = Voxanne::start().await;
    let listed = asked(
        &vox,
        json!({"serviceType": "Botox", "weekdays": ["Saturday", "Sunday"], "partOfDay": "afternoon"}),
    )
    .await;
    assert_snapshot!(
        listed,
        @"I have Saturday, November 28th at 12 PM or 12:45 PM, Sunday, November 29th at 12 PM or 12:45 PM, and Saturday, December 5th at 12 PM. Which would you like?"
    );
    let spoken = json!({"service": "toxin", "from": "today", "weekdays": "weekends please", "time_of_day": "after lunch"});
    assert_eq!(asked(&vox, spoken).await, listed);
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "fromDate": "next week", "weekdays": "Mondays and Thursdays"})).await,
        @"I have Monday, November 30th at 9 AM, 9:45 AM, or 10:30 AM, and Thursday, December 3rd at 9 AM or 9:45 AM. Which would you like?"
    );
}

#[tokio::test]
async fn what_is_unclear_is_asked_about() {
    let vox = Voxanne::start().await;
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "weekdays": "not Mondays"})).await,
        @"I didn't catch which days of the week suit you. Could you name them once more?"
    );
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "fromDate": "2026-12-10", "toDate": "2026-12-03"})).await,
        @"Those days end before they begin. From which day on would you like to come in?"
    );
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "fromDate": "2024-12-03"})).await,
        @"That day has already passed. Did you mean Thursday, December 3rd?"
    );
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "fromDate": "2028-01-03"})).await,
        @"I'm sorry, we aren't booking that far ahead yet. Which other day would suit you?"
    );
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Laser Treatment", "practitionerName": "Maya"})).await,
        @"Dr. Maya Chen doesn't do Laser Treatment here. Would you like the first person who does?"
    );
}

#[tokio::test]
async fn where_nothing_is_left_the_next_day_is_named_and_elsewhere_what_there_is() {
    let vox = Voxanne::start().await;
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "insert into closures (org_id, id, local_date)
         select '{org}', gen_random_uuid(), day::date from generate_series('2026-11-24'::date, '2026-12-31'::date, '1 day') day"
    ))
    .await;
    // However late the end that was asked for, a month is looked at.
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "toDate": "2027-03-01"})).await,
        @"I'm sorry, we have nothing left up to Thursday, December 24th. The next day with openings is Friday, January 1st, from 9 AM; would that work?"
    );
    vox.exec(&format!("delete from closures where org_id = '{org}' and local_date = '2026-12-01'")).await;
    assert_snapshot!(
        asked(&vox, json!({"serviceType": "Botox", "weekdays": "Fridays"})).await,
        @"I have nothing at those times, but I do have Tuesday, December 1st at 9 AM, 9:45 AM, 10:30 AM, 11:15 AM, or 12 PM. Would one of those work?"
    );
}

#[tokio::test]
async fn what_another_clinic_has_taken_is_nobody_elses_business() {
    let vox = Voxanne::start().await;
    let wish = json!({"serviceType": "Botox", "fromDate": "2026-12-01", "toDate": "2026-12-01", "partOfDay": "morning"});
    let before = asked(&vox, wish.clone()).await;
    let harbor = vox.call_from(&vox.harbor, &call_ref(9), Some(CALLER));
    let said =
        harbor.tool("book_appointment", booking("Botox", "2026-12-01", "09:00", "Ana Diaz")).await.unwrap();
    assert!(said.text().starts_with("I've scheduled"), "{}", said.text());
    assert_eq!(asked(&vox, wish.clone()).await, before);
    // Here it is taken once both who give it have somebody.
    for (n, name) in ["Ana Diaz", "Bea Cole"].into_iter().enumerate() {
        let call = vox.call_from(&vox.glow, &call_ref(20 + n as u128), Some(&format!("+131055501{n:02}")));
        call.tool("book_appointment", booking("Botox", "2026-12-01", "09:00", name)).await.unwrap();
    }
    assert!(asked(&vox, wish).await.starts_with("I have Tuesday, December 1st at 9:45 AM, 10:30 AM"));
}

#[tokio::test]
async fn v23_a_model_that_looks_without_end_is_stopped() {
    let vox = Voxanne::start().await;
    let mut said = String::new();
    for _ in 0..31 {
        said = asked(&vox, json!({"serviceType": "Botox"})).await;
    }
    assert!(said.starts_with("I've tried quite a few times"), "{said}");
}
