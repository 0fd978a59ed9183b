//! Routes, floods, slow rings and origins.

use futures::future::{join_all, try_join_all};
use reqwest::Method;
use serde_json::{Value, json};
use voxanne::platform::db::Class;

use crate::harness::{CALLER, Voxanne, booking, call_ref, fixture};

/// Every route and what a stranger gets. A route that is not here is not meant to exist.
const ROUTES: &[(&str, &str, u16)] = &[
    ("POST", "/api/webhooks/vapi", 401),
    ("GET", "/api/webhooks/vapi", 405),
    ("POST", "/api/webhooks/vapi/some-door", 401),
    (
        "POST",
        "/api/webhooks/twilio/status/5d0c6f1e-3a52-4b7c-9e84-71f2a06bd3c9/5d0c6f1e-3a52-4b7c-9e84-71f2a06bd3c9",
        400,
    ),
    // The rest of the API: tests/it/api/access.rs.
    ("GET", "/api/v1/locations", 401),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/api/v1", 404),
    ("GET", "/ws/live-calls", 426),
    ("POST", "/dashboard/socket-token", 401),
    ("GET", "/health/live", 200),
    ("GET", "/health/ready", 200),
    ("GET", "/problems", 200),
    ("GET", "/", 200),
    ("GET", "/debug", 404),
    ("POST", "/api/tools/check_availability", 404),
];

#[tokio::test]
async fn b18_h3_a_stranger_gets_what_the_table_says_on_every_route() {
    let vox = Voxanne::start().await;
    for (method, path, status) in ROUTES {
        let method: Method = method.parse().unwrap();
        let answer =
            vox.http.request(method.clone(), format!("{}{path}", vox.url)).body("{}").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), *status, "{method} {path}");
        assert_eq!(answer.headers()["x-request-id"].len(), 32, "{method} {path}");
    }
}

#[tokio::test]
async fn b19_our_own_failures_carry_a_request_id_and_nothing_of_the_inside() {
    let vox = Voxanne::start().await;
    let _held = try_join_all((0..4).map(|_| vox.app.db.pool(Class::Back).acquire())).await.unwrap();
    let answer = vox.http.get(format!("{}/health/ready", vox.url)).send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["request_id"], id.as_str());
    assert_eq!(body["code"], "unavailable");
    assert_eq!(body["detail"], "Please repeat the request in a moment.");
}

#[tokio::test]
async fn v19_a30_a_flood_of_updates_neither_grows_the_inbox_nor_holds_up_a_booking() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let update = fixture("conversation-update");
    let flood = join_all((0..600).map(|n: usize| {
        let body = update.replace("019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f", &call_ref(1_000 + n as u128 % 20));
        vox.post(body)
    }));
    let call = vox.call(&call_ref(1));
    let book = call.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"));
    let (answers, said) = tokio::join!(flood, book);
    // From one address, and nobody is turned away.
    assert!(answers.iter().all(|(status, _)| *status == 200));
    assert!(said.unwrap().text().starts_with("Great!"));
    // Of each call's stream only the newest stays.
    vox.until_count("inbox where kind = 'conversation-update'", 20).await;
}

#[tokio::test]
async fn v18_a_ring_is_answered_although_the_database_is_not() {
    let vox = Voxanne::start_with(|c| {
        c.database.live_connections = 1;
        c.database.live_wait_ms = 200;
    })
    .await;
    let known = vox.post_fixture("assistant-request").await;
    assert!(known.1["assistantId"].is_string());
    let _held = vox.app.db.pool(Class::Live).acquire().await.unwrap();
    let (status, body) = vox.post_fixture("assistant-request").await;
    // Whoever answers, the phone does not ring into nothing: the clinic's people get the call.
    assert_eq!(status, 200);
    assert_eq!(body["destination"]["number"], "+13105550199");
}

