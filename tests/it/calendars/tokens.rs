//! Access tokens: one refresh whatever the parallelism, and never another org's.

use std::collections::BTreeSet;

use futures::future::join_all;
use jiff::SignedDuration;
use voxanne::calendars;

use super::*;

#[tokio::test]
async fn g2_twenty_at_once_with_an_expired_token_refresh_once() {
    let vox = connected().await;
    google(&vox).expire_access_tokens(ACCOUNT);
    let org = vox.glow.org;
    let calendar: uuid::Uuid = vox.one("select id from calendars where blocks").await;
    let job = calendars::CheckMirror { org, calendar: calendar.into() };
    let asks = (0..20).map(|_| calendars::check_mirror(&vox.app, job));
    for asked in join_all(asks).await {
        asked.unwrap();
    }
    assert_eq!(google(&vox).refreshes(ACCOUNT), 1);
}

#[tokio::test]
async fn g2_two_processes_with_an_expired_token_refresh_once() {
    let vox = connected().await;
    let other = beside(&vox).await;
    // By the clock, and not by a refusal: both processes see it at once.
    vox.later(SignedDuration::from_hours(2));
    other.later(SignedDuration::from_hours(2));
    let calendar: uuid::Uuid = vox.one("select id from calendars where blocks").await;
    let job = calendars::CheckMirror { org: vox.glow.org, calendar: calendar.into() };
    let asks = (0..20).map(|n| calendars::check_mirror(if n % 2 == 0 { &vox.app } else { &other.app }, job));
    for asked in join_all(asks).await {
        asked.unwrap();
    }
    assert_eq!(google(&vox).refreshes(ACCOUNT), 1);
}

#[tokio::test]
async fn a_hundred_interleaved_requests_of_two_orgs_never_use_the_others_token() {
    let vox = connected().await;
    vox.connects(vox.harbor.org, None, "front@harbor.example").await;
    google(&vox).expire_access_tokens(ACCOUNT);
    google(&vox).expire_access_tokens("front@harbor.example");
    let of = async |email: &str| -> uuid::Uuid {
        vox.one(&format!("select id from calendars where blocks and external_id = '{email}'")).await
    };
    let glow = calendars::CheckMirror { org: vox.glow.org, calendar: of(ACCOUNT).await.into() };
    let harbor =
        calendars::CheckMirror { org: vox.harbor.org, calendar: of("front@harbor.example").await.into() };
    let asks = (0..100).map(|n| calendars::check_mirror(&vox.app, if n % 2 == 0 { glow } else { harbor }));
    for asked in join_all(asks).await {
        asked.unwrap();
    }
    // The sandbox knows nothing of a calendar that is asked for with another account's token: it would be missing.
    let failures: Vec<Option<String>> =
        sqlx::query_scalar("select failure from calendars").fetch_all(&vox.admin).await.unwrap();
    assert_eq!(failures.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([None]));
    assert_eq!(google(&vox).refreshes(ACCOUNT), 1);
    assert_eq!(google(&vox).refreshes("front@harbor.example"), 1);
    let asked = |email: &str| google(&vox).requests(email, voxanne_sandbox::google::Call::FreeBusy);
    assert!(asked(ACCOUNT) >= 50 && asked("front@harbor.example") >= 50);
}
