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
