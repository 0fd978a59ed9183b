//! Two at once, twice, and torn in the middle.

use futures::future::join_all;
use voxanne::waitlist::{self, Taken};

use super::{ANN, BEA, FREED, free, free_later, freed, join, link_of, standing, text_us};
use crate::harness::Voxanne;

#[tokio::test]
async fn of_twenty_acceptances_at_once_one_books_and_the_others_are_told_so() {
    let vox = Voxanne::start_with(|config| config.database.back_wait_ms = 20_000).await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    let link = link_of(&vox, ANN);
    let tap = async || {
        let answer = vox.http.post(&link).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let word = async || {
        text_us(&vox, ANN, "TAKE").await;
        vox.run_jobs().await;
    };
    let (taps, ()) = tokio::join!(join_all((0..17).map(|_| tap())), async {
        join_all((0..3).map(|_| word())).await;
    });
    let said = |sentence: &str| taps.iter().filter(|(_, html)| html.contains(sentence)).count();
    assert!(said("all set") <= 1);
    assert_eq!(said("all set") + said("yours already"), 17, "{taps:?}");
    assert!(taps.iter().all(|(status, _)| *status == 200));
    vox.run_jobs().await;
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("texts where kind = 'confirmation'").await, 1);
    assert_eq!(vox.count("holds").await, 0);
    assert_eq!(standing(&vox).await, "101 booked 1");
    for text in vox.texts_to(ANN).iter().filter(|text| !text.body.contains("TAKE")) {
        let is_true = text.body.contains("is confirmed")
            || text.body.contains("It&#39;s yours already")
            || text.body.contains("It's yours already");
        assert!(is_true, "{}", text.body);
    }
}

#[tokio::test]
async fn the_last_word_of_an_old_offer_and_the_first_of_the_new_one_are_one_visit() {
    let vox = Voxanne::start_with(|config| config.database.back_wait_ms = 20_000).await;
    join(&vox, ANN).await;
    join(&vox, BEA).await;
    free(&vox, FREED).await;
    let old = link_of(&vox, ANN);
    super::later(&vox, 31).await;
    let new = link_of(&vox, BEA);
    let tap = async |link: &str| vox.http.post(link).send().await.unwrap().status().as_u16();
    let (first, second) =
        tokio::join!(join_all((0..5).map(|_| tap(&old))), join_all((0..5).map(|_| tap(&new))));
    assert!(first.iter().all(|status| *status == 409), "{first:?}");
    assert!(second.iter().all(|status| *status == 200), "{second:?}");
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(standing(&vox).await, "101 waiting 1, 102 booked 1");
}

#[tokio::test]
async fn a_pass_and_a_take_at_once_end_in_one_of_both() {
    for _ in 0..4 {
        let vox = Voxanne::start_with(|config| config.database.back_wait_ms = 20_000).await;
        join(&vox, ANN).await;
        free(&vox, FREED).await;
        let org = vox.glow.org;
        let offer = voxanne::platform::ids::OfferId(vox.one("select id from waitlist_offers").await);
        let pass = async {
            let mut tx = vox.app.begin(org).await.unwrap();
            waitlist::decline(&vox.app, &mut tx, org, offer).await.unwrap();
            tx.commit().await.unwrap();
        };
        let (taken, ()) = tokio::join!(waitlist::take(&vox.app, org, offer), pass);
        // Whoever passes and takes at once has it: the time was still free.
        assert!(matches!(taken.unwrap(), Some(Taken::Booked { .. })));
        assert_eq!(standing(&vox).await, "101 booked 1");
        assert_eq!((vox.count("appointments").await, vox.count("holds").await), (1, 0));
    }
}

#[tokio::test]
async fn the_job_of_a_freed_time_run_twice_at_once_and_again_makes_one_offer() {
    let vox = Voxanne::start_with(|config| config.database.back_wait_ms = 20_000).await;
    join(&vox, ANN).await;
    join(&vox, BEA).await;
    let freed = freed(&vox, FREED).await;
    for done in join_all((0..6).map(|_| waitlist::offer_opening(&vox.app, freed))).await {
        done.unwrap();
    }
    free_later(&vox, FREED).await;
    vox.run_jobs().await;
    assert_eq!((vox.count("waitlist_offers").await, vox.count("holds").await), (1, 1));
    assert_eq!(vox.count("texts where kind = 'waitlist_offer'").await, 1);
}
