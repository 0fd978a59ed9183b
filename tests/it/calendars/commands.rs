//! `voxanne doctor calendar` and `voxanne admin calendar`, as an operator runs them.

use secrecy::ExposeSecret as _;
use tokio::process::Command;
use voxanne_sandbox::{Fault, Target};

use super::*;
use crate::harness::{GOOGLE_CLIENT, KEY};

/// Runs the program beside the installation, as if it were reached at `url`; whether it succeeded, and what it said.
async fn voxanne_at(vox: &Voxanne, url: &str, arguments: &[&str]) -> (bool, String) {
    let google = &vox.app.config.google;
    let done = Command::new(env!("CARGO_BIN_EXE_voxanne"))
        .args(arguments)
        .env("DATABASE_URL", vox.database.admin_url.expose_secret())
        .env("VOXANNE_SECRETS_KEY", KEY)
        .env("BACKEND_URL", url)
        .env("GOOGLE_CLIENT_ID", GOOGLE_CLIENT)
        .env("GOOGLE_CLIENT_SECRET", "sandbox")
        .env("VOXANNE_GOOGLE_AUTH_URL", &google.auth_url)
        .env("VOXANNE_GOOGLE_TOKEN_URL", &google.token_url)
        .env("VOXANNE_GOOGLE_REVOKE_URL", &google.revoke_url)
        .env("VOXANNE_GOOGLE_API_URL", &google.api_url)
        .output()
        .await
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

async fn voxanne(vox: &Voxanne, arguments: &[&str]) -> (bool, String) {
    voxanne_at(vox, &vox.url, arguments).await
}

#[tokio::test]
async fn an_operator_prints_a_link_that_connects_lists_the_account_and_takes_it_away() {
    let vox = Voxanne::start().await;
    let org = vox.glow.org.to_string();
    let (_, none) = voxanne(&vox, &["admin", "calendar", "list", "--org", &org]).await;
    assert!(none.starts_with("No calendar is connected."), "{none}");
    let (is_done, said) = voxanne(&vox, &["admin", "calendar", "connect", "--org", &org]).await;
    assert!(is_done, "{said}");
    assert!(said.contains("opens this once, within 10 minutes"), "{said}");
    assert!(said.contains(&format!("{}/api/google-oauth/callback", vox.url)), "{said}");
    // The operator's clock is the world's, the clinic's stands still in 2026.
    vox.exec("update oauth_states set expires_at = '2026-11-24T18:10:00Z'").await;
    assert_eq!(vox.consents(said.lines().next().unwrap(), ACCOUNT).await.status(), 200);
    let (_, listed) = voxanne(&vox, &["admin", "calendar", "list", "--org", &org]).await;
    assert!(listed.contains("google  the clinic  front@glow.example"), "{listed}");
    assert!(listed.contains("front@glow.example  blocks  takes visits"), "{listed}");
    let (is_done, said) = voxanne(&vox, &["admin", "calendar", "revoke", "--org", &org]).await;
    assert!(is_done && said.starts_with("Revoked."), "{said}");
    assert_eq!(google(&vox).live_grants(ACCOUNT), 0);
    let (is_done, said) = voxanne(&vox, &["admin", "calendar", "revoke", "--org", &org]).await;
    assert!(!is_done && said.contains("nothing is connected there"), "{said}");
    let stranger = format!("res_{}", uuid::Uuid::from_u128(7).simple());
    let (is_done, said) =
        voxanne(&vox, &["admin", "calendar", "connect", "--org", &org, "--practitioner", &stranger]).await;
    assert!(!is_done && said.contains("no such practitioner"), "{said}");
}

#[tokio::test]
async fn f2_the_doctor_tells_the_redirect_uri_and_what_to_do_about_each_account() {
    let vox = connected().await;
    let doctor = async || voxanne_at(&vox, "https://glow.example", &["doctor", "calendar"]).await;
    // The operator's clock is the world's, the clinic's stands still in 2026.
    vox.exec("update calendars set synced_at = now() - interval '2 days'").await;
    let (is_well, said) = doctor().await;
    assert!(!is_well && said.contains("Do: nobody looks: let a worker run"), "{said}");
    vox.exec("update calendars set synced_at = now()").await;
    let (is_well, said) = doctor().await;
    assert!(said.contains("to the letter: https://glow.example/api/google-oauth/callback"), "{said}");
    assert!(said.contains("Google can push changes here"), "{said}");
    assert!(said.contains("blocks, takes visits, read "), "{said}");
    assert!(
        said.contains("so every visit waits for confirmation: voxanne admin calendar connect --org"),
        "{said}"
    );
    assert!(is_well, "{said}");

    vox.exec("update calendars set synced_at = null").await;
    google(&vox).next(Target::GoogleEventsRead, Fault::google(403, "forbidden")).times(9);
    vox.next_round().await;
    let (is_well, said) = doctor().await;
    assert!(!is_well && said.contains("(forbidden)"), "{said}");
    assert!(said.contains("Do: share the calendar with the account, changes allowed"), "{said}");

    vox.sandbox.clear_faults();
    google(&vox).revoke_account(ACCOUNT);
    vox.after_every_pause().await;
    let (is_well, said) = doctor().await;
    assert!(!is_well, "{said}");
    let fix = format!("Do: voxanne admin calendar connect --org {}", vox.glow.org);
    assert!(said.contains(&fix), "{said}");
    // Among everything else there is a line of it.
    let (_, said) = voxanne_at(&vox, "https://glow.example", &["doctor"]).await;
    assert!(said.contains(&fix) && !said.contains("takes visits"), "{said}");

    let (is_well, said) = voxanne(&vox, &["doctor", "calendar"]).await;
    assert!(!is_well && said.contains("Google cannot push changes to http://127.0.0.1"), "{said}");
}
