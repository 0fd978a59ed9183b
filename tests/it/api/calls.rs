//! G2, W11, W37: calls over HTTP: which, what was said and done in one, and who looked.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Scope;

use super::leads::{HOT, a_call, a_lead, a_scored_call};
use crate::harness::{Api, CALLER, Voxanne, booking, call_ref};

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn listed(api: &Api, query: &str) -> Vec<String> {
    ids(&api.get(&format!("/calls?{query}")).await.good())
}

#[tokio::test]
async fn a_call_that_booked_tells_all_that_was_said_asked_and_done_in_it() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.glow, &[Scope::CallsRead]).await;
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    line.say_user(HOT).await.unwrap();
    let running = api.get("/calls/running").await.good();
    assert_eq!(running["items"][0]["last_said"]["text"], HOT);
    assert_eq!(running["items"][0]["last_said"]["speaker"], "caller");
    assert_eq!(running["items"][0]["call"]["outcome"], "running");
    let id = running["items"][0]["call"]["id"].as_str().unwrap().to_owned();
    // What was heard so far is all there is, and it is there.
    let so_far = api.get(&format!("/calls/{id}")).await.good();
    assert_eq!(so_far["turns"][0]["text"], HOT);

    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Diaz")).await.unwrap();
    let lead = json!({"leadName": "Ana Diaz", "leadPhone": CALLER, "serviceInterest": "Botox", "summary": "Wants more"});
    line.tool("notify_hot_lead", lead).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    let call = api.get(&format!("/calls/{id}")).await.good();
    let listed = &call["call"];
    assert_eq!((&listed["outcome"], &listed["state"]), (&json!("booked"), &json!("ended")));
    assert_eq!(listed["caller"]["name"], "Ana Diaz");
    assert_eq!(call["appointments"][0]["id"], listed["appointment_id"]);
    assert_eq!(call["appointments"][0]["service"], "Botox");
    let tool = &call["tool_calls"][0];
    assert_eq!((&tool["name"], &tool["outcome"]), (&json!("book_appointment"), &json!("answered")));
    assert_eq!(tool["arguments"]["customerName"], "Ana Diaz");
    assert!(
        tool["answer"].as_str().unwrap().contains("Botox") && tool["milliseconds"].as_f64().unwrap() > 0.0
    );
    // Each piece of evidence stands at the words it is of.
    let turns = call["turns"].as_array().unwrap();
    let said = turns.iter().find(|turn| turn["speaker"] == "caller").unwrap();
    let text: Vec<char> = said["text"].as_str().unwrap().chars().collect();
    let found = said["evidence"].as_array().unwrap();
    assert!(found.iter().any(|piece| piece["points"] != 0 && piece["polarity"] == "affirmed"), "{found:?}");
    for piece in found {
        let at = |end: &str| usize::try_from(piece[end].as_u64().unwrap()).unwrap();
        let words: String = text[at("start")..at("end")].iter().collect();
        assert_eq!(piece["words"], words);
    }
    assert_eq!(call["alerts"][0]["kind"], "hot_lead");
    assert_eq!(listed["alert"]["id"], call["alerts"][0]["id"]);

    // G2: a contact who is called otherwise now is called so everywhere.
    vox.exec("update contacts set name = 'Ana Maria Diaz'").await;
    assert_eq!(api.get("/calls").await.good()["items"][0]["caller"]["name"], "Ana Maria Diaz");
    assert_eq!(api.get("/calls/running").await.good()["items"], json!([]));
}

#[tokio::test]
async fn turns_of_a_report_tell_when_they_were_said() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    vox.post_fixture("end-of-call-report.compliance").await;
    let id = listed(&api, "").await.remove(0);
    let call = api.get(&format!("/calls/{id}")).await.good();
    let after: Vec<_> =
        call["turns"].as_array().unwrap().iter().map(|turn| turn["after_seconds"].as_f64()).collect();
    assert!(after.len() > 2 && after.is_sorted() && after.iter().all(Option::is_some), "{after:?}");
}

