//! The pages before a session: signing in and out, links in mails, second factors.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::{self, Role};
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::{Person, Voxanne};

pub(super) const OWNER: &str = "owner@glow.example";
pub(super) const NEW_PASSWORD: &str = "a different lamp 7";

async fn enters(person: &mut Person, email: &str, password: &str) -> u16 {
    person.form("/sign-in", &[("email", email), ("password", password)]).await.status
}

/// The path of the link in the last mail to somebody.
pub(super) async fn link_to(vox: &Voxanne, email: &str) -> String {
    vox.run_jobs().await;
    vox.run_jobs().await;
    let mail = vox.sandbox.mail().inbox_of(email).pop().unwrap_or_else(|| panic!("no mail to {email}"));
    let body = &mail.body;
    let at = body.find(&vox.url).unwrap_or_else(|| panic!("no link in {body}"));
    body[at + vox.url.len()..].split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn w17_whoever_signs_in_gets_a_cookie_of_their_own_and_it_ends_with_the_session() {
    let vox = Voxanne::start().await;
    let planted = "A".repeat(43);
    let mut person = vox.stranger().with(&planted);
    let asked = person.page("/dashboard/calls?x=1").await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/sign-in?next=/dashboard/calls%3Fx%3D1"));
    let page = person
        .form("/sign-in", &[("email", OWNER), ("password", DEMO_PASSWORD), ("next", "/dashboard/account")])
        .await;
    assert_eq!((page.status, page.location.as_str()), (303, "/dashboard/account"));
    let token = person.token.clone().unwrap();
    assert_ne!(token, planted, "a session never takes the cookie that the browser came with");
    for part in ["sid=", "; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(page.cookie.contains(part), "{}", page.cookie);
    }
    let account = person.page("/dashboard/account").await;
    assert!(account.status == 200 && account.text.contains(OWNER), "{}", account.status);
    let out = person.form("/sign-out", &[]).await;
    assert_eq!((out.status, out.location.as_str(), out.token.as_deref()), (303, "/sign-in", Some("")));
    assert_eq!(
        person.with(&token).page("/dashboard/account").await.status,
        303,
        "the old cookie opens nothing"
    );
    assert_eq!(vox.count("sessions").await, 0);
}

#[tokio::test]
async fn over_https_the_cookie_is_this_hosts_alone() {
    let vox =
        Voxanne::start_with(|config| config.server.public_url = "https://app.glow.example".into()).await;
    let stranger = vox.stranger();
    let fields = [("email", OWNER), ("password", DEMO_PASSWORD)];
    let request = stranger.bare("POST", "/sign-in").header("origin", "https://app.glow.example");
    let response = request.form(&fields).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-sid=") && cookie.ends_with("; SameSite=Lax; Secure"), "{cookie}");
}

#[tokio::test]
async fn w10_no_other_site_signs_anybody_in_or_out() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    for path in ["/sign-in", "/sign-out", "/forgot", "/sign-in/code", "/dashboard/switch"] {
        let fields = [("email", OWNER), ("password", DEMO_PASSWORD), ("code", "1"), ("org", "x")];
        let request = owner.bare("POST", path).header("origin", "https://evil.example");
        assert_eq!(request.form(&fields).send().await.unwrap().status(), 403, "{path}");
    }
    assert_eq!(owner.page("/dashboard/account").await.status, 200, "nobody was signed out");
    // What Chromium sends with a form of a page that gives away no referrer.
    let request =
        owner.bare("POST", "/sign-in").header("origin", "null").header("sec-fetch-site", "same-origin");
    let answer = request.form(&[("email", OWNER), ("password", DEMO_PASSWORD)]).send().await.unwrap();
    assert!(answer.headers().contains_key("set-cookie"), "{}", answer.status());
}

#[tokio::test]
async fn w16_a_wrong_password_and_nobodys_address_are_answered_alike() {
    let vox = Voxanne::start().await;
    let mut stranger = vox.stranger();
    let answer = async |person: &mut Person, email: &str| {
        let page = person.form("/sign-in", &[("email", email), ("password", "not it at all")]).await;
        (page.status, page.text.replace(email, "…"), page.cookie)
    };
    let known = answer(&mut stranger, OWNER).await;
    assert_eq!(known.0, 422);
    assert_eq!(known, answer(&mut stranger, "nobody@glow.example").await);
    assert_eq!(known.2, "");
    let asked =
        async |person: &mut Person, email: &str| person.form("/forgot", &[("email", email)]).await.text;
    assert_eq!(asked(&mut stranger, OWNER).await, asked(&mut stranger, "nobody@glow.example").await);
    // And not by what was written either: nothing is looked up before the answer.
    assert_eq!(vox.count("password_resets").await, 0);
    vox.run_jobs().await;
    assert_eq!(vox.count("password_resets").await, 1);
}

