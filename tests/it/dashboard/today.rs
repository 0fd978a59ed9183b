//! The Today page: what waits, by whose name and in which order; what it shows of running calls is read, and stands in the log (W37).

use jiff::SignedDuration;
use serde_json::json;
use voxanne::accounts::Role;

use crate::harness::{CALLER, Voxanne, call_ref};

#[tokio::test]
async fn w37_the_last_words_of_a_running_call_are_noted_as_read_once_in_ten_minutes() {
    let vox = Voxanne::start().await;
    let viewer = vox.glow_staff(Role::Viewer).await;
    let noted = "audit_log where action = 'transcript.read' and actor like 'staff:usr_%'";
    let call = vox.call(&call_ref(7));
    call.in_progress().await.unwrap();
    viewer.page("/dashboard").await;
    assert_eq!(vox.count(noted).await, 0, "nothing was said yet");
    call.say_user("Do you treat rosacea?").await.unwrap();
    vox.until_count("utterances", 1).await;
    assert!(viewer.page("/dashboard").await.text.contains("Do you treat rosacea?"));
    assert_eq!(vox.count(noted).await, 1);
    viewer.page("/dashboard").await;
    assert_eq!(vox.count(noted).await, 1);
    vox.later(SignedDuration::from_mins(11));
    viewer.page("/dashboard").await;
    assert_eq!(vox.count(noted).await, 2);
}

#[tokio::test]
async fn a_caller_has_the_name_of_their_alert_and_only_hot_leads_wait_beside_hot_leads() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(7));
    call.in_progress().await.unwrap();
    let lead = json!({"leadName": "Sarah Johnson", "leadPhone": CALLER, "serviceInterest": "Botox", "urgency": "high",
                      "summary": "Wants to come this week"});
    call.tool("notify_hot_lead", lead).await.unwrap();
    vox.until_count("escalations", 1).await;
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "insert into escalations (org_id, id, kind, call_ref, raised_at, due_at)
         values ('{org}', gen_random_uuid(), 'clinical', 'another', '2026-11-24T17:00:00Z', '2026-11-24T17:00:00Z');
         insert into tasks (org_id, id, kind, title, dedupe_key, created_at) values
           ('{org}', gen_random_uuid(), 'clinical_call_back', 'Can wait least', 'least', '2026-11-24T16:00:00Z'),
           ('{org}', gen_random_uuid(), 'email_unknown', 'Can wait longest', 'longest', '2026-11-24T17:00:00Z')"
    ))
    .await;
    let viewer = vox.glow_staff(Role::Viewer).await;
    let today = viewer.page("/dashboard").await.text;
    let part = |id: &str| {
        let (_, part) = today.split_once(&format!("id=\"{id}\"")).unwrap();
        part.split("<section").next().unwrap()
    };
    assert!(part("figures").contains("<span class=\"than soft\">1 waiting</span>"), "{today}");
    assert!(part("running").contains("Sarah Johnson"), "{today}");
    let at = |title: &str| part("tasks").find(title).unwrap_or_else(|| panic!("{title}: {today}"));
    assert!(at("Can wait least") < at("Can wait longest"), "{today}");
    assert!(viewer.page("/dashboard/calls").await.text.contains("Sarah Johnson"));
}
