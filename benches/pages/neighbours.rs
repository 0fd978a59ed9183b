//! W27: what one clinic's pages take while another asks for nine of ten.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use reqwest::header::COOKIE;
use tokio::task::JoinSet;
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
const PATH: &str = "/dashboard/calls";

/// The pages of the second clinic, quiet and while the first one floods, in turns.
pub async fn measure(stage: &Stage, port: u16, figures: &mut Figures) {
    let app = stage.app(|_| {});
    let org = OrgId(Uuid::parse_str(&format!("{:032}", 2)).unwrap());
    let owner = NewStaff { name: "Owner", email: EMAIL, password: PASSWORD, role: Role::Owner };
    accounts::add_staff(&app, org, &owner).await.unwrap();
    app.db.close().await;
    let (other, flooding) =
        (Browser::sign_in_as(port, EMAIL).await, Arc::new(Browser::sign_in_as(port, super::EMAIL).await));
    let mut ratios = vec![];
    for _ in 0..ROUNDS {
        let quiet = other.times(PATH).await;
        let (stop, counts) =
            (Arc::new(AtomicBool::new(false)), Arc::new([AtomicU64::new(0), AtomicU64::new(0)]));
        let mut flood = JoinSet::new();
        for _ in 0..FLOODING {
            flood.spawn(ask_on(flooding.clone(), stop.clone(), counts.clone()));
        }
        let beside = other.times(PATH).await;
        stop.store(true, Ordering::Relaxed);
        flood.join_all().await;
        say(format_args!(
            "a clinic's page beside a flood of {} served and {} refused: p50 {:.2} ms of {:.2}, p99 {:.2} ms of {:.2}",
            counts[0].load(Ordering::Relaxed),
            counts[1].load(Ordering::Relaxed),
            at(&beside, 50),
            at(&quiet, 50),
            at(&beside, 99),
            at(&quiet, 99),
        ));
        ratios.push(at(&beside, 99) / at(&quiet, 99));
    }
    figures.at_most("a page while another clinic floods: p99, of that in quiet", 1.2, &ratios);
}

async fn ask_on(browser: Arc<Browser>, stop: Arc<AtomicBool>, counts: Arc<[AtomicU64; 2]>) {
    while !stop.load(Ordering::Relaxed) {
        let request = browser.http.get(format!("{}/dashboard", browser.url)).header(COOKIE, &browser.cookie);
        let answer = request.send().await.unwrap();
        counts[usize::from(answer.status() != 200)].fetch_add(1, Ordering::Relaxed);
        answer.bytes().await.unwrap();
    }
}
