//! The org's own words for its texts, the language of each, and what people then read.

use serde_json::{Value, json};

use crate::harness::{Api, CALLER, Voxanne, booking, call_ref, fixture};

const CONFIRMATION: &str = "/text-templates/confirmation/en";

/// Books at that hour of December 3 by voice, and returns the last text to the caller.
async fn text_of_a_booking(vox: &Voxanne, nth: u128, time: &str) -> String {
    let asked = booking("Botox", "2026-12-03", time, "Sarah Johnson");
    let said = vox.call(&call_ref(nth)).tool("book_appointment", asked).await.unwrap().text().to_owned();
    assert!(said.contains("text"), "{said}");
    vox.run_jobs().await;
    vox.texts_to(CALLER).last().unwrap().body.clone()
}

async fn codes(api: &Api, path: &str, body: &str) -> Vec<String> {
    let refused = api.put(path, json!({"body": body})).await.refused(422, "template_refused");
    assert_eq!(refused["field"], "body");
    let all = refused["problems"].as_array().unwrap();
    all.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
}

async fn contact(api: &Api) -> Value {
    let page = api.get(&format!("/contacts?phone={}", CALLER.replace('+', "%2B"))).await.good();
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
    page["items"][0].clone()
}

#[tokio::test]
async fn the_next_booking_is_confirmed_in_the_orgs_own_words() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let ours = text_of_a_booking(&vox, 1, "10:00").await;
    assert!(
        ours.starts_with("Glow MedSpa: your appointment is confirmed for Thursday, December 3 at 10:00 AM."),
        "{ours}"
    );
    let words = "Hi {first_name}, {clinic} expects you {day} at {time}.";
    let kept = glow.put(CONFIRMATION, json!({"body": words})).await.good();
    assert_eq!(
        (kept["body"].as_str(), kept["is_own"].as_bool(), kept["version"].as_i64()),
        (Some(words), Some(true), Some(1))
    );
    assert_eq!(
        kept["preview"]["example"],
        "Hi Ana, Glow MedSpa expects you Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
    );
    assert_eq!(
        text_of_a_booking(&vox, 2, "13:00").await,
        "Hi Sarah, Glow MedSpa expects you Thursday, December 3 at 1:00 PM. Reply STOP to opt out."
    );
    // B4: another org's words are its own.
    assert_eq!(harbor.get(CONFIRMATION).await.good()["is_own"], false);
    assert_eq!(glow.delete(CONFIRMATION).await.status, 204);
    let back = text_of_a_booking(&vox, 3, "15:00").await;
    assert_eq!(back, ours.replace("10:00 AM", "3:00 PM"));
}

#[tokio::test]
async fn every_version_is_kept_with_who_wrote_it() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let (first, second) =
        (json!({"body": "{clinic}: {moment}, one."}), json!({"body": "{clinic}: {moment}, two."}));
    glow.put(CONFIRMATION, first).await.good();
    let kept = glow.put(CONFIRMATION, second).await.good();
    assert_eq!(glow.delete(CONFIRMATION).await.status, 204);
    assert_eq!(glow.delete(CONFIRMATION).await.status, 204, "twice is once");
    let now = glow.get(CONFIRMATION).await.good();
    assert_eq!((now["is_own"].as_bool(), now["version"].as_i64()), (Some(false), Some(3)));
    assert_eq!(now["written_by"], kept["written_by"]);
    assert!(kept["written_by"].as_str().unwrap().starts_with("api:key_"), "{kept}");
    let bodies: String =
        vox.one("select string_agg(coalesce(body, '-'), '|' order by version) from text_templates").await;
    assert_eq!(bodies, "{clinic}: {moment}, one.|{clinic}: {moment}, two.|-");
    let acts: String = vox
        .one("select string_agg(action || ' ' || subject || ' ' || (detail ->> 'version'), ', ' order by detail ->> 'version') from audit_log")
        .await;
    assert_eq!(
        acts,
        "text_template.write confirmation/en 1, text_template.write confirmation/en 2, text_template.reset confirmation/en 3"
    );
}

