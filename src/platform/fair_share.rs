//! W27. How many requests of one org run at once: whoever floods waits in a line of their own, and others find a place and the
//! machine's time.
//!
//! For callers who are known: a request takes its seat once its credential has said whose it is. What vendors post takes none,
//! so a caller on the phone never waits behind a dashboard or a program.

mod lines;

use std::future::poll_fn;
use std::num::NonZero;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread::available_parallelism;
use std::time::Duration;

use axum::extract::Request;
use axum::http::Extensions;
use axum::middleware::Next;
use axum::response::Response;
use moka::sync::Cache;
use tokio::time::timeout;

use super::app::App;
use super::ids::OrgId;
use super::problem::Problem;
use lines::{Aside, Lines, Seated};

/// Credentials whose org is remembered. Only where to wait follows from it: what they open is looked up each time.
const CREDENTIALS_MAX: u64 = 10_000;
/// When a request that found no place is worth repeating.
const RETRY_AFTER_SECONDS: u64 = 2;

/// The place of one request, which its caller takes; given back when the request is answered or given up.
#[derive(Clone, Default)]
struct Seat(Arc<Mutex<Option<Seated>>>);

/// Gives a request a seat to take. One that had been held back is not gone on with, at whichever point it waits, while it is in the
/// way of those who ask for much less.
pub async fn seat(mut request: Request, next: Next) -> Response {
    let seat = Seat::default();
    request.extensions_mut().insert(seat.clone());
    step_by_step(&seat, next.run(request)).await
}

/// Does a request's work, and before each step stands aside if it has to.
async fn step_by_step<T>(seat: &Seat, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            aside = poll_fn(|_| seat.stand_aside()) => aside.until_free().await,
            done = &mut work => return done,
        }
    }
}

impl Seat {
    /// Asked before each step. It wakes nobody: whoever does nothing is in nobody's way.
    fn stand_aside(&self) -> Poll<Aside> {
        locked(&self.0).as_ref().and_then(Seated::stand_aside).map_or(Poll::Pending, Poll::Ready)
    }
}

/// Waits in the line of the org that `credential` was found to belong to before: a flood does not even look itself up.
pub async fn wait(app: &App, extensions: &Extensions, credential: &str) -> Result<(), Problem> {
    match shares(app).known.get(&app.keys.digest(credential)) {
        Some(org) => take(app, extensions, org).await,
        None => Ok(()),
    }
}

/// Takes a seat of `org`, whose `credential` it turned out to be, unless the request has it already.
pub async fn take_as(
    app: &App,
    extensions: &Extensions,
    (credential, org): (&str, OrgId),
) -> Result<(), Problem> {
    shares(app).known.insert(app.keys.digest(credential), org);
    take(app, extensions, org).await
}

async fn take(app: &App, extensions: &Extensions, org: OrgId) -> Result<(), Problem> {
    let seat = extensions.get::<Seat>().ok_or(Problem::INTERNAL)?;
    if locked(&seat.0).as_ref().is_some_and(|seated| seated.org() == org) {
        return Ok(());
    }
    // Somebody who looks at another org by now: nobody waits on two seats.
    locked(&seat.0).take();
    let server = &app.config.server;
    let guest = shares(app).lines.come(org, (server.org_requests_max, server.org_waiting_max));
    let waits = guest.ok_or_else(|| refused("full"))?.sit();
    let seated = timeout(Duration::from_millis(server.org_wait_ms), waits).await.ok().flatten();
    *locked(&seat.0) = Some(seated.ok_or_else(|| refused("waited"))?);
    Ok(())
}

fn refused(why: &'static str) -> Problem {
    metrics::counter!("voxanne_org_busy_total", "why" => why).increment(1);
    Problem::ORG_BUSY.with("retry_after_seconds", RETRY_AFTER_SECONDS)
}

struct Shares {
    lines: Arc<Lines>,
    known: Cache<Vec<u8>, OrgId>,
}

fn shares(app: &App) -> Arc<Shares> {
    app.memo.get_or(|| {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let lines = Lines::new(app.clock.clone(), u32::try_from(cores).unwrap_or(1));
        Shares { lines: Arc::new(lines), known: Cache::new(CREDENTIALS_MAX) }
    })
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
