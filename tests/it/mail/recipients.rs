//! Who gets e-mails: the API.

use serde_json::json;

use super::{MARIA, add, inbox};
use crate::harness::Voxanne;

#[tokio::test]
async fn a_recipient_is_added_changed_and_removed() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let made = api.post_once("k1", "/email-recipients", json!({"address": MARIA})).await;
    assert_eq!(made.status, 201);
    let id = made.body["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("/api/v1/email-recipients/{id}"));
    let again = api.post_once("k1", "/email-recipients", json!({"address": MARIA})).await.good();
    assert_eq!(again["id"], id.as_str());
    let read = api.get(&format!("/email-recipients/{id}")).await;
    let etag = read.header("etag").to_owned();
    let mut body = read.good();
    assert_eq!(body.as_object_mut().unwrap().remove("created_at"), Some(json!("2026-11-24T18:00:00Z")));
    assert_eq!(
        body,
        json!({"id": id, "address": MARIA, "location_id": null, "wants_alerts": true, "wants_summary": true, "language": "en", "delivery": "on"})
    );
    let path = format!("/email-recipients/{id}");
    let changed = api.patch_if(&etag, &path, json!({"language": "es", "wants_alerts": false})).await.good();
    assert_eq!((&changed["language"], &changed["wants_alerts"]), (&json!("es"), &json!(false)));
    api.patch_if(&etag, &path, json!({"language": "en"})).await.refused(412, "changed_since");
    assert_eq!(api.delete(&path).await.status, 204);
    api.get(&path).await.refused(404, "not_found");
    assert_eq!(api.get("/email-recipients").await.good()["items"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_a_recipient_says_why() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let maria = add(&vox, &vox.glow, MARIA, "en").await;
    let wrong = async |body| api.post("/email-recipients", body).await.wrong_field();
    for address in ["maria", "maria@glow", "a@b.example\r\nBcc: c@d.example", "Maria <maria@glow.example>"] {
        let said = wrong(json!({"address": address})).await;
        assert_eq!(
            said,
            ("address".into(), "address must be an e-mail address such as maria@example.com.".into())
        );
    }
    let said = wrong(json!({"address": "Maria@Glow.example"})).await;
    assert_eq!(said, ("address".into(), "address is another recipient's.".into()));
    assert_eq!(wrong(json!({"address": "jo@glow.example", "language": "fr"})).await.0, "language");
    assert_eq!(wrong(json!({"address": "jo@glow.example", "org_id": "x"})).await.0, "org_id");
    let nowhere =
        json!({"address": "jo@glow.example", "location_id": "loc_019ab2c47e107cc39f4e5b1d2a3c4e5f"});
    assert_eq!(
        wrong(nowhere).await,
        ("location_id".into(), "location_id names no location of yours.".into())
    );
    let jo = add(&vox, &vox.glow, "jo@glow.example", "en").await;
    let said = api.patch(&format!("/email-recipients/{jo}"), json!({"address": MARIA})).await.wrong_field();
    assert_eq!(said.1, "address is another recipient's.");
    // The same address is another org's business.
    add(&vox, &vox.harbor, MARIA, "en").await;
    vox.harbor_api().await.get(&format!("/email-recipients/{maria}")).await.refused(404, "not_found");
    for n in 0..18 {
        add(&vox, &vox.glow, &format!("m{n}@glow.example"), "en").await;
    }
    let said = wrong(json!({"address": "more@glow.example"})).await;
    assert_eq!(said.1, "address is one more than 20 recipients.");
    let page = api.get("/email-recipients?limit=15").await.good();
    let next = page["next_cursor"].as_str().unwrap();
    let rest = api.get(&format!("/email-recipients?limit=15&cursor={next}")).await.good();
    assert_eq!((page["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (15, 5));
}

#[tokio::test]
async fn the_hour_of_the_summary_is_the_orgs_and_null_has_to_be_said() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    assert_eq!(api.get("/email-settings").await.good(), json!({"summary_hour": 7, "delivery": "on"}));
    assert_eq!(
        api.put("/email-settings", json!({"summary_hour": null})).await.good()["summary_hour"],
        json!(null)
    );
    assert_eq!(api.put("/email-settings", json!({"summary_hour": 0})).await.good()["summary_hour"], 0);
    for wrong in [
        json!({}),
        json!({"summary_hour": 24}),
        json!({"summary_hour": "7"}),
        json!({"summary_hour": 7, "delivery": "on"}),
    ] {
        let status = api.put("/email-settings", wrong.clone()).await.status;
        assert_eq!(status, 422, "{wrong}");
    }
    assert_eq!(api.get("/email-settings").await.good()["summary_hour"], 0);
    assert_eq!(vox.harbor_api().await.get("/email-settings").await.good()["summary_hour"], 7);
}

#[tokio::test]
async fn a_test_arrives_and_says_that_there_is_nothing_to_do() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let id = add(&vox, &vox.glow, MARIA, "es").await;
    let path = format!("/email-recipients/{id}/test");
    let queued = api.post_once("t1", &path, json!({})).await;
    assert_eq!((queued.status, &queued.body["state"]), (202, &json!("queued")));
    assert_eq!(api.post_once("t1", &path, json!({})).await.body, queued.body);
    vox.run_jobs().await;
    let mails = inbox(&vox, MARIA);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Correo de prueba de Voxanne");
    assert_eq!(mails[0].body, "Los correos de Glow MedSpa llegan a esta dirección. No hay nada que hacer.\n");
}
