//! W38: whoever is staff no more leaves nothing that works without somebody knowing.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use voxanne::accounts::{Role, Scope};

use super::doors::link_to;
use super::team::membership;
use crate::harness::{Person, Voxanne};

const PHONE: &str = "+13105550188";

#[tokio::test]
async fn w38_whoever_is_removed_has_their_invitations_taken_back_and_what_is_left_becomes_a_task() {
    let vox = Voxanne::start().await;
    let (owner, leaver) = (vox.glow_staff(Role::Owner).await, {
        vox.joins(vox.glow.org, "pat@glow.example", Role::Owner).await;
        vox.signed_in("pat@glow.example").await
    });
    let name: String = vox.one("select name from users where email = 'pat@glow.example'").await;
    let key = json!({"name": "Website", "scopes": ["catalogue:read"]});
    let made = leaver.api("POST", "/keys", key).await.good();
    // A key that may make keys: what it makes is theirs as well, also when it is gone itself.
    let makers = json!({"name": "Maker", "scopes": ["catalogue:read", "keys:write"]});
    let maker = leaver.api("POST", "/keys", makers).await.good();
    let by_maker = vox.api_with(maker["key"].as_str().map(str::to_owned));
    let child = json!({"name": "Kiosk", "scopes": ["catalogue:read"]});
    let child = by_maker.post("/keys", child).await.good();
    let of_maker = format!("/keys/{}", maker["id"].as_str().unwrap());
    assert_eq!(owner.api("DELETE", &of_maker, Value::Null).await.status, 204);
    owner.api("POST", "/keys", json!({"name": "Ours", "scopes": ["catalogue:read"]})).await.good();
    for (person, email) in [(&leaver, "friend@else.example"), (&owner, "new@glow.example")] {
        let invited = json!({"email": email, "role": "owner"});
        assert_eq!(person.api("POST", "/invitations", invited).await.status, 201);
    }
    owner.api("POST", "/alert-recipients", json!({"name": name, "phone": PHONE})).await.good();
    owner.api("POST", "/email-recipients", json!({"address": "Pat@glow.example"})).await.good();

    let items = owner.api("GET", "/keys", Value::Null).await.good()["items"].clone();
    let website = items.as_array().unwrap().iter().find(|key| key["name"] == "Website").unwrap().clone();
    assert!(website["created_by"].as_str().unwrap().starts_with("staff:usr_"), "{website}");
    let page = owner.page("/dashboard/settings/keys").await.text;
    assert!(page.contains(&format!("made by {name}")), "{page}");

    let page = owner.page("/dashboard/team").await.text;
    assert!(page.contains("are revoked, and what uses them stands still: Kiosk, Website."), "{page}");
    assert_eq!(page.matches("keys that they made are revoked").count(), 2, "of both who made keys");

    let of_leaver = format!("/team/{}", membership(&owner, "pat@glow.example").await);
    assert_eq!(owner.api("DELETE", &of_leaver, Value::Null).await.status, 204);
    let open = owner.api("GET", "/invitations", Value::Null).await.good();
    let invited: Vec<&Value> = open["items"].as_array().unwrap().iter().map(|one| &one["email"]).collect();
    assert_eq!(invited, ["new@glow.example"]);
    assert_eq!(vox.count("audit_log where action = 'invitation.revoke'").await, 1);
    let detail: String = vox.one("select detail from tasks where kind = 'member_left'").await;
    let expected = [
        "API key, revoked: Kiosk",
        "API key, revoked: Website",
        "E-mails: Pat@glow.example",
        &format!("Alerts by text: {name}, {PHONE}"),
    ];
    assert_eq!(detail.lines().collect::<Vec<_>>(), expected);
    let tasks = owner.page("/dashboard/tasks").await.text;
    assert!(tasks.contains("is staff no more: decide on what is left of theirs"), "{tasks}");
    for link in ["/dashboard/settings/keys", "/dashboard/settings/alerts", "/dashboard/settings/email"] {
        assert!(tasks.contains(&format!("href=\"{link}\"")), "{link}");
    }
    let revoked = "audit_log where action = 'key.revoke' and detail ->> 'made_by' like 'staff:usr_%'";
    assert_eq!(vox.count(revoked).await, 2, "each of them");
    for key in [&made, &child] {
        vox.api_with(key["key"].as_str().map(str::to_owned))
            .get("/locations")
            .await
            .refused(401, "unauthenticated");
    }
    let left = owner.api("GET", "/keys", Value::Null).await.good();
    assert_eq!(left["items"].as_array().unwrap().len(), 1, "the owner's: {left}");
    // Somebody left before keys ended with their makers.
    vox.exec(
        "update api_keys set created_by = 'staff:usr_00000000000000000000000000000009' where name = 'Ours'",
    )
    .await;
    let page = owner.page("/dashboard/settings/keys").await.text;
    assert!(page.contains("made by somebody who left"), "{page}");
}

#[tokio::test]
async fn w38_whoever_leaves_nothing_leaves_no_task() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    vox.glow_staff(Role::Viewer).await;
    let of_viewer = format!("/team/{}", membership(&owner, "viewer@glow.example").await);
    assert_eq!(owner.api("DELETE", &of_viewer, Value::Null).await.status, 204);
    assert_eq!(vox.count("tasks where kind = 'member_left'").await, 0);
}

