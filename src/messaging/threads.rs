//! What went to and fro with one number, for staff to read.

use super::store::{self, Before, Message, Thread};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId};

/// Threads, the one with the latest text first; `is_unread`: only those that hold something to read.
pub async fn threads(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    page: (bool, Before, i64),
) -> Result<Vec<Thread>, sqlx::Error> {
    store::threads(tx, org, page, app.clock.now()).await
}

/// The thread with a number, if there was ever a text.
pub async fn thread(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> Result<Option<Thread>, sqlx::Error> {
    store::thread(tx, org, phone, app.clock.now()).await
}

/// Its texts both ways, the latest first.
pub async fn messages(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    page: (Before, i64),
) -> Result<Vec<Message>, sqlx::Error> {
    store::messages(tx, org, phone, page).await
}

/// Somebody of the clinic read what came from there; says how many texts that were.
pub async fn mark_read(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> Result<u64, sqlx::Error> {
    store::read_all(tx, org, phone, app.clock.now()).await
}

/// The number that a contact's thread is with.
pub async fn phone_of(
    tx: &mut PgConnection,
    org: OrgId,
    contact: ContactId,
) -> Result<Option<String>, sqlx::Error> {
    store::phone_of(tx, org, contact).await
}
