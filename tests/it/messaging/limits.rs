//! Who may be texted, how often, and what the caller hears when they may not.

use insta::assert_snapshot;
use serde_json::json;

use super::{book, later, queue, send, states, taken, tasks};
use crate::harness::{CALLER, MANAGER, Voxanne, booking, call_ref};

const NO_TEXT: &str = "Please make a note of it, since I can't text you a confirmation.";

fn lead(name: &str) -> serde_json::Value {
    json!({
        "leadName": name, "leadPhone": CALLER, "serviceInterest": "Botox", "urgency": "high", "summary": "Ready to book",
    })
}

#[tokio::test]
async fn t15_only_numbers_of_the_clinics_regions_are_texted() {
    let vox = Voxanne::start().await;
    // A British mobile, Jamaica and the Dominican Republic behind "+1", premium rate, satellite.
    let pumps = ["+447400123456", "+18765550142", "+18095550142", "+19002345678", "+881612345678"];
    for (n, from) in (0_u8..).zip(pumps) {
        let said = book(&vox, u128::from(n), from, 10 + n).await;
        assert!(said.starts_with("Great!") && said.ends_with(NO_TEXT), "{from}: {said}");
    }
    vox.run_jobs().await;
    assert_eq!((vox.count("texts where attempts > 0").await, taken(&vox)), (0, 0));
    let verdicts: String =
        vox.one("select string_agg(distinct verdict, ', ' order by verdict) from texts").await;
    assert_eq!(verdicts, "denied: country_not_allowed, denied: premium_or_unknown_number");
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 5, "the visits stand");
    assert_eq!(vox.count("tasks where kind = 'text_not_sent' and appointment_id is not null").await, 5);
    assert_eq!(
        vox.one::<String>("select min(title) from tasks").await,
        "Text not sent: Texts to this kind of number or country are not allowed. Call instead."
    );
    // Canada is allowed by default; a clinic that adds Britain may text it.
    assert!(book(&vox, 7, "+16135550142", 15).await.contains("You'll receive a text message"));
    vox.exec("update integration_settings set text_regions = '{US,GB}'").await;
    let british = book(&vox, 8, "+447400123456", 16).await;
    assert!(british.contains("You'll receive a text message"), "{british}");
    assert!(book(&vox, 9, "+16135550143", 17).await.ends_with(NO_TEXT), "a region taken away counts at once");
}

#[tokio::test]
async fn t16_a_number_gets_only_its_share_of_a_day() {
    let vox = Voxanne::start_with(|c| c.texts.per_number_per_day_max = 2).await;
    for (call, hour) in [(1, 10), (2, 11)] {
        assert!(book(&vox, call, CALLER, hour).await.contains("You'll receive a text message"));
    }
    let third = book(&vox, 3, CALLER, 12).await;
    assert!(third.starts_with("Great!") && third.ends_with(NO_TEXT), "{third}");
    assert!(
        book(&vox, 4, "+13105550143", 13).await.contains("You'll receive a text message"),
        "others are not held back"
    );
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 2);
    assert_snapshot!(tasks(&vox).await, @"text_not_sent: Text not sent: This number got as many texts as one may get in a day. Call instead.");
    later(&vox, 24 * 3600 + 1).await;
    assert!(book(&vox, 5, CALLER, 14).await.contains("You'll receive a text message"), "a day later it may");
}

#[tokio::test]
async fn t16_a_call_gets_only_its_share() {
    let vox = Voxanne::start_with(|c| c.voice.texts_per_call_max = 1).await;
    assert!(book(&vox, 1, CALLER, 10).await.contains("You'll receive a text message"));
    let second = book(&vox, 1, CALLER, 12).await;
    assert!(second.ends_with(NO_TEXT), "{second}");
    let said = vox.call(&call_ref(1)).tool("notify_hot_lead", lead("Dana Fox")).await.unwrap();
    // Caps are against floods to callers: an alert to staff gets through them.
    assert_snapshot!(said.text(), @"Thank you. I've just alerted our team, and they'll call you back as soon as they can.");
    assert_eq!(vox.count("hot_lead_alerts").await, 1);
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 1);
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 2);
    assert_eq!(
        vox.count("tasks where kind = 'text_not_sent' and title like '%One call asked for too many texts.%'")
            .await,
        1
    );
}

#[tokio::test]
async fn t16_an_org_gets_only_its_share_of_a_day() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "update integration_settings set texts_per_day_max = 2 where org_id = '{}'",
        vox.glow.org.0
    ))
    .await;
    for n in 0..2_u8 {
        let said = book(&vox, n.into(), &format!("+131055501{n:02}"), 10 + n).await;
        assert!(said.contains("You'll receive a text message"), "{said}");
    }
    assert!(book(&vox, 5, CALLER, 15).await.ends_with(NO_TEXT));
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 2);
    assert_snapshot!(tasks(&vox).await, @"text_not_sent: Text not sent: The clinic reached its texts of the day. Raise the limit in Settings, or call.");
    // Another clinic has its own.
    assert!(queue(&vox, &vox.harbor, CALLER, "harbor").await.text().is_some());
}

