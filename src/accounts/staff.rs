//! Somebody who is signed in, and what they are in the org that they look at.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::store::sessions::{self, StaffRow};
use super::{AskedBy, Role, Scope};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::{OrgId, SessionId, UserId};

/// A session's `last_seen_at` is written at most so often, or four times within the idle limit where that is shorter.
const TOUCHED_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// 32 bytes in base64.
pub(super) const TOKEN_LENGTH: usize = 43;

/// A member of an org's staff whose credential holds. Names a person: deliberately not in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub user: UserId,
    /// Whose data they see.
    pub org: OrgId,
    /// What they are there, read from the database for this request.
    pub role: Role,
    /// The browser; `None` for a token.
    pub session: Option<SessionId>,
    /// What colleagues call them.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// Of their pages.
    pub language: Language,
    /// When they have to sign in again, whatever they do; `None` for a token.
    pub signed_in_until: Option<Timestamp>,
    /// Their org wants a second factor, and they have none: until they have set one up, nothing else opens. What another issuer's
    /// token asks of them is the issuer's.
    pub owes_second_factor: bool,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Staff({}, {}, {})", self.user, self.org, self.role)
    }
}

impl Staff {
    /// Whether their role allows it.
    pub fn may(&self, scope: Scope) -> bool {
        self.role.scopes().contains(&scope)
    }

    /// Seconds for which they stay signed in at the least, when nobody does anything after this request of theirs.
    pub fn seconds_left(&self, app: &App) -> i64 {
        let idle = idle_limit(app).as_secs() - touched_every(app).as_secs();
        let until = self.signed_in_until.map(|until| until.duration_since(app.clock.now()).as_secs());
        until.map_or(idle, |until| until.min(idle))
    }
}

/// Who the cookie's `token` is; `None` when it opens nothing (any more).
///
/// Nothing is remembered: a session that ended, a membership that ended and a role that changed count from the next request.
/// Only what a person asks for counts as theirs: a page that keeps itself true does not keep anybody signed in.
pub async fn staff_of_session(
    app: &App,
    token: &str,
    asked_by: AskedBy,
) -> Result<Option<Staff>, Arc<sqlx::Error>> {
    // Nothing of another form is looked up.
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let mut tx = app.db.begin_across(Class::Back).await?;
    let row = sessions::staff_of_token(&mut tx, &app.keys.digest(token)).await?;
    tx.commit().await?;
    let now = app.clock.now();
    let Some(row) = row.filter(|row| holds(app, row)) else { return Ok(None) };
    let is_due = now.duration_since(row.last_seen_at) >= touched_every(app);
    if asked_by == AskedBy::Person && is_due {
        touch(app, row.staff.user, row.session, now).await?;
    }
    Ok(Some(row.staff))
}

fn holds(app: &App, row: &StaffRow) -> bool {
    let (now, seen_since) = limits(app);
    now < row.expires_at && row.last_seen_at > seen_since
}

/// Now, and since when an open session has to have asked for something.
pub(super) fn limits(app: &App) -> (Timestamp, Timestamp) {
    let now = app.clock.now();
    (now, now.checked_sub(idle_limit(app)).unwrap_or(now))
}

fn idle_limit(app: &App) -> SignedDuration {
    SignedDuration::from_mins(app.config.accounts.idle_minutes)
}

fn touched_every(app: &App) -> SignedDuration {
    TOUCHED_EVERY.min(idle_limit(app) / 4)
}

async fn touch(app: &App, user: UserId, session: SessionId, now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = app.begin_as(user).await?;
    sessions::touch(&mut tx, user, session, now).await?;
    tx.commit().await
}
