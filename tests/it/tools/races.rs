//! Callers who want what only one can have, and one caller who asks two processes.

use futures::future::join_all;
use serde_json::json;

use crate::harness::{Voxanne, booking, call_ref, patient};

/// Of eighty callers, half want one thing and half the other, all with the same practitioner: one of them gets it.
async fn one_wins(wishes: [(&str, &str); 2]) {
    let vox = Voxanne::start_with(patient).await;
    let said = join_all((0..80_u128).map(|n| {
        let (service, time) = wishes[usize::from(n % 2 == 1)];
        let call = vox.call_from(&vox.glow, &call_ref(n), Some(&format!("+1310555{:04}", 100 + n)));
        let mut wish = booking(service, "2026-12-01", time, "Ana Diaz");
        wish["practitionerName"] = json!("Maya Chen");
        async move { call.tool("book_appointment", wish).await.unwrap().text().to_owned() }
    }))
    .await;
    let won = said.iter().filter(|s| s.starts_with("Great!")).count();
    let refused = said.iter().filter(|s| s.starts_with("I'm sorry, that time was just taken.")).count();
    assert_eq!((won, refused), (1, 79), "{said:#?}");
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1);
    assert_eq!(
        vox.one::<i64>("select deadlocks from pg_stat_database where datname = current_database()").await,
        0
    );
}

#[tokio::test]
async fn tb2_two_overlapping_times_of_one_practitioner_have_one_winner() {
    one_wins([("Botox", "10:00"), ("Botox", "10:30")]).await;
}

#[tokio::test]
async fn tb3_two_services_of_one_practitioner_at_overlapping_times_have_one_winner() {
    one_wins([("Botox", "10:00"), ("Dermal Filler", "10:15")]).await;
}

#[tokio::test]
async fn c8_the_same_wish_at_two_processes_at_once_is_one_visit_and_one_sentence() {
    let vox = Voxanne::start_with(patient).await;
    let other = vox.restarted_with(patient).await;
    let (here, there) = (vox.call(&call_ref(1)), other.call(&call_ref(1)));
    let wish = || booking("Botox", "2026-12-01", "14:00", "Ana Diaz");
    let ask = |n: usize| if n.is_multiple_of(2) { &here } else { &there }.tool("book_appointment", wish());
    let said = join_all((0..24).map(ask)).await;
    let said: Vec<String> = said.into_iter().map(|s| s.unwrap().text().to_owned()).collect();
    assert!(said[0].starts_with("Great!"), "{said:#?}");
    assert!(said.iter().all(|s| *s == said[0]), "{said:#?}");
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("texts").await, 1);
}
