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

/// Fails if anything personal was logged since the last look.
pub fn assert_nothing_personal() {
    let (Ok(mut log), Ok(made_up)) = (LOG.lock(), MADE_UP.lock()) else { return };
    let is_personal = |line: &str| {
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
