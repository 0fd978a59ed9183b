//! G9: which calls count, told as they come in, changed by staff alone, and the same for every list and figure.

use serde_json::{Value, json};
use voxanne::accounts::{Role, Scope};

use crate::harness::{Api, CALLER, MANAGER, Voxanne, call_ref};

const HOT: &str = "I'm interested in Botox and filler, I have budget, need it this week";

/// A whole call from a number, in which the caller says something or nothing; its id.
async fn called(vox: &Voxanne, n: u128, from: &str, said: Option<&str>) -> String {
    let line = vox.call_from(&vox.glow, &call_ref(n), Some(from));
    line.in_progress().await.unwrap();
    line.say_assistant("Thanks for calling Glow MedSpa, how can I help?").await.unwrap();
    if let Some(said) = said {
        line.say_user(said).await.unwrap();
    }
    line.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.run_jobs().await;
    let id = format!(
        "select 'call_' || translate(id::text, '-', '') from calls where call_ref = '{}'",
        call_ref(n)
    );
    vox.one(&id).await
}

/// Calls, answered and missed ones of the fixtures' day.
async fn counts(vox: &Voxanne) -> (i64, i64, i64) {
    counted(&vox.glow_api().await).await
}

async fn counted(api: &Api) -> (i64, i64, i64) {
    let told = api.get("/analytics?from=2026-11-24&to=2026-11-24").await.good();
    let number = |name: &str| told["now"]["calls"][name].as_i64().unwrap();
    (number("calls"), number("answered"), number("missed"))
}

/// What the first tile of Today says.
async fn calls_of_today(vox: &Voxanne) -> String {
    let page = vox.glow_staff(Role::Owner).await.page("/dashboard").await.text;
    page.split("class=\"much\">").nth(1).unwrap().split_once('<').unwrap().0.to_owned()
}

