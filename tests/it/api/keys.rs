//! Keys: forms that are none, revocation, and what one is stored as.

use voxanne::accounts::Scope;

use crate::harness::{Answered, Voxanne};

#[tokio::test]
async fn a_key_is_stored_as_a_digest_alone() {
    let vox = Voxanne::start().await;
    let (id, key) = vox.new_key(vox.glow.org, &[Scope::CatalogueRead], None).await;
    assert_eq!((key.len(), &key[..4]), (47, "vxk_"));
    let row: String = vox.one(&format!("select k::text from api_keys k where id = '{}'", id.0)).await;
    assert!(!row.contains(&key[4..]), "{row}");
    assert_eq!(vox.count("directory where kind = 'api_key'").await, 1);
    vox.api_with(Some(key)).get("/locations").await.good();
}

#[tokio::test]
async fn only_a_bearer_key_of_the_right_form_opens_anything() {
    let vox = Voxanne::start().await;
    let (_, key) = vox.new_key(vox.glow.org, &Scope::ALL, None).await;
    let stranger = vox.api_with(None);
    for header in [
        key.clone(),
        format!("bearer {}", &key[1..]),
        format!("Basic {key}"),
        format!("Bearer {key} "),
        format!("Bearer {}", &key[4..]),
        "Bearer ".to_owned(),
        format!("Bearer {}", "x".repeat(10_000)),
    ] {
        let answer =
            Answered::of(stranger.request("GET", "/locations").header("authorization", &header)).await;
        assert!(matches!(answer.status, 401) || header.ends_with(' '), "{header}: {}", answer.status);
    }
    let in_query = stranger.get(&format!("/locations?key={key}")).await;
    in_query.refused(401, "unauthenticated");
}

#[tokio::test]
async fn what_is_no_route_is_a_problem_document_too() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    glow.get("/nothing").await.refused(404, "not_found");
    glow.delete("/policy").await.refused(405, "method_not_allowed");
    let too_much = serde_json::json!({"name": "x".repeat(70_000), "time_zone": "UTC"});
    glow.post("/locations", too_much).await.refused(413, "too_large");
    let no_json = Answered::of(
        glow.request("POST", "/locations").header("content-type", "application/json").body("{name:}"),
    );
    no_json.await.refused(400, "unreadable");
    let a_form = Answered::of(glow.request("POST", "/locations").form(&[("name", "Annex")]));
    a_form.await.refused(400, "unreadable");
}
