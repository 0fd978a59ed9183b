//! `voxanne admin staff`, as an operator runs it.

use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::process::Command;
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::{KEY, Voxanne};

/// Runs the program beside the installation; whether it succeeded, and what it said.
async fn invites(vox: &Voxanne, org: &str, email: &str, role: Option<&str>) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voxanne"));
    command
        .args(["admin", "staff", "invite", "--org", org, "--email", email])
        .env("DATABASE_URL", vox.database.admin_url.expose_secret())
        .env("VOXANNE_SECRETS_KEY", KEY)
        .env("BACKEND_URL", "https://app.glow.example");
    if let Some(role) = role {
        command.args(["--role", role]);
    }
    let done = command.output().await.unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
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
