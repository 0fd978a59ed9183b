//! A clinic that wants a second factor of everybody.

use serde_json::{Value, json};
use voxanne::accounts::{self, Role, TokenError};
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::{Answered, Person, Voxanne};

/// Sets a second factor up, as the account's page does; the browser goes on with its new cookie.
pub(super) async fn sets_up(vox: &Voxanne, person: &Person) -> Person {
    let begun = person.api("POST", "/account/second-factor", json!({"password": DEMO_PASSWORD})).await.good();
    let code = accounts::code_at(begun["secret"].as_str().unwrap(), vox.app.clock.now()).unwrap();
    let request =
        person.request("POST", "/api/v1/account/second-factor/confirm").json(&json!({"code": code}));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    let token = cookie.split(';').next().and_then(|pair| pair.split_once('=')).unwrap().1.to_owned();
    person.with(&token)
}

async fn wants(owner: &Person, requires: bool) {
    let rule = json!({"requires_second_factor": requires});
    assert_eq!(owner.api("PUT", "/team/sign-in", rule.clone()).await.good(), rule);
    if !requires {
        assert_eq!(owner.api("GET", "/team/sign-in", Value::Null).await.good(), rule);
    }
}

/// Nothing of the clinic opens to them but the page where the second step is set up.
async fn is_kept_to_the_account(person: &Person) {
    let page = person.page("/dashboard/calls").await;
    assert_eq!((page.status, page.location.as_str()), (303, "/dashboard/account"));
    person.api("GET", "/calls", Value::Null).await.refused(403, "second_factor_required");
    person.api("POST", "/account/tokens", Value::Null).await.refused(403, "second_factor_required");
    let kept = person.request("GET", "/api/founder-console/settings").send().await.unwrap();
    assert_eq!(kept.status(), 403);
    let socket = person.request("POST", "/dashboard/socket-token").send().await.unwrap();
    assert_eq!(socket.status(), 403);
    let part = person.request("GET", "/dashboard").header("hx-request", "true").send().await.unwrap();
    assert_eq!(part.headers()["hx-redirect"], "/dashboard/account");
    let account = person.page("/dashboard/account").await;
    assert_eq!(account.status, 200);
    assert!(account.text.contains("Your clinic wants a second step when signing in."), "{}", account.text);
    // Every other page leads back here: none is offered. Out, and another language or theme, are.
    for gone in
        ["href=\"/dashboard/calls\"", "id=\"find\"", "id=\"tabbar\"", "id=\"bell\"", "class=\"brand\" href"]
    {
        assert!(!account.text.contains(gone), "{gone}: {}", account.text);
    }
    for kept in
        ["action=\"/sign-out\"", "data-theme-toggle", "name=\"language\"", "data-second-factor=\"begin\""]
    {
        assert!(account.text.contains(kept), "{kept}: {}", account.text);
    }
}

#[tokio::test]
async fn where_a_clinic_wants_it_nothing_opens_before_it_is_set_up() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    assert_eq!(desk.page("/dashboard").await.status, 200);
    let manager = vox.glow_staff(Role::Manager).await;
    manager
        .api("PUT", "/team/sign-in", json!({"requires_second_factor": true}))
        .await
        .refused(403, "missing_scope");
    let means_you = "Everybody is you, too, and you have no second step yet";
    let team = owner.page("/dashboard/team").await.text;
    assert!(team.contains(means_you) && team.contains("aria-describedby=\"rule-you\""), "{team}");
    let token = desk.api("POST", "/account/tokens", Value::Null).await.good()["token"].clone();
    let by_token = vox.api_with(token.as_str().map(str::to_owned));
    by_token.get("/calls").await.good();
    let ticket = Answered::of(desk.request("POST", "/dashboard/socket-token")).await.good();
    wants(&owner, true).await;
    let socket = accounts::verify_socket_token(&vox.app, ticket["token"].as_str().unwrap()).await;
    assert!(matches!(socket, Err(TokenError::NoSecondFactor)));

    // It counts at once, of who had been in and of whoever set the rule, also by a token that they made before.
    by_token.get("/calls").await.refused(403, "second_factor_required");
    for person in [&desk, &owner, &vox.signed_in("viewer@glow.example").await] {
        is_kept_to_the_account(person).await;
    }
    // Programs and other clinics go on.
    let (_, key) = vox.new_key(vox.glow.org, &[accounts::Scope::CallsRead], None).await;
    vox.api_with(Some(key)).get("/calls").await.good();
    assert_eq!(vox.harbor_owner().await.page("/dashboard/calls").await.status, 200);

    let desk = sets_up(&vox, &desk).await;
    assert_eq!(desk.page("/dashboard/calls").await.status, 200);
    desk.api("GET", "/calls", Value::Null).await.good();
    let account = desk.page("/dashboard/account").await.text;
    assert!(!account.contains("Your clinic wants a second step"));
    assert!(account.contains("href=\"/dashboard/calls\"") && account.contains("id=\"tabbar\""), "{account}");
    // Whoever takes it away again is where they were.
    let gone = desk.request("POST", "/api/v1/account/second-factor/cancel");
    let gone = gone.json(&json!({"password": DEMO_PASSWORD})).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    let cookie = gone.headers()["set-cookie"].to_str().unwrap().to_owned();
    let desk = desk.with(cookie.split(';').next().unwrap().split_once('=').unwrap().1);
    assert_eq!(desk.page("/dashboard/calls").await.location, "/dashboard/account");

    let owner = sets_up(&vox, &owner).await;
    assert!(!owner.page("/dashboard/team").await.text.contains(means_you), "it does not mean them any more");
    wants(&owner, false).await;
    assert_eq!(desk.page("/dashboard/calls").await.status, 200);
}

#[tokio::test]
async fn a_new_clinic_wants_it_from_its_first_sign_in() {
    let vox = Voxanne::start().await;
    let (org, owner) = vox.new_org().await;
    assert_eq!(owner.page("/dashboard").await.location, "/dashboard/account");
    let owner = sets_up(&vox, &owner).await;
    assert_eq!(owner.page("/dashboard").await.status, 200);
    let wants = format!("integration_settings where org_id = '{}' and requires_second_factor", org.0);
    assert_eq!(vox.count(&wants).await, 1);
}
