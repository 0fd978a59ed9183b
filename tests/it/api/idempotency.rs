//! The same request twice: one effect, one answer.

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use voxanne::jobs;

use crate::harness::Voxanne;

#[tokio::test]
async fn twenty_parallel_requests_with_one_key_add_one_row_and_get_one_answer() {
    let vox = Voxanne::start_with(|config| config.database.back_wait_ms = 10_000).await;
    let glow = vox.glow_api().await;
    let body = json!({"name": "Annex", "time_zone": "America/Denver"});
    let answers = join_all((0..20).map(|_| glow.post_once("order-66", "/locations", body.clone()))).await;
    let first = &answers[0];
    assert_eq!(first.status, 201, "{}", first.body);
    assert!(first.header("location").starts_with("/api/v1/locations/loc_"));
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (201, &first.body));
        assert_eq!(answer.header("etag"), first.header("etag"));
        assert_eq!(answer.header("location"), first.header("location"));
    }
    assert_eq!(vox.count("locations where name = 'Annex'").await, 1);
    assert_eq!(vox.count("idempotent_requests").await, 1);
}

#[tokio::test]
async fn a_key_that_comes_with_another_request_is_refused() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let body = json!({"name": "Annex", "time_zone": "America/Denver"});
    let first = glow.post_once("k", "/locations", body.clone()).await.good();
    let other = json!({"name": "Annexe", "time_zone": "America/Denver"});
    glow.post_once("k", "/locations", other).await.refused(422, "idempotency_key_reused");
    let elsewhere = json!({"notice_minutes": 60});
    glow.post_once("k", "/policy", elsewhere).await.refused(422, "idempotency_key_reused");
    // Another program's key of the same name is another key.
    let second = vox.glow_api().await.post_once("k", "/locations", body.clone()).await.good();
    assert_ne!(first["id"], second["id"]);
    vox.harbor_api().await.post_once("k", "/locations", body).await.good();
}

#[tokio::test]
async fn a_refusal_has_no_effect_and_keeps_nothing() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let taken = json!({"name": "Botox"});
    assert_eq!(glow.post_once("k", "/services", taken.clone()).await.wrong_field().0, "name");
    assert_eq!(vox.count("idempotent_requests").await, 0);
    let botox = glow.id_of("/services", "Botox").await;
    glow.patch(&format!("/services/{botox}"), json!({"name": "Toxin"})).await.good();
    assert_eq!(glow.post_once("k", "/services", taken).await.status, 201);
}

#[tokio::test]
async fn a_key_is_visible_text_of_bounded_length() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let body = json!({"notice_minutes": 60});
    let long = "k".repeat(256);
    for key in ["", long.as_str()] {
        assert_eq!(glow.post_once(key, "/policy", body.clone()).await.wrong_field().0, "Idempotency-Key");
    }
    assert_eq!(glow.post_once(&long[1..], "/policy", body).await.status, 201);
}

#[tokio::test]
async fn answers_are_kept_for_a_day() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let body = json!({"notice_minutes": 60});
    let first = glow.post_once("k", "/policy", body.clone()).await;
    vox.later(SignedDuration::from_hours(24));
    jobs::run_schedules(&vox.app).await.unwrap();
    let again = glow.post_once("k", "/policy", body.clone()).await;
    assert_eq!((first.body, first.status), (again.body, again.status));
    vox.later(SignedDuration::from_secs(1));
    jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(vox.count("idempotent_requests").await, 0);
    assert_eq!(glow.post_once("k", "/policy", body).await.good()["version"], 2);
}
