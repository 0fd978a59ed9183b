//! Many clients write at once; what they were told has a legal order, and nothing overlaps, waits in a circle or fails.
//!
//! `VOXANNE_LEDGER_OPS=1000000 VOXANNE_LEDGER_CLIENTS=32` is the size that was promised; the suite runs a small one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use futures::future::join_all;
use sqlx::PgPool;

use super::checker::{Verdict, check};
use super::clinic::{Clinic, MIDNIGHT};
use super::spec::{Answer, Op, Wish};
use super::workload::{History, Size, run};
use super::writer::{How, Writer};
use crate::durability::chance::Chance;
use crate::harness::{Database, NOW, new_database};

/// Claims of one lane that overlap: what the constraint forbids, counted independently of it.
pub async fn overlaps(admin: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from (
           select starts_at, max(ends_at) over (partition by org_id, resource_id, lane order by starts_at, ends_at
                  rows between unbounded preceding and 1 preceding) as taken_until
             from reservations) r where taken_until > starts_at",
    )
    .fetch_one(admin)
    .await
    .unwrap()
}

/// Circles of waiting that the database had to cut.
pub async fn deadlocks(admin: &PgPool) -> i64 {
    sqlx::query_scalar("select deadlocks from pg_stat_database where datname = current_database()")
        .fetch_one(admin)
        .await
        .unwrap()
}

/// The first block whose history has no legal order.
pub async fn unexplained(writer: &Writer, history: &History) -> Option<(u16, Verdict)> {
    for (block, records) in &history.blocks {
        let written = writer.state(*block).await.unwrap();
        let verdict = check(records, &written, history.ended_at);
        if let Verdict::Illegal(explained) = verdict {
            let around = explained.saturating_sub(8)..records.len().min(explained + 24);
            eprintln!("block {block}: {explained} explained, around: {:#?}", &records[around]);
        }
        if verdict != Verdict::Legal {
            return Some((*block, verdict));
        }
    }
    None
}

async fn prove(database: &Database, size: Size, chance: &Chance) {
    let admin = database.admin().await;
    let clinic = Clinic::open(&admin, 1).await;
    let writer = Arc::new(Writer::new(database, clinic, How::shipped(), size.clients.into()));
    let began = Instant::now();
    let history = run(writer.clone(), size, chance).await;
    let took = began.elapsed();
    eprintln!("{} in {:.1} s", history.outcomes(), took.as_secs_f64());
    assert_eq!(history.faults, [], "nobody hears of an error");
    assert_eq!(overlaps(&admin).await, 0);
    assert_eq!(writer.surprises.load(Ordering::Relaxed), 0, "under the locks a look is the truth");
    assert_eq!(unexplained(&writer, &history).await, None, "every answer is explained");
    // A backend reports what it counted at the latest when it ends.
    writer.close().await;
    assert_eq!(deadlocks(&admin).await, 0, "R13: nobody waits in a circle");
    eprintln!("checked after {:.1} s", began.elapsed().as_secs_f64());
}

fn asked(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |n| n.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_of_many_clients_at_once_has_a_legal_order() {
    let clients = u8::try_from(asked("VOXANNE_LEDGER_CLIENTS", 8)).unwrap();
    let ops = asked("VOXANNE_LEDGER_OPS", 1_500);
    let chance = Chance::new("ledger::histories");
    let size = Size { clients, ops, first_block: 0, blocks: u16::from(clients / 2), starts: 160 };
    prove(&new_database().await, size, &chance).await;
}

/// T-B2, T-B3, T-B4: everybody wants the same few hours around midnight.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_in_one_crowded_night_has_a_legal_order() {
    let chance = Chance::new("ledger::histories, one night");
    let size = Size { clients: 16, ops: 1_000, first_block: 0, blocks: 1, starts: 12 };
    prove(&new_database().await, size, &chance).await;
}

/// T-B4: two people can give it, but there is one laser, and it is cleaned after each visit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tb4_of_a_thousand_who_want_the_one_laser_at_once_no_two_have_it() {
    let database = new_database().await;
    let admin = database.admin().await;
    let writer = Arc::new(Writer::new(&database, Clinic::open(&admin, 1).await, How::shipped(), 16));
    let now = NOW.parse().unwrap();
    let said = join_all((0..1_000_u16).map(|n| {
        let wish = Wish { service: 0, start: MIDNIGHT - 12 + n % 24 };
        let (writer, op) =
            (writer.clone(), Op::Book { id: n.into(), call: u8::try_from(n % 200).unwrap(), wish });
        async move { writer.perform(0, &op, now).await }
    }))
    .await;
    let had = said.iter().filter(|answer| matches!(answer, Ok(Answer::Placed(_)))).count();
    let refused = said.iter().filter(|answer| **answer == Ok(Answer::Refused)).count();
    assert_eq!(had + refused, 1_000, "{said:?}");
    // Twenty-three starts of five cells each, clean-up included: at least three, at most five have room.
    assert!((3..=5).contains(&had), "{had}");
    assert_eq!(writer.state(0).await.unwrap().owners.len(), had);
    assert_eq!(overlaps(&admin).await, 0);
    writer.close().await;
    assert_eq!(deadlocks(&admin).await, 0);
}
