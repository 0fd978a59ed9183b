//! G2, G3, G6: scored calls over HTTP: which, what they want, what it is worth, and why.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;
use voxanne::accounts::Scope;
use voxanne::leads;
use voxanne::platform::ids::CallId;

use crate::harness::{CALLER, Clinic, MANAGER, Voxanne};

pub const HOT: &str = "I'm interested in Botox and filler, I have budget, need it this week";

/// A call that ended `ago`, in which the caller said one thing; not scored yet.
pub async fn a_call(
    vox: &Voxanne,
    clinic: &Clinic,
    said: &str,
    (phone, ago): (&str, SignedDuration),
) -> CallId {
    let id = Uuid::now_v7();
    let turns = json!([
        {"is_caller": false, "text": "Thanks for calling, how can I help?"}, {"is_caller": true, "text": said},
    ]);
    let at = vox.app.clock.now().checked_sub(ago).unwrap();
    sqlx::query(
        "insert into calls (org_id, id, call_ref, state, caller_phone, turns, report_at, ended_at, created_at, is_test)
         values ($1, $2, $3, 'ended', $4, $5, $6::timestamptz, $6::timestamptz, $6::timestamptz, app_ctx.is_own_phone($1, $4))",
    )
    .bind(clinic.org.0)
    .bind(id)
    .bind(id.to_string())
    .bind(phone)
    .bind(turns)
    .bind(jiff_sqlx::ToSqlx::to_sqlx(at))
    .execute(&vox.admin)
    .await
    .unwrap();
    CallId(id)
}

/// The same, scored.
pub async fn a_scored_call(vox: &Voxanne, said: &str, (phone, ago): (&str, SignedDuration)) -> CallId {
    let call = a_call(vox, &vox.glow, said, (phone, ago)).await;
    leads::score_call(&vox.app, vox.glow.org, call).await.unwrap();
    call
}

/// A scored call of a clinic, as the API names it.
pub async fn a_lead(vox: &Voxanne, clinic: &Clinic) -> String {
    let call = a_call(vox, clinic, "How much is botox?", (CALLER, SignedDuration::ZERO)).await;
    leads::score_call(&vox.app, clinic.org, call).await.unwrap();
    call.to_string()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["call_id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_scored_call_says_what_they_want_and_what_it_is_worth() {
    let vox = Voxanne::start().await;
    vox.exec("update services set price_cents = 42000 where name = 'Botox'").await;
    let api = vox.api(&vox.glow, &[Scope::LeadsRead]).await;
    let call = a_scored_call(&vox, HOT, (CALLER, hours(1))).await;
    let page = api.get("/leads").await.good();
    let lead = &page["items"][0];
    let service: Uuid = vox
        .one(&format!("select id from services where org_id = '{}' and name = 'Botox'", vox.glow.org.0))
        .await;
    assert_eq!(lead["call_id"], call.to_string());
    assert_eq!(lead["interest"]["words"], "Botox");
    assert_eq!(lead["interest"]["service_id"], format!("svc_{}", service.simple()));
    assert_eq!(
        (&lead["interest"]["service"], &lead["interest"]["value_cents"]),
        (&json!("Botox"), &json!(42_000))
    );
    assert_eq!(
        (&lead["temperature"], &lead["class"], &lead["rules_version"]),
        (&json!("hot"), &json!("new_lead"), &json!(0))
    );
    assert!(lead["score"].as_i64().unwrap() >= 70);
    let alert: Uuid = vox.one("select id from escalations").await;
    assert_eq!(lead["alert_id"], format!("alert_{}", alert.simple()));
    assert_eq!(lead["caller"]["phone"], CALLER);

    // What it cost is kept; what it is called is not (G2).
    vox.exec("update services set price_cents = 1, name = 'Botox Cosmetic' where name = 'Botox'").await;
    let again = api.get("/leads").await.good();
    assert_eq!(again["items"][0]["interest"]["service"], "Botox Cosmetic");
    assert_eq!(again["items"][0]["interest"]["value_cents"], 42_000);
}

#[tokio::test]
async fn g3_what_a_call_is_and_how_warm_it_is_are_two_lists_that_share_no_word() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.glow, &[Scope::LeadsRead, Scope::CallsRead]).await;
    a_scored_call(&vox, HOT, (CALLER, hours(1))).await;
    for list in ["/leads", "/calls"] {
        let of = async |filter: &str| api.get(&format!("{list}?{filter}")).await;
        assert_eq!(of("temperature=hot&class=new_lead").await.good()["items"].as_array().unwrap().len(), 1);
        for (class, warmth) in
            [("new_lead", "hot"), ("existing_patient", "warm"), ("clinical_urgency", "cold")]
        {
            of(&format!("class={class}&temperature={warmth}")).await.good();
            assert_eq!(of(&format!("class={warmth}")).await.wrong_field().0, "class", "{list}");
            assert_eq!(of(&format!("temperature={class}")).await.wrong_field().0, "temperature", "{list}");
        }
    }
}