#[tokio::test]
async fn w16_w26_guesses_are_stopped_and_lock_nobody_out() {
    let vox = Voxanne::start_with(|config| config.server.proxies = 1).await;
    let stranger = vox.stranger();
    let tries = async |email: &str, password: &str, from: &str| {
        let request = stranger.request("POST", "/sign-in").header("x-forwarded-for", from);
        request.form(&[("email", email), ("password", password)]).send().await.unwrap().status().as_u16()
    };
    assert_eq!(tries(OWNER, DEMO_PASSWORD, "198.51.100.1").await, 303, "where the owner sits");
    for _ in 0..10 {
        assert_eq!(tries(OWNER, "wrong", "2001:db8:0:1::1").await, 422);
    }
    // The same /64, other case: still stopped, though the password would be right.
    assert_eq!(tries("OWNER@glow.example", DEMO_PASSWORD, "2001:db8:0:1::2").await, 429);
    // A thousand machines: the account is closed to places that it does not know.
    for n in 0..50 {
        tries(OWNER, "wrong", &format!("203.0.113.{n}")).await;
    }
    assert_eq!(tries(OWNER, DEMO_PASSWORD, "203.0.113.200").await, 429);
    assert_eq!(tries(OWNER, DEMO_PASSWORD, "198.51.100.1").await, 303, "and open where its person sits");
    assert_eq!(tries("manager@glow.example", DEMO_PASSWORD, "203.0.113.200").await, 303);
    vox.later(SignedDuration::from_mins(15));
    assert_eq!(tries(OWNER, DEMO_PASSWORD, "203.0.113.200").await, 303);
}

#[tokio::test]
async fn w16_one_address_that_tries_everybody_is_stopped() {
    let vox = Voxanne::start_with(|config| config.accounts.attempts_per_address_max = 5).await;
    let mut person = vox.stranger();
    for n in 0..5 {
        assert_eq!(enters(&mut person, &format!("somebody{n}@glow.example"), "Autumn-2026-leaf").await, 422);
    }
    assert_eq!(enters(&mut person, OWNER, DEMO_PASSWORD).await, 429);
}

#[tokio::test]
async fn w17_a_forgotten_password_is_replaced_once_and_ends_every_session() {
    let vox = Voxanne::start().await;
    let (owner, mut person) = (vox.glow_staff(Role::Owner).await, vox.stranger());
    person.form("/forgot", &[("email", OWNER)]).await;
    let link = link_to(&vox, OWNER).await;
    assert!(link.starts_with("/reset/"), "{link}");
    let token = link.rsplit('/').next().unwrap();
    let stored: i64 = vox
        .one(&format!(
            "select (select count(*) from emails e where e::text like '%{token}%') + (select count(*) from password_resets r where r::text like '%{token}%')
                  + (select count(*) from graphile_worker._private_jobs j where j::text like '%{token}%')"
        ))
        .await;
    assert_eq!(stored, 0, "the token is in the mail alone");
    assert_eq!(person.page(&link).await.status, 200);
    assert_eq!(person.form(&link, &[("password", "short")]).await.status, 422);
    let done = person.form(&link, &[("password", NEW_PASSWORD)]).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/sign-in?done=reset"));
    owner.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    assert_eq!(enters(&mut person, OWNER, DEMO_PASSWORD).await, 422);
    assert_eq!(enters(&mut person, OWNER, NEW_PASSWORD).await, 303);
    let mut other = vox.stranger();
    assert_eq!(other.form(&link, &[("password", "yet another lamp 7")]).await.status, 410, "once");
    assert_eq!(other.page("/reset/nonsense").await.status, 410);
}

