//! G6: by which rules calls are scored is the org's own, in versions; what they change is shown before and raises nothing after.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::leads;

use super::leads::{HOT, a_call, a_scored_call};
use crate::harness::{Answered, Api, CALLER, Voxanne};

const PATH: &str = "/settings/scoring";

fn rules(hot: i32) -> Value {
    json!({
        "weights": {"high_value": 40, "medium": 20, "positive": 30, "urgency": 30},
        "hot_threshold": hot, "warm_threshold": 40,
    })
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

async fn put_if(api: &Api, etag: &str, body: Value) -> Answered {
    Answered::of(api.request("PUT", PATH).header("if-match", etag).json(&body)).await
}

async fn put(api: &Api, body: Value) -> Value {
    put_if(api, "*", body).await.good()
}

#[tokio::test]
async fn without_a_version_the_orgs_thresholds_and_the_catalogues_words_are_in_force() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set hot_threshold = 85, warm_threshold = 35").await;
    let there = vox.glow_api().await.get(PATH).await.good();
    assert_eq!(there["version"], 0);
    assert_eq!(
        (&there["rules"]["hot_threshold"], &there["rules"]["warm_threshold"]),
        (&json!(85), &json!(35))
    );
    assert_eq!(
        there["rules"]["weights"],
        json!({"high_value": 40, "medium": 20, "positive": 30, "urgency": 30})
    );
    assert!(there["catalogue_words"]["high_value"].as_array().unwrap().contains(&json!("Botox")));
    assert_eq!(there["rescored"], Value::Null);
}

#[tokio::test]
async fn a_saved_change_is_a_version_that_scores_the_next_call_and_says_who_and_why() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let mut wanted = rules(95);
    wanted["extra_words"] = json!({"high_value": ["Moon Glow", "moon glow"]});
    wanted["trusts_platform"] = json!(true);
    let body = json!({"rules": wanted, "alerts_per_week_budget": 5, "note": "Too many alerts"});
    let there = put(&api, body.clone()).await;
    assert_eq!((&there["version"], &there["alerts_per_week_budget"]), (&json!(1), &json!(5)));
    assert_eq!(there["rules"]["extra_words"]["high_value"], json!(["Moon Glow"]), "once each");
    assert_eq!(
        vox.count("integration_settings where hot_threshold = 95 and warm_threshold = 40 and alerts_per_week_budget = 5").await,
        1,
        "in step, at this org alone"
    );
    a_scored_call(&vox, HOT, (CALLER, days(0))).await;
    a_scored_call(&vox, "I'd love a moon glow this week", (CALLER, days(0))).await;
    assert_eq!(vox.count("calls where rules_version = 1").await, 2);
    let found = "select interest || ' ' || (interest_service_id is null) || ' ' || score from calls where turns::text like '%moon glow%'";
    assert_eq!(vox.one::<String>(found).await, "moon glow true 100");

    // The same rules again are no version; another budget is none either.
    let same = put(&api, body).await;
    assert_eq!(same["version"], 1);
    let same = put(&api, json!({"rules": same["rules"]})).await;
    assert_eq!((&same["version"], &same["alerts_per_week_budget"]), (&json!(1), &Value::Null));
    put(&api, json!({"rules": rules(70)})).await;
    let page = api.get(&format!("{PATH}/versions?limit=1")).await.good();
    assert_eq!((&page["items"][0]["version"], &page["items"][0]["note"]), (&json!(2), &Value::Null));
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = api.get(&format!("{PATH}/versions?cursor={cursor}")).await.good();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&page["items"][0]["version"], &page["items"][0]["note"]),
        (&json!(1), &json!("Too many alerts"))
    );
    assert!(page["items"][0]["created_by"].as_str().unwrap().starts_with("api:key_"));
    assert_eq!(page["next_cursor"], Value::Null);
    assert_eq!(vox.count("audit_log where action = 'scoring_rules.write'").await, 4);
}

#[tokio::test]
async fn a_version_is_never_edited() {
    let vox = Voxanne::start().await;
    put(&vox.glow_api().await, json!({"rules": rules(80)})).await;
    assert_eq!(vox.count("scoring_rules").await, 1);
    assert!(vox.refuses("update scoring_rules set note = 'x'").await);
    assert!(vox.refuses("delete from scoring_rules").await);
}

