//! `voxanne doctor` and `voxanne admin mail`, as an operator runs them.

use secrecy::ExposeSecret as _;
use tokio::process::Command;
use voxanne_sandbox::Fault;

use super::{MARIA, add, inbox};
use crate::harness::{KEY, Voxanne};

/// Runs the program beside the installation; whether it succeeded, and what it said.
async fn voxanne(vox: &Voxanne, host: &str, arguments: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_voxanne"))
        .args(arguments)
        .env("DATABASE_URL", vox.database.admin_url.expose_secret())
        .env("VOXANNE_SECRETS_KEY", KEY)
        .env("BACKEND_URL", "https://glow.example")
        .env("VOXANNE_MAIL_HOST", host)
        .env("VOXANNE_MAIL_PORT", vox.sandbox.mail().port().to_string())
        .env("VOXANNE_MAIL_TLS", "none")
        .env("VOXANNE_MAIL_USERNAME", "alerts")
        .env("VOXANNE_MAIL_PASSWORD", "right")
        .env("VOXANNE_MAIL_FROM_ADDRESS", "alerts@glow.example")
        .output()
        .await
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn an_operator_really_sends_an_email_or_hears_what_to_change() {
    let vox = Voxanne::start().await;
    let test = ["admin", "mail", "test", MARIA];
    let (is_done, said) = voxanne(&vox, "127.0.0.1", &test).await;
    assert!(is_done && said.starts_with("Sent: the mail server took it."), "{said}");
    let mails = inbox(&vox, MARIA);
    assert_eq!((mails.len(), mails[0].from.as_str()), (1, "alerts@glow.example"));
    assert_eq!(mails[0].body, "E-mails of this Voxanne arrive at this address. Nothing to do.\n");
    vox.sandbox.mail().refuse(MARIA);
    let (is_done, said) = voxanne(&vox, "127.0.0.1", &test).await;
    assert!(!is_done && said.contains("refused with 550") && said.contains("Check the address."), "{said}");
    let (is_done, said) = voxanne(&vox, "", &test).await;
    assert!(!is_done && said.contains("set mail.host"), "{said}");
    let (is_done, said) = voxanne(&vox, "127.0.0.1", &["admin", "mail", "test", "maria"]).await;
    assert!(!is_done && said.contains("not an e-mail address"), "{said}");
}

#[tokio::test]
async fn f2_the_doctor_logs_in_at_the_mail_server_and_says_what_to_fix() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    let doctor = async |host| voxanne(&vox, host, &["doctor"]).await.1;
    assert!(doctor("127.0.0.1").await.contains("takes our greeting and login"), "it is well");
    assert!(vox.sandbox.mail().taken().is_empty(), "and nothing was sent");
    vox.sandbox.mail().set_account("alerts", "changed");
    let said = doctor("127.0.0.1").await;
    assert!(
        said.contains("refused with 535") && said.contains("Check mail.username and mail.password."),
        "{said}"
    );
    assert!(!said.contains("right"), "{said}");
    vox.sandbox.mail().next_mails(Fault::ConnectionReset);
    let said = doctor("127.0.0.1").await;
    assert!(said.contains("Check mail.host, mail.port and mail.tls"), "{said}");
    let said = doctor("").await;
    assert!(
        said.contains("note   no mail.host") && said.contains("1 e-mail recipients who get nothing"),
        "{said}"
    );
}
