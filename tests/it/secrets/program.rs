//! The real program, given the right and the wrong keys.

use std::process::{Output, Stdio};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use voxanne::platform::secrets::new_key;

use super::{connect_calendar, connect_twilio, keys};
use crate::harness::{KEY, Voxanne};

/// An installation's settings.
struct Given<'a> {
    current: &'a SecretString,
    former: String,
    google: Option<&'a SecretString>,
}

fn given<'a>(current: &'a SecretString, former: &[&SecretString]) -> Given<'a> {
    let former = former.iter().map(|key| key.expose_secret()).chain([KEY]).collect::<Vec<_>>().join(",");
    Given { current, former, google: None }
}

fn program(vox: &Voxanne, given: &Given<'_>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voxanne"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("DATABASE_URL", vox.database.admin_url.expose_secret())
        .env("VOXANNE_SERVER_LISTEN", "127.0.0.1:0")
        .env("VOXANNE_SECRETS_KEY", given.current.expose_secret())
        .env("VOXANNE_SECRETS_FORMER_KEYS", &given.former)
        .env("VOXANNE_TWILIO_BASE_URL", vox.sandbox.url())
        .env("NO_COLOR", "1")
        .kill_on_drop(true);
    if let Some(key) = given.google {
        command.env("GOOGLE_ENCRYPTION_KEY", key.expose_secret());
    }
    command
}

async fn ran(vox: &Voxanne, given: &Given<'_>, arguments: &[&str]) -> Output {
    program(vox, given, arguments).output().await.unwrap()
}

/// What it complained about, having refused to start.
async fn refused(vox: &Voxanne, given: &Given<'_>) -> String {
    let output = ran(vox, given, &["serve", "--no-worker"]).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains(given.current.expose_secret()) && !said.contains(KEY), "{said}");
    said
}

async fn starts(vox: &Voxanne, given: &Given<'_>) {
    gets_ready(program(vox, given, &["serve", "--no-worker"])).await;
}

async fn gets_ready(mut command: Command) {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        said += &line;
        if line.contains("Ready") {
            return child.kill().await.unwrap();
        }
    }
    panic!("it did not start: {said}");
}

#[tokio::test]
async fn w34_the_program_does_not_start_without_a_key_that_a_row_needs() {
    let vox = Voxanne::start().await;
    let (first, second): (SecretString, SecretString) = (KEY.into(), new_key().unwrap());
    let third = new_key().unwrap();
    let by_second = vox.restarted_by(keys(&second, &[])).await;
    connect_twilio(&by_second.app, vox.glow.org).await;

    let said = refused(&vox, &given(&third, &[])).await;
    assert!(said.contains("secrets.former_keys") && said.contains("VOXANNE_SECRETS_FORMER_KEYS"), "{said}");
    starts(&vox, &given(&third, &[&second])).await;

    let output = ran(&vox, &given(&third, &[&second]), &["admin", "reseal"]).await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 of 3") && said.contains("All: 7 sealed anew, 0 were current."), "{said}");
    let again = ran(&vox, &given(&third, &[&second]), &["admin", "reseal"]).await;
    assert!(String::from_utf8(again.stdout).unwrap().contains("All: 0 sealed anew, 7 were current."));
    // The one in the middle is not needed any more.
    starts(&vox, &given(&third, &[])).await;
    let said = refused(&vox, &given(&second, &[])).await;
    assert!(said.contains("secrets.former_keys"), "{said}");
    // What cannot be sealed anew is not passed over in silence.
    let output = ran(&vox, &given(&first, &[]), &["admin", "reseal"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("7 open with no key"));
}

#[tokio::test]
async fn w34_the_calendars_keys_are_missed_by_their_own_name() {
    let vox = Voxanne::start().await;
    let (google, next) = (new_key().unwrap(), new_key().unwrap());
    let current: SecretString = KEY.into();
    let sealing = vox.restarted_with(|config| config.google.encryption_key = google.clone()).await;
    connect_calendar(&vox, &sealing.app, &vox.glow).await;

    for wrong in [None, Some(&next)] {
        let said = refused(&vox, &Given { google: wrong, ..given(&current, &[]) }).await;
        assert!(
            said.contains("google.former_encryption_keys") && said.contains("GOOGLE_ENCRYPTION_KEY"),
            "{said}"
        );
        assert!(!said.contains(google.expose_secret()), "{said}");
    }
    starts(&vox, &Given { google: Some(&google), ..given(&current, &[]) }).await;
    let doctor = ran(&vox, &given(&current, &[]), &["doctor"]).await;
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(
        said.lines().any(|l| l.starts_with("WRONG") && l.contains("google.former_encryption_keys")),
        "{said}"
    );

    let output = ran(&vox, &given(&current, &[]), &["admin", "reseal", "--forget-lost"]).await;
    assert!(String::from_utf8(output.stdout).unwrap().contains("1 given up"));
    starts(&vox, &given(&current, &[])).await;
}

#[tokio::test]
async fn w17_h2_the_program_hands_out_no_session_over_a_network_in_the_open() {
    let vox = Voxanne::start().await;
    let current: SecretString = KEY.into();
    let on = |listen: &str, settings: &[(&str, &str)]| {
        let mut command = program(&vox, &given(&current, &[]), &["serve", "--no-worker"]);
        command.env("VOXANNE_SERVER_LISTEN", listen).envs(settings.iter().copied());
        command
    };
    let (none, http): (&[_], &[_]) = (&[], &[("BACKEND_URL", "http://app.glow.example")]);
    for settings in [none, http] {
        let output = on("0.0.0.0:0", settings).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        for word in [
            "server.public_url (BACKEND_URL)",
            "server.listen (0.0.0.0:0)",
            "VOXANNE_SERVER_ALLOW_INSECURE=true",
        ] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
    gets_ready(on("0.0.0.0:0", &[("BACKEND_URL", "https://app.glow.example")])).await;
    gets_ready(on("0.0.0.0:0", &[("VOXANNE_SERVER_ALLOW_INSECURE", "true")])).await;
    gets_ready(on("127.0.0.1:0", &[("BACKEND_URL", "http://app.glow.example")])).await;
}