#[tokio::test]
async fn of_two_who_save_at_once_one_is_told_what_changed() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let refused = Answered::of(api.request("PUT", PATH).json(&json!({"rules": rules(80)}))).await;
    refused.refused(428, "if_match_required");
    let read = api.get(PATH).await;
    let etag = read.header("etag").to_owned();
    let (a, b) = tokio::join!(
        put_if(&api, &etag, json!({"rules": rules(80)})),
        put_if(&api, &etag, json!({"rules": rules(90)}))
    );
    let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
    let won = won.good();
    let told = lost.refused(412, "changed_since");
    assert_eq!(told["difference"]["rules"]["from"], won["rules"]);
    assert_eq!(vox.count("scoring_rules").await, 1);
    // How far history has been scored moves by itself: it is no change that anybody could lose.
    let etag = api.get(PATH).await.header("etag").to_owned();
    a_scored_call(&vox, HOT, (CALLER, days(0))).await;
    assert_eq!(put_if(&api, &etag, json!({"rules": rules(75)})).await.good()["version"], 2);
}

#[tokio::test]
async fn rules_that_cannot_be_are_refused_by_the_name_of_the_field() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let many = vec!["word"; 51];
    for (pointer, value, field) in [
        ("/rules/weights/urgency", json!(101), "rules.weights.urgency"),
        ("/rules/weights/urgency", json!(-1), "rules.weights.urgency"),
        ("/rules/weights", json!({"high_value": 1}), "rules.weights.medium"),
        ("/rules/hot_threshold", json!(101), "rules.hot_threshold"),
        ("/rules/warm_threshold", json!(0), "rules.warm_threshold"),
        ("/rules/hot_threshold", json!(40), "rules.warm_threshold"),
        ("/rules/extra_words", json!({"medium": many}), "rules.extra_words.medium"),
        ("/rules/extra_words", json!({"high_value": ["x"]}), "rules.extra_words.high_value[0]"),
        ("/rules/extra_words", json!({"low": []}), "rules.extra_words.low"),
        ("/alerts_per_week_budget", json!(0), "alerts_per_week_budget"),
        ("/precision_floor_percent", json!(100), "precision_floor_percent"),
        ("/note", json!("x".repeat(201)), "note"),
    ] {
        let mut body = json!({
            "rules": rules(80), "alerts_per_week_budget": null, "precision_floor_percent": null, "note": null,
        });
        body["rules"]["extra_words"] = json!({});
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(put_if(&api, "*", body).await.refused(422, "invalid_field")["field"], field);
    }
    assert_eq!(vox.count("scoring_rules").await, 0);
}

#[tokio::test]
async fn a_preview_tells_what_would_have_changed_and_changes_nothing() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    for n in 0..3 {
        a_scored_call(&vox, HOT, (CALLER, days(n))).await;
    }
    let mild = a_scored_call(&vox, "I'd love botox", (CALLER, days(1))).await;
    a_scored_call(&vox, "How much does it cost?", (CALLER, days(2))).await;
    a_scored_call(&vox, HOT, (CALLER, days(40))).await;
    let scored =
        "(select string_agg(id::text || score || temperature || rules_version, ',' order by id) from calls)";
    let before: String = vox.one(&format!("select {scored}")).await;
    let preview = |body: Value| async { api.post("/settings/scoring/preview", body).await.good() };

    let same = preview(json!({"rules": rules(70), "days": 28})).await;
    assert_eq!((&same["changed"], &same["changes"]), (&json!(0), &json!([])));
    assert_eq!(same["sentence"], "You would have had 4 alerts, as many as now.");
    assert_eq!((&same["scored"], &same["of"], &same["window"]["days"]), (&json!(5), &json!(5), &json!(28)));

    // Botox and gladness are 70, the others 100 each.
    let higher = preview(json!({"rules": rules(75), "days": 28})).await;
    assert_eq!(higher["sentence"], "You would have had 3 alerts instead of 4.");
    assert_eq!(higher["temperatures"]["hot"], json!({"now": 4, "then": 3}));
    assert_eq!(higher["temperatures"]["warm"], json!({"now": 0, "then": 1}));
    assert_eq!(higher["changed"], 1);
    let change = &higher["changes"][0];
    assert_eq!(change["call_id"], mild.to_string());
    assert_eq!((&change["before"]["score"], &change["before"]["temperature"]), (&json!(70), &json!("hot")));
    assert!(change["before"]["words"].as_array().unwrap().contains(&json!("botox")), "{change}");
    assert_eq!(change["after"]["temperature"], "warm");
    let all = preview(json!({"rules": rules(75)})).await;
    assert_eq!(
        (&all["of"], &all["window"]["days"]),
        (&json!(6), &json!(90)),
        "as many days as saving scores again"
    );

    // Other weights: another temperature comes before another score.
    let mut wanted = rules(70);
    wanted["weights"]["positive"] = json!(10);
    let other = preview(json!({"rules": wanted, "days": 28})).await;
    assert_eq!((&other["changed"], &other["changes"][0]["call_id"]), (&json!(4), &json!(mild.to_string())));

    let after: String = vox.one(&format!("select {scored}")).await;
    assert_eq!(before, after);
    assert_eq!(vox.count("scoring_rules").await, 0);
    assert_eq!(vox.count("audit_log where action = 'scoring_rules.preview'").await, 4, "it quotes callers");
    api.post("/settings/scoring/preview", json!({"rules": rules(75), "days": 91}))
        .await
        .refused(422, "invalid_field");
}