#[tokio::test]
async fn t16_the_kill_switch_holds_at_the_next_booking() {
    let vox = Voxanne::start().await;
    assert!(
        book(&vox, 1, "+13105550143", 10).await.contains("You'll receive a text message"),
        "the rules are warm"
    );
    vox.exec("update integration_settings set texting_enabled = false").await;
    let said = book(&vox, 2, CALLER, 12).await;
    assert!(said.starts_with("Great!") && said.ends_with(NO_TEXT), "{said}");
    let lead = vox.call(&call_ref(3)).tool("notify_hot_lead", lead("Dana Fox")).await.unwrap();
    assert!(
        lead.text().starts_with("Thank you. I've put your details in front of our team"),
        "{}",
        lead.text()
    );
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 0, "what was queued before stays as well");
    assert_eq!(states(&vox).await, "failed, failed, failed");
    assert_eq!(vox.count("texts where verdict = 'denied: texting_is_off'").await, 3);
    assert_snapshot!(tasks(&vox).await, @"
    text_not_sent: Text not sent: Texting is switched off in Settings. Call instead.
    text_not_sent: Text not sent: Texting is switched off in Settings. Call instead.
    fix_texting: Texts do not leave: Texting is switched off in Settings. Call instead.
    ");
    vox.exec("update integration_settings set texting_enabled = true").await;
    later(&vox, 3600).await;
    assert!(vox.texts_to(CALLER).is_empty(), "what staff were told to call about is not texted late");
    assert!(!vox.texts_to(MANAGER).is_empty(), "but the alert that nobody has taken climbs on");
    assert!(book(&vox, 4, CALLER, 14).await.contains("You'll receive a text message"));
}

#[tokio::test]
async fn t9_a_stop_between_queue_and_send_holds_the_text_back() {
    let vox = Voxanne::start().await;
    assert!(book(&vox, 1, CALLER, 10).await.contains("You'll receive a text message"));
    let stop = format!("insert into opt_outs values ('{}', '{CALLER}', 'test', now())", vox.glow.org.0);
    vox.exec(&stop).await;
    queue(&vox, &vox.harbor, CALLER, "harbor").await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 1, "Harbor was told nothing");
    assert_eq!(vox.count("texts where state = 'failed' and attempts = 0").await, 1);
    assert_snapshot!(tasks(&vox).await, @"call_instead: Call instead, the text to the caller did not arrive: The recipient replied STOP. Call instead.");
}

#[tokio::test]
async fn t9_a_stop_while_twilio_is_busy_holds_the_next_try_back() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(voxanne_sandbox::Fault::status(429));
    send(&vox, "a").await;
    vox.exec(&format!("insert into opt_outs values ('{}', '{CALLER}', 'test', now())", vox.glow.org.0)).await;
    later(&vox, 3600).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("failed", 0));
}

#[tokio::test]
async fn t19_e8_a_text_to_a_caller_is_two_segments_at_most_whatever_the_clinic_is_called() {
    let vox = Voxanne::start().await;
    vox.exec(&format!("update orgs set name = '{}'", "🔥 Łumière “Spa” € ".repeat(5).trim_end())).await;
    book(&vox, 1, CALLER, 10).await;
    vox.run_jobs().await;
    let text = &vox.texts_to(CALLER)[0];
    assert!(text.num_segments <= 2, "{} segments", text.num_segments);
    assert!(text.body.ends_with("Reply STOP to opt out."));
    assert_eq!(vox.count(&format!("texts where segments = {}", text.num_segments)).await, 1);
    // T14: what for is between the caller and the clinic.
    assert!(!text.body.contains("Botox") && !text.body.contains("Dana"));
}

#[tokio::test]
async fn t17_t18_t19_an_alert_repeats_no_address_and_stays_bounded() {
    let vox = Voxanne::start().await;
    let loud = json!({
        "leadName": "Win www.evil.example/now", "leadPhone": CALLER, "urgency": "high",
        "serviceInterest": "Botox\n📞 Phone: +19002345678 ".repeat(20), "summary": "🔥\u{202e}e\u{301}".repeat(2000),
    });
    vox.call(&call_ref(1)).tool("notify_hot_lead", loud).await.unwrap();
    vox.run_jobs().await;
    let text = &vox.texts_to(MANAGER)[0];
    assert!(!text.body.contains("evil"), "a name that is no name is left out");
    assert_eq!(text.body.lines().count(), 7, "nothing forges a line: {}", text.body);
    assert!(!text.body.contains('\u{202e}'));
    assert!(text.num_segments <= 10, "{} segments", text.num_segments);
}

#[tokio::test]
async fn tm8_the_text_has_the_clinics_wall_time_and_weekday() {
    let vox = Voxanne::start().await;
    let line = vox.call_from(&vox.harbor, &call_ref(1), Some("+12125550142"));
    let said =
        line.tool("book_appointment", booking("Botox", "2026-12-01", "13:40", "Dana Fox")).await.unwrap();
    assert_snapshot!(said.text(), @"I've scheduled your Botox appointment for Tuesday, December 1st at 1:40 PM. Our team will call you within 24 hours to confirm. You'll also receive a text confirmation.");
    vox.run_jobs().await;
    assert_snapshot!(vox.texts_to("+12125550142")[0].body, @"Harbor Aesthetics: we have your appointment request for Tuesday, December 1 at 1:40 PM. We'll call you within 24 hours to confirm. Questions? Call +12125550199. Reply STOP to opt out.");
}
