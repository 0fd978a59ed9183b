//! Ends sessions: signing out, and taking a browser away from afar.

use serde_json::json;

use super::actor::Actor;
use super::record_act::{Act, record_act};
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
    let open = sessions::staff_of_token(&mut tx, &digest).await?;
    let user = sessions::user_of_token(&mut tx, &digest).await?;
    tx.commit().await?;
    if let Some(open) = open {
        let staff = open.staff;
        let mut tx = app.begin_both(staff.org, staff.user).await?;
        end_session(app, &mut tx, &staff, open.session).await?;
        return tx.commit().await;
    }
    // Nobody was in: there is nothing to write down.
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
    app: &App,
    tx: &mut PgConnection,
    staff: &Staff,
    session: SessionId,
) -> Result<bool, sqlx::Error> {
    let is_ended = sessions::end(tx, staff.user, session).await?;
    if is_ended {
        recorded(app, tx, staff, Some(session.to_string())).await?;
    }
    Ok(is_ended)
}

/// Ends all of them but the one that asks, and says how many.
pub async fn end_other_sessions(
    app: &App,
    tx: &mut PgConnection,
    staff: &Staff,
) -> Result<usize, sqlx::Error> {
    let ended = sessions::end_all(tx, staff.user, staff.session).await?;
    if ended > 0 {
        recorded(app, tx, staff, None).await?;
    }
    Ok(ended)
}

async fn recorded(
    app: &App,
    tx: &mut PgConnection,
    staff: &Staff,
    subject: Option<String>,
) -> Result<(), sqlx::Error> {
    let actor = Actor::Staff(staff.user).to_string();
    let act = Act { actor: &actor, action: "session.end", subject, detail: json!({}) };
    record_act(app, tx, staff.org, &act).await
}
