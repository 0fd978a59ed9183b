//! Ends sessions: signing out, and taking a browser away from afar.

use super::staff::{Staff, TOKEN_LENGTH, limits};
use super::store::sessions;
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection};
use crate::platform::ids::SessionId;

pub use super::store::sessions::OwnSession;

/// Ends the session that `token` is of, open or still waiting for its second factor. Of a token that opens nothing, nothing.
pub async fn sign_out(app: &App, token: &str) -> Result<(), sqlx::Error> {
    if token.len() != TOKEN_LENGTH {
        return Ok(());
    }
    let digest = app.keys.digest(token);
    let mut tx = app.db.begin_across(Class::Back).await?;
    let user = sessions::user_of_token(&mut tx, &digest).await?;
    tx.commit().await?;
    let Some(user) = user else { return Ok(()) };
    let mut tx = app.begin_as(user).await?;
    if let Some(id) = sessions::id_of_token(&mut tx, user, &digest).await? {
        sessions::end(&mut tx, user, id).await?;
    }
    tx.commit().await
}

/// The person's open sessions, the latest seen first; the transaction is of the person.
pub async fn own_sessions(
    app: &App,
    tx: &mut PgConnection,
    staff: &Staff,
) -> Result<Vec<OwnSession>, sqlx::Error> {
    sessions::list(tx, staff.user, limits(app)).await
}

/// Ends one of the person's own sessions; false when they have no such one.
pub async fn end_session(
    tx: &mut PgConnection,
    staff: &Staff,
    session: SessionId,
) -> Result<bool, sqlx::Error> {
    sessions::end(tx, staff.user, session).await
}

/// Ends all of them but the one that asks, and says how many.
pub async fn end_other_sessions(tx: &mut PgConnection, staff: &Staff) -> Result<usize, sqlx::Error> {
    sessions::end_all(tx, staff.user, staff.session).await
}
