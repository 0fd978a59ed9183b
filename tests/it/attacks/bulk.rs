//! W37: whoever goes on and on through what the clinic knows of people is told of, and at last stopped.

use serde_json::Value;
use voxanne::accounts::Role;

use crate::harness::Voxanne;

#[tokio::test]
async fn w37_many_contacts_one_after_the_other_are_told_to_owners_once_and_written_down() {
    let vox = Voxanne::start().await;
    let clerk = vox.glow_staff(Role::FrontDesk).await;
    let told = "notifications where kind = 'bulk_reads' and audience = 'owners' and title like '%very many contacts within an hour'";
    for n in 0..99 {
        clerk.api("GET", &format!("/contacts/con_{n:032x}"), Value::Null).await.refused(404, "not_found");
    }
    // The same again is one look, and so is the first part of a list.
    clerk.api("GET", "/contacts/con_00000000000000000000000000000001", Value::Null).await;
    clerk.api("GET", "/contacts", Value::Null).await.good();
    assert_eq!(vox.count(told).await, 0);
    // A page counts like the API.
    assert_eq!(clerk.page("/dashboard/contacts/con_000000000000000000000000000000ff").await.status, 404);
    assert_eq!(vox.count(told).await, 1);
    let written = "audit_log where action = 'records.read_many' and actor like 'staff:usr_%' and detail ->> 'of' = 'contacts'";
    assert_eq!(vox.count(written).await, 1);
}

#[tokio::test]
async fn w37_a_key_that_goes_through_threads_and_searches_is_told_of_and_stopped_at_last() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    for n in 0..100 {
        api.get(&format!("/search?q=an{n}")).await.good();
    }
    assert_eq!(vox.count("notifications where title like 'api:key_%very many search results%'").await, 1);
    // Further parts count for five each, whether there are such parts or not.
    let mut asked = 0;
    let refused = loop {
        let answer = api.get(&format!("/threads?cursor=nobodys{asked}")).await;
        asked += 1;
        if answer.status == 429 {
            break answer;
        }
        assert!(asked < 1_100, "{}", answer.body);
    };
    assert_eq!(asked, 1_001);
    let wait = refused.refused(429, "too_many_reads")["retry_after_seconds"].as_i64().unwrap();
    assert!((1..=3_600).contains(&wait), "{wait}");
    api.get("/threads").await.good();
    vox.later(jiff::SignedDuration::from_hours(1));
    assert_ne!(api.get("/threads?cursor=another").await.status, 429);
}

#[tokio::test]
async fn w37_whoever_asks_for_number_after_number_or_spells_a_part_otherwise_is_told_of_too() {
    let vox = Voxanne::start().await;
    for (from, of, points) in [
        ("/contacts?phone=%2B1310555", "contacts", 1),
        ("/consents?phone=%2B1310555", "contacts", 1),
        // Of a cursor that nobody has, too, and however its name is written.
        ("/waitlist?cursor=nobodys", "contacts", 5),
        ("/appointments?limit=100&cursor=nobodys", "visits", 5),
        ("/threads?cur%73or=nobodys", "texts", 5),
        ("/calls?%63ursor=nobodys", "calls", 5),
        ("/alerts?cursor=nobodys", "leads", 5),
    ] {
        let api = vox.glow_api().await;
        let told = format!("notifications where title like 'api:key_%very many {of} within an hour'");
        let before = vox.count(&told).await;
        for n in 0..100 / points {
            assert_eq!(vox.count(&told).await, before, "{from}: {n}");
            api.get(&format!("{from}{}", 1_000 + n)).await;
        }
        assert_eq!(vox.count(&told).await, before + 1, "{from}");
    }
}