/// For how long an answer is believed, and a machine that is busy.
const SOON: Duration = Duration::from_secs(8);

#[tokio::test]
async fn w38_in_the_process_that_let_them_in_a_revoked_key_and_a_removed_member_are_out_within_seconds() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let made =
        owner.api("POST", "/keys", json!({"name": "Website", "scopes": ["catalogue:read"]})).await.good();
    let program = vox.api_with(made["key"].as_str().map(str::to_owned));
    program.get("/locations").await.good();
    let revoked = owner.api("DELETE", &format!("/keys/{}", made["id"].as_str().unwrap()), Value::Null).await;
    assert_eq!(revoked.status, 204);
    let since = Instant::now();
    while program.get("/locations").await.status == 200 {
        assert!(since.elapsed() < SOON, "a revoked key still opens");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    program.get("/locations").await.refused(401, "unauthenticated");

    // Of people nothing is remembered: they are out at once.
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let token = desk.api("POST", "/account/tokens", Value::Null).await.good()["token"].clone();
    let by_token = vox.api_with(token.as_str().map(str::to_owned));
    desk.api("GET", "/locations", Value::Null).await.good();
    by_token.get("/locations").await.good();
    let of_desk = format!("/team/{}", membership(&owner, "frontdesk@glow.example").await);
    assert_eq!(owner.api("DELETE", &of_desk, Value::Null).await.status, 204);
    desk.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    // Their session has ended with the membership, and its tokens with it.
    by_token.get("/locations").await.refused(401, "unauthenticated");
}

/// Whether a key of the API opens anything.
async fn opens(vox: &Voxanne, made: &Value) -> bool {
    vox.api_with(made["key"].as_str().map(str::to_owned)).get("/locations").await.status == 200
}

#[tokio::test]
async fn w38_whoever_gets_a_lesser_role_keeps_no_key_that_may_more_and_nobody_comes_by_their_invitation() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    vox.joins(vox.glow.org, "pat@glow.example", Role::Owner).await;
    let pat = vox.signed_in("pat@glow.example").await;
    let key = async |by: &Person, name: &str, scopes: &[&str]| {
        by.api("POST", "/keys", json!({"name": name, "scopes": scopes})).await.good()
    };
    let website = key(&pat, "Website", &["catalogue:read"]).await;
    let powerful = key(&pat, "Back office", &["catalogue:read", "settings:write"]).await;
    let maker = key(&pat, "Maker", &["catalogue:read", "keys:write", "team:write", "calls:read"]).await;
    let by_maker = vox.api_with(maker["key"].as_str().map(str::to_owned));
    let child = json!({"name": "Kiosk", "scopes": ["catalogue:read", "team:write"]});
    let child = by_maker.post("/keys", child).await.good();
    let ours = key(&owner, "Ours", &["catalogue:read", "settings:write"]).await;
    pat.api("POST", "/invitations", json!({"email": "friend@else.example", "role": "viewer"})).await.good();
    owner.api("POST", "/invitations", json!({"email": "new@glow.example", "role": "viewer"})).await.good();
    // By a key that is gone before its maker is: the link needs it no more.
    let gone = key(&pat, "Gone", &Scope::ALL.map(Scope::name)).await;
    let by_gone = vox.api_with(gone["key"].as_str().map(str::to_owned));
    by_gone.post("/invitations", json!({"email": "back@else.example", "role": "viewer"})).await.good();
    let of_gone = format!("/keys/{}", gone["id"].as_str().unwrap());
    assert_eq!(pat.api("DELETE", &of_gone, Value::Null).await.status, 204);
    let link = link_to(&vox, "friend@else.example").await;
    assert_eq!(vox.stranger().page(&link).await.status, 200);

    let page = owner.page("/dashboard/team").await.text;
    assert!(
        page.contains("those that may do more than the role that you save are revoked, and what uses them stands still: Back office, Kiosk, Maker, Website."),
        "{page}"
    );
    let of_pat = format!("/team/{}", membership(&owner, "pat@glow.example").await);
    assert_eq!(owner.api("PATCH", &of_pat, json!({"role": "front_desk"})).await.status, 204);
    for (made, holds) in [(&website, true), (&powerful, false), (&child, false), (&ours, true)] {
        assert_eq!(opens(&vox, made).await, holds, "{}", made["id"]);
    }
    // It was used, and is believed for some seconds more: see above.
    assert_eq!(vox.count("api_keys where name = 'Maker' and revoked_at is not null").await, 1);
    assert_eq!(vox.stranger().page(&link).await.status, 410);
    let open = owner.api("GET", "/invitations", Value::Null).await.good();
    let invited: Vec<&Value> = open["items"].as_array().unwrap().iter().map(|one| &one["email"]).collect();
    assert_eq!(invited, ["new@glow.example"]);
    assert_eq!(vox.count("audit_log where action = 'key.revoke'").await, 4);
    assert_eq!(vox.count("audit_log where action = 'invitation.revoke'").await, 2);

    // A greater one takes nothing.
    assert_eq!(owner.api("PATCH", &of_pat, json!({"role": "manager"})).await.status, 204);
    assert!(opens(&vox, &website).await);
}
