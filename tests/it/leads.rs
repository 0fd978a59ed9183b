//! Who is worth calling back now: one alert per org and call, and none for who is not.

use insta::assert_snapshot;
use serde_json::{Value, json};
use voxanne::jobs;

use crate::harness::{CALLER, MANAGER, Voxanne, call_ref, fixture};

const HOT: &str = "I'm interested in Botox and filler, I have budget, need it this week";

fn lead() -> serde_json::Value {
    json!({
        "leadName": "Sarah Johnson", "leadPhone": CALLER, "serviceInterest": "Botox Consultation",
        "urgency": "high", "summary": "High-value lead detected during call",
    })
}

/// One finished call, scored.
async fn called(vox: &Voxanne, n: u128, said: &str) {
    let call = vox.call(&call_ref(n));
    call.in_progress().await.unwrap();
    call.say_assistant("Thanks for calling Glow MedSpa, how can I help?").await.unwrap();
    call.say_user(said).await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.until_count("calls where report_at is not null", i64::try_from(n).unwrap()).await;
    vox.run_jobs().await;
    vox.run_jobs().await;
}

#[tokio::test]
async fn ts12_a_hot_call_is_scored_with_evidence_and_alerted_in_the_exact_format() {
    let vox = Voxanne::start().await;
    called(&vox, 1, HOT).await;
    assert_eq!(vox.count("calls where temperature = 'hot' and score >= 70 and class = 'new_lead'").await, 1);
    let evidence: String =
        vox.one("select string_agg(e ->> 'words', ' | ') from calls, jsonb_array_elements(evidence) e").await;
    assert_snapshot!(evidence, @"Botox | filler | have budget | need it this week");
    let texts = vox.texts_to(MANAGER);
    assert_eq!(texts.len(), 1);
    assert_eq!(
        texts[0].body,
        "🔥 VOXANNE HOT LEAD ALERT:\n👤 Name: Unknown caller\n📞 Phone: +13105550142\n💉 Interest: Botox\n\
         📝 Summary: High-value lead detected during call\n\nAction: Call them back ASAP to close the booking!"
    );
    assert_eq!(
        vox.count("hot_lead_alerts where trigger = 'score' and text_id is not null and score >= 70").await,
        1
    );
    assert_eq!(vox.count("notifications n join hot_lead_alerts a on n.subject_id = a.id and n.org_id = a.org_id where n.kind = 'hot_lead'").await, 1);
}

#[tokio::test]
async fn ts14_tool_then_score_and_a_report_delivered_twice_are_one_alert() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    let said = call.tool("notify_hot_lead", lead()).await.unwrap();
    assert!(said.text().starts_with("Thank you. I've just alerted our team"), "{}", said.text());
    call.say_user(HOT).await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.until_count("calls where report_at is not null", 1).await;
    vox.run_jobs().await;
    // The score again, as a restored backup or a replayed dead letter would.
    vox.exec(&format!(
        "select graphile_worker.add_job('score_call', json_build_object('org', org_id, 'call', id)) from calls where call_ref = '{}'",
        call_ref(1)
    ))
    .await;
    vox.run_jobs().await;
    assert_eq!(vox.count("calls where temperature = 'hot'").await, 1, "the score saw it too");
    assert_eq!(vox.count("hot_lead_alerts where trigger = 'tool'").await, 1);
    assert_eq!(vox.count("hot_lead_alerts").await, 1);
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 1);
    assert_eq!(vox.texts_to(MANAGER).len(), 1);
}

#[tokio::test]
async fn ts14_the_same_call_id_at_two_clinics_is_two_alerts() {
    let vox = Voxanne::start().await;
    for clinic in [&vox.glow, &vox.harbor] {
        let line = vox.call_from(clinic, &call_ref(1), Some(CALLER));
        let said = line.tool("notify_hot_lead", lead()).await.unwrap();
        assert!(said.text().starts_with("Thank you. I've just alerted our team"), "{}", said.text());
    }
    vox.run_jobs().await;
    assert_eq!(vox.count("hot_lead_alerts").await, 2);
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 2);
    assert_eq!(
        (vox.texts_to(MANAGER).len(), vox.texts_to("+12125550177").len()),
        (1, 1),
        "each clinic its own manager"
    );
}

#[tokio::test]
async fn ts10_a_question_about_the_price_is_cold_and_wakes_nobody() {
    let vox = Voxanne::start().await;
    called(&vox, 1, "How much does it cost?").await;
    let scored: String = vox.one("select score || ' ' || temperature from calls").await;
    assert_eq!(scored, "20 cold");
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
    assert!(vox.sandbox.twilio().messages().is_empty());
}

