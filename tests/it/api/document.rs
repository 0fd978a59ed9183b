//! The document that describes the API.

use crate::harness::Voxanne;

#[tokio::test]
async fn the_document_is_what_it_was_and_is_served() {
    let document = serde_json::to_value(voxanne::api::document()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    // Two schemas at once in one place: no value would be both.
    let text = document.to_string();
    let twice = text.find("allOf").map(|at| &text[at.saturating_sub(300)..(at + 300).min(text.len())]);
    assert_eq!(twice, None);
    insta::assert_json_snapshot!("openapi", document);
    let vox = Voxanne::start().await;
    // The one page that takes no key: it tells nothing of anybody.
    let served = vox.api_with(None).get("/openapi.json").await;
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.good(), document);
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = serde_json::to_value(voxanne::api::document()).unwrap();
    let text = document.to_string();
    let mut followed = 0;
    for rest in text.split("\"$ref\":\"#").skip(1) {
        let pointer = rest.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
        followed += 1;
    }
    assert!(followed > 20, "only {followed} references, so this proves little");
}
