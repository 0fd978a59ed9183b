//! W27: one clinic asks for far more than its share, and the others do not notice.

use futures::future::join_all;
use reqwest::header::ACCEPT;
use serde_json::json;
use voxanne::accounts::Role;

use crate::harness::{Answered, Person, Voxanne, booking, call_ref};

/// Of every ten requests, the flood's.
const FLOOD: usize = 27;
const OTHERS: usize = 3;

/// Four connections for everything but calls, as the harness has it.
async fn started(seats: usize) -> Voxanne {
    Voxanne::start_with(|config| {
        config.server.org_requests_max = seats;
        config.server.org_waiting_max = 4;
        config.server.org_wait_ms = 300;
    })
    .await
}

/// Requests of one person that each take as long as somebody else keeps their row.
fn flood(owner: &Person) -> impl Future<Output = Vec<Answered>> + use<> {
    let rename = json!({"name": "Olive Owner"});
    let all: Vec<_> = (0..FLOOD)
        .map(|_| owner.request("PATCH", "/api/v1/account").json(&rename))
        .map(Answered::of)
        .collect();
    join_all(all)
}

async fn looks(person: &Person) -> Vec<u16> {
    let pages = (0..OTHERS).map(|_| async { person.page("/dashboard").await.status });
    join_all(pages).await
}

#[tokio::test]
async fn w27_a_clinic_that_floods_waits_in_its_own_line() {
    let vox = started(2).await;
    let (owner, harbor) = (vox.glow_staff(Role::Owner).await, vox.harbor_owner().await);
    let program = vox.harbor_api().await;
    let mut keeps = vox.admin.begin().await.unwrap();
    sqlx::query("select from users where email = 'owner@glow.example' for update")
        .execute(&mut *keeps)
        .await
        .unwrap();
    let flood = tokio::spawn(flood(&owner));
    vox.until_waiting(2).await;

    // Whoever else asks, by browser or by key, is served; and so is every caller on the phone, the flooding clinic's too.
    assert_eq!(looks(&harbor).await, [200; OTHERS]);
    assert_eq!(program.get("/locations").await.status, 200);
    let wish = booking("Laser Treatment", "2026-11-25", "14:00", "Jane Doe");
    let booked = vox.call(&call_ref(1)).tool("book_appointment", wish).await.unwrap();
    assert!(booked.text().starts_with("Great!"), "{booked:?}");
    // The flooding clinic's own page says so to a person, and when to come again.
    let refused = owner.request("GET", "/dashboard").header(ACCEPT, "text/html").send().await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"2".parse().unwrap()));
    assert!(refused.text().await.unwrap().contains("Too much at once"));
    keeps.rollback().await.unwrap();

    let (served, refused): (Vec<_>, Vec<_>) =
        flood.await.unwrap().into_iter().partition(|answer| answer.status == 200);
    assert!(refused.len() >= FLOOD - 6, "two at once and four in line: {}", served.len());
    for answer in refused {
        assert_eq!(answer.header("retry-after"), "2");
        answer.refused(429, "org_busy");
    }
    assert_eq!(looks(&owner).await, [200; OTHERS], "and then it is over");
}

#[tokio::test]
async fn w27_without_the_line_the_same_flood_shuts_everybody_out() {
    let vox = started(100).await;
    let (owner, harbor) = (vox.glow_staff(Role::Owner).await, vox.harbor_owner().await);
    let mut keeps = vox.admin.begin().await.unwrap();
    sqlx::query("select from users where email = 'owner@glow.example' for update")
        .execute(&mut *keeps)
        .await
        .unwrap();
    let flood = tokio::spawn(flood(&owner));
    vox.until_waiting(4).await;
    assert!(looks(&harbor).await.contains(&503), "or the test above proves nothing");
    keeps.rollback().await.unwrap();
    flood.await.unwrap();
}