/// A call of which the platform told nothing before its report.
async fn reported(vox: &Voxanne, said: [&str; 2]) {
    let mut report: Value = serde_json::from_str(&fixture("end-of-call-report.hot-lead-not-booked")).unwrap();
    let turns = [("user", said[0]), ("bot", said[1])];
    report["message"]["artifact"]["messages"] =
        turns.map(|(role, message)| json!({"role": role, "message": message, "secondsFromStart": 1})).into();
    assert_eq!(vox.post(report.to_string()).await.0, 200);
    vox.run_jobs().await;
    vox.run_jobs().await;
}

#[tokio::test]
async fn ts13_an_alert_of_a_call_that_is_over_says_whether_the_assistant_named_emergency_services() {
    let hurt = "My face is swollen after filler yesterday, this is urgent. Should I call 911?";
    for (answer, said) in [
        ("I've alerted our team. If it gets worse, hang up and call 911.", "named to the caller"),
        ("We open at nine, somebody will call you back then.", "not named to the caller"),
    ] {
        let vox = Voxanne::start().await;
        vox.exec("update integration_settings set clinical_alert_phone = '+13105550188'").await;
        reported(&vox, [hurt, answer]).await;
        assert_eq!(
            vox.last_to("+13105550188"),
            format!(
                "VOXANNE CLINICAL ALERT:\nPhone: {CALLER}\nReported: face is swollen\nEmergency services: {said}\n\n\
                 Action: Call them back now."
            )
        );
    }
}

#[tokio::test]
async fn ts13_a_swollen_face_alerts_the_clinical_phone_and_is_never_a_lead() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set clinical_alert_phone = '+13105550188'").await;
    called(&vox, 1, "My face is swollen after filler yesterday, this is urgent").await;
    assert_eq!(vox.count("calls where class = 'clinical_urgency' and temperature = 'cold'").await, 1);
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
    assert!(vox.texts_to(MANAGER).is_empty());
    let texts = vox.texts_to("+13105550188");
    assert_eq!(texts.len(), 1);
    assert_snapshot!(texts[0].body, @"
    VOXANNE CLINICAL ALERT:
    Phone: +13105550142
    Reported: face is swollen

    Action: Call them back now.
    ");
    assert_eq!(vox.count("notifications where kind = 'clinical_urgency' and subject_kind = 'call'").await, 1);
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back' and call_id is not null").await, 1);
    // Without a phone of its own it goes to the manager rather than nowhere.
    vox.exec("update integration_settings set clinical_alert_phone = null").await;
    called(&vox, 2, "My lip is swollen and it hurts since the filler yesterday").await;
    assert_eq!(vox.texts_to(MANAGER).len(), 1);
}

#[tokio::test]
async fn whoever_is_no_lead_never_alerts_whatever_they_mention() {
    let vox = Voxanne::start().await;
    let calls = [
        "Sorry, wrong number. Though I'd love Botox and filler today, I have budget",
        "I want to make a complaint, the Botox you did was terrible and I want it fixed this week",
        "We sell Botox and filler supplies, do you have budget this week for a demo?",
        "I'm not interested in Botox or filler, please take me off your list",
    ];
    for (n, said) in (1..).zip(calls) {
        called(&vox, n, said).await;
    }
    assert_eq!(vox.count("calls where temperature is not null").await, 4, "all were scored");
    let hot: String = vox
        .one("select coalesce(string_agg(class || ': ' || turns::text, ' ; '), '') from calls where temperature = 'hot'")
        .await;
    assert_eq!(hot, "");
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
    assert!(vox.sandbox.twilio().messages().is_empty());
}

#[tokio::test]
async fn an_alert_whose_text_fails_is_still_on_the_dashboard_with_a_task() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(voxanne_sandbox::Fault::Undelivered { code: 30003 });
    vox.call(&call_ref(1)).tool("notify_hot_lead", lead()).await.unwrap();
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 1);
    let task: String = vox.one("select title from tasks").await;
    assert_snapshot!(task, @"Not delivered: a hot lead alert. The phone is off or out of reach. Call the contact, or send again later.");
}

#[tokio::test]
async fn without_an_alert_phone_staff_are_asked_once_to_set_one() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set hot_lead_alert_phone = null").await;
    called(&vox, 1, HOT).await;
    called(&vox, 2, HOT).await;
    assert_eq!(vox.count("hot_lead_alerts where text_id is null").await, 2);
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 2, "the dashboard has both");
    assert_eq!(vox.count("tasks where kind = 'set_alert_phone'").await, 1);
    assert_eq!(jobs::list_dead(&vox.app).await.unwrap().len(), 0);
}
