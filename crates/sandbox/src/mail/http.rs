//! The mailbox, to look into.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

use super::{Mail, MailFake};

pub(crate) fn router(fake: MailFake) -> Router {
    Router::new().route("/mail/messages", get(list_mailbox)).with_state(fake)
}

/// Every message taken, newest last.
async fn list_mailbox(State(fake): State<MailFake>) -> Json<Vec<Mail>> {
    Json(fake.taken())
}
