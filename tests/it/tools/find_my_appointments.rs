//! A caller's own visits: by the platform's caller id and nothing else, and never a name.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{CALLER, Voxanne, booking, call_ref};

async fn asked(vox: &Voxanne, from: Option<&str>, arguments: Value) -> String {
    let call = vox.call_from(&vox.glow, &call_ref(1), from);
    call.tool("find_my_appointments", arguments).await.unwrap().text().to_owned()
}

async fn book(vox: &Voxanne, call: u128, service: &str, date: &str, name: &str) {
    let said = vox
        .call(&call_ref(call))
        .tool("book_appointment", booking(service, date, "14:00", name))
        .await
        .unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
}

#[tokio::test]
async fn the_visits_ahead_are_said_the_nearest_first_and_three_at_most() {
    let vox = Voxanne::start().await;
    assert_snapshot!(
        asked(&vox, Some(CALLER), json!({})).await,
        @"I don't see any visits ahead under the number you're calling from. Would you like to book one?"
    );
    book(&vox, 11, "Botox", "2026-12-03", "Sarah Johnson").await;
    assert_snapshot!(
        asked(&vox, Some(CALLER), json!({})).await,
        @"You have one visit ahead: Botox on Thursday, December 3rd at 2 PM."
    );
    book(&vox, 12, "HydraFacial", "2026-12-01", "Sarah Johnson").await;
    book(&vox, 13, "Ear candling", "2026-12-07", "Sarah Johnson").await;
    book(&vox, 14, "Botox", "2027-03-01", "Sarah Johnson").await;
    assert_snapshot!(
        asked(&vox, Some(CALLER), json!({})).await,
        @"You have 4 visits ahead: HydraFacial on Tuesday, December 1st at 2 PM, Botox on Thursday, December 3rd at 2 PM, Ear candling on Monday, December 7th at 2 PM, and 1 more."
    );
    // Past and cancelled ones are not ahead.
    vox.exec("update appointments set status = 'cancelled' where service_said is not null").await;
    vox.later(jiff::SignedDuration::from_hours(24 * 10));
    assert_snapshot!(
        asked(&vox, Some(CALLER), json!({})).await,
        @"You have one visit ahead: Botox on Monday, March 1st at 2 PM."
    );
}

#[tokio::test]
async fn t22_no_number_but_the_platforms_opens_anything() {
    let vox = Voxanne::start().await;
    book(&vox, 11, "Botox", "2026-12-03", "Sarah Johnson").await;
    let claims = json!({"customerPhone": CALLER, "phone": CALLER, "customerName": "Sarah Johnson"});
    assert_snapshot!(
        asked(&vox, Some("+13105550188"), claims.clone()).await,
        @"I don't see any visits ahead under the number you're calling from. Would you like to book one?"
    );
    assert_snapshot!(
        asked(&vox, None, claims).await,
        @"I can't see a number to look that up by. Would you like our team to call you back?"
    );
}

#[tokio::test]
async fn p1_people_who_share_a_number_are_never_named() {
    let vox = Voxanne::start().await;
    book(&vox, 11, "Botox", "2026-12-03", "Sarah Johnson").await;
    book(&vox, 12, "Dermal Filler", "2026-12-04", "Peter Johnson").await;
    let said = asked(&vox, Some(CALLER), json!({"name": "Peter", "everyone": true})).await;
    assert_snapshot!(
        said,
        @"You have 2 visits ahead: Botox on Thursday, December 3rd at 2 PM and Dermal Filler on Friday, December 4th at 2 PM."
    );
    // The same call twice.
    assert_eq!(asked(&vox, Some(CALLER), json!({})).await, said);
}

#[tokio::test]
async fn another_clinics_visits_are_not_told() {
    let vox = Voxanne::start().await;
    let harbor = vox.call_from(&vox.harbor, &call_ref(9), Some(CALLER));
    harbor.tool("book_appointment", booking("Botox", "2026-12-01", "09:00", "Ana Diaz")).await.unwrap();
    assert!(asked(&vox, Some(CALLER), json!({})).await.starts_with("I don't see any visits"));
    let own = harbor.tool("findMyAppointments", json!({})).await.unwrap();
    assert_snapshot!(own.text(), @"You have one visit ahead: Botox on Tuesday, December 1st at 9 AM.");
}

#[tokio::test]
async fn a_visit_elsewhere_says_where() {
    let vox = Voxanne::start().await;
    book(&vox, 11, "Botox", "2026-12-03", "Sarah Johnson").await;
    let other = "00000000-0000-4000-8000-0000000000bb";
    vox.exec(&format!(
        "insert into locations (org_id, id, name, time_zone, position) values ('{0}', '{other}', 'Glow Denver', 'America/Denver', 9);
         update appointments set location_id = '{other}', time_zone = 'America/Denver' where org_id = '{0}'",
        vox.glow.org.0
    ))
    .await;
    assert_snapshot!(
        asked(&vox, Some(CALLER), json!({})).await,
        @"You have one visit ahead: Botox on Thursday, December 3rd at 3 PM at Glow Denver."
    );
}
