//! What the clinic says about itself: its own data, and nothing that it has not said.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{CALLER, Clinic, Voxanne, call_ref};

async fn asked_of(vox: &Voxanne, clinic: &Clinic, arguments: Value) -> String {
    let call = vox.call_from(clinic, &call_ref(1), Some(CALLER));
    call.tool("get_clinic_info", arguments).await.unwrap().text().to_owned()
}

async fn asked(vox: &Voxanne, arguments: Value) -> String {
    asked_of(vox, &vox.glow, arguments).await
}

#[tokio::test]
async fn hours_are_said_by_the_week_with_the_day_that_differs() {
    let vox = Voxanne::start().await;
    assert_snapshot!(asked(&vox, json!({"topic": "hours"})).await, @"We're open every day from 9 AM to 6 PM.");
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "update weekly_hours set opens_minute = 600, closes_minute = 840 where org_id = '{org}' and weekday = 6;
         delete from weekly_hours where org_id = '{org}' and weekday = 7;
         insert into closures (org_id, id, local_date, reason) values ('{org}', gen_random_uuid(), '2026-11-26', 'Thanksgiving');"
    ))
    .await;
    assert_snapshot!(
        asked(&vox, json!({"topic": "Opening hours"})).await,
        @"We're open Monday to Friday from 9 AM to 6 PM and Saturday from 10 AM to 2 PM; closed on Sunday. On Thursday, November 26th we're closed."
    );
    vox.exec(&format!(
        "insert into closures (org_id, id, local_date, opens_minute, closes_minute) values ('{org}', gen_random_uuid(), '2026-11-24', 540, 780)"
    ))
    .await;
    assert_snapshot!(
        asked(&vox, json!({"topic": "hours"})).await,
        @"We're open Monday to Friday from 9 AM to 6 PM and Saturday from 10 AM to 2 PM; closed on Sunday. Today we're open from 9 AM to 1 PM."
    );
}

#[tokio::test]
async fn prices_treatments_and_preparation_are_the_catalogues() {
    let vox = Voxanne::start().await;
    assert_snapshot!(asked(&vox, json!({"topic": "prices", "serviceType": "a little toxin"})).await, @"Botox starts at $420.");
    assert_snapshot!(asked(&vox, json!({"topic": "prices", "service_type": "consult"})).await, @"Consultation is free of charge.");
    assert_snapshot!(
        asked(&vox, json!({"topic": "prices"})).await,
        @"Botox starts at $420, Dermal Filler starts at $750, and Laser Treatment starts at $600. Which treatment are you interested in?"
    );
    assert_snapshot!(
        asked(&vox, json!({"topic": "services"})).await,
        @"We offer Botox, Dermal Filler, Laser Treatment, Chemical Peel, Consultation, HydraFacial, and 5 more treatments. Which one are you interested in?"
    );
    assert_snapshot!(asked(&vox, json!({"topic": "preparation"})).await, @"Which treatment would you like to prepare for?");
    vox.exec(&format!(
        "update services set preparation = 'Please avoid alcohol the day before.' where org_id = '{}' and name = 'Botox'",
        vox.glow.org.0
    ))
    .await;
    assert_snapshot!(asked(&vox, json!({"topic": "preparation", "serviceType": "Botox"})).await, @"Please avoid alcohol the day before.");
}

#[tokio::test]
async fn the_policy_in_force_is_the_newest() {
    let vox = Voxanne::start().await;
    let add = |version: i32, minutes: i32, counts: &str, cents: i32| {
        format!(
            "insert into booking_policies (org_id, version, notice_minutes, notice_counts, fee_cents, created_at)
             values ('{}', {version}, {minutes}, '{counts}', {cents}, '2026-11-01T00:00:00Z')",
            vox.glow.org.0
        )
    };
    vox.exec(&add(1, 2880, "clock", 0)).await;
    vox.exec(&add(2, 1440, "clock", 5_000)).await;
    assert_snapshot!(
        asked(&vox, json!({"topic": "policies"})).await,
        @"Please change or cancel at least 24 hours before your visit. After that, there's a fee of $50."
    );
    vox.exec(&add(3, 480, "business", 0)).await;
    assert_snapshot!(
        asked(&vox, json!({"topic": "cancellation policy"})).await,
        @"Please change or cancel at least 8 opening hours before your visit. After that, our team decides with you."
    );
}

#[tokio::test]
async fn what_is_not_known_is_not_made_up() {
    let vox = Voxanne::start().await;
    assert_snapshot!(
        asked(&vox, json!({"topic": "parking"})).await,
        @"I don't have any details about parking here. Would you like our team to call you back about it?"
    );
    assert_snapshot!(
        asked(&vox, json!({"topic": "policies"})).await,
        @"I don't have our policy for changes here. Would you like our team to call you back about it?"
    );
    assert_snapshot!(
        asked(&vox, json!({"topic": "prices", "serviceType": "Ear candling"})).await,
        @"I don't have a price for that here. Would you like our team to call you back about it?"
    );
    assert_snapshot!(
        asked(&vox, json!({"topic": "services", "serviceType": "Ear candling"})).await,
        @"I don't see that among our treatments. Would you like our team to call you back about it?"
    );
    assert_snapshot!(
        asked(&vox, json!({"topic": "preparation", "serviceType": "Botox"})).await,
        @"I don't have any preparation advice for that here. Would you like our team to call you back about it?"
    );
    let question = asked(&vox, json!({})).await;
    assert_snapshot!(
        question,
        @"I can tell you about our hours, address, parking, prices, treatments, preparation or policies. Which would you like to know?"
    );
    for arguments in [json!({"topic": "the other patients"}), json!({"topic": 7})] {
        assert_eq!(asked(&vox, arguments).await, question);
    }
}

#[tokio::test]
async fn each_clinic_tells_its_own_and_telling_changes_nothing() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "update locations set parking = 'Park behind the house' where org_id = '{}'",
        vox.glow.org.0
    ))
    .await;
    assert_snapshot!(asked(&vox, json!({"topic": "address"})).await, @"We're at 8500 Sunset Boulevard, West Hollywood, CA 90069.");
    assert_snapshot!(asked(&vox, json!({"topic": "parking"})).await, @"Park behind the house.");
    assert_snapshot!(
        asked_of(&vox, &vox.harbor, json!({"topic": "address"})).await,
        @"We're at 77 Pearl Street, New York, NY 10004."
    );
    assert!(asked_of(&vox, &vox.harbor, json!({"topic": "parking"})).await.starts_with("I don't have"));
    assert!(
        asked_of(&vox, &vox.harbor, json!({"topic": "prices", "serviceType": "Botox"}))
            .await
            .starts_with("I don't")
    );
    // The same call twice is the same answer.
    let call = vox.call(&call_ref(2));
    let first = call.tool_with_id("call_i", "get_clinic_info", json!({"topic": "parking"})).await.unwrap();
    let again = call.tool_with_id("call_i", "getClinicInfo", json!({"topic": "parking"})).await.unwrap();
    assert_eq!(first.text(), again.text());
    assert_eq!(vox.count("tasks").await + vox.count("notifications").await + vox.count("contacts").await, 0);
}