#[tokio::test]
async fn filters_and_pages_show_each_call_once_and_nobody_elses() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let mut made = Vec::new();
    for n in 1..=5 {
        let said = if n % 2 == 0 { HOT } else { "How much does it cost?" };
        made.push(a_scored_call(&vox, said, (CALLER, hours(n * 5))).await.to_string());
    }
    a_lead(&vox, &vox.harbor).await;
    let mut walked = Vec::new();
    let mut path = "/calls?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.good();
        walked.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/calls?limit=2&cursor={cursor}");
    }
    assert_eq!(walked, made, "the latest first, each once");
    assert_eq!(listed(&api, "temperature=hot").await, [made[1].clone(), made[3].clone()]);
    assert_eq!(listed(&api, "class=new_lead&temperature=cold").await.len(), 3);
    assert_eq!(listed(&api, "class=complaint").await, Vec::<String>::new());
    assert_eq!(listed(&api, "state=running").await, Vec::<String>::new());
    assert_eq!(listed(&api, "state=ended").await, made);
    // G9: days are the clinic's: 10 AM there; 20 hours ago was yesterday, 10 hours ago today.
    assert_eq!(listed(&api, "from=2026-11-24").await, made[..2]);
    assert_eq!(listed(&api, "from=2026-11-23&to=2026-11-23").await, made[2..]);
    // Those of a person, a site, an assistant.
    vox.exec("update calls set contact_id = (select id from contacts where org_id = calls.org_id limit 1)")
        .await;
    vox.exec(&format!(
        "update calls set assistant_ref = '{}' where org_id = '{}'",
        vox.glow.assistant_id, vox.glow.org.0
    ))
    .await;
    let first = api.get("/calls").await.good()["items"][0].clone();
    for field in ["assistant", "location"] {
        let id = first[field]["id"].as_str().unwrap();
        assert_eq!(listed(&api, &format!("{field}_id={id}")).await, made, "{field}");
        let nobodys = format!("{}dead", &id[..id.len() - 4]);
        assert_eq!(listed(&api, &format!("{field}_id={nobodys}")).await, Vec::<String>::new(), "{field}");
    }
    for (query, field) in [
        ("state=open", "state"),
        ("outcome=lost", "outcome"),
        ("class=lead", "class"),
        ("temperature=tepid", "temperature"),
        ("contact_id=1", "contact_id"),
        ("from=today", "from"),
        ("from=2026-01-01&to=2026-11-24", "to"),
        ("cursor=1", "cursor"),
    ] {
        assert_eq!(api.get(&format!("/calls?{query}")).await.refused(422, "invalid_field")["field"], field);
    }
}

#[tokio::test]
async fn every_outcome_is_what_came_of_the_call() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let outcome = async |n: u128| {
        let page = api.get("/calls?limit=100").await.good();
        let id: uuid::Uuid =
            vox.one(&format!("select id from calls where call_ref = '{}'", call_ref(n))).await;
        let id = format!("call_{}", id.simple());
        let calls = page["items"].as_array().unwrap().clone();
        calls.iter().find(|call| call["id"] == *id).unwrap()["outcome"].as_str().unwrap().to_owned()
    };
    let line = vox.call(&call_ref(1));
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Diaz")).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.later(SignedDuration::from_mins(10));
    let line = vox.call(&call_ref(2));
    line.in_progress().await.unwrap();
    line.tool("cancel_appointment", json!({"reason": "ill"})).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    let line = vox.call_from(&vox.glow, &call_ref(4), Some("+13105550198"));
    line.in_progress().await.unwrap();
    line.say_user("Could I talk to somebody?").await.unwrap();
    vox.until_count("utterances", 1).await;
    line.ended("assistant-forwarded-call").await.unwrap();
    let line = vox.call_from(&vox.glow, &call_ref(5), Some("+13105550197"));
    line.in_progress().await.unwrap();
    line.ended("customer-ended-call").await.unwrap();
    let line = vox.call_from(&vox.glow, &call_ref(6), Some("+13105550196"));
    line.tool("get_clinic_info", json!({"topic": "hours"})).await.unwrap();
    line.ended("customer-ended-call").await.unwrap();
    vox.until_count(&format!("tool_calls where call_ref = '{}'", call_ref(6)), 1).await;
    let line = vox.call_from(&vox.glow, &call_ref(7), Some("+13105550195"));
    line.in_progress().await.unwrap();
    vox.later(SignedDuration::from_hours(12));
    let line = vox.call_from(&vox.glow, &call_ref(3), Some("+13105550188"));
    line.tool("request_human", json!({"reason": "a refund"})).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    for (n, expected) in [
        (3, "call_back"),
        (1, "booked"),
        (2, "changed"),
        (4, "transferred"),
        (5, "missed"),
        (6, "answered"),
        (7, "running"),
    ] {
        assert_eq!(outcome(n).await, expected, "call {n}");
        assert_eq!(listed(&api, &format!("outcome={expected}")).await.len(), 1, "{expected}");
    }
}

