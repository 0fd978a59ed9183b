//! W27. How many requests of one org run at once: whoever floods waits in a line of their own, and others find a place.
//!
//! For callers who are known: a request takes its seat once its credential has said whose it is. What vendors post takes none,
//! so a caller on the phone never waits behind a dashboard or a program.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::Extensions;
use axum::middleware::Next;
use axum::response::Response;
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::app::App;
use super::ids::OrgId;
use super::problem::Problem;

/// Credentials whose org is remembered. Only where to wait follows from it: what they open is looked up each time.
const CREDENTIALS_MAX: u64 = 10_000;
/// When a request that found no place is worth repeating.
const RETRY_AFTER_SECONDS: u64 = 2;

/// The place of one request, which its caller takes; given back when the request is answered or given up.
#[derive(Clone, Default)]
struct Seat(Arc<Mutex<Option<Taken>>>);

/// Gives a request a seat to take.
pub async fn seat(mut request: Request, next: Next) -> Response {
    let seat = Seat::default();
    request.extensions_mut().insert(seat.clone());
    let response = next.run(request).await;
    drop(seat);
    response
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
    if locked(&seat.0).as_ref().is_some_and(|taken| taken.guest.org == org) {
        return Ok(());
    }
    // Somebody who looks at another org by now: nobody waits on two seats.
    locked(&seat.0).take();
    let server = &app.config.server;
    let guest = Guest::come(shares(app), org, (server.org_requests_max, server.org_waiting_max));
    let (guest, seats) = guest.ok_or_else(|| refused("full"))?;
    let waits = timeout(Duration::from_millis(server.org_wait_ms), seats.acquire_owned());
    let permit = waits.await.ok().and_then(Result::ok).ok_or_else(|| refused("waited"))?;
    *locked(&seat.0) = Some(Taken { _permit: permit, guest });
    Ok(())
}

fn refused(why: &'static str) -> Problem {
    metrics::counter!("voxanne_org_busy_total", "why" => why).increment(1);
    Problem::ORG_BUSY.with("retry_after_seconds", RETRY_AFTER_SECONDS)
}

/// Every org that has a request in hand, and no other: as many as there are connections at the most.
struct Shares {
    lines: Mutex<HashMap<OrgId, Line>>,
    known: Cache<Vec<u8>, OrgId>,
}

struct Line {
    seats: Arc<Semaphore>,
    guests: usize,
}

fn shares(app: &App) -> Arc<Shares> {
    app.memo.get_or(|| Shares { lines: Mutex::default(), known: Cache::new(CREDENTIALS_MAX) })
}

/// A request in the line of an org, seated or waiting.
struct Guest {
    shares: Arc<Shares>,
    org: OrgId,
}

/// The seat is free before the line may be forgotten: fields go in this order.
struct Taken {
    _permit: OwnedSemaphorePermit,
    guest: Guest,
}

impl Guest {
    /// Comes into the line; `None` when as many wait as may.
    fn come(
        shares: Arc<Shares>,
        org: OrgId,
        (seats_max, waiting_max): (usize, usize),
    ) -> Option<(Self, Arc<Semaphore>)> {
        let mut lines = locked(&shares.lines);
        let line = lines
            .entry(org)
            .or_insert_with(|| Line { seats: Arc::new(Semaphore::new(seats_max)), guests: 0 });
        if line.guests >= seats_max + waiting_max {
            return None;
        }
        line.guests += 1;
        let seats = line.seats.clone();
        drop(lines);
        Some((Self { shares, org }, seats))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut lines = locked(&self.shares.lines);
        if let Some(line) = lines.get_mut(&self.org) {
            line.guests -= 1;
            if line.guests == 0 {
                lines.remove(&self.org);
            }
        }
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_orgs_with_a_request_in_hand_are_remembered_and_none_waits_beyond_its_line() {
        let shares = Arc::new(Shares { lines: Mutex::default(), known: Cache::new(1) });
        let come = |org| Guest::come(shares.clone(), OrgId(Uuid::from_u128(org)), (1, 1));
        let (first, second) = (come(1).unwrap(), come(1).unwrap());
        assert!(come(1).is_none(), "one on the seat, one in line");
        let other = come(2).unwrap();
        drop((first, other));
        assert_eq!(locked(&shares.lines).len(), 1);
        assert!(come(1).is_some());
        drop(second);
        assert!(locked(&shares.lines).is_empty());
    }
}
