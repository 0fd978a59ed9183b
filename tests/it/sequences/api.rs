//! Sequences as programs write them.

use serde_json::{Value, json};

use super::{add, day, no_booking};
use crate::harness::{Answered, Voxanne};

fn with(field: &str, value: Value) -> Value {
    let mut fields = no_booking(&[day(1, "one"), day(4, "two")]);
    fields[field] = value;
    fields
}

fn saying(says: &str) -> Value {
    with("steps", json!([{"after_days": 1, "words": {"en": says}}]))
}

#[tokio::test]
async fn a_sequence_is_kept_as_it_was_written_and_changed_as_a_whole() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let words = json!({"en": "{clinic}: hello. {questions}", "es": "{clinic}: hola. {questions}"});
    let steps =
        json!([{"after_minutes": 60, "words": words}, {"after_days": 2, "at_hour": 9, "words": words}]);
    let made = api.post_once("k1", "/sequences", with("steps", steps.clone())).await.good();
    assert_eq!(api.post_once("k1", "/sequences", with("steps", steps.clone())).await.good(), made);
    assert_eq!(
        (&made["max_days"], &made["reenter_days"], &made["services"]),
        (&json!(30), &json!(90), &json!([]))
    );
    let path = format!("/sequences/{}", made["id"].as_str().unwrap());
    let read = api.get(&path).await;
    let etag = read.header("etag").to_owned();
    let mut read = read.good();
    for step in read["steps"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    assert_eq!(read["steps"], steps);

    let request = api.request("PUT", &path).header("if-match", &etag).json(&with("name", json!("Renamed")));
    assert_eq!(Answered::of(request).await.good()["name"], "Renamed");
    let request = api.request("PUT", &path).header("if-match", &etag).json(&with("name", json!("Again")));
    Answered::of(request).await.refused(412, "changed_since");
    let wrong = api.put(&path, with("trigger", json!("after_visit"))).await.wrong_field();
    assert_eq!(wrong.1, "trigger cannot change: make another sequence.");

    vox.later(jiff::SignedDuration::from_secs(1));
    let second = add(&api, no_booking(&[day(1, "one")])).await;
    let page = api.get("/sequences?limit=1").await.good();
    assert_eq!(page["items"][0]["name"], "Renamed");
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = api.get(&format!("/sequences?limit=1&cursor={cursor}")).await.good();
    assert_eq!(format!("/sequences/{}", page["items"][0]["id"].as_str().unwrap()), second);
    assert_eq!(api.delete(&path).await.status, 204);
    api.delete(&path).await.refused(404, "not_found");
    api.put(&path, with("name", json!("Gone"))).await.refused(404, "not_found");
    assert_eq!(api.get("/sequences").await.good()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn what_nobody_could_mean_is_refused_by_its_field() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let service = api.id_of("/services", "Botox").await;
    let both = json!([{"after_days": 1, "after_minutes": 10, "words": {"en": "{clinic}"}}]);
    let early = json!([{"after_minutes": 10, "at_hour": 9, "words": {"en": "{clinic}"}}]);
    let long = "very nice ".repeat(31);
    for (fields, field, wrong) in [
        (with("trigger", json!("lapsed")), "lapsed_days", "lapsed_days is missing."),
        (with("lapsed_days", json!(90)), "lapsed_days", "lapsed_days is only of lapsed."),
        (
            with("services", json!([service])),
            "services",
            "services must be empty: a call without a booking is of no service.",
        ),
        (with("steps", json!([])), "steps", "steps must have at least one entry."),
        (
            with("steps", both),
            "steps[0].after_days",
            "steps[0].after_days or after_minutes must be given, one of both.",
        ),
        (with("steps", early), "steps[0].at_hour", "steps[0].at_hour goes with after_days."),
        (
            with("steps", json!([day(4, "one"), day(4, "two")])),
            "steps[1].after_days",
            "steps[1].after_days must be later than that of the step before.",
        ),
        (
            with("max_days", json!(4)),
            "steps[1].after_days",
            "steps[1].after_days must be less than max_days.",
        ),
        (
            with("steps", json!([{"after_days": 1, "words": {}}])),
            "steps[0].words",
            "steps[0].words must have en or es.",
        ),
        (
            saying("Hello from us"),
            "steps[0].words.en",
            "steps[0].words.en must say who it is from: {clinic}.",
        ),
        (
            saying("{clinic}: {moment}"),
            "steps[0].words.en",
            "steps[0].words.en cannot be sent: {moment} is not known when this text is written.",
        ),
        (
            saying("{clinic}: reply END for no more"),
            "steps[0].words.en",
            "steps[0].words.en cannot be sent: END is a word that carriers act on themselves; it cannot be a reply of ours.",
        ),
        (
            saying("{clinic}: never STOP shining"),
            "steps[0].words.en",
            "steps[0].words.en cannot be sent: STOP is a word that carriers act on themselves; it cannot be a reply of ours.",
        ),
        (
            saying("{clinic}: more Botox?"),
            "steps[0].words.en",
            "steps[0].words.en cannot be sent: it names a treatment (Botox); whoever holds the phone reads it, and \
             texts_name_treatments is off.",
        ),
        (
            saying(&format!("{{clinic}}: {long}")),
            "steps[0].words.en",
            "steps[0].words.en cannot be sent: it takes 3 segments at its longest; 2 is the most.",
        ),
    ] {
        let refused = api.post("/sequences", fields).await.wrong_field();
        assert_eq!(refused, (field.to_owned(), wrong.to_owned()));
    }
    assert_eq!(vox.count("sequences").await, 0);
}

#[tokio::test]
async fn templates_can_be_added_as_they_are_by_every_demo_clinic() {
    let vox = Voxanne::start().await;
    for clinic in [&vox.glow, &vox.harbor, &vox.denver] {
        let api = vox.api(clinic, &voxanne::accounts::Scope::ALL).await;
        for template in ["came_close", "after_your_visit"] {
            let made = api.post("/sequences/from-template", json!({"template": template})).await.good();
            assert_eq!(made["active"], false);
        }
    }
}