async fn leads(vox: &Voxanne) -> Vec<String> {
    let page = vox.glow_api().await.get("/leads").await.good();
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lead| lead["call_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_call_in_which_the_caller_says_nothing_was_missed() {
    let vox = Voxanne::start().await;
    called(&vox, 1, CALLER, Some(HOT)).await;
    called(&vox, 2, "+13105550143", None).await;
    assert_eq!(counts(&vox).await, (2, 1, 1));
    // Who asks something is there, whatever the transcript says.
    let asks = vox.call_from(&vox.glow, &call_ref(3), Some("+13105550144"));
    asks.in_progress().await.unwrap();
    assert_eq!(counts(&vox).await, (3, 1, 1), "one that goes on is neither");
    asks.tool("check_availability", json!({"date": "2026-12-01", "serviceType": "Botox"})).await.unwrap();
    vox.until_count("tool_calls", 1).await;
    asks.end("customer-ended-call").await.unwrap();
    assert_eq!(counts(&vox).await, (3, 2, 1));
    // The list has as many, and calls them so: also of one that was cut off after a word, or over in a moment.
    let cut_off = vox.call_from(&vox.glow, &call_ref(4), Some("+13105550145"));
    cut_off.in_progress().await.unwrap();
    cut_off.say_user("Hello?").await.unwrap();
    vox.until_count("calls where caller_spoke", 3).await;
    cut_off.ended("call.in-progress.error-providerfault-eleven-labs-500").await.unwrap();
    assert_eq!(counts(&vox).await, (4, 3, 1));
    let missed = vox.glow_api().await.get("/calls?outcome=missed").await.good();
    let phones: Vec<_> =
        missed["items"].as_array().unwrap().iter().map(|call| &call["caller"]["phone"]).collect();
    assert_eq!(phones, ["+13105550143"]);
}

#[tokio::test]
async fn g9_calls_from_the_clinics_own_lines_and_by_a_browser_are_tests_for_every_list_and_figure() {
    let vox = Voxanne::start().await;
    let own = called(&vox, 1, MANAGER, Some(HOT)).await;
    let web = json!({"message": {
        "type": "status-update", "status": "in-progress",
        "call": {"id": call_ref(2), "type": "webCall", "assistantId": vox.glow.assistant_id},
    }});
    assert_eq!(vox.post_as(&vox.glow.secret, "/api/webhooks/vapi", web.to_string()).await.0, 200);
    assert_eq!(vox.count("calls where is_test").await, 2);
    assert_eq!(counts(&vox).await, (0, 0, 0));
    assert!(leads(&vox).await.is_empty());
    assert_eq!(calls_of_today(&vox).await, "0");

    // Staff say that one of them was a customer after all, and have the last word.
    let api = vox.glow_api().await;
    let marked = api.patch(&format!("/calls/{own}"), json!({"is_test": false})).await.good();
    assert_eq!(marked["is_test"], false);
    assert!(marked["is_test_by"].as_str().unwrap().starts_with("api:key_"), "{marked}");
    assert_eq!(counts(&vox).await, (1, 1, 0));
    assert_eq!(calls_of_today(&vox).await, "1");
    assert_eq!(leads(&vox).await, [own.as_str()]);
    let line = vox.call_from(&vox.glow, &call_ref(1), Some(MANAGER));
    line.ended("customer-ended-call").await.unwrap();
    assert_eq!(counts(&vox).await, (1, 1, 0));
    assert_eq!(vox.count("audit_log where action = 'call.mark_test'").await, 1);

    let customer = called(&vox, 3, CALLER, Some(HOT)).await;
    assert_eq!(counts(&vox).await, (2, 2, 0));
    // As a program that writes camel case has it.
    api.patch(&format!("/calls/{customer}"), json!({"isTest": true})).await.good();
    assert_eq!(counts(&vox).await, (1, 1, 0));
    assert_eq!(leads(&vox).await, [own.as_str()]);
}

#[tokio::test]
async fn a_mark_is_refused_without_its_scope_or_a_word_and_is_nobody_elses() {
    let vox = Voxanne::start().await;
    let id = called(&vox, 1, CALLER, None).await;
    let path = format!("/calls/{id}");
    let reader = vox.api(&vox.glow, &[Scope::AnalyticsRead, Scope::LeadsRead]).await;
    reader.patch(&path, json!({"is_test": true})).await.refused(403, "missing_scope");
    vox.harbor_api().await.patch(&path, json!({"is_test": true})).await.refused(404, "not_found");
    let api = vox.glow_api().await;
    assert_eq!(api.patch(&path, json!({})).await.refused(422, "invalid_field")["field"], "is_test");
    assert_eq!(vox.count("calls where is_test").await, 0);
    assert_eq!(vox.one::<Option<String>>("select is_test_by from calls").await, None);
    assert_eq!(api.patch(&path, json!({"is_test": true})).await.good()["is_test"], Value::Bool(true));
}

#[tokio::test]
async fn figures_are_counted_again_only_when_something_happened() {
    let vox = Voxanne::start().await;
    called(&vox, 1, CALLER, Some(HOT)).await;
    // Made once: another key is something that happens.
    let api = vox.glow_api().await;
    let counts = async || counted(&api).await;
    assert_eq!(counts().await, (1, 1, 0));
    let behind_our_back = "set session_replication_role = replica; update calls set caller_spoke = false; set session_replication_role = default";
    vox.exec(behind_our_back).await;
    assert_eq!(counts().await, (1, 1, 0), "nothing was heard of");
    // Somebody else's doings are nobody's business here.
    vox.exec(&format!("update orgs set name = 'Harbor' where org_id = '{}'", vox.harbor.org.0)).await;
    assert_eq!(counts().await, (1, 1, 0));
    vox.exec(&format!("update orgs set name = 'Glow' where org_id = '{}'", vox.glow.org.0)).await;
    assert_eq!(counts().await, (1, 0, 1));
}

#[tokio::test]
async fn calls_that_the_assistant_made_are_no_calls_that_came_in() {
    let vox = Voxanne::start().await;
    let made = json!({"message": {
        "type": "status-update", "status": "in-progress",
        "call": {"id": call_ref(1), "type": "outboundPhoneCall", "assistantId": vox.glow.assistant_id, "customer": {"number": CALLER}},
    }});
    assert_eq!(vox.post_as(&vox.glow.secret, "/api/webhooks/vapi", made.to_string()).await.0, 200);
    assert_eq!(vox.count("calls where is_outbound and not is_test").await, 1);
    assert_eq!(counts(&vox).await, (0, 0, 0));
}

/// What is looked up is written down a moment after its answer.
#[tokio::test]
async fn g9_a_call_whose_look_is_written_down_after_its_report_was_answered() {
    let vox = Voxanne::start().await;
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    line.tool("check_availability", json!({"serviceType": "Botox", "date": "2026-12-01"})).await.unwrap();
    vox.until_count("tool_calls", 1).await;
    // As it is when the report is faster.
    vox.exec("delete from tool_calls").await;
    line.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.until_count("calls where report_at is not null", 1).await;
    assert_eq!(counts(&vox).await, (1, 0, 1));
    let late = vox.call(&call_ref(1));
    late.tool("check_availability", json!({"serviceType": "Botox", "date": "2026-12-02"})).await.unwrap();
    vox.until_count("tool_calls", 1).await;
    assert_eq!(counts(&vox).await, (1, 1, 0));
}