#[tokio::test]
async fn a_link_lapses_and_works_beside_others_until_one_of_them_was_used() {
    let vox = Voxanne::start().await;
    let mut person = vox.stranger();
    person.form("/forgot", &[("email", OWNER)]).await;
    let first = link_to(&vox, OWNER).await;
    person.form("/forgot", &[("email", OWNER)]).await;
    let second = link_to(&vox, OWNER).await;
    assert_ne!(first, second);
    // The second may be a stranger's doing: it takes nothing from whoever has just been mailed the first.
    for link in [&first, &second] {
        assert_eq!(person.page(link).await.status, 200);
    }
    vox.later(SignedDuration::from_mins(60));
    for link in [&first, &second] {
        assert_eq!(person.page(link).await.status, 410);
        assert_eq!(person.form(link, &[("password", NEW_PASSWORD)]).await.status, 410);
    }
    // Another password ends those that are left, however it came about.
    let asked = async |person: &mut Person| {
        person.form("/forgot", &[("email", OWNER)]).await;
        link_to(&vox, OWNER).await
    };
    let (third, fourth) = (asked(&mut person).await, asked(&mut person).await);
    assert_eq!(person.form(&fourth, &[("password", NEW_PASSWORD)]).await.status, 303);
    assert_eq!(person.page(&third).await.status, 410);
    let fifth = asked(&mut person).await;
    assert_eq!(enters(&mut person, OWNER, NEW_PASSWORD).await, 303);
    let change = json!({"current_password": NEW_PASSWORD, "new_password": "yet another lamp 7"});
    assert_eq!(person.api("PUT", "/account/password", change).await.status, 204);
    assert_eq!(person.page(&fifth).await.status, 410);
}

#[tokio::test]
async fn w16_strangers_who_ask_for_somebodys_link_all_day_keep_nobody_from_theirs() {
    let vox = Voxanne::start_with(|config| config.server.proxies = 1).await;
    let stranger = vox.stranger();
    let asks = async |from: &str| {
        let request = stranger.request("POST", "/forgot").header("x-forwarded-for", from);
        let status = request.form(&[("email", OWNER)]).send().await.unwrap().status().as_u16();
        vox.run_jobs().await;
        status
    };
    let request = stranger.request("POST", "/sign-in").header("x-forwarded-for", "198.51.100.1");
    let fields = [("email", OWNER), ("password", DEMO_PASSWORD)];
    assert_eq!(request.form(&fields).send().await.unwrap().status(), 303, "where the owner sits");
    for n in 0..12 {
        asks(&format!("203.0.113.{n}")).await;
    }
    assert_eq!(vox.count("password_resets").await, 10, "strangers get no more mails sent");
    assert_eq!(asks("203.0.113.200").await, 200);
    assert_eq!(vox.count("password_resets").await, 10);
    for mailed in 11..=15 {
        assert_eq!(asks("198.51.100.1").await, 200);
        assert_eq!(vox.count("password_resets").await, mailed);
    }
    asks("198.51.100.1").await;
    assert_eq!(vox.count("password_resets").await, 15, "nor does anybody without end");
    // From one network five are asked for in a while; the account is closed to nobody else by that.
    for _ in 0..6 {
        asks("203.0.113.7").await;
    }
    assert_eq!(asks("203.0.113.7").await, 429);
    assert_eq!(asks("203.0.113.8").await, 200);
}