/// Issue 6: what would have changed is shown before it is saved, of the very calls that saving then scores again.
#[tokio::test]
async fn a_preview_looks_at_the_calls_that_saving_scores_again() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    // It is ten in the morning: the third call came on the first of the 90 days, the fourth on the day before it, within 90 times 24 hours.
    let hours_ago = [1, 24 * 60, 24 * 89 + 9, 24 * 89 + 12, 24 * 91];
    let mut calls = Vec::new();
    for hours in hours_ago {
        calls.push(a_scored_call(&vox, "I'd love botox", (CALLER, SignedDuration::from_hours(hours))).await);
    }
    let preview = api.post("/settings/scoring/preview", json!({"rules": rules(75)})).await.good();
    let shown: Vec<String> =
        preview["changes"].as_array().unwrap().iter().map(|c| c["call_id"].to_string()).collect();
    let expected: Vec<String> = calls[..3].iter().map(|call| format!("\"{call}\"")).collect();
    assert_eq!((&preview["of"], shown), (&json!(3), expected));

    let there = put(&api, json!({"rules": rules(75)})).await;
    assert_eq!(there["rescored"], json!({"done": 0, "of": 3}));
    vox.run_jobs().await;
    for (at, call) in calls.iter().enumerate() {
        let by = format!("calls where id = '{}' and rules_version = 1 and temperature = 'warm'", call.0);
        assert_eq!(vox.count(&by).await, i64::from(at < 3), "{} hours ago", hours_ago[at]);
    }
}

#[tokio::test]
async fn an_alert_that_the_assistant_raised_is_in_every_count() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let call = a_scored_call(&vox, "Where can I park?", (CALLER, days(1))).await;
    vox.exec(&format!(
        "insert into hot_lead_alerts (org_id, id, call_ref, call_id, trigger, created_at)
         select org_id, gen_random_uuid(), call_ref, id, 'tool', created_at from calls where id = '{}'",
        call.0
    ))
    .await;
    let preview = api.post("/settings/scoring/preview", json!({"rules": rules(100)})).await.good();
    assert_eq!(preview["alerts"], json!({"now": 1, "then": 1}));
    assert_eq!(preview["raised_by_assistant"], 1);
    assert_eq!(api.get("/leads/thresholds").await.good()["thresholds"][12]["alerts"], 1);
}

#[tokio::test]
async fn a_preview_looks_at_the_latest_two_thousand_and_says_of_how_many() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into calls (org_id, id, call_ref, state, turns, class, score, temperature, evidence, scored_at, report_at, created_at)
         select '{}', gen_random_uuid(), 'history-' || n, 'ended', '[]', 'new_lead', 0, 'cold', '[]', at, at, at
           from generate_series(1, 2030) n, lateral (select timestamptz '2026-11-24T18:00:00Z' - n * interval '10 minutes') t (at)",
        vox.glow.org.0
    ))
    .await;
    let asked = json!({"rules": rules(75)});
    let told = vox.glow_api().await.post("/settings/scoring/preview", asked).await.good();
    assert_eq!((&told["scored"], &told["of"]), (&json!(2000), &json!(2030)));
}

/// Everything that reaches a person.
async fn told(vox: &Voxanne) -> Vec<i64> {
    let mut told = Vec::new();
    for table in [
        "hot_lead_alerts",
        "escalations",
        "escalation_tellings",
        "texts",
        "emails",
        "notifications",
        "tasks",
        "questions",
        "sequence_runs",
    ] {
        told.push(vox.count(table).await);
    }
    told
}

