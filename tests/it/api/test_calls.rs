//! G9: calls that only tried the assistant out are left out of lists as of figures, and found by whoever asks for them.

use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{CALLER, MANAGER, Voxanne, call_ref};

async fn calls(vox: &Voxanne, n: u128, from: &str) {
    let line = vox.call_from(&vox.glow, &call_ref(n), Some(from));
    line.in_progress().await.unwrap();
    line.say_user("What does Botox cost?").await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
}

#[tokio::test]
async fn g9_test_calls_are_listed_and_found_only_for_whoever_asks_for_them() {
    let vox = Voxanne::start().await;
    calls(&vox, 1, CALLER).await;
    calls(&vox, 2, MANAGER).await;
    let api = vox.glow_api().await;
    let listed = async |query: &str| -> Vec<Value> {
        let page = api.get(&format!("/calls{query}")).await.good();
        page["items"].as_array().unwrap().iter().map(|call| call["is_test"].clone()).collect()
    };
    assert_eq!(listed("").await, [json!(false)]);
    assert_eq!(listed("?tests=left_out").await, [json!(false)]);
    // Both came in the same instant: either may be first.
    let mut both = listed("?tests=with").await;
    both.sort_by_key(Value::as_bool);
    assert_eq!(both, [json!(false), json!(true)]);
    assert_eq!(listed("?tests=only").await, [json!(true)]);
    api.get("/calls?tests=some").await.refused(422, "invalid_field");
    let found = async |query: &str| {
        api.get(&format!("/search?q=3105550177{query}")).await.good()["calls"].as_array().unwrap().len()
    };
    assert_eq!((found("").await, found("&tests=with").await, found("&tests=only").await), (0, 1, 1));

    let desk = vox.glow_staff(Role::FrontDesk).await;
    let badge = "<span class=\"badge \">Test</span>";
    let page = desk.page("/dashboard/calls").await.text;
    assert!(!page.contains(badge) && page.contains("<option value=\"only\">Test calls alone"), "{page}");
    assert!(desk.page("/dashboard/calls?tests=only").await.text.contains(badge));
    assert!(!desk.page("/dashboard/search?q=3105550177").await.text.contains(badge));
    assert!(desk.page("/dashboard/search?q=3105550177&tests=with").await.text.contains(badge));
    // The same as figures count.
    let told = api.get("/analytics?from=2026-11-24&to=2026-11-24").await.good();
    assert_eq!(told["now"]["calls"]["calls"], 1);
}