#[tokio::test]
async fn b22_a_second_factor_is_asked_for_and_its_codes_count_once() {
    let vox = Voxanne::start().await;
    let mut owner = vox.glow_staff(Role::Owner).await;
    let other = vox.glow_staff(Role::Owner).await;
    let begun =
        owner.api("POST", "/account/second-factor", json!({"password": "not it"})).await.wrong_field();
    assert_eq!(begun, ("password".to_owned(), "That is not your password.".to_owned()));
    let begun = owner.api("POST", "/account/second-factor", json!({"password": DEMO_PASSWORD})).await.good();
    assert!(
        begun["svg"].as_str().unwrap().contains("<svg")
            && begun["uri"].as_str().unwrap().starts_with("otpauth://")
    );
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let code = || accounts::code_at(&secret, vox.app.clock.now()).unwrap();
    // Not asked for before it was confirmed.
    assert_eq!(enters(&mut vox.stranger(), OWNER, DEMO_PASSWORD).await, 303);
    let given =
        owner.api("POST", "/account/second-factor/confirm", json!({"code": "000000"})).await.wrong_field();
    assert_eq!(given, ("code".to_owned(), "That is not the code that your app shows now.".to_owned()));
    let confirmed = owner.api("POST", "/account/second-factor/confirm", json!({"code": code()})).await;
    let cookie = confirmed.header("set-cookie").to_owned();
    let recovery: Vec<String> = serde_json::from_value(confirmed.good()["recovery_codes"].clone()).unwrap();
    assert_eq!(recovery.len(), 10);
    // W17: the others are out, and this browser has another cookie.
    other.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    owner.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    owner = owner.with(cookie.trim_start_matches("sid=").split(';').next().unwrap());
    assert_eq!(owner.api("GET", "/account", Value::Null).await.good()["recovery_codes_left"], 10);

    let half = async || {
        let mut person = vox.stranger();
        let asked = person.form("/sign-in", &[("email", OWNER), ("password", DEMO_PASSWORD)]).await;
        assert!(asked.status == 200 && asked.text.contains("/sign-in/code"), "{}", asked.status);
        person
    };
    let mut person = half().await;
    person.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    let waiting = person.token.clone().unwrap();
    assert_eq!(
        person.form("/sign-in/code", &[("code", &code())]).await.status,
        422,
        "used when it was confirmed"
    );
    vox.later(SignedDuration::from_secs(30));
    assert_eq!(person.form("/sign-in/code", &[("code", &code())]).await.status, 303);
    assert_ne!(person.token.as_deref(), Some(waiting.as_str()), "W17: rotated");
    assert_eq!(person.api("GET", "/account", Value::Null).await.status, 200);
    // The same code again, by another browser: no.
    let mut second = half().await;
    assert_eq!(second.form("/sign-in/code", &[("code", &code())]).await.status, 422);
    assert_eq!(second.form("/sign-in/code", &[("code", &recovery[3].to_uppercase())]).await.status, 303);
    assert_eq!(half().await.form("/sign-in/code", &[("code", &recovery[3])]).await.status, 422, "once");
    // Guesses stop, whatever browser they come from.
    for _ in 0..10 {
        half().await.form("/sign-in/code", &[("code", "123456")]).await;
    }
    assert_eq!(half().await.form("/sign-in/code", &[("code", &recovery[4])]).await.status, 429);
    // Whoever waits too long begins anew.
    vox.later(SignedDuration::from_mins(15));
    let mut late = half().await;
    vox.later(SignedDuration::from_mins(10));
    assert_eq!(late.form("/sign-in/code", &[("code", &recovery[5])]).await.status, 422);
    let row: String = vox.one(&format!("select u::text from users u where email = '{OWNER}'")).await;
    assert!(!row.contains(&secret), "sealed");
}

#[tokio::test]
async fn w17_another_password_ends_the_other_sessions_and_gives_this_one_another_cookie() {
    let vox = Voxanne::start().await;
    let (mut owner, other) = (vox.glow_staff(Role::Owner).await, vox.glow_staff(Role::Owner).await);
    let wish = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let wrong = owner.api("PUT", "/account/password", wish("not it", NEW_PASSWORD)).await.wrong_field();
    assert_eq!(wrong, ("current_password".to_owned(), "That is not your password.".to_owned()));
    let weak =
        owner.api("PUT", "/account/password", wish(DEMO_PASSWORD, "qwertyuiop123")).await.wrong_field();
    assert_eq!(weak.0, "new_password");
    let done = owner.api("PUT", "/account/password", wish(DEMO_PASSWORD, NEW_PASSWORD)).await;
    assert_eq!(done.status, 204);
    let cookie = done.header("set-cookie").to_owned();
    owner.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    other.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    owner = owner.with(cookie.trim_start_matches("sid=").split(';').next().unwrap());
    assert_eq!(owner.api("GET", "/account", Value::Null).await.status, 200);
    assert_eq!(enters(&mut vox.stranger(), OWNER, NEW_PASSWORD).await, 303);
}

#[tokio::test]
async fn own_browsers_are_listed_and_signed_out_and_nobody_elses() {
    let vox = Voxanne::start().await;
    let (owner, phone) = (vox.glow_staff(Role::Owner).await, vox.glow_staff(Role::Owner).await);
    let manager = vox.glow_staff(Role::Manager).await;
    let listed = owner.api("GET", "/account/sessions", Value::Null).await.good();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|item| item["is_this"] == false).unwrap()["id"].as_str().unwrap();
    manager.api("DELETE", &format!("/account/sessions/{other}"), Value::Null).await.refused(404, "not_found");
    assert_eq!(owner.api("DELETE", &format!("/account/sessions/{other}"), Value::Null).await.status, 204);
    phone.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    let phone = vox.glow_staff(Role::Owner).await;
    let ended = owner.api("POST", "/account/sessions/cancel-others", Value::Null).await.good();
    assert_eq!(ended["ended"], 1);
    phone.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    assert_eq!(manager.api("GET", "/account", Value::Null).await.status, 200);
}