#[tokio::test]
async fn other_rules_score_the_last_90_days_again_and_tell_nobody() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let price = a_scored_call(&vox, "How much does it cost?", (CALLER, days(1))).await;
    let ill = a_scored_call(&vox, "My face is swollen after filler yesterday", (CALLER, days(2))).await;
    let old = a_scored_call(&vox, "How much does it cost?", (CALLER, days(91))).await;
    let scored_at: String =
        vox.one(&format!("select scored_at::text from calls where id = '{}'", price.0)).await;
    vox.run_jobs().await;
    // Somebody has called the one who may be hurt, or that alert would go on climbing by itself.
    vox.exec("update escalations set closed_at = raised_at, next_at = null").await;
    let before = told(&vox).await;

    let mut wanted = rules(15);
    wanted["warm_threshold"] = json!(10);
    let there = put(&api, json!({"rules": wanted})).await;
    assert_eq!(there["rescored"], json!({"done": 0, "of": 2}));
    vox.later(SignedDuration::from_hours(1));
    vox.run_jobs().await;
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(api.get(PATH).await.good()["rescored"], json!({"done": 2, "of": 2}));
    let is = async |call: voxanne::platform::ids::CallId, what: &str| {
        vox.count(&format!("calls where id = '{}' and {what}", call.0)).await == 1
    };
    assert!(
        is(price, &format!("temperature = 'hot' and rules_version = 1 and scored_at::text = '{scored_at}'"))
            .await
    );
    assert!(is(ill, "temperature = 'cold' and class = 'clinical_urgency' and rules_version = 1").await);
    assert!(is(old, "temperature = 'cold' and rules_version = 0").await, "too long ago");
    assert_eq!(told(&vox).await, before, "history is never alerted");

    // Once more changes nothing, whoever calls for it.
    let rows = "select string_agg(c::text, ',' order by id) from calls c";
    let (first, job) = (vox.one::<String>(rows).await, leads::RescoreCalls { org: vox.glow.org });
    leads::rescore_calls(&vox.app, job).await.unwrap();
    assert_eq!(vox.one::<String>(rows).await, first);
    assert_eq!(told(&vox).await, before);
}

#[tokio::test]
async fn a_long_history_is_scored_page_by_page_to_its_end() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    vox.exec(&format!(
        "insert into calls (org_id, id, call_ref, state, turns, class, score, temperature, evidence, scored_at, report_at, created_at)
         select '{}', gen_random_uuid(), 'history-' || n, 'ended', '[{{\"is_caller\": true, \"text\": \"I want botox\"}}]',
                'new_lead', 99, 'hot', '[]', at, at, at
           from generate_series(1, 230) n, lateral (select timestamptz '2026-11-24T18:00:00Z' - n * interval '1 hour') t (at)",
        vox.glow.org.0
    ))
    .await;
    let there = put(&api, json!({"rules": rules(80)})).await;
    assert_eq!(there["rescored"], json!({"done": 0, "of": 230}));
    leads::rescore_calls(&vox.app, leads::RescoreCalls { org: vox.glow.org }).await.unwrap();
    assert_eq!(api.get(PATH).await.good()["rescored"], json!({"done": 100, "of": 230}), "one page at a time");
    vox.run_jobs().await;
    assert_eq!(api.get(PATH).await.good()["rescored"], json!({"done": 230, "of": 230}));
    assert_eq!(vox.count("calls where score = 40 and temperature = 'warm'").await, 230);
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
}

#[tokio::test]
async fn a_call_that_an_earlier_release_scored_meanwhile_is_found_by_the_next_round() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let call = a_scored_call(&vox, HOT, (CALLER, days(1))).await;
    put(&api, json!({"rules": rules(80)})).await;
    vox.run_jobs().await;
    vox.exec(&format!("update calls set rules_version = null, temperature = 'cold' where id = '{}'", call.0))
        .await;
    assert_eq!(api.get(PATH).await.good()["rescored"], json!({"done": 0, "of": 1}));
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(api.get(PATH).await.good()["rescored"], json!({"done": 1, "of": 1}));
    assert_eq!(vox.count("calls where temperature = 'hot'").await, 1);
}

#[tokio::test]
async fn whoever_saves_while_calls_are_scored_leaves_none_behind() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let mut calls = Vec::new();
    for n in 0..12 {
        calls.push(a_call(&vox, &vox.glow, HOT, (CALLER, SignedDuration::from_mins(n))).await);
    }
    let scoring = calls.iter().map(|call| leads::score_call(&vox.app, vox.glow.org, *call));
    let saving = async {
        for hot in [75, 80, 85] {
            put(&api, json!({"rules": rules(hot)})).await;
        }
    };
    let (scored, ()) = tokio::join!(futures::future::join_all(scoring), saving);
    assert!(scored.into_iter().all(|scored| scored.is_ok()));
    vox.run_jobs().await;
    assert_eq!(vox.count("calls where rules_version = 3").await, 12);
}
