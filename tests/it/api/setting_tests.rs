//! E7: each *test it* button really does, and says what is wrong, with the vendor's code and the fix.

use serde_json::{Value, json};
use voxanne::accounts::Role;
use voxanne_sandbox::{Fault, Target};

use crate::harness::{Api, Voxanne};

async fn tried(api: &Api, what: &str) -> Value {
    api.post(&format!("/settings/tests/{what}"), json!({})).await.good()
}

/// The check of that name, whether it is right, and what it says with what to do.
fn check(found: &Value, what: &str) -> (bool, String) {
    let all = found["checks"].as_array().unwrap();
    // What is wrong counts.
    let named = || all.iter().filter(|check| check["what"] == what);
    let one = named().find(|check| check["ok"] == false).or_else(|| named().next());
    let one = one.unwrap_or_else(|| panic!("no {what} in {found}"));
    (one["ok"] == true, format!("{} {}", one["detail"], one["fix"]))
}

#[tokio::test]
async fn e7_the_webhook_test_goes_through_the_public_address_to_our_own_door() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let found = tried(&api, "webhook").await;
    assert_eq!(found["ok"], true, "{found}");
    for what in ["address", "secret", "org", "stranger"] {
        assert!(check(&found, what).0, "{what}");
    }
    vox.exec("update webhook_credentials set revoked_at = now()").await;
    let elsewhere = vox.restarted().await;
    let closed = tried(&elsewhere.api_with(Some(key(&vox).await)), "webhook").await;
    assert_eq!(closed["ok"], false);
    assert!(check(&closed, "secret").1.contains("no active secret"));
}

async fn key(vox: &Voxanne) -> String {
    vox.new_key(vox.glow.org, &voxanne::accounts::Scope::ALL, None).await.1
}

#[tokio::test]
async fn e7_a_webhook_that_cannot_be_reached_says_so() {
    let vox = Voxanne::start_with(|config| config.server.public_url = "http://127.0.0.1:9".into()).await;
    let found = tried(&vox.glow_api().await, "webhook").await;
    let (ok, said) = check(&found, "address");
    assert!(!ok && said.contains("cannot be connected to") && said.contains("BACKEND_URL"), "{said}");
    let none = Voxanne::start_with(|config| config.server.public_url = String::new()).await;
    assert!(check(&tried(&none.glow_api().await, "webhook").await, "address").1.contains("BACKEND_URL"));
}

#[tokio::test]
async fn e7_the_webhook_test_signs_in_every_form_that_the_platform_has() {
    let vox = Voxanne::start().await;
    for proof in ["bearer", "hmac_default", "hmac_body_only"] {
        let api = vox.glow_api().await;
        vox.exec("update webhook_credentials set revoked_at = now() where revoked_at is null").await;
        api.post("/webhook-secrets", json!({ "proof": proof })).await.good();
        let again = vox.restarted().await;
        let found = tried(&again.glow_api().await, "webhook").await;
        assert_eq!(found["ok"], true, "{proof}: {found}");
    }
}

#[tokio::test]
async fn e7_the_calendar_test_reads_and_writes_and_leaves_nothing() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    assert!(check(&tried(&api, "calendar").await, "account").1.contains("No calendar is connected"));
    vox.connects(vox.glow.org, None, "front@glow.example").await;
    vox.run_jobs().await;
    let google = vox.sandbox.google();
    let before = google.events("front@glow.example").len();
    let found = tried(&api, "calendar").await;
    assert_eq!(found["ok"], true, "{found}");
    assert!(check(&found, "read").0 && check(&found, "write").0);
    assert_eq!(google.events("front@glow.example").len(), before, "what was written was taken out");
    // What Google says, in its own words, and what to do; where it says nothing, ours.
    let refusals = [
        (
            Target::GoogleFreeBusy,
            Fault::google(403, "rateLimitExceeded"),
            "read",
            "(Google answered 403 rateLimitExceeded)",
            "more quota",
        ),
        (
            Target::GoogleEventsWrite,
            Fault::google(403, "requiredAccessLevel"),
            "write",
            "(Google answered 403 requiredAccessLevel)",
            "Share the calendar",
        ),
        (
            Target::GoogleEventsWrite,
            Fault::google(400, "invalid"),
            "write",
            "(Google answered 400 invalid)",
            "status page",
        ),
        (
            Target::GoogleFreeBusy,
            Fault::google(503, "backendError"),
            "read",
            "(Google answered 503)",
            "status page",
        ),
        (Target::GoogleFreeBusy, Fault::Garbage, "read", "(unreadable)", "status page"),
    ];
    for (target, fault, what, words, fix) in refusals {
        google.next(target, fault);
        let (ok, said) = check(&tried(&api, "calendar").await, what);
        assert!(!ok && said.contains(words) && said.contains(fix), "{said}");
    }
    vox.exec("update calendar_connections set state = 'needs_reconnect'").await;
    let (ok, said) = check(&tried(&api, "calendar").await, "account");
    assert!(!ok && said.contains("needs_reconnect") && said.contains("Connect the account again"), "{said}");
}

