//! A Radicale of our own: a free port of this machine, a folder that goes with it, one account.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::{Method, Url};
use voxanne_caldav::{Client, Guard, Login, http_client};

pub const USER: &str = "anna@clinic.example";
pub const PASSWORD: &str = "sword fish";
const DEADLINE: Duration = Duration::from_secs(20);
const CALENDAR: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>NAME</d:displayname>
<c:supported-calendar-component-set><c:comp name="KIND"/></c:supported-calendar-component-set>
<c:calendar-timezone>BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:America/Los_Angeles
END:VTIMEZONE
END:VCALENDAR</c:calendar-timezone>
</d:prop></d:set></c:mkcalendar>"#;

/// A running server. Stops when it goes out of scope.
pub struct Radicale {
    process: Child,
    folder: PathBuf,
    pub url: Url,
}

impl Radicale {
    pub fn start() -> Self {
        let folder = fresh_folder();
        std::fs::write(folder.join("users"), format!("{USER}:{PASSWORD}\n")).unwrap();
        let config = folder.join("config");
        std::fs::write(&config, config_in(&folder)).unwrap();
        let mut process = command()
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Radicale starts");
        let port = port_of(&mut process);
        let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        Self { process, folder, url }
    }

    /// Makes a calendar for `kind` of component, as its owner would in an app, and says where it is.
    pub async fn make_calendar(&self, name: &str, kind: &str) -> String {
        let url = self.url.join(&format!("/{USER}/{}/", name.to_lowercase())).unwrap();
        let response = http_client(Guard::with_private_networks(), DEADLINE)
            .unwrap()
            .request(Method::from_bytes(b"MKCALENDAR").unwrap(), url.clone())
            .basic_auth(USER, Some(PASSWORD))
            .body(CALENDAR.replace("NAME", name).replace("KIND", kind))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 201, "{name}");
        url.into()
    }
}

/// The account's client.
pub fn client() -> Client {
    client_with(PASSWORD)
}

pub fn client_with(password: &str) -> Client {
    let guard = Guard::with_private_networks();
    let login = Login { username: USER.into(), password: password.into() };
    Client::new(http_client(guard.clone(), DEADLINE).unwrap(), login, DEADLINE).guarded_by(guard)
}

impl Drop for Radicale {
    fn drop(&mut self) {
        // Best effort: what is left is in the folder for temporary files.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn fresh_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let parent = std::env::var_os("VOXANNE_TEST_DATA_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = parent.join(format!("voxanne-radicale-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn config_in(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "[server]\nhosts = 127.0.0.1:0\n\
         [auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\nhtpasswd_encryption = plain\ndelay = 0\n\
         [storage]\nfilesystem_folder = {folder}/data\n\
         [rights]\ntype = owner_only\n\
         [logging]\nlevel = info\n"
    )
}

/// Radicale, wherever `bin/setup` found or put it.
fn command() -> Command {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let own = own.map(|dir| dir.join("target/radicale/bin/python3")).find(|python| python.exists());
    let own = own.unwrap_or_default();
    let module = |python: &Path| {
        let mut command = Command::new(python);
        command.args(["-m", "radicale"]);
        command
    };
    let known = [
        Command::new("radicale"),
        module(Path::new("python3")),
        module(Path::new("/usr/bin/python3")),
        module(&own),
    ];
    for mut command in known {
        let found = Command::new(command.get_program())
            .args(command.get_args())
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if found.is_ok_and(|status| status.success()) {
            command.env("PYTHONUNBUFFERED", "1");
            return command;
        }
    }
    panic!("Radicale is missing: run bin/setup, which installs it (Debian's python3-radicale)");
}

/// Waits until it says where it listens, and reads on so that it never has to wait for us.
fn port_of(process: &mut Child) -> u16 {
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut port = None;
    for line in lines.by_ref() {
        if line.contains("Listening on") {
            let digits = line.rsplit(':').next().unwrap_or("");
            port = digits.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok();
        }
        if line.contains("server ready") {
            break;
        }
    }
    std::thread::spawn(move || lines.for_each(drop));
    port.expect("Radicale says where it listens")
}