#[tokio::test]
async fn a_template_that_cannot_be_sent_is_refused_with_each_reason() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    for (body, expected) in [
        ("{clinic}: see you!", &["time_missing"][..]),
        ("{clinc}: {moment}", &["unknown_placeholder"]),
        ("{clinic}: {moment}. Reply CANCEL to cancel.", &["carriers_word"]),
        ("{clinic}: your Botox is {moment}.", &["treatment_named"]),
        ("{clinic}: your {service} is {moment}.", &["treatment_named"]),
        (
            "{clinic}: {until} or {visits}",
            &["placeholder_of_another_kind", "placeholder_of_another_kind", "time_missing"],
        ),
    ] {
        assert_eq!(codes(&glow, CONFIRMATION, body).await, expected, "{body}");
    }
    assert_eq!(codes(&glow, CONFIRMATION, &format!("{{moment}} {}", "long ".repeat(80))).await, ["too_long"]);
    let refused =
        glow.put(CONFIRMATION, json!({"body": "{clinc}: {moment}"})).await.refused(422, "template_refused");
    assert_eq!(refused["detail"], "The template cannot be sent as it is: {clinc} is no placeholder.");
    assert_eq!(refused["problems"][0]["placeholder"], "clinc");
    assert_eq!(glow.get(CONFIRMATION).await.good()["is_own"], false, "nothing was kept");
    assert_eq!(
        glow.put(CONFIRMATION, json!({"body": ""})).await.refused(422, "invalid_field")["field"],
        "body"
    );
    for path in ["/text-templates/hot_lead_alert/en", "/text-templates/confirmation/fr"] {
        // E8: what staff read is no template.
        glow.put(path, json!({"body": "{clinic}: {moment}"})).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_treatment_is_named_only_by_an_org_that_chose_to() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let words = json!({"body": "{clinic}: your {service} is {moment}."});
    glow.put(CONFIRMATION, words.clone()).await.refused(422, "template_refused");
    let shown = glow.get("/wording-settings").await.good();
    assert_eq!(shown, json!({"language": "en", "name_treatments": false}));
    glow.put("/wording-settings", json!({"language": "en", "name_treatments": true})).await.good();
    glow.put(CONFIRMATION, words).await.good();
    let text = text_of_a_booking(&vox, 1, "10:00").await;
    assert_eq!(text, "Glow MedSpa: your Botox is Thursday, December 3 at 10:00 AM. Reply STOP to opt out.");
    // T14: taken back, the words that name it give way to ours.
    glow.put("/wording-settings", shown).await.good();
    let text = text_of_a_booking(&vox, 2, "13:00").await;
    assert!(text.starts_with("Glow MedSpa: your appointment is confirmed for Thursday"), "{text}");
}

#[tokio::test]
async fn a_person_is_texted_in_their_own_language_else_in_the_orgs() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    text_of_a_booking(&vox, 1, "10:00").await;
    let there = contact(&glow).await;
    assert_eq!((there["name"].as_str(), there["language"].as_str()), (Some("Sarah Johnson"), None));
    let path = format!("/contacts/{}", there["id"].as_str().unwrap());
    assert_eq!(glow.patch(&path, json!({"language": "es"})).await.good()["language"], "es");
    let text = text_of_a_booking(&vox, 2, "13:00").await;
    let spanish = "Glow MedSpa: su cita queda confirmada para el jueves 3 de diciembre a la 1:00 PM. ";
    assert!(text.starts_with(spanish), "{text}");
    glow.patch(&path, json!({"language": null})).await.good();
    assert!(text_of_a_booking(&vox, 3, "15:00").await.starts_with("Glow MedSpa: your appointment"));
    glow.put("/wording-settings", json!({"language": "es", "name_treatments": false})).await.good();
    assert!(text_of_a_booking(&vox, 4, "16:00").await.starts_with("Glow MedSpa: su cita queda confirmada"));
    let segments: Vec<i64> = vec![vox.one("select max(segments)::bigint from texts").await];
    assert_eq!(segments, [2], "Spanish costs no more than GSM-7 does");
}

