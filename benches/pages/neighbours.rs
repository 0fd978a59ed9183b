//! W27: what one clinic's pages take while another asks for nine of ten.
//!
//! The browsers of the clinic that floods are a process of their own, which runs when nobody else wants a core: theirs is not
//! the server's machine.

use std::io::{Read as _, stdin};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::COOKIE;
use tokio::process::{Child, Command};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::interval;
use uuid::Uuid;
use voxanne::accounts::{self, NewStaff, Role};
use voxanne::platform::ids::OrgId;

use super::report::{Figures, say};
use super::stage::Stage;
use super::{Browser, PASSWORD, at};

const EMAIL: &str = "owner@next-door.example";
/// Of ten browsers that ask without a pause, those of the clinic that floods.
const FLOODING: usize = 9;
const ROUNDS: usize = 5;
/// Between two pages of the neighbour's where both are paced.
const PACE: Duration = Duration::from_millis(50);
const PATH: &str = "/dashboard/calls";
/// The argument after which this program is the clinic that floods.
pub const FLOOD: &str = "--flood";

/// The pages of the second clinic, quiet and while the first one floods, in turns.
pub async fn measure(stage: &Stage, port: u16, figures: &mut Figures) {
    let app = stage.app(|_| {});
    let org = OrgId(Uuid::parse_str(&format!("{:032}", 2)).unwrap());
    let owner = NewStaff { name: "Owner", email: EMAIL, password: PASSWORD, role: Role::Owner };
    accounts::add_staff(&app, org, &owner).await.unwrap();
    app.db.close().await;
    let (other, flooding) = (Browser::sign_in_as(port, EMAIL).await, Browser::sign_in(port).await);
    for flood in [Flood::Unpaced, Flood::Paced] {
        let (mut quiet, mut beside) = (vec![], vec![]);
        for _ in 0..ROUNDS {
            let (alone, flooded) = flood.round(&other, &flooding).await;
            quiet.extend(alone);
            beside.extend(flooded);
        }
        // Of all rounds together: the 99th of a hundred is too few of one round's to compare.
        for times in [&mut quiet, &mut beside] {
            times.sort_by(f64::total_cmp);
        }
        for (percent, name) in flood.names() {
            figures.at_most(name, 1.2, &[at(&beside, percent) / at(&quiet, percent)]);
        }
    }
}

/// How the first clinic takes nine of ten.
#[derive(Debug, Clone, Copy)]
enum Flood {
    /// Nine browsers that ask for the next page when they have one, beside one that does the same: the machine has no rest.
    Unpaced,
    /// Nine requests for each of the neighbour's, whether or not they are answered, at a rate that the machine can serve.
    Paced,
}

impl Flood {
    /// Which of a hundred are compared, and what that is called.
    const fn names(self) -> [(usize, &'static str); 3] {
        match self {
            Self::Unpaced => [
                (50, "a page while another clinic floods: p50, of that in quiet"),
                (95, "a page while another clinic floods: p95, of that in quiet"),
                (99, "a page while another clinic floods: p99, of that in quiet"),
            ],
            Self::Paced => [
                (50, "a page while nine of ten are another clinic's: p50, of that in quiet"),
                (95, "a page while nine of ten are another clinic's: p95, of that in quiet"),
                (99, "a page while nine of ten are another clinic's: p99, of that in quiet"),
            ],
        }
    }

    /// How many of the neighbour's a round has, so that its p99 is not of a few.
    const fn pages(self) -> usize {
        match self {
            Self::Unpaced => 1_500,
            Self::Paced => 300,
        }
    }

    async fn round(self, other: &Browser, flooding: &Browser) -> (Vec<f64>, Vec<f64>) {
        let quiet = self.times(other).await;
        let flood = self.start(flooding);
        let beside = self.times(other).await;
        let counts = flood.wait_with_output().await.unwrap();
        assert!(counts.status.success(), "nothing flooded: {}", counts.status);
        say(format_args!(
            "a clinic's page beside {}: p50 {:.2} ms of {:.2}, p95 {:.2} ms of {:.2}, p99 {:.2} ms of {:.2}",
            String::from_utf8(counts.stdout).unwrap().trim(),
            at(&beside, 50),
            at(&quiet, 50),
            at(&beside, 95),
            at(&quiet, 95),
            at(&beside, 99),
            at(&quiet, 99),
        ));
        (quiet, beside)
    }

    /// This program again, which floods until it has nothing to read any more, and says what it was answered.
    fn start(self, flooding: &Browser) -> Child {
        let mut command = Command::new("chrt");
        command.args(["--idle", "0"]).arg(std::env::current_exe().unwrap());
        command.args([FLOOD, &format!("{self:?}"), &flooding.url, &flooding.cookie]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap()
    }

    async fn times(self, other: &Browser) -> Vec<f64> {
        let (mut times, mut pace) = (vec![], interval(PACE));
        for _ in 0..self.pages() {
            if matches!(self, Self::Paced) {
                pace.tick().await;
            }
            times.push(other.time(PATH).await);
        }
        times.sort_by(f64::total_cmp);
        times
    }
}

/// Floods as `flood` says, until nobody holds its input any more.
pub async fn flood(flood: &str, browser: Browser) {
    let browser = Arc::new(browser);
    let (stop, counts) = (Arc::new(AtomicBool::new(false)), Arc::new(Counts::default()));
    let mut asking = JoinSet::new();
    if flood == format!("{:?}", Flood::Paced) {
        asking.spawn(ask_at_a_pace(browser, stop.clone(), counts.clone()));
    } else {
        for _ in 0..FLOODING {
            asking.spawn(ask_on(browser.clone(), stop.clone(), counts.clone()));
        }
    }
    spawn_blocking(|| stdin().read_to_end(&mut vec![])).await.unwrap().unwrap();
    stop.store(true, Ordering::Relaxed);
    asking.join_all().await;
    let [served, refused] = counts.as_ref();
    println!("{} served and {} refused", served.load(Ordering::Relaxed), refused.load(Ordering::Relaxed));
}

/// Served and refused.
type Counts = [AtomicU64; 2];

async fn ask_on(browser: Arc<Browser>, stop: Arc<AtomicBool>, counts: Arc<Counts>) {
    while !stop.load(Ordering::Relaxed) {
        ask(&browser, &counts).await;
    }
}

async fn ask_at_a_pace(browser: Arc<Browser>, stop: Arc<AtomicBool>, counts: Arc<Counts>) {
    let (mut asked, mut pace) = (JoinSet::new(), interval(PACE / u32::try_from(FLOODING).unwrap()));
    while !stop.load(Ordering::Relaxed) {
        pace.tick().await;
        let (browser, counts) = (browser.clone(), counts.clone());
        asked.spawn(async move { ask(&browser, &counts).await });
    }
    asked.join_all().await;
}

async fn ask(browser: &Browser, counts: &Counts) {
    let request = browser.http.get(format!("{}/dashboard", browser.url)).header(COOKIE, &browser.cookie);
    let answer = request.send().await.unwrap();
    counts[usize::from(answer.status() != 200)].fetch_add(1, Ordering::Relaxed);
    answer.bytes().await.unwrap();
}
