//! Gives a person something to do.

use super::kind::is_known;
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, InboundTextId, OrgId, TextId};

/// Work for a person.
#[derive(Debug, Clone, Default)]
pub struct NewTask {
    /// What sort of work: `call_instead`, `reconnect_twilio`, …
    pub kind: &'static str,
    /// What happened and what to do about it.
    pub title: String,
    /// What it rests on, line by line; may quote people, and is never logged.
    pub detail: Option<String>,
    /// The call it came from.
    pub call: Option<CallId>,
    /// The visit it is about.
    pub appointment: Option<AppointmentId>,
    /// The text it is about.
    pub text: Option<TextId>,
    /// What somebody texted that it is about.
    pub inbound_text: Option<InboundTextId>,
    /// The reason; a second task for one reason is none, even after the first is done.
    pub dedupe_key: String,
}

/// Leaves the task with the caller's transaction. False when this reason has its task already.
pub async fn raise(app: &App, tx: &mut PgConnection, org: OrgId, new: &NewTask) -> Result<bool, sqlx::Error> {
    debug_assert!(is_known(new.kind));
    store::insert(tx, org, app.new_id(), new, app.clock.now()).await
}