#[tokio::test]
async fn who_was_heard_by_a_spanish_assistant_is_texted_in_spanish() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let message = fixture("tool-calls.observed.book");
    let language = r#""language": "en""#;
    assert!(message.contains(language), "the fixture tells the language, or this proves nothing");
    let (status, answer) = vox.post(message.replace(language, r#""language": "es-MX""#)).await;
    assert_eq!(status, 200, "{answer}");
    vox.run_jobs().await;
    let page = glow.get("/contacts").await.good();
    assert_eq!(page["items"][0]["language"], "es", "{page}");
    let phone = page["items"][0]["phone"].as_str().unwrap();
    let text = vox.texts_to(phone).last().unwrap().body.clone();
    assert!(text.starts_with("Glow MedSpa: su cita queda confirmada"), "{text}");
}

#[tokio::test]
async fn a_contact_is_changed_by_name_and_language_alone() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    text_of_a_booking(&vox, 1, "10:00").await;
    let there = contact(&glow).await;
    let path = format!("/contacts/{}", there["id"].as_str().unwrap());
    assert_eq!(glow.get(&path).await.good(), there);
    harbor.get(&path).await.refused(404, "not_found");
    let changed = glow.patch(&path, json!({"name": "Sarah Okafor"})).await.good();
    assert_eq!((changed["name"].as_str(), changed["language"].as_str()), (Some("Sarah Okafor"), None));
    for (patch, field) in [
        (json!({"name": "bank.com/login"}), "name"),
        (json!({"language": "fr"}), "language"),
        (json!({"phone": "+13105550111"}), "phone"),
    ] {
        assert_eq!(glow.patch(&path, patch).await.refused(422, "invalid_field")["field"], field);
    }
    let stale = glow.patch_if("\"0\"", &path, json!({"language": "es"})).await.refused(412, "changed_since");
    assert_eq!(stale["difference"]["language"], json!({"from": null, "to": "es"}));
    assert_eq!(glow.get("/contacts?phone=hello").await.refused(422, "invalid_field")["field"], "phone");
}

#[tokio::test]
async fn words_are_tried_without_being_kept() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let all = glow.get("/text-templates").await.good();
    let items = all["items"].as_array().unwrap();
    assert_eq!((items.len(), all["next_cursor"].as_str()), (18, None));
    for item in items {
        assert_eq!(item["preview"]["problems"], json!([]), "{item}");
        assert_eq!(item["preview"]["encoding"], "gsm7", "{item}");
        assert_eq!(item["placeholders"][0]["name"], "clinic");
    }
    let wish = json!({"kind": "reminder", "language": "es", "body": "🎉 {clinic}: {moment}"});
    let tried = glow.post("/text-templates/preview", wish).await.good();
    assert_eq!((tried["encoding"].as_str(), tried["costly_characters"].as_str()), (Some("ucs2"), Some("🎉")));
    assert_eq!(tried["problems"][0]["code"], "too_long", "{tried}");
    assert_eq!(vox.count("text_templates").await, 0);
    let unknown = json!({"kind": "hot_lead_alert", "language": "es", "body": "x"});
    assert_eq!(
        glow.post("/text-templates/preview", unknown).await.refused(422, "invalid_field")["field"],
        "kind"
    );
}

#[tokio::test]
async fn two_people_who_change_one_template_do_not_lose_each_others_words() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let read = glow.get(CONFIRMATION).await;
    let etag = read.header("etag").to_owned();
    glow.put(CONFIRMATION, json!({"body": "{clinic}: {moment}."})).await.good();
    let late = glow.request("PUT", CONFIRMATION).header("if-match", etag).json(&json!({"body": "{moment}!"}));
    let refused = crate::harness::Answered::of(late).await.refused(412, "changed_since");
    assert_eq!(refused["difference"]["body"], json!({"from": "{clinic}: {moment}.", "to": "{moment}!"}));
}
