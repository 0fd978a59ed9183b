//! W31, A31: the logs of the whole suite, searched for everything personal that the tests use.

use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, Once};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

static LOG: LazyLock<Mutex<String>> = LazyLock::new(Mutex::default);
static START: Once = Once::new();
/// What tests made up besides, and nobody may log from then on.
static MADE_UP: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Numbers, names, words and secrets that tests use. None may ever be logged.
const PERSONAL: &[&str] = &[
    "555014",
    "5550188",
    "5550177",
    "13105550",
    "12125550",
    "Sarah",
    "Johnson",
    "Ana Diaz",
    "Dana",
    "O'Neil",
    "Maria",
    "Lopez",
    "Bea Fox",
    "swollen",
    "I have budget",
    "MUST_BE_REDACTED",
    "whsec_",
    "vxk_",
    "door_test",
    "/feeds/",
    "lip filler on Thursday",
    "evil.example",
    "@glow.example",
    "@harbor.example",
    "ya29.sandbox",
    "1//sandbox",
    "4/sandbox",
    "ticket=",
    "voxanne_consent",
];

/// Of an id without its hyphens.
const ID_CHARS: usize = 32;

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        if std::env::var_os("VOXANNE_TEST_LOG").is_some() {
            io::stderr().write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Sink {
    type Writer = Self;
    fn make_writer(&'w self) -> Self {
        Self
    }
}

/// Captures everything that production would log at its default level, and the product's own debug level.
pub fn capture() {
    START.call_once(|| {
        let filter = EnvFilter::new("info,voxanne=debug,graphile_worker=warn,sqlx=warn");
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(Sink).with_ansi(false).init();
    });
}

/// Has every later look find `secret`, too.
pub fn never(secret: &str) {
    MADE_UP.lock().unwrap().push(secret.to_owned());
}

/// The line without its moment and without ids: a random one may well have a number's digits in it.
fn without_chance(line: &str) -> String {
    let moment = line.split_once(' ').filter(|(first, _)| first.parse::<jiff::Timestamp>().is_ok());
    let said = moment.map_or(line, |(_, said)| said);
    let is_of_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut left = String::with_capacity(said.len());
    for word in said.split_inclusive(|c| !is_of_id(c)) {
        let id = word.trim_end_matches(|c| !is_of_id(c));
        left.push_str(if id.len() < ID_CHARS { word } else { &word[id.len()..] });
    }
    left
}

/// Fails if anything personal was logged since the last look.
pub fn assert_nothing_personal() {
    let (Ok(mut log), Ok(made_up)) = (LOG.lock(), MADE_UP.lock()) else { return };
    let is_personal = |line: &str| {
        let line = without_chance(line);
        PERSONAL.iter().any(|p| line.contains(p))
            || made_up.iter().any(|secret| line.contains(secret.as_str()))
    };
    let leaked: Vec<String> = log.lines().filter(|line| is_personal(line)).map(str::to_owned).collect();
    log.clear();
    drop(log);
    if !std::thread::panicking() {
        assert!(leaked.is_empty(), "personal data in the log: {leaked:#?}");
    }
}

#[test]
fn an_id_is_no_number_and_a_number_is_found_wherever_else_it_stands() {
    let id = "2026-11-27T17:52:13.555014Z DEBUG call_019ab2c47e107cc39f4e555014000001 019ab2c4-7e10-7cc3-9f4e-555014000001";
    assert_eq!(without_chance(id), "DEBUG call_ ");
    let told = "2026-11-27T17:52:13.000000Z DEBUG to=13105550142 of 310-555-0142, key=to-13105550142";
    assert_eq!(without_chance(told).matches("0142").count(), 3);
}
