//! What callers ask for and cannot have is kept beside the tool call, by the statement that records it anyway.

use serde_json::{Value, json};

use crate::harness::{Voxanne, booking, call_ref};

async fn unmet(vox: &Voxanne) -> Value {
    vox.glow_api().await.get("/analytics?from=2026-11-24&to=2026-11-24").await.good()["unmet"].clone()
}

/// Service, part of the day, times and calls of each row.
fn rows(unmet: &Value) -> Vec<(String, String, i64, i64)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
    let rows = unmet.as_array().unwrap().iter();
    rows.map(|row| {
        (text(row, "service"), text(row, "part_of_day"), number(row, "times"), number(row, "calls"))
    })
    .collect()
}

#[tokio::test]
async fn times_that_were_asked_for_and_not_to_be_had_are_counted_by_service_and_part_of_the_day() {
    let vox = Voxanne::start().await;
    // It closes at four that week.
    vox.exec(&format!(
        "insert into closures (org_id, id, local_date, local_until, opens_minute, closes_minute)
         values ('{}', gen_random_uuid(), '2026-11-30', '2026-12-06', 540, 960)",
        vox.glow.org.0
    ))
    .await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    // The morning can be had, the evening cannot.
    let ask = |part: &str| json!({"date": "2026-12-01", "serviceType": "Botox", "partOfDay": part});
    call.tool("check_availability", ask("morning")).await.unwrap();
    vox.until_count("tool_calls", 1).await;
    assert_eq!(rows(&unmet(&vox).await), []);
    call.tool("check_availability", ask("evening")).await.unwrap();
    // The same again is the same.
    call.tool("check_availability", ask("evening")).await.unwrap();
    let evenings = json!({"serviceType": "Botox", "fromDate": "2026-12-01", "toDate": "2026-12-04", "partOfDay": "evening"});
    call.tool("find_openings", evenings).await.unwrap();
    vox.until_count("tool_calls", 4).await;
    assert_eq!(
        rows(&unmet(&vox).await),
        [("Botox".into(), "evening".into(), 2, 1)],
        "a day, and a stretch of days"
    );

    // A booking that is refused, in its own transaction.
    let said = call
        .tool("book_appointment", booking("Botox", "2026-12-01", "20:00", "Sarah Johnson"))
        .await
        .unwrap();
    assert!(!said.text().starts_with("Great"), "{}", said.text());
    assert_eq!(
        rows(&unmet(&vox).await),
        [("Botox".into(), "evening".into(), 2, 1)],
        "that evening was counted"
    );
    let said = call
        .tool("book_appointment", booking("Botox", "2026-12-01", "05:00", "Sarah Johnson"))
        .await
        .unwrap();
    assert!(!said.text().starts_with("Great"), "{}", said.text());
    let both = [("Botox".into(), "evening".into(), 2, 1), ("Botox".into(), "morning".into(), 1, 1)];
    assert_eq!(rows(&unmet(&vox).await), both);
    // What is asked back is no refusal, and what is booked is none.
    call.tool("book_appointment", booking("Botox", "yesterday", "10:00", "Sarah Johnson")).await.unwrap();
    let said = call
        .tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Sarah Johnson"))
        .await
        .unwrap();
    assert!(said.text().starts_with("Great"), "{}", said.text());
    assert_eq!(rows(&unmet(&vox).await), both);
    assert_eq!(
        vox.count("tool_calls where unmet_service_id is not null and name = 'book_appointment'").await,
        2
    );
}
