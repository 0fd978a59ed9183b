//! How long the server takes for each page of a clinic with 100,000 visits: `bin/bench` runs it, `docs/performance.md` says what
//! the figures mean.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, missing_docs, reason = "a bench")]

#[allow(dead_code, reason = "benches/voice_path has other targets")]
#[path = "../voice_path/report.rs"]
mod report;
#[allow(dead_code, reason = "benches/voice_path measures more of a server")]
#[path = "../voice_path/served.rs"]
mod served;
#[allow(dead_code, reason = "benches/voice_path has a baseline")]
#[path = "../voice_path/stage.rs"]
mod stage;

mod neighbours;

use std::path::PathBuf;
use std::time::Instant;

use jiff::ToSpan as _;
use reqwest::header::{ACCEPT_ENCODING, COOKIE, ORIGIN, SET_COOKIE};
use tokio::task::JoinSet;
use uuid::Uuid;
use voxanne::accounts::{self, NewStaff, Role};
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::ids::OrgId;
use voxanne::{analytics, leads};

use report::{Figures, say};
use stage::Stage;

const SEED: &str = include_str!("seed.sql");
const EMAIL: &str = "owner@bench.example";
const PASSWORD: &str = "bench-clinic-quartz";
/// Requests of each page, one after another, after as many that warm up by a tenth.
const ASKED: usize = 300;
const TARGET_MS: f64 = 25.0;
/// A call of today is told.
const NEWS: &str = "insert into events (org_id, kind, subject) select org_id, 'call', id from calls where call_ref = 'bench-1'";
/// A call of fifty days ago turns out to have been longer.
const LATE_NEWS: &str = "update calls set duration_seconds = duration_seconds + 1 where call_ref = 'bench-9000';
    insert into events (org_id, kind, subject) select org_id, 'call', id from calls where call_ref = 'bench-9000'";
/// Pages with figures, after something that makes them be counted again.
const FIRST_VIEWS: [(&str, &str, &str); 3] = [
    ("Analytics after something happened: p99, ms", "/dashboard/analytics", NEWS),
    ("Analytics after a day long over has changed: p99, ms", "/dashboard/analytics", LATE_NEWS),
    ("Leads after a day long over has changed: p99, ms", "/dashboard/leads", LATE_NEWS),
];
/// Every page, by its name in the table.
const PAGES: [(&str, &str); 37] = [
    ("Today: p99, ms", "/dashboard"),
    ("Calls: p99, ms", "/dashboard/calls"),
    ("Calls that were booked: p99, ms", "/dashboard/calls?outcome=booked"),
    ("Calls to call back: p99, ms", "/dashboard/calls?outcome=call_back"),
    ("Calls that changed a visit, of none: p99, ms", "/dashboard/calls?outcome=changed"),
    ("Calls that were missed: p99, ms", "/dashboard/calls?outcome=missed"),
    ("a call: p99, ms", "/dashboard/calls/call_00000000000000000000000006000500"),
    ("Calendar: p99, ms", "/dashboard/calendar"),
    ("Calendar, a week: p99, ms", "/dashboard/calendar?view=week"),
    ("Calendar by room, a week: p99, ms", "/dashboard/calendar?view=week&by=room"),
    ("what the Calendar draws, a day: p99, ms", "/dashboard/calendar/events?from={today}&to={today}"),
    ("what the Calendar draws, a week: p99, ms", "/dashboard/calendar/events?from={monday}&to={sunday}"),
    ("a visit: p99, ms", "/dashboard/calendar/visits/apt_00000000000000000000000007000500"),
    ("Leads: p99, ms", "/dashboard/leads"),
    ("Contacts: p99, ms", "/dashboard/contacts"),
    ("a contact: p99, ms", "/dashboard/contacts/con_00000000000000000000000005000500"),
    ("Messages: p99, ms", "/dashboard/messages"),
    ("a thread: p99, ms", "/dashboard/messages/con_00000000000000000000000005000500"),
    ("Tasks: p99, ms", "/dashboard/tasks"),
    ("Tasks that were done: p99, ms", "/dashboard/tasks?state=done"),
    ("Notifications: p99, ms", "/dashboard/notifications"),
    ("Analytics: p99, ms", "/dashboard/analytics"),
    ("Team: p99, ms", "/dashboard/team"),
    ("Account: p99, ms", "/dashboard/account"),
    ("Settings: p99, ms", "/dashboard/settings"),
    ("Settings, alerts: p99, ms", "/dashboard/settings/alerts"),
    ("Settings, scoring: p99, ms", "/dashboard/settings/scoring"),
    ("Settings, texting: p99, ms", "/dashboard/settings/texting"),
    ("Settings, texts: p99, ms", "/dashboard/settings/texts"),
    ("Settings, calendars: p99, ms", "/dashboard/settings/calendars"),
    ("Settings, services: p99, ms", "/dashboard/settings/services"),
    ("Settings, assistant: p99, ms", "/dashboard/settings/assistant"),
    ("Settings, waitlist: p99, ms", "/dashboard/settings/waitlist"),
    ("First run: p99, ms", "/dashboard/first-run"),
    ("Audit log: p99, ms", "/dashboard/audit"),
    ("Search: p99, ms", "/dashboard/search?q=person+4"),
    ("Suggestions: p99, ms", "/dashboard/search/suggestions?q=person+4"),
];

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, flood, url, cookie] = &arguments[..]
        && first == neighbours::FLOOD
    {
        return neighbours::flood(flood, Browser::with(url, cookie)).await;
    }
    // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
    if arguments.first().map(String::as_str) != Some("--bench") {
        println!("pages measures under `cargo bench` only");
        return;
    }
    let run = Clock::system().now().as_millisecond();
    let dir = std::env::var_os("VOXANNE_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from);
    let dir = dir.join(format!("voxanne-pages-{run}"));
    // In a task of its own: whatever fails in it, nothing stays behind.
    let mut played = JoinSet::new();
    played.spawn(play(dir.clone()));
    let played = played.join_next().await.unwrap();
    if played.is_err() {
        println!("{}", std::fs::read_to_string(dir.join("serve.log")).unwrap());
    }
    stage::strike(&dir).await;
    played.unwrap();
}