/// An assistant as the platform has it, made of what is told to paste.
async fn pasted(vox: &Voxanne, api: &Api) -> Value {
    let sheet = api.post("/doors", json!({})).await.good()["sheet"].clone();
    let mut assistant = sheet["assistant"].clone();
    assistant["id"] = json!(vox.glow.assistant_id);
    assistant["model"]["tools"] = sheet["tools"].clone();
    assistant
}

#[tokio::test]
async fn e7_the_assistant_test_tells_each_difference_from_what_to_paste() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    assert!(check(&tried(&api, "assistant").await, "key").1.contains("private key"));
    vox.sandbox.vapi().set_key("the-private-key");
    let gives =
        async |key: &str| api.put("/settings/voice-platform", json!({ "private_key": key })).await.good();
    assert_eq!(gives("another-key").await["has_private_key"], true);
    assert!(check(&tried(&api, "assistant").await, "platform").1.contains("refused the key"));
    gives("the-private-key").await;
    assert!(check(&tried(&api, "assistant").await, "assistant").1.contains("404"));

    let mut assistant = pasted(&vox, &api).await;
    vox.sandbox.vapi().keep_assistant(assistant.clone());
    let found = tried(&api, "assistant").await;
    assert_eq!(found["ok"], true, "{found}");

    assistant["server"]["url"] = json!("https://elsewhere.example/api/webhooks/vapi/abc");
    assistant["serverMessages"] = json!(["tool-calls"]);
    let tools = assistant["model"]["tools"].as_array_mut().unwrap();
    let gone = tools.remove(0);
    tools[0]["async"] = json!(true);
    tools[1]["server"]["url"] = json!(format!("{}/api/webhooks/vapi/{}", vox.url, vox.harbor.door));
    vox.sandbox.vapi().keep_assistant(assistant.clone());
    let found = tried(&api, "assistant").await;
    assert!(check(&found, "server").1.contains("elsewhere.example"), "{found}");
    assert!(check(&found, "messages").1.contains("end-of-call-report"));
    assert!(check(&found, "tools").1.contains(gone["function"]["name"].as_str().unwrap()));
    let wrong: Vec<String> = found["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["what"] == "tool")
        .map(|c| c["detail"].to_string())
        .collect();
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].contains("async") && wrong[1].contains("none of this clinic's"), "{wrong:?}");

    // Tools may be named instead of written.
    let mut named = pasted(&vox, &api).await;
    let tools = named["model"]["tools"].as_array().unwrap().clone();
    named["model"]["toolIds"] = (0..tools.len()).map(|n| json!(format!("tool_{n}"))).collect();
    named["model"]["tools"] = json!([]);
    for (n, mut tool) in tools.into_iter().enumerate() {
        tool["id"] = json!(format!("tool_{n}"));
        vox.sandbox.vapi().keep_tool(tool);
    }
    vox.sandbox.vapi().keep_assistant(named);
    assert_eq!(tried(&api, "assistant").await["ok"], true);
    vox.sandbox.vapi().next_requests(Fault::Status { http: 503, code: None, retry_after_seconds: None });
    assert!(check(&tried(&api, "assistant").await, "platform").1.contains("503"));
}

#[tokio::test]
async fn e7_the_email_test_reaches_whoever_is_signed_in() {
    let vox = Voxanne::start().await;
    assert!(check(&tried(&vox.glow_api().await, "email").await, "server").0);
    let owner = vox.glow_staff(Role::Owner).await;
    let found = owner.api("POST", "/settings/tests/email", json!({})).await.good();
    assert_eq!(found["ok"], true, "{found}");
    assert_eq!(vox.sandbox.mail().taken().len(), 1);
    vox.sandbox.mail().refuse("owner@glow.example");
    let refused = owner.api("POST", "/settings/tests/email", json!({})).await.good();
    let (ok, said) = check(&refused, "sent");
    assert!(!ok && said.contains("550"), "{said}");
    let off = Voxanne::start_with(|config| config.mail.host = String::new()).await;
    assert!(check(&tried(&off.glow_api().await, "email").await, "server").1.contains("mail.host"));
}
