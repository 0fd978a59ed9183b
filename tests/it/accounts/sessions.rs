//! Sessions: what opens, what ends them, and who may not use them from where.

use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};
use voxanne::accounts::{self, Browser, Role, SignInError};
use voxanne::platform::config::Config;
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::{Person, Voxanne};

fn browser() -> Browser {
    Browser { network: [192, 0, 2, 7].into(), agent: "Firefox".to_owned() }
}

#[tokio::test]
async fn each_role_may_do_what_it_names_and_no_more() {
    let vox = Voxanne::start().await;
    let name = json!({"name": "Annex", "time_zone": "America/Denver"});
    for (role, reads, writes) in [
        (Role::Owner, 200, 201),
        (Role::Manager, 200, 201),
        (Role::FrontDesk, 200, 403),
        (Role::Viewer, 200, 403),
    ] {
        let person = vox.glow_staff(role).await;
        assert_eq!(person.api("GET", "/locations", Value::Null).await.status, reads, "{role}");
        let wrote = person.api("POST", "/locations", name.clone()).await;
        assert_eq!(wrote.status, writes, "{role}: {}", wrote.body);
        if writes == 403 {
            assert_eq!(wrote.refused(403, "missing_scope")["role"], role.name());
        }
    }
    vox.stranger().api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn w10_a_session_changes_nothing_from_another_sites_page() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let host = vox.url.trim_start_matches("http://");
    for (origin, site) in [
        (None, None),
        (None, Some("same-origin")),
        (Some("null".to_owned()), None),
        (Some("null".to_owned()), Some("cross-site")),
        (Some("https://evil.example".to_owned()), None),
        (Some(format!("https://{host}.evil.example")), None),
        (Some(format!("https://{host}")), None),
        (Some(vox.url.clone()), Some("cross-site")),
        (Some(vox.url.clone()), Some("same-site")),
    ] {
        let what = format!("{origin:?} {site:?}");
        let mut request = owner.bare("POST", "/api/v1/locations");
        if let Some(origin) = &origin {
            request = request.header("origin", origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let body = json!({"name": "Annex", "time_zone": "America/Denver"});
        let answer = crate::harness::Answered::of(request.json(&body)).await;
        assert_eq!(answer.status, 403, "{what}");
        answer.refused(403, "cross_site");
    }
    // W22: a Host says nothing about whose page it was, where the settings say what our address is.
    for (host, origin) in [
        ("evil.example", "http://evil.example"),
        ("evil.example", "https://evil.example"),
        ("localhost.evil.example", "http://localhost.evil.example"),
        ("localhost:1", "http://localhost:2"),
    ] {
        let request = owner.bare("POST", "/api/v1/locations").header("host", host).header("origin", origin);
        let body = json!({"name": "Annex", "time_zone": "America/Denver"});
        let answer = crate::harness::Answered::of(request.json(&body)).await;
        assert_eq!(answer.status, 403, "{host} {origin}");
        answer.refused(403, "cross_site");
    }
    assert_eq!(vox.count("locations where name = 'Annex'").await, 0);
    // This machine has several names for itself, and no other machine has any of them.
    let here = vox.url.replace("127.0.0.1", "localhost");
    let request = owner.bare("POST", "/api/v1/locations").header("origin", &here);
    let request = request.header("host", here.trim_start_matches("http://"));
    let body = json!({"name": "Here", "time_zone": "America/Denver"});
    crate::harness::Answered::of(request.json(&body)).await.good();
    // A form of our own page could not be told from another's: only JSON is taken.
    let form = owner.request("POST", "/api/v1/locations").form(&[("name", "Annex")]);
    crate::harness::Answered::of(form).await.refused(400, "unreadable");
    // Looking needs no origin: browsers send none with a link.
    let looks = crate::harness::Answered::of(owner.bare("GET", "/api/v1/locations")).await;
    assert_eq!(looks.status, 200);
}

#[tokio::test]
async fn w38_whoever_is_staff_no_more_is_out_at_once() {
    let vox = Voxanne::start().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    assert_eq!(desk.api("GET", "/locations", Value::Null).await.status, 200);
    let of_desk = "user_id = (select user_id from users where email = 'frontdesk@glow.example')";
    vox.exec(&format!("update memberships set role = 'viewer' where {of_desk}")).await;
    desk.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    let desk = vox.signed_in("frontdesk@glow.example").await;
    let task = json!({"service_id": "svc_x", "phone": "+13105550101"});
    desk.api("POST", "/waitlist", task).await.refused(403, "missing_scope");
    vox.exec(&format!("update memberships set ended_at = now() where {of_desk}")).await;
    desk.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    let manager = vox.glow_staff(Role::Manager).await;
    vox.exec("update users set disabled_at = now() where email = 'manager@glow.example'").await;
    manager.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
}

/// A server that signs people out as the settings have it.
async fn by_default() -> Voxanne {
    let accounts = Config::load(|_| None).unwrap().accounts;
    Voxanne::start_with(|config| config.accounts = accounts).await
}

/// What the page asks for by itself, and what somebody who is there sends.
async fn left(person: &Person, method: &str) -> (u16, Value) {
    let request = person.request(method, "/dashboard/session").header("hx-request", "true");
    let request = if method == "GET" { request.header("x-voxanne-by-itself", "1") } else { request };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_session_ends_after_a_quarter_of_an_hour_of_nothing_and_in_any_case_after_twelve_hours() {
    let vox = by_default().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let looks = async |person: &Person| person.api("GET", "/locations", Value::Null).await;
    for _ in 0..51 {
        vox.later(SignedDuration::from_mins(14));
        assert_eq!(looks(&owner).await.status, 200);
    }
    // Eleven hours and fifty-four minutes.
    let (status, said) = left(&owner, "POST").await;
    assert_eq!((status, said), (200, json!({"seconds": 360, "canStay": false})));
    let page = owner.page("/dashboard").await.text;
    assert!(page.contains("data-session-left=\"360\""), "the page says it in time, too");
    vox.later(SignedDuration::from_mins(6));
    looks(&owner).await.refused(401, "unauthenticated");
    let idle = vox.glow_staff(Role::Owner).await;
    vox.later(SignedDuration::from_mins(15));
    looks(&idle).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn what_a_page_fetches_by_itself_keeps_nobody_signed_in() {
    let vox = by_default().await;
    let owner = vox.glow_staff(Role::Owner).await;
    assert!(owner.page("/dashboard/calls?hot=1").await.text.contains("data-session-left=\"840\""));
    let refreshes = async || {
        let part = owner.request("GET", "/dashboard/calls?hot=1").header("hx-request", "true");
        let page = format!("{}/dashboard/calls?hot=1", vox.url);
        part.header("x-voxanne-by-itself", "1").header("hx-current-url", page).send().await.unwrap()
    };
    let tickets = async || {
        let asks = owner.request("POST", "/dashboard/socket-token").json(&json!({}));
        asks.send().await.unwrap().status()
    };
    for minute in 1..15 {
        vox.later(SignedDuration::from_mins(1));
        assert_eq!((refreshes().await.status(), tickets().await), (StatusCode::OK, StatusCode::OK));
        let events = owner.request("GET", "/api/v1/calls").header("x-voxanne-by-itself", "1");
        assert_eq!(events.send().await.unwrap().status(), 200);
        assert_eq!(left(&owner, "GET").await.1, json!({"seconds": 900 - minute * 60, "canStay": true}));
    }
    vox.later(SignedDuration::from_mins(1));
    let ended = refreshes().await;
    assert_eq!(ended.status(), 401);
    assert_eq!(ended.headers()["hx-redirect"], "/sign-in?next=/dashboard/calls%3Fhot%3D1", "and back there");
    assert_eq!((tickets().await.as_u16(), left(&owner, "GET").await.0), (401, 401));
    let page = owner.page("/dashboard/calls?hot=1").await;
    assert_eq!((page.status, page.location.as_str()), (303, "/sign-in?next=/dashboard/calls%3Fhot%3D1"));
}

#[tokio::test]
async fn whoever_says_that_they_are_there_stays_signed_in() {
    let vox = by_default().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    for _ in 0..40 {
        vox.later(SignedDuration::from_mins(14));
        assert_eq!(left(&desk, "GET").await.1, json!({"seconds": 60, "canStay": true}));
        assert_eq!(left(&desk, "POST").await.1, json!({"seconds": 900, "canStay": true}));
    }
    // Just seen: and all the same the whole time anew.
    vox.later(SignedDuration::from_secs(10));
    assert_eq!(left(&desk, "POST").await.1["seconds"], 900);
    let elsewhere = desk.bare("POST", "/dashboard/session").header("origin", "https://evil.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), 403, "W10");
    assert_eq!(left(&vox.stranger(), "POST").await.0, 401);
}

#[tokio::test]
async fn w16_nobody_learns_who_has_an_account() {
    let vox = Voxanne::start().await;
    for email in ["owner@glow.example", "nobody@glow.example", "", "OWNER@GLOW.EXAMPLE'--"] {
        let refused = accounts::sign_in(&vox.app, (email, "not the password"), &browser()).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{email}");
    }
    let upper = accounts::sign_in(&vox.app, (" Owner@Glow.example ", DEMO_PASSWORD), &browser()).await;
    assert!(upper.is_ok(), "case does not count");
}

#[tokio::test]
async fn signing_in_and_out_and_every_refusal_are_in_the_log() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let mut desk = vox.glow_staff(Role::FrontDesk).await;
    let session: String = vox
        .one(
            "select 'ses_' || translate(id::text, '-', '') from sessions
              where user_id = (select user_id from users where email = 'frontdesk@glow.example')",
        )
        .await;
    let of_desk = "actor = (select 'staff:usr_' || translate(user_id::text, '-', '') from users where email = 'frontdesk@glow.example')";
    assert_eq!(
        vox.count(&format!(
            "audit_log where action = 'session.begin' and subject = '{session}' and {of_desk}"
        ))
        .await,
        1
    );
    desk.form("/sign-out", &[]).await;
    let ended = format!("audit_log where action = 'session.end' and subject = '{session}' and {of_desk}");
    assert_eq!(vox.count(&ended).await, 1);
    // Once: a cookie that opens nothing ends nothing.
    let gone = vox.stranger().with(&"A".repeat(43));
    gone.clone().form("/sign-out", &[]).await;
    assert_eq!(vox.count("audit_log where action = 'session.end'").await, 1);

    for (email, refused) in [("nobody@glow.example", 0), ("frontdesk@glow.example", 1)] {
        let tried = accounts::sign_in(&vox.app, (email, "not the password"), &browser()).await;
        assert!(matches!(tried, Err(SignInError::Wrong)));
        vox.until_count("audit_log where action = 'sign_in.refuse'", refused).await;
    }
    let entry: (String, String, Value) = sqlx::query_as(
        "select actor, (select email from users where subject = 'usr_' || translate(user_id::text, '-', '')), detail
           from audit_log where action = 'sign_in.refuse'",
    )
    .fetch_one(&vox.admin)
    .await
    .unwrap();
    assert_eq!(
        entry,
        ("sign-in".to_owned(), "frontdesk@glow.example".to_owned(), json!({"step": "password"}))
    );
    let page = owner.page("/dashboard/audit?action=sign_in.refuse").await.text;
    assert!(
        page.contains("A wrong password or code was tried") && page.contains("Somebody at the sign-in"),
        "{page}"
    );
}
