//! W15, F2, F3, F12: a Google account is connected by the person who was asked to, in one browser, once, soon; and taken
//! away for good.

use jiff::SignedDuration;
use reqwest::Url;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use voxanne::accounts::Scope;
use voxanne_sandbox::google::{Call, HumanEvent};
use voxanne_sandbox::{Fault, Target};

use super::browser::{Browser, page};
use crate::harness::{ACCOUNT, Answered, Voxanne};

const OTHER: &str = "second@glow.example";

fn with(url: &Url, name: &str, value: &str) -> String {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut changed = url.clone();
    changed.query_pairs_mut().clear();
    for (key, old) in pairs {
        let new = if key == name { value } else { &old };
        changed.query_pairs_mut().append_pair(&key, new);
    }
    changed.into()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

async fn connected(vox: &Voxanne) -> i64 {
    vox.count("calendar_connections where connected").await
}

/// Status of a clinic's own account.
async fn status(vox: &Voxanne, clinic: &crate::harness::Clinic) -> Value {
    let api = vox.api(clinic, &[Scope::CalendarsRead]).await;
    Answered::of(api.google_oauth("GET", "/status")).await.good()
}

#[tokio::test]
async fn f2_a_program_asks_for_a_link_and_a_person_connects_the_account() {
    let vox = Voxanne::start().await;
    let google = vox.sandbox.google();
    google.set_app(crate::harness::GOOGLE_CLIENT, "sandbox");
    google.set_redirect_uri(&format!("{}/api/google-oauth/callback", vox.url));
    google.consents_next(ACCOUNT);
    let before = status(&vox, &vox.glow).await;
    assert_eq!(
        before,
        json!({
            "connected": false, "state": "disconnected", "account": null, "calendars": [], "age_seconds": null,
            "redirect_uri": format!("{}/api/google-oauth/callback", vox.url), "backlog": 0, "open_conflicts": 0,
            "sentence": "No Google account is connected.",
        })
    );
    let api = vox.glow_api().await;
    let link = Answered::of(api.google_oauth("GET", "/authorize")).await.good();
    assert_eq!(link["expires_in"], 600);
    let mut browser = Browser::new();
    let opened = browser.get(link["url"].as_str().unwrap()).await;
    let cookie = opened.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("voxanne_consent="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/api/google-oauth; Max-Age=600; HttpOnly; SameSite=Lax"),
        "over http it is not Secure: {cookie}"
    );
    browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    let asked = Url::parse(opened.headers()[LOCATION].to_str().unwrap()).unwrap();
    for (name, value) in [
        ("redirect_uri", before["redirect_uri"].as_str().unwrap()),
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
    ] {
        assert_eq!(parameter(&asked, name), value);
    }
    let back = browser.get(asked.as_str()).await;
    let done = browser.page(back.headers()[LOCATION].to_str().unwrap()).await;
    assert_eq!(
        (done.status, done.said.as_str()),
        (200, "front@glow.example is connected. You can close this window.")
    );
    let header = |name: &str| done.response_headers[name].to_str().unwrap().to_owned();
    assert!(header("set-cookie").starts_with("voxanne_consent=; Path=/api/google-oauth; Max-Age=0"));
    assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert_eq!(
        (header("referrer-policy"), header("cache-control")),
        ("no-referrer".into(), "no-store".into())
    );

    vox.run_jobs().await;
    let after = status(&vox, &vox.glow).await;
    assert_eq!(
        (&after["connected"], &after["state"], &after["account"]),
        (&json!(true), &json!("connected"), &json!(ACCOUNT))
    );
    assert_eq!(
        (&after["age_seconds"], &after["sentence"]),
        (&json!(0), &json!("front@glow.example is up to date, read just now."))
    );
    assert_eq!(after["calendars"][0]["blocks"], true);
    assert_eq!(connected(&vox).await, 1);
    assert_eq!(status(&vox, &vox.harbor).await["connected"], false, "the other clinic has none");
    let by: String = vox.one("select started_by from oauth_states").await;
    assert!(by.starts_with("api:key_"), "{by}");
    let noted = format!(
        "audit_log where action = 'calendar_connection.write' and actor = '{by}' and org_id = '{}'
            and subject = (select 'ccn_' || translate(id::text, '-', '') from calendar_connections)",
        vox.glow.org.0
    );
    assert_eq!(vox.count(&noted).await, 1);
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure() {
    let vox = Voxanne::start_with(|config| config.server.public_url = "https://glow.example".into()).await;
    let link = vox.consent_link(vox.glow.org, None).await;
    let link = link.replace("https://glow.example", &vox.url);
    let opened = Browser::new().get(&link).await;
    assert!(opened.headers()[SET_COOKIE].to_str().unwrap().ends_with("; SameSite=Lax; Secure"));
}

#[tokio::test]
async fn f3_a_link_opens_once_soon_and_as_it_was_given() {
    let vox = Voxanne::start().await;
    let link = vox.consent_link(vox.glow.org, None).await;
    let forged = |link: &str| format!("{}{}", &link[..link.len() - 4], "0000");
    let refused =
        [forged(&link), format!("{link}."), format!("{link}&ticket=x"), link.replace("ticket=", "ticket=x")];
    for wrong in refused {
        let page = Browser::new().page(&wrong).await;
        assert_eq!(
            (page.status, page.said.as_str()),
            (410, "This link was opened before, or is too old. Ask for a new one.")
        );
    }
    // A look at the headers alone uses nothing up.
    assert_eq!(vox.http.head(&link).send().await.unwrap().status(), 405);
    Browser::new().open(&link).await;
    assert_eq!(Browser::new().page(&link).await.status, 410, "opened twice");
    let late = vox.consent_link(vox.glow.org, None).await;
    vox.later(SignedDuration::from_mins(10));
    assert_eq!(Browser::new().page(&late).await.status, 410, "opened too late");
    assert_eq!(connected(&vox).await, 0);
}

#[tokio::test]
async fn f3_only_the_browser_that_opened_the_link_finishes_it_once_and_soon() {
    let vox = Voxanne::start().await;
    let invalid = "This page was opened before, is too old, or belongs to another browser. Open a new link, and stay in one browser.";
    vox.sandbox.google().consents_next(ACCOUNT);
    let mut browser = Browser::new();
    let back = browser.consent(&vox.consent_link(vox.glow.org, None).await).await;
    let state = parameter(&back, "state");
    let mut other = Browser::new();
    other.open(&vox.consent_link(vox.glow.org, None).await).await;
    let tampered = [
        with(&back, "state", &format!("{}{}", &state[..state.len() - 4], "0000")),
        with(
            &back,
            "state",
            &state.replace(&vox.glow.org.0.simple().to_string(), &vox.harbor.org.0.simple().to_string()),
        ),
        with(&back, "state", ""),
        format!("{back}&state={state}"),
        with(
            &back,
            "state",
            parameter(&Url::parse(&vox.consent_link(vox.glow.org, None).await).unwrap(), "ticket").as_str(),
        ),
        format!("{}/api/google-oauth/callback", vox.url),
    ];
    for url in &tampered {
        let page = browser.page(url).await;
        assert_eq!((page.status, page.said.as_str()), (400, invalid), "{url}");
        assert!(!page.response_headers.contains_key(SET_COOKIE), "a stranger's return ends nothing");
    }
    for stranger in [&Browser::new(), &other] {
        assert_eq!(stranger.page(back.as_str()).await.status, 400);
    }
    assert_eq!(connected(&vox).await, 0);
    // It was none of their business, and did no harm: the right browser still can. Once.
    assert_eq!(browser.page(back.as_str()).await.status, 200);
    assert_eq!(browser.page(back.as_str()).await.status, 400, "the state is used up");
    assert_eq!(connected(&vox).await, 1);

    vox.sandbox.google().consents_next(OTHER);
    let back = browser.consent(&vox.consent_link(vox.glow.org, None).await).await;
    vox.later(SignedDuration::from_mins(10));
    assert_eq!(browser.page(back.as_str()).await.status, 400, "finished too late");
    assert_eq!(vox.count(&format!("calendar_connections where account = '{OTHER}'")).await, 0);
}

#[tokio::test]
async fn f3_one_clinics_consent_never_connects_another_clinic() {
    let vox = Voxanne::start().await;
    let google = vox.sandbox.google();
    let (mut glow, mut harbor) = (Browser::new(), Browser::new());
    google.consents_next(ACCOUNT);
    let glow_back = glow.consent(&vox.consent_link(vox.glow.org, None).await).await;
    google.consents_next("desk@harbor.example");
    let harbor_back = harbor.consent(&vox.consent_link(vox.harbor.org, None).await).await;
    // Harbor's state in Glow's browser, and the other way round.
    assert_eq!(glow.page(harbor_back.as_str()).await.status, 400);
    assert_eq!(harbor.page(glow_back.as_str()).await.status, 400);
    assert_eq!(connected(&vox).await, 0);
    // Code injection: Harbor's code in Glow's return. PKCE ties a code to the consent that it came from.
    let injected = glow.page(&with(&glow_back, "code", &parameter(&harbor_back, "code"))).await;
    assert_eq!(
        (injected.status, injected.said.as_str()),
        (502, "Google did not accept the consent. Open a new link and try again.")
    );
    assert_eq!(connected(&vox).await, 0, "nothing is stored of a consent that went wrong");
    google.consents_next("desk@harbor.example");
    let harbor_back = harbor.consent(&vox.consent_link(vox.harbor.org, None).await).await;
    assert_eq!(harbor.page(harbor_back.as_str()).await.status, 200);
    let owners: Vec<uuid::Uuid> =
        sqlx::query_scalar("select org_id from calendar_connections").fetch_all(&vox.admin).await.unwrap();
    assert_eq!(owners, [vox.harbor.org.0]);
}

#[tokio::test]
async fn w15_the_page_repeats_nothing_of_the_address() {
    let vox = Voxanne::start().await;
    let url = format!(
        "{}/api/google-oauth/callback?state=%3Cscript%3Eevil&error=%3Cb%3Eevil&next=https://evil.example",
        vox.url
    );
    let response = vox.http.get(url).send().await.unwrap();
    assert_eq!(response.status(), 400);
    let html = response.text().await.unwrap();
    assert!(!html.contains("evil"), "{html}");
}

#[tokio::test]
async fn whoever_refuses_or_leaves_a_box_unticked_connects_nothing_and_reads_what_to_do() {
    let vox = Voxanne::start().await;
    let google = vox.sandbox.google();
    let mut browser = Browser::new();
    google.refuses_next();
    let back = browser.consent(&vox.consent_link(vox.glow.org, None).await).await;
    let page = browser.page(back.as_str()).await;
    assert_eq!(page.status, 403);
    assert!(page.said.starts_with("Nothing was connected, since access was not allowed."), "{}", page.said);
    google.refuse_scope(ACCOUNT, "https://www.googleapis.com/auth/calendar.freebusy");
    let page = self::page(vox.consents(&vox.consent_link(vox.glow.org, None).await, ACCOUNT).await).await;
    assert_eq!(page.status, 403);
    assert!(
        page.said.ends_with("Open a new link and also tick “View your availability in your calendars”."),
        "{}",
        page.said
    );
    assert_eq!(vox.count("calendar_connections").await, 0);
    google.refuse_no_scope(ACCOUNT);
    // Google is away at the wrong moment.
    google.next(Target::GoogleToken, Fault::status(503));
    let page = self::page(vox.consents(&vox.consent_link(vox.glow.org, None).await, ACCOUNT).await).await;
    assert_eq!(
        (page.status, page.said.as_str()),
        (502, "Google did not do its part, and nothing was connected. Open a new link in a moment.")
    );
    assert_eq!(vox.count("calendar_connections").await, 0);
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    assert_eq!(connected(&vox).await, 1);
}

#[tokio::test]
async fn a_second_consent_without_a_refresh_token_keeps_the_one_from_before() {
    let vox = Voxanne::start().await;
    let google = vox.sandbox.google();
    google.leave_out_refresh_token(ACCOUNT, true);
    let page = self::page(vox.consents(&vox.consent_link(vox.glow.org, None).await, ACCOUNT).await).await;
    assert_eq!(page.status, 409);
    assert!(page.said.contains("Remove this app at myaccount.google.com/permissions"), "{}", page.said);
    assert_eq!(vox.count("calendar_connections").await, 0);
    google.leave_out_refresh_token(ACCOUNT, false);
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    let id: uuid::Uuid = vox.one("select id from calendar_connections").await;
    google.leave_out_refresh_token(ACCOUNT, true);
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    assert_eq!(vox.one::<uuid::Uuid>("select id from calendar_connections").await, id);
    // What was kept still lets us in: the token runs out and a new one is asked for with it.
    vox.later(SignedDuration::from_hours(2));
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert!(google.refreshes(ACCOUNT) > 0);
    assert_eq!(status(&vox, &vox.glow).await["age_seconds"], 0);
}

#[tokio::test]
async fn another_account_takes_the_place_of_the_first_whose_secrets_and_mirror_are_erased() {
    let vox = Voxanne::start().await;
    let google = vox.sandbox.google();
    let at = |text: &str| text.parse().unwrap();
    google.add_account(ACCOUNT);
    google
        .add_event(ACCOUNT, &HumanEvent::at("Lunch", at("2026-12-01T20:00:00Z"), at("2026-12-01T21:00:00Z")));
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    assert_eq!(vox.count("external_busy").await, 1);
    vox.connects(vox.glow.org, None, OTHER).await;
    assert_eq!(connected(&vox).await, 1);
    assert_eq!(status(&vox, &vox.glow).await["account"], OTHER);
    let erased = format!(
        "calendar_connections where account = '{ACCOUNT}' and state = 'disconnected' and secret_sealed is null and access_token_sealed is null"
    );
    assert_eq!(vox.count(&erased).await, 1);
    assert_eq!(vox.count("external_busy").await, 0);
}

#[tokio::test]
async fn f12_revoking_tells_google_and_erases_also_when_google_is_away() {
    let vox = Voxanne::start().await;
    let google = vox.sandbox.google();
    let api = vox.glow_api().await;
    let revoke = async || Answered::of(api.google_oauth("POST", "/revoke")).await;
    revoke().await.refused(404, "not_found");
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    assert_eq!(google.live_grants(ACCOUNT), 1);
    assert_eq!(revoke().await.good(), json!({"connected": false, "revoked_at_provider": true}));
    assert_eq!((google.live_grants(ACCOUNT), google.requests(ACCOUNT, Call::Revoke)), (0, 1));
    let secrets = "calendar_connections where secret_sealed is not null or access_token_sealed is not null or connected";
    assert_eq!(vox.count(secrets).await, 0);
    assert_eq!(status(&vox, &vox.glow).await["connected"], false);
    revoke().await.refused(404, "not_found");

    vox.connects(vox.glow.org, None, ACCOUNT).await;
    google.next(Target::GoogleToken, Fault::status(503)).times(9);
    assert_eq!(revoke().await.good(), json!({"connected": false, "revoked_at_provider": false}));
    assert_eq!(vox.count(secrets).await, 0, "erased, whatever Google says");
    let task: String = vox.one("select title from tasks where kind = 'remove_access'").await;
    assert!(task.ends_with("myaccount.google.com/permissions"), "{task}");
}

#[tokio::test]
async fn a_practitioners_account_is_connected_and_revoked_by_itself() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let nora = api.id_of("/practitioners", "Nora Alvarez").await;
    let link = Answered::of(api.google_oauth("GET", &format!("/authorize?practitioner={nora}"))).await.good();
    let page = self::page(vox.consents(link["url"].as_str().unwrap(), "nora@glow.example").await).await;
    assert_eq!(page.status, 200);
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    let of_nora = Answered::of(api.google_oauth("GET", &format!("/status?practitioner={nora}"))).await.good();
    assert_eq!(of_nora["account"], "nora@glow.example");
    let revoked = api.google_oauth("POST", "/revoke").json(&json!({"practitioner_id": nora}));
    Answered::of(revoked).await.good();
    assert_eq!(status(&vox, &vox.glow).await["account"], ACCOUNT, "the clinic's stays");
    assert_eq!(connected(&vox).await, 1);
}

#[tokio::test]
async fn b12_each_door_takes_a_key_with_its_scope_and_knows_only_its_own_org() {
    let vox = Voxanne::start().await;
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    for (method, path, scope) in [
        ("GET", "/authorize", "calendars:write"),
        ("GET", "/status", "calendars:read"),
        ("POST", "/revoke", "calendars:write"),
    ] {
        Answered::of(vox.api_with(None).google_oauth(method, path)).await.refused(401, "unauthenticated");
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|s| s.name() != scope).collect();
        let lacking = vox.api(&vox.glow, &others).await;
        let refused = Answered::of(lacking.google_oauth(method, path)).await.refused(403, "missing_scope");
        assert_eq!(refused["scope"], scope);
    }
    let harbor = vox.harbor_api().await;
    let nora = vox.glow_api().await.id_of("/practitioners", "Nora Alvarez").await;
    Answered::of(harbor.google_oauth("GET", &format!("/authorize?practitioner={nora}")))
        .await
        .refused(404, "not_found");
    Answered::of(harbor.google_oauth("POST", "/revoke")).await.refused(404, "not_found");
    Answered::of(harbor.google_oauth("DELETE", "/revoke")).await.refused(405, "method_not_allowed");
    assert_eq!(connected(&vox).await, 1, "Glow's is still there");
    let unset = vox.restarted_with(|config| config.google.client_id = String::new()).await;
    let api = unset.glow_api().await;
    Answered::of(api.google_oauth("GET", "/authorize")).await.refused(409, "google_not_set_up");
}
