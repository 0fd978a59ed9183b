//! Exactly once: workers side by side, and workers that die.

use jiff::SignedDuration;
use voxanne::sequences;

use super::{ANN, INTERESTED, add, agrees, called, day, no_booking};
use crate::harness::{Api, Voxanne};

const PEOPLE: i64 = 30;

/// People who are in a sequence of two steps since now.
async fn many(vox: &Voxanne, api: &Api) {
    add(api, no_booking(&[day(1, "one"), day(3, "two")])).await;
    let (org, now) = (vox.glow.org.0, vox.app.clock.now());
    vox.exec(&format!(
        "insert into contacts (org_id, id, phone, created_at)
           select '{org}', gen_random_uuid(), '+13105551' || n, '{now}' from generate_series(100, {last}) n;
         insert into consents (org_id, id, phone, purpose, given, source, recorded_by, recorded_at)
           select org_id, gen_random_uuid(), phone, 'marketing', true, 'import', 'test', '{now}' from contacts
            where phone like '+13105551%';
         insert into sequence_runs (org_id, id, sequence_id, contact_id, cause_id, time_zone, next_at, entered_at)
           select '{org}', gen_random_uuid(), s.id, k.id, k.id, 'America/Los_Angeles', '{now}', '{now}'
             from contacts k, sequences s where k.phone like '+13105551%'",
        last = 99 + PEOPLE
    ))
    .await;
}

/// Both advance at once, several times each; who dies meanwhile does not matter.
async fn side_by_side(vox: &Voxanne, other: &Voxanne, kill: bool) {
    let workers = [vox, other, vox, other].map(|one| {
        let (app, org) = (one.app.clone(), one.glow.org);
        tokio::spawn(async move {
            for _ in 0..4 {
                // A connection that was killed is an error, and the schedule comes again.
                let _ = sequences::advance(&app, org).await;
            }
        })
    });
    for _ in 0..if kill { 6 } else { 0 } {
        vox.exec(
            "select pg_terminate_backend(pid) from pg_stat_activity
              where usename = 'voxanne_app' and datname = current_database() and state = 'idle in transaction'",
        )
        .await;
        tokio::task::yield_now().await;
    }
    for worker in workers {
        worker.await.unwrap();
    }
}

async fn once_each(kill: bool) {
    let vox = Voxanne::start_with(|config| config.texts.per_prefix_per_hour_max = 1000).await;
    let other = vox.restarted_with(|config| config.texts.per_prefix_per_hour_max = 1000).await;
    let api = vox.glow_api().await;
    many(&vox, &api).await;
    for step in 0..2 {
        let by = SignedDuration::from_hours(if step == 0 { 25 } else { 48 });
        vox.later(by);
        other.later(by);
        side_by_side(&vox, &other, kill).await;
        // Plans are made in the first round, steps are taken in the next.
        for _ in 0..3 {
            sequences::advance(&vox.app, vox.glow.org).await.unwrap();
        }
        let queued = vox.count("texts where kind = 'nurture'").await;
        assert_eq!(queued, PEOPLE * (step + 1), "step {step}");
        vox.run_jobs().await;
    }
    assert_eq!(vox.count("sequence_runs where state = 'done' and sent_steps = 2").await, PEOPLE);
    for n in 100..100 + PEOPLE {
        assert_eq!(vox.texts_to(&format!("+13105551{n}")).len(), 2);
    }
}

#[tokio::test]
async fn two_workers_send_every_step_once() {
    once_each(false).await;
}

#[tokio::test]
async fn t_m1_workers_that_lose_their_connections_send_every_step_once() {
    once_each(true).await;
}

#[tokio::test]
async fn two_workers_let_somebody_in_once() {
    let vox = Voxanne::start().await;
    let other = vox.restarted().await;
    let api = vox.glow_api().await;
    agrees(&api, ANN).await;
    add(&api, no_booking(&[day(1, "one")])).await;
    called(&vox, Some(ANN), INTERESTED).await;
    let workers = [&vox, &other, &vox, &other].map(|one| {
        let (app, org) = (one.app.clone(), one.glow.org);
        tokio::spawn(async move { sequences::enter(&app, org).await.unwrap() })
    });
    let mut entered = 0;
    for worker in workers {
        entered += worker.await.unwrap();
    }
    assert_eq!((entered, vox.count("sequence_runs").await), (1, 1));
}
