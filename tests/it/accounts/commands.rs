//! `voxanne admin staff`, as an operator runs it.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::process::Command;
use voxanne::accounts::{self, AskedBy, NewKey, Role, Scope};
use voxanne::platform::ids::OrgId;
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::{KEY, Voxanne};

/// Runs `voxanne admin staff` beside the installation; whether it succeeded, and what it said.
async fn ran(vox: &Voxanne, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voxanne"));
    command
        .args(["admin", "staff"])
        .args(arguments)
        .env("DATABASE_URL", vox.database.admin_url.expose_secret())
        .env("VOXANNE_SECRETS_KEY", KEY)
        .env("BACKEND_URL", "https://app.glow.example");
    let done = command.output().await.unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

async fn invites(vox: &Voxanne, org: &str, email: &str, role: Option<&str>) -> (bool, String) {
    let role = role.map(|role| vec!["--role", role]).unwrap_or_default();
    ran(vox, &[&["invite", "--org", org, "--email", email][..], &role[..]].concat()).await
}

#[tokio::test]
async fn b13_an_operator_invites_the_first_owner_who_joins_by_the_printed_link_once() {
    let vox = Voxanne::start().await;
    let org = vox.glow.org.to_string();
    let (is_done, said) = invites(&vox, &org, "First@new.example", None).await;
    assert!(is_done && said.contains("joins as owner"), "{said}");
    let link = said.lines().find_map(|line| line.trim().strip_prefix("https://app.glow.example"));
    let link = link.unwrap_or_else(|| panic!("no link in {said}")).to_owned();
    let (is_done, said) = invites(&vox, &org, "first@new.example", None).await;
    assert!(!is_done && said.contains("is invited already"), "{said}");
    let mut person = vox.stranger();
    let page = person.page(&link).await;
    assert!(page.status == 200 && page.text.contains("first@new.example"), "{}", page.status);
    let joined = person.form(&link, &[("name", "Fran First"), ("password", DEMO_PASSWORD)]).await;
    assert_eq!((joined.status, joined.location.as_str()), (303, "/dashboard"));
    let account = person.api("GET", "/account", Value::Null).await.good();
    assert_eq!((account["role"].as_str(), account["name"].as_str()), (Some("owner"), Some("Fran First")));
    assert_eq!(vox.stranger().page(&link).await.status, 410, "once");
    let (is_done, said) = invites(&vox, &org, "first@new.example", Some("viewer")).await;
    assert!(!is_done && said.contains("is staff already"), "{said}");
    for (org, email, role) in [
        ("org_019ab2c47e107cc39f4e5b1d2a3c4e5f", "x@new.example", None),
        (org.as_str(), "nobody", None),
        (org.as_str(), "x@new.example", Some("king")),
    ] {
        let (is_done, said) = invites(&vox, org, email, role).await;
        assert!(!is_done, "{said}");
    }
    let who: String = vox.one("select invited_by from invitations where email = 'first@new.example'").await;
    assert_eq!(who, "command");
}

/// A key that somebody made when their role still let them: an earlier version left it to them with a lesser one.
async fn keys_by(vox: &Voxanne, org: OrgId, email: &str) -> String {
    let user: String = vox
        .one(&format!(
            "select 'usr_' || translate(user_id::text, '-', '') from users where email = '{email}'"
        ))
        .await;
    let new = NewKey {
        name: "Website".to_owned(),
        scopes: vec![Scope::CatalogueRead],
        works_for: None,
        made_by: None,
    };
    let mut tx = vox.app.begin(org).await.unwrap();
    let (_, key) = accounts::add_key(&vox.app, &mut tx, org, &new).await.unwrap();
    tx.commit().await.unwrap();
    vox.exec(&format!(
        "update api_keys set created_by = 'staff:{user}' where name = 'Website' and org_id = '{}'",
        org.0
    ))
    .await;
    key.expose_secret().to_owned()
}

#[tokio::test]
async fn w38_a_key_of_an_account_that_was_off_already_ends_when_it_is_switched_off_again() {
    let vox = Voxanne::start().await;
    let email = "manager@glow.example";
    vox.glow_staff(Role::Manager).await;
    let key = keys_by(&vox, vox.glow.org, email).await;
    // As an earlier version left it, which revoked no keys.
    vox.exec(&format!("update users set disabled_at = now() where email = '{email}'")).await;
    let (is_done, said) = ran(&vox, &["disable", "--email", email]).await;
    assert!(is_done && said.contains("sessions ended: 0; keys revoked: 1"), "{said}");
    vox.api_with(Some(key)).get("/locations").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn w38_an_operator_switches_an_account_off_everywhere_at_once_and_on_again() {
    let vox = Voxanne::start().await;
    let email = "manager@glow.example";
    vox.joins(vox.harbor.org, email, Role::Viewer).await;
    let (manager, owner) = (vox.glow_staff(Role::Manager).await, vox.glow_staff(Role::Owner).await);
    let token = manager.api("POST", "/account/tokens", Value::Null).await.good()["token"].clone();
    let by_token = vox.api_with(token.as_str().map(str::to_owned));
    let (glow, harbor) =
        (keys_by(&vox, vox.glow.org, email).await, keys_by(&vox, vox.harbor.org, email).await);
    let others = vox.glow_api().await;
    let cookie = manager.token.clone().unwrap();
    let staff = accounts::staff_of_session(&vox.app, &cookie, AskedBy::Person).await.unwrap().unwrap();
    let ticket = accounts::socket_token(&vox.app, &staff).unwrap().token;
    let holder = accounts::verify_socket_token(&vox.app, &ticket).await.unwrap();
    by_token.get("/locations").await.good();
    assert!(accounts::still_holds(&vox.app, &holder).await.unwrap());

    // Of a time when they were an owner.
    owner.api("POST", "/invitations", json!({"email": "friend@else.example", "role": "viewer"})).await.good();
    let by = "(select 'staff:usr_' || translate(user_id::text, '-', '') from users where email = 'manager@glow.example')";
    vox.exec(&format!("update invitations set invited_by = {by}")).await;

    let (is_done, said) = ran(&vox, &["disable", "--email", "Manager@Glow.example"]).await;
    assert!(is_done && said.contains("sessions ended: 1; keys revoked: 2"), "{said}");
    assert!(said.contains("stand still until an owner makes others"), "{said}");
    for key in [&glow, &harbor] {
        vox.api_with(Some(key.clone())).get("/locations").await.refused(401, "unauthenticated");
    }
    assert_eq!(vox.count("invitations where revoked_at is null").await, 0);
    others.get("/locations").await.good();
    manager.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    by_token.get("/locations").await.refused(401, "unauthenticated");
    assert!(!accounts::still_holds(&vox.app, &holder).await.unwrap());
    let fields = [("email", email), ("password", DEMO_PASSWORD)];
    assert_eq!(vox.stranger().form("/sign-in", &fields).await.status, 422);
    assert_eq!(owner.api("GET", "/locations", Value::Null).await.status, 200, "nobody else");
    let (is_done, said) = ran(&vox, &["disable", "--email", email]).await;
    assert!(!is_done && said.contains("is so already"), "{said}");
    let (is_done, said) = ran(&vox, &["disable", "--email", "nobody@glow.example"]).await;
    assert!(!is_done && said.contains("signs in nowhere"), "{said}");

    let (is_done, said) = ran(&vox, &["enable", "--email", email]).await;
    assert!(is_done, "{said}");
    manager.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    assert_eq!(vox.stranger().form("/sign-in", &fields).await.status, 303, "anew");
    vox.api_with(Some(glow)).get("/locations").await.refused(401, "unauthenticated");
    assert_eq!(vox.count("audit_log where action = 'key.revoke' and actor = 'command'").await, 2);
    for action in ["user.disable", "user.enable"] {
        let noted = format!(
            "audit_log where action = '{action}' and actor = 'command'
                and subject = (select 'usr_' || translate(user_id::text, '-', '') from users where email = '{email}')"
        );
        assert_eq!(vox.count(&noted).await, 2, "{action}");
        for org in [vox.glow.org.0, vox.harbor.org.0] {
            assert_eq!(vox.count(&format!("{noted} and org_id = '{org}'")).await, 1, "{action}");
        }
    }
    let page = owner.page("/dashboard/audit?action=user.disable").await.text;
    assert!(page.contains("account off</option>") && page.contains("account off</td>"), "{page}");
}