#[tokio::test]
async fn who_reads_a_call_is_in_the_audit_log_and_who_reads_very_many_is_told_to_the_owners() {
    let vox = Voxanne::start().await;
    let reader = vox.api(&vox.glow, &[Scope::CallsRead]).await;
    let call = a_lead(&vox, &vox.glow).await;
    for _ in 0..3 {
        reader.get(&format!("/calls/{call}")).await.good();
    }
    let read = format!(
        "audit_log where action = 'transcript.read' and subject = '{call}' and actor like 'api:key_%'"
    );
    assert_eq!(vox.count(&read).await, 1, "a page that comes anew is one look");
    vox.later(SignedDuration::from_mins(11));
    reader.get(&format!("/calls/{call}")).await.good();
    assert_eq!(vox.count(&read).await, 2);

    // W37.
    for n in 1..=60 {
        let other = a_call(&vox, &vox.glow, "Hello", (CALLER, hours(n))).await;
        reader.get(&format!("/calls/{other}")).await.good();
    }
    assert_eq!(vox.count("notifications where kind = 'many_reads'").await, 1);
    let may_see = async |scopes: &[Scope]| {
        let page = vox.api(&vox.glow, scopes).await.get("/notifications").await.good();
        page["items"].as_array().unwrap().iter().filter(|told| told["kind"] == "many_reads").count()
    };
    assert_eq!(may_see(&[Scope::TasksRead]).await, 0, "not to whoever it is about");
    assert_eq!(may_see(&[Scope::TasksRead, Scope::TeamWrite]).await, 1);
    assert_eq!(
        vox.count(&format!("notifications where org_id = '{}' and kind = 'many_reads'", vox.harbor.org.0))
            .await,
        0
    );
}

#[tokio::test]
async fn w37_whoever_reads_the_last_words_of_running_calls_is_in_the_log() {
    let vox = Voxanne::start().await;
    let reader = vox.api(&vox.glow, &[Scope::CallsRead]).await;
    let (silent, speaking) = (vox.call(&call_ref(1)), vox.call(&call_ref(2)));
    silent.in_progress().await.unwrap();
    speaking.in_progress().await.unwrap();
    let noted = "audit_log where action = 'transcript.read' and actor like 'api:key_%'";
    assert_eq!(reader.get("/calls/running").await.good()["items"].as_array().unwrap().len(), 2);
    assert_eq!(vox.count(noted).await, 0, "nothing was said yet");
    speaking.say_user(HOT).await.unwrap();
    vox.until_count("utterances", 1).await;
    for _ in 0..2 {
        assert!(reader.get("/calls/running").await.good().to_string().contains(HOT));
    }
    assert_eq!(vox.count(noted).await, 1, "a list that comes anew is one look");
    let of_speaking = format!(
        "{noted} and subject = (select 'call_' || translate(id::text, '-', '') from calls where call_ref = '{}')",
        call_ref(2)
    );
    assert_eq!(vox.count(&of_speaking).await, 1);
    vox.later(SignedDuration::from_mins(11));
    reader.get("/calls/running").await.good();
    assert_eq!(vox.count(&of_speaking).await, 2);
}
