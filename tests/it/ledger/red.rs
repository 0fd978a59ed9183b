//! What each part of the ledger is for: taken away or done another way, the same clients and the same checks must
//! catch it. Each mutation has a database of its own, in which it changes the shipped schema, function or statement; one
//! that finds nothing to change fails.
//!
//! Nothing is timed: clients quarrel in rounds until the mutation is caught, and the shipped form stands as many rounds.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgPool};

use super::checker::Verdict;
use super::clinic::Clinic;
use super::histories::{overlaps, unexplained};
use super::workload::{Size, run};
use super::writer::{Fault, How, Writer};
use crate::durability::chance::Chance;
use crate::harness::{Database, new_database};

/// Each round is an empty night that everybody wants at once.
const SIZE: Size = Size { clients: 16, ops: 64, first_block: 0, blocks: 1, starts: 8 };
/// Mutations are caught within a few rounds; the bound is there for the day on which one is not.
const ROUNDS_MAX: u16 = 400;
const SHIPPED_ROUNDS: u16 = 12;
/// A circle is cut at once: how often there are any is what counts.
const SETTINGS: &str = "do $$ begin execute format('alter database %I set deadlock_timeout = ''20ms''', current_database()); end $$";
const WITHOUT_CONSTRAINTS: &str =
    "alter table reservations drop constraint reservations_do_not_overlap, drop constraint reservations_pkey";

#[derive(Debug, PartialEq, Eq)]
enum Caught {
    Overlap,
    /// Somebody heard of a deadlock or of a lock that was not had in time.
    Circle,
    Unexplained(Verdict),
    Error(String),
}

impl Caught {
    /// Two in one place: seen in the ledger, or in what they were told before one of them left again.
    fn is_two_in_one_place(&self) -> bool {
        matches!(self, Self::Overlap | Self::Unexplained(Verdict::Illegal(_)))
    }

    fn is_circle(&self) -> bool {
        *self == Self::Circle
    }
}

/// Quarrels, for so many rounds at most, until what is looked for is caught.
async fn quarrel(database: &Database, how: How, rounds: u16, is_it: fn(&Caught) -> bool) -> Option<Caught> {
    let chance = Chance::new("ledger::red");
    let admin = database.admin().await;
    let clinic = Clinic::open(&admin, 1).await;
    let writer = Arc::new(Writer::new(database, clinic, how, SIZE.clients.into()));
    let mut found = None;
    for round in 0..rounds {
        let history = run(writer.clone(), Size { first_block: round, ..SIZE }, &chance).await;
        let caught = if overlaps(&admin).await > 0 {
            Some(Caught::Overlap)
        } else if let Some(fault) = history.faults.first() {
            Some(match fault {
                Fault::Deadlock | Fault::Stall => Caught::Circle,
                Fault::Other(error) => Caught::Error(error.clone()),
            })
        } else {
            unexplained(&writer, &history).await.map(|(_, verdict)| Caught::Unexplained(verdict))
        };
        found = caught.filter(is_it);
        if found.is_some() {
            eprintln!("caught in round {round}: {found:?}");
            break;
        }
    }
    writer.close().await;
    found
}

async fn database() -> (Database, PgPool) {
    let database = new_database().await;
    let admin = database.admin().await;
    exec(&admin, SETTINGS).await;
    (database, admin)
}

async fn exec(admin: &PgPool, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(admin).await.unwrap();
}

/// Puts something else in the place of what is shipped.
fn mutated(shipped: &str, what: &str, instead: &str) -> String {
    assert!(shipped.contains(what), "nothing of {what:?} to mutate in {shipped}");
    shipped.replace(what, instead)
}

async fn mutate_locks(admin: &PgPool, mutate: impl FnOnce(&str) -> String) {
    let shipped: String = sqlx::query_scalar(
        "select pg_get_functiondef(oid) from pg_proc
          where pronamespace = 'app_ctx'::regnamespace and proname = 'lock_ledger'",
    )
    .fetch_one(admin)
    .await
    .unwrap();
    exec(admin, &mutate(&shipped)).await;
}

/// Whatever stands between `perform pg_advisory_xact_lock` and the end of its statement.
fn without_locks(shipped: &str) -> String {
    let (before, rest) = shipped.split_once("perform pg_advisory_xact_lock").expect("it locks");
    let (_, after) = rest.split_once(" k;").expect("its locks are called k");
    format!("{before}{after}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_ledger_stands_where_each_mutation_falls() {
    let (database, _) = database().await;
    assert_eq!(quarrel(&database, How::shipped(), SHIPPED_ROUNDS, |_| true).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn to_look_and_then_to_write_is_caught() {
    let (database, admin) = database().await;
    exec(&admin, WITHOUT_CONSTRAINTS).await;
    mutate_locks(&admin, without_locks).await;
    let shipped = How::shipped();
    let how = How { reserve: mutated(&shipped.reserve, "on conflict do nothing", ""), ..shipped };
    assert!(quarrel(&database, how, ROUNDS_MAX, Caught::is_two_in_one_place).await.is_some());
}

/// F1, F3: the constraint holds, but those who meet at it wait in circles.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_insert_against_the_constraint_is_caught() {
    let (database, admin) = database().await;
    mutate_locks(&admin, without_locks).await;
    let shipped = How::shipped();
    let how = How { reserve: mutated(&shipped.reserve, "on conflict do nothing", ""), ..shipped };
    assert!(quarrel(&database, how, ROUNDS_MAX, Caught::is_circle).await.is_some());
}

/// F4: a visit across midnight meets one of the next day, and nothing stands between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_the_start_day_alone_is_caught() {
    let (database, admin) = database().await;
    exec(&admin, WITHOUT_CONSTRAINTS).await;
    let how = How { only_the_start_day: true, ..How::shipped() };
    assert!(quarrel(&database, how, ROUNDS_MAX, Caught::is_two_in_one_place).await.is_some());
}

/// F3: without locks, claims in any order wait in circles even if conflicts are stepped over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_in_any_order_are_caught() {
    let (database, admin) = database().await;
    mutate_locks(&admin, without_locks).await;
    let shipped = How::shipped();
    let how =
        How { reserve: mutated(&shipped.reserve, "order by c.r, c.l, c.s", "order by random()"), ..shipped };
    assert!(quarrel(&database, how, ROUNDS_MAX, Caught::is_circle).await.is_some());
}

/// The locks themselves, in any order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locks_in_any_order_are_caught() {
    let (database, admin) = database().await;
    mutate_locks(&admin, |shipped| {
        let opened =
            mutated(shipped, "from (select hashtextextended", "from (select * from (select hashtextextended");
        mutated(&opened, "order by 1) k", ") u order by random()) k")
    })
    .await;
    assert!(quarrel(&database, How::shipped(), ROUNDS_MAX, Caught::is_circle).await.is_some());
}