#[tokio::test]
async fn v22_a_message_from_elsewhere_is_noted_and_the_secret_decides() {
    let vox = Voxanne::start_with(|c| c.vapi.expected_network = "167.150.224.0/23".into()).await;
    for from in ["203.0.113.9", "167.150.224.7, 203.0.113.9", "167.150.225.1"] {
        let request =
            vox.http.post(format!("{}/api/webhooks/vapi", vox.url)).header("x-vapi-secret", &vox.glow.secret);
        let answer = request.header("x-forwarded-for", from).body(fixture("hang")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{from}");
    }
}

#[tokio::test]
async fn td16_a_change_of_clock_rules_keeps_the_instant_and_tells_staff() {
    let vox = Voxanne::start().await;
    vox.call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    assert_eq!(voxanne::appointments::check_zones(&vox.app, vox.glow.org).await.unwrap(), 0);
    // As if it had been confirmed under rules that put 10 AM an hour away from where it is now.
    vox.exec("update appointments set local_starts_at = local_starts_at - interval '1 hour'").await;
    for _ in 0..2 {
        assert_eq!(voxanne::appointments::check_zones(&vox.app, vox.glow.org).await.unwrap(), 1);
    }
    assert_eq!(vox.count("tasks where kind = 'clock_rules_changed'").await, 1);
    assert_eq!(vox.count("appointments where starts_at = '2026-12-01T18:00:00Z'").await, 1);
}

#[tokio::test]
async fn p3_p4_p5_the_model_cannot_reach_another_number_visit_or_an_invented_slot() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    let mut wish = booking("Botox", "2026-12-01", "03:15", "Ana Diaz");
    // P5: a slot id is the model's word; the time is checked like any other.
    wish["slot_id"] = json!("s_20261201T031500_r1");
    assert!(
        call.tool("book_appointment", wish.clone())
            .await
            .unwrap()
            .text()
            .starts_with("I'm sorry, that's outside")
    );
    // P3: another number given by voice is kept, and the text goes to the phone that called.
    wish["preferredTime"] = json!("10:00");
    wish["customerPhone"] = json!("+13105550166");
    assert!(call.tool("book_appointment", wish).await.unwrap().text().starts_with("Great!"));
    vox.run_jobs().await;
    assert_eq!(vox.texts_to("+13105550166").len(), 0);
    // P4: nothing here lists anybody's visits, and a number given by voice opens none.
    let other = vox.call_from(&vox.glow, &call_ref(2), Some("+13105550166"));
    for tool in ["cancel_appointment", "find_my_appointments"] {
        let said = other.tool(tool, json!({"phone": CALLER})).await.unwrap();
        assert!(said.text().starts_with("I don't see"), "{tool}: {said:?}");
    }
    for tool in ["find_appointments", "list_patients"] {
        let said = call.tool(tool, json!({"phone": "+13105550166"})).await.unwrap();
        assert!(matches!(said.said, voxanne_sandbox::caller::Said::Error(_)), "{tool}: {said:?}");
    }
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1);
}

#[tokio::test]
async fn b21_w30_no_row_holds_a_secret_in_the_clear() {
    let vox = Voxanne::start().await;
    vox.post_fixture("assistant-request.twilio-with-secrets").await;
    vox.post_fixture("tool-calls.observed.book").await;
    vox.run_jobs().await;
    vox.until_count("inbox where kind = 'assistant-request'", 1).await;
    let tables: Vec<String> = sqlx::query_scalar("select relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where relkind = 'r' and nspname in ('public')")
        .fetch_all(&vox.admin)
        .await
        .unwrap();
    let secrets = [vox.glow.secret.as_str(), vox.glow.door.as_str(), "sandbox-AC", "MUST_BE_REDACTED"];
    for table in tables {
        for secret in secrets {
            let rows = vox.count(&format!("{table} t where t::text like '%{secret}%'")).await;
            assert_eq!(rows, 0, "{table} holds {secret}");
        }
    }
}
