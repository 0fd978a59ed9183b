//! W32: what is done to accounts is in the log, each act once, and by whom.

use serde_json::{Value, json};
use voxanne::accounts::{self, Role, SignInError};
use voxanne::seed::DEMO_PASSWORD;

use super::doors::link_to;
use super::second_factor_rule::sets_up;
use super::team::membership;
use super::tokens::{SECRET, asks, believes, claims, head, signed};
use crate::harness::Voxanne;

const PASSWORD: &str = "a different lamp 7";

/// The action, and who did it.
const ACTS: [(&str, &str); 10] = [
    ("password.write", "manager@glow.example"),
    ("second_factor.begin", "viewer@glow.example"),
    ("second_factor.end", "viewer@glow.example"),
    ("account.write", "frontdesk@glow.example"),
    ("invitation.accept", "new@glow.example"),
    ("membership.write", "owner@glow.example"),
    ("membership.end", "owner@glow.example"),
    ("password.reset", "manager@glow.example"),
    ("login.link", "owner@glow.example"),
    ("sign_in_rule.write", "owner@glow.example"),
];

/// Does each of them once.
async fn do_all(vox: &Voxanne) {
    let owner = vox.glow_staff(Role::Owner).await;
    let manager = vox.glow_staff(Role::Manager).await;
    let wish = json!({"current_password": DEMO_PASSWORD, "new_password": PASSWORD});
    assert_eq!(manager.api("PUT", "/account/password", wish).await.status, 204);

    let viewer = sets_up(vox, &vox.glow_staff(Role::Viewer).await).await;
    let end = json!({"password": DEMO_PASSWORD});
    assert_eq!(viewer.api("POST", "/account/second-factor/cancel", end).await.status, 204);

    let desk = vox.glow_staff(Role::FrontDesk).await;
    desk.api("PATCH", "/account", json!({"name": "Fay Desk"})).await.good();

    let invited = json!({"email": "new@glow.example", "role": "viewer"});
    owner.api("POST", "/invitations", invited).await.good();
    let link = link_to(vox, "new@glow.example").await;
    let joined = vox.stranger().form(&link, &[("name", "Nina New"), ("password", PASSWORD)]).await;
    assert_eq!(joined.status, 303);
    let member = format!("/team/{}", membership(&owner, "new@glow.example").await);
    assert_eq!(owner.api("PATCH", &member, json!({"role": "front_desk"})).await.status, 204);
    assert_eq!(owner.api("DELETE", &member, Value::Null).await.status, 204);

    let mut forgetful = vox.stranger();
    forgetful.form("/forgot", &[("email", "manager@glow.example")]).await;
    let link = link_to(vox, "manager@glow.example").await;
    assert_eq!(forgetful.form(&link, &[("password", "a different lamp 8")]).await.status, 303);

    // The second time it is known.
    for _ in 0..2 {
        asks(vox, &signed(&head(), &claims(), SECRET.as_bytes()), None).await.good();
    }
    owner.api("PUT", "/team/sign-in", json!({"requires_second_factor": true})).await.good();
}

#[tokio::test]
async fn w32_every_change_of_an_account_is_in_the_log_by_whoever_made_it() {
    let vox = Voxanne::start_with(believes).await;
    do_all(&vox).await;
    for (action, email) in ACTS {
        let actors: Vec<String> =
            sqlx::query_scalar("select actor from audit_log where action = $1 and org_id = $2")
                .bind(action)
                .bind(vox.glow.org.0)
                .fetch_all(&vox.admin)
                .await
                .unwrap();
        let who: uuid::Uuid = vox.one(&format!("select user_id from users where email = '{email}'")).await;
        assert_eq!(actors, [format!("staff:usr_{}", who.simple())], "{action}");
    }
    let linked: Value = vox.one("select detail from audit_log where action = 'login.link'").await;
    assert_eq!(linked, json!({"issuer": super::tokens::ISSUER}));
    let page = vox.glow_staff(Role::Owner).await;
    // The rule that was just set keeps them out until they have a second factor.
    let page = sets_up(&vox, &page).await.page("/dashboard/audit?action=login.link").await.text;
    assert!(page.contains("Signed in through another service for the first time"), "{page}");
}

#[tokio::test]
async fn w16_a_wrong_password_on_the_page_of_an_invitation_is_noted_like_one_at_the_door() {
    let vox = Voxanne::start().await;
    let harbor = vox.harbor_owner().await;
    let wanted = json!({"email": "owner@glow.example", "role": "viewer"});
    harbor.api("POST", "/invitations", wanted).await.good();
    let link = link_to(&vox, "owner@glow.example").await;
    assert_eq!(vox.stranger().form(&link, &[("password", "not theirs at all")]).await.status, 422);
    let refused = "audit_log where action = 'sign_in.refuse' and actor = 'sign-in' and detail = '{\"step\": \"password\"}'
         and subject = (select 'usr_' || translate(user_id::text, '-', '') from users where email = 'owner@glow.example')";
    vox.until_count(refused, 1).await;
    // Somebody new has no password that could be wrong.
    harbor.api("POST", "/invitations", json!({"email": "new@harbor.example", "role": "viewer"})).await.good();
    let link = link_to(&vox, "new@harbor.example").await;
    assert_eq!(vox.stranger().form(&link, &[("name", "New"), ("password", "short")]).await.status, 422);
    let browser = accounts::Browser { network: [192, 0, 2, 7].into(), agent: "Tests".to_owned() };
    let tried = accounts::sign_in(&vox.app, ("nobody@glow.example", "x"), &browser).await;
    assert!(matches!(tried, Err(SignInError::Wrong)));
    vox.until_count("audit_log where action = 'sign_in.refuse'", 1).await;
}

#[tokio::test]
async fn what_the_log_keeps_of_an_act_is_told_in_words_of_the_readers_language() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    owner.api("PUT", "/team/sign-in", json!({"requires_second_factor": false})).await.good();
    owner
        .api("POST", "/invitations", json!({"email": "new@glow.example", "role": "front_desk"}))
        .await
        .good();
    // Of one thing several fields, and one that only another version knows.
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let detail = json!({"settings": {"hot_threshold": 70}, "not_known_yet": 7});
    let act = accounts::Act { actor: "command", action: "scoring_rules.write", subject: None, detail };
    accounts::record_act(&vox.app, &mut tx, vox.glow.org, &act).await.unwrap();
    tx.commit().await.unwrap();
    let english = [
        "Everybody needs a second step: No",
        "Role: Front desk",
        "Hot from a score of: 70",
        "not known yet: 7",
    ];
    let spanish = [
        "Todos necesitan un segundo paso: No",
        "Función: Recepción",
        "Caliente desde: 70",
        "not known yet: 7",
    ];
    for (language, words) in [("en", english), ("es", spanish)] {
        vox.exec(&format!("update users set language = '{language}'")).await;
        let page = vox.glow_staff(Role::Owner).await.page("/dashboard/audit").await.text;
        for said in words {
            assert!(page.contains(said), "{said}: {page}");
        }
        for raw in ["requires_second_factor", "hot_threshold", "front_desk", "not_known_yet"] {
            assert!(!page.contains(raw), "{raw}: {page}");
        }
    }
}
