//! `voxanne admin twilio` and what the doctor says of texting, as an operator runs them.

use std::process::Stdio;

use secrecy::ExposeSecret as _;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use voxanne_sandbox::Fault;

use super::send;
use crate::harness::{KEY, Voxanne};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
const API_KEY: &str = "SK0123456789abcdef0123456789abcdef";

/// Runs the program beside the installation; whether it succeeded, and what it said.
async fn voxanne(vox: &Voxanne, arguments: &[&str], input: &str) -> (bool, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_voxanne"))
        .args(arguments)
        .env("DATABASE_URL", vox.database.admin_url.expose_secret())
        .env("VOXANNE_SECRETS_KEY", KEY)
        .env("BACKEND_URL", "https://glow.example")
        .env("VOXANNE_TWILIO_BASE_URL", vox.sandbox.url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    let done = program.wait_with_output().await.unwrap();
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[tokio::test]
async fn an_operator_gives_an_org_its_account_and_no_secret_is_shown() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().set_account(ACCOUNT, "token-of-the-account");
    vox.sandbox.twilio().set_api_key(API_KEY, "secret-of-the-key");
    send(&vox, "held").await;
    assert_eq!(vox.count("tasks where kind = 'reconnect_twilio' and done_at is null").await, 1);
    let org = vox.glow.org.to_string();
    let connect = [
        "admin",
        "twilio",
        "connect",
        "--org",
        &org,
        "--account-sid",
        ACCOUNT,
        "--sender",
        SERVICE,
        "--api-key-sid",
        API_KEY,
    ];
    let (is_done, said) = voxanne(&vox, &connect, "token-of-the-account\nsecret-of-the-key\n").await;
    assert!(is_done, "{said}");
    let line = format!("{ACCOUNT} (its own), from {SERVICE}, signed in by key {API_KEY}");
    assert!(said.contains(&line) && said.contains("1 texts wait"), "{said}");
    assert!(!said.contains("token-of-the-account") && !said.contains("secret-of-the-key"), "{said}");
    assert_eq!(vox.count("tasks where done_at is null").await, 0);
    vox.run_jobs().await;
    let text = vox.sandbox.twilio().messages().pop().unwrap();
    assert_eq!((text.account_sid.as_str(), text.messaging_service_sid.as_deref()), (ACCOUNT, Some(SERVICE)));
    assert_eq!(vox.sandbox.twilio().signed_in_as(), [API_KEY]);

    for (wrong, at) in [("AC1", 6), ("glow", 8), ("SK1", 10)] {
        let mut arguments = connect;
        arguments[at] = wrong;
        let (is_done, said) = voxanne(&vox, &arguments, "token\nsecret\n").await;
        assert!(!is_done && said.contains("hexadecimal digits"), "{said}");
    }
    let (is_done, said) = voxanne(&vox, &connect, "token\n").await;
    assert!(!is_done && said.contains("the API key's secret is missing"), "{said}");
}

#[tokio::test]
async fn e17_e19_the_doctor_says_what_keeps_texts_from_leaving_and_what_to_do() {
    let vox = Voxanne::start().await;
    let (_, said) = voxanne(&vox, &["doctor"], "").await;
    let well =
        said.lines().filter(|line| line.starts_with("ok ") && line.contains("texts leave from AC")).count();
    assert_eq!(well, 3, "{said}");
    vox.sandbox.twilio().next_sends(Fault::twilio(401, 20003));
    send(&vox, "held").await;
    let (is_well, said) = voxanne(&vox, &["doctor"], "").await;
    let line = said.lines().find(|line| line.contains("refused since")).unwrap();
    assert!(!is_well && line.starts_with("WRONG "), "{said}");
    assert!(
        line.contains("Enter the account SID and auth token again in Settings. (20003) 1 wait."),
        "{line}"
    );
    assert!(line.contains(&format!("Do: voxanne admin twilio show --org {}", vox.glow.org)), "{line}");
}