#[tokio::test]
async fn a_service_without_a_price_and_one_that_is_not_offered_have_no_value() {
    let vox = Voxanne::start().await;
    vox.exec("update services set price_cents = null where name = 'Botox'").await;
    let api = vox.glow_api().await;
    a_scored_call(&vox, "I'd like botox", (CALLER, hours(2))).await;
    a_scored_call(&vox, "Where can I park?", (CALLER, hours(1))).await;
    let page = api.get("/leads").await.good();
    assert_eq!(page["items"][0]["interest"], Value::Null);
    assert_eq!(page["items"][1]["interest"]["value_cents"], Value::Null);
    assert!(page["items"][1]["interest"]["service_id"].is_string());
}

#[tokio::test]
async fn filters_and_pages_show_each_call_once_and_no_call_of_the_clinics_own_lines() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let mut made = Vec::new();
    for n in 1..=5 {
        let said = if n % 2 == 0 { HOT } else { "How much does it cost?" };
        made.push(a_scored_call(&vox, said, (CALLER, hours(n))).await.to_string());
    }
    // G9: staff who try the line, and a call that has no score.
    a_scored_call(&vox, HOT, (MANAGER, hours(1))).await;
    a_call(&vox, &vox.glow, HOT, (CALLER, hours(1))).await;
    a_lead(&vox, &vox.harbor).await;
    assert_eq!(ids(&api.get("/leads").await.good()), made, "the latest first");
    let mut walked = Vec::new();
    let mut path = "/leads?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.good();
        walked.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/leads?limit=2&cursor={cursor}");
    }
    assert_eq!(walked, made);
    assert_eq!(ids(&api.get("/leads?temperature=hot").await.good()), [&made[1], &made[3]]);
    assert_eq!(ids(&api.get("/leads?class=complaint").await.good()), [""; 0]);
    assert_eq!(
        ids(&api.get("/leads?class=new_lead&temperature=cold").await.good()),
        [&made[0], &made[2], &made[4]]
    );
    let since = "2026-11-24T14:30:00Z";
    assert_eq!(ids(&api.get(&format!("/leads?since={since}")).await.good()), made[..3]);
    assert_eq!(ids(&api.get(&format!("/leads?until={since}")).await.good()), made[3..]);
    for (query, field) in [
        ("temperature=tepid", "temperature"),
        ("class=lead", "class"),
        ("since=today", "since"),
        ("cursor=1", "cursor"),
    ] {
        assert_eq!(api.get(&format!("/leads?{query}")).await.refused(422, "invalid_field")["field"], field);
    }
}

