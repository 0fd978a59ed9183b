//! Things that a clinic has a hundred of at once, since their lists have no pages (W28).

use axum::http::StatusCode;

use super::{problems, store};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;

const AT_ONCE_MAX: usize = 100;

const TOO_MANY_AT_ONCE: Problem = Problem::new(
    StatusCode::CONFLICT,
    "too_many_at_once",
    "The clinic has 100 of them. Take away one that nobody needs first.",
);

/// Whether `all` of them, one that was just made included, may be. Whoever makes another waits until this commits.
pub(super) async fn few<T>(
    tx: &mut PgConnection,
    org: OrgId,
    all: impl AsyncFnOnce(&mut PgConnection, OrgId) -> sqlx::Result<Vec<T>>,
) -> Result<(), Problem> {
    let failed = |error: sqlx::Error| problems::database(org, &error);
    store::count_alone(tx, org).await.map_err(failed)?;
    let count = all(tx, org).await.map_err(failed)?.len();
    if count > AT_ONCE_MAX { Err(TOO_MANY_AT_ONCE) } else { Ok(()) }
}