async fn play(dir: PathBuf) {
    let stage = Stage::set(dir).await;
    sqlx::raw_sql(SEED).execute(&stage.admin).await.unwrap();
    sqlx::raw_sql("vacuum analyze").execute(&stage.admin).await.unwrap();
    let app = stage.app(|_| {});
    let org = OrgId(Uuid::parse_str(&format!("{:032}", 1)).unwrap());
    let owner = NewStaff { name: "Owner", email: EMAIL, password: PASSWORD, role: Role::Owner };
    accounts::add_staff(&app, org, &owner).await.unwrap();
    keep_days(&app, org).await;
    app.db.close().await;
    sqlx::raw_sql("vacuum analyze kept_days").execute(&stage.admin).await.unwrap();
    let product = stage.serve_and_work(&[]).await;
    let browser = Browser::sign_in(product.port).await;
    let ready = browser.times("/health/ready").await;
    say(format_args!("/health/ready: p50 {:.2} ms, p99 {:.2} ms", at(&ready, 50), at(&ready, 99)));
    let mut figures = Figures::default();
    let mut of_ready = vec![];
    for (name, path) in PAGES {
        let path = &on_the_days(path);
        let times = browser.times(path).await;
        say(format_args!(
            "{path}: p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms",
            at(&times, 50),
            at(&times, 95),
            at(&times, 99)
        ));
        of_ready.push(at(&times, 50) / at(&ready, 50));
        figures.at_most(name, TARGET_MS, &[at(&times, 99)]);
    }
    for (name, path, news) in FIRST_VIEWS {
        let times = first_views(&stage, &browser, (path, news)).await;
        say(format_args!(
            "{name}: {:.2} ms, p50 {:.2} ms, p95 {:.2} ms",
            at(&times, 99),
            at(&times, 50),
            at(&times, 95)
        ));
        figures.at_most(name, TARGET_MS, &[at(&times, 99)]);
    }
    figures.at_least("pages: p50, of a question to the database", 0.0, &of_ready);
    neighbours::measure(&stage, product.port, &mut figures).await;
    figures.print();
    product.stop().await;
}

/// An address with the clinic's days in it.
fn on_the_days(path: &str) -> String {
    let today = Clock::system().now().in_tz("America/Los_Angeles").unwrap().date();
    let monday = today.checked_sub(i32::from(today.weekday().to_monday_zero_offset()).days()).unwrap();
    let sunday = monday.checked_add(6.days()).unwrap();
    [("{today}", today), ("{monday}", monday), ("{sunday}", sunday)]
        .iter()
        .fold(path.to_owned(), |path, (hole, day)| path.replace(hole, &day.to_string()))
}

/// What is always at work in an installation, every five minutes.
async fn keep_days(app: &App, org: OrgId) {
    let began = Instant::now();
    let mut days = 0;
    loop {
        let kept = analytics::keep_figures(app, org).await.unwrap();
        days += kept;
        if kept == 0 {
            break;
        }
    }
    days += leads::keep_tallies(app, org).await.unwrap();
    say(format_args!("{days} days kept in {:.2} s", began.elapsed().as_secs_f64()));
}

/// Views of a page, each after news that make its figures be counted again; sorted.
async fn first_views(stage: &Stage, browser: &Browser, (path, news): (&str, &'static str)) -> Vec<f64> {
    let mut times = vec![];
    for _ in 0..ASKED {
        sqlx::raw_sql(news).execute(&stage.admin).await.unwrap();
        times.push(browser.time(path).await);
    }
    times.sort_by(f64::total_cmp);
    times
}

/// Somebody who is signed in.
struct Browser {
    http: reqwest::Client,
    url: String,
    cookie: String,
}

impl Browser {
    async fn sign_in(port: u16) -> Self {
        Self::sign_in_as(port, EMAIL).await
    }

    async fn sign_in_as(port: u16, email: &str) -> Self {
        let url = format!("http://127.0.0.1:{port}");
        let form = [("email", email), ("password", PASSWORD)];
        let answer = Self::http()
            .post(format!("{url}/sign-in"))
            .header(ORIGIN, &url)
            .form(&form)
            .send()
            .await
            .unwrap();
        let cookie = answer.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
        Self::with(&url, cookie.split(';').next().unwrap())
    }

    fn with(url: &str, cookie: &str) -> Self {
        Self { http: Self::http(), url: url.to_owned(), cookie: cookie.to_owned() }
    }

    fn http() -> reqwest::Client {
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
    }

    async fn time(&self, path: &str) -> f64 {
        let began = Instant::now();
        let request = self.http.get(format!("{}{path}", self.url)).header(COOKIE, &self.cookie);
        let answer = request.header(ACCEPT_ENCODING, "gzip").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap();
        began.elapsed().as_secs_f64() * 1000.0
    }

    /// Milliseconds from the request to the last byte, sorted.
    async fn times(&self, path: &str) -> Vec<f64> {
        let mut times = vec![];
        for asked in 0..ASKED + ASKED / 10 {
            let time = self.time(path).await;
            if asked >= ASKED / 10 {
                times.push(time);
            }
        }
        times.sort_by(f64::total_cmp);
        times
    }
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}