#[tokio::test]
async fn evidence_names_the_words_and_where_they_are_and_whoever_reads_them_is_written_down() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.glow, &[Scope::LeadsRead]).await;
    let call = a_scored_call(&vox, HOT, (CALLER, hours(1))).await;
    let lead = api.get(&format!("/leads/{call}")).await.good();
    let turns = lead["turns"].as_array().unwrap();
    assert_eq!((&turns[0]["speaker"], &turns[1]["speaker"]), (&json!("assistant"), &json!("caller")));
    let mut points = 0;
    for evidence in lead["evidence"].as_array().unwrap().iter().chain([&lead["interest_at"]]) {
        let at = |key: &str| usize::try_from(evidence[key].as_u64().unwrap()).unwrap();
        let text = turns[at("turn")]["text"].as_str().unwrap();
        let span: String = text.chars().skip(at("start")).take(at("end") - at("start")).collect();
        let words = evidence.get("words").unwrap_or(&lead["lead"]["interest"]["words"]);
        assert_eq!(words, &span);
        points += evidence["points"].as_i64().unwrap_or(0);
    }
    assert_eq!(lead["lead"]["score"], points.min(100));
    assert_eq!(lead["sentiments"]["platform"], Value::Null);
    assert_eq!(lead["sentiments"]["taken"], lead["sentiments"]["own"]);
    assert_eq!(
        vox.count(&format!(
            "audit_log where action = 'transcript.read' and subject = '{call}' and actor like 'api:key_%' and org_id = '{}'",
            vox.glow.org.0
        ))
        .await,
        1
    );
    let unscored = a_call(&vox, &vox.glow, HOT, (CALLER, hours(1))).await;
    api.get(&format!("/leads/{unscored}")).await.refused(404, "not_found");
    vox.harbor_api().await.get(&format!("/leads/{call}")).await.refused(404, "not_found");
    assert_eq!(vox.count("audit_log where action = 'transcript.read'").await, 1, "nothing was read there");
}

#[tokio::test]
async fn the_platforms_reading_of_the_mood_is_kept_beside_ours() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let call = a_call(&vox, &vox.glow, "How much does it cost?", (CALLER, hours(1))).await;
    vox.exec(&format!("update calls set platform_sentiment = 'positive' where id = '{}'", call.0)).await;
    leads::score_call(&vox.app, vox.glow.org, call).await.unwrap();
    let lead = api.get(&format!("/leads/{call}")).await.good();
    let sentiments = |taken: &str| json!({"own": "neutral", "platform": "positive", "taken": taken});
    assert_eq!((&lead["sentiments"], &lead["lead"]["score"]), (&sentiments("neutral"), &json!(20)));
}

#[tokio::test]
async fn a_clinical_urgency_says_how_dangerous_it_is_and_is_nobodys_hot_lead() {
    let vox = Voxanne::start().await;
    let said = "My face is swollen after filler yesterday, this is urgent";
    let call = a_scored_call(&vox, said, (CALLER, hours(1))).await;
    let found = vox.glow_api().await.get(&format!("/leads/{call}")).await.good();
    let lead = &found["lead"];
    assert_eq!((&lead["class"], &lead["temperature"]), (&json!("clinical_urgency"), &json!("cold")));
    assert!(["urgent", "emergency"].contains(&lead["danger"].as_str().unwrap()));
    assert!(lead["alert_id"].is_string(), "the clinical one");
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
}

#[tokio::test]
async fn calls_whose_alert_nobody_has_taken_are_told_from_those_whose_alert_somebody_has() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let taken = a_scored_call(&vox, HOT, ("+13105550143", hours(2))).await.to_string();
    let open = a_scored_call(&vox, HOT, ("+13105550144", hours(1))).await.to_string();
    a_scored_call(&vox, "How much does it cost?", ("+13105550145", hours(1))).await;
    assert_eq!(ids(&api.get("/leads?acknowledged=false").await.good()), [&open, &taken]);
    let lead = api.get(&format!("/leads/{taken}")).await.good();
    let alert = lead["lead"]["alert_id"].as_str().unwrap();
    api.post(&format!("/alerts/{alert}/acknowledge"), json!({"by": "Maria"})).await.good();
    let page = api.get("/leads?acknowledged=true").await.good();
    assert_eq!(ids(&page), [&taken]);
    assert_eq!(page["items"][0]["acknowledged_at"], "2026-11-24T18:00:00Z");
    assert_eq!(ids(&api.get("/leads?acknowledged=false").await.good()), [&open]);
}
