//! Takes back what somebody could still act by, or could not give any more: the keys that they made, and whom they invited (W38).

use serde_json::json;

use super::Scope;
use super::actor::Actor;
use super::invite::revoke_invitation;
use super::record_act::{Act, record_act};
use super::store::{self, KeyRow, members};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, UserId};

/// Revokes every key of the org that `maker` made or that was made with one of those, unless it may do no more than `keeps`, by
/// `actor`. Each stands in the audit log. Those that were revoked.
async fn revoke_keys_of(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (maker, keeps, actor): (UserId, &[Scope], &str),
) -> Result<Vec<KeyRow>, sqlx::Error> {
    let is_kept = |key: &KeyRow| key.scopes.iter().all(|scope| keeps.iter().any(|kept| kept.name() == scope));
    let mut revoked = vec![];
    for key in store::keys_from(tx, org, Some(&Actor::Staff(maker).to_string())).await? {
        if !is_kept(&key.key) && store::revoke_key(tx, org, key.key.id, app.clock.now()).await? {
            let (subject, detail) = (Some(key.key.id.to_string()), json!({ "made_by": key.maker }));
            record_act(app, tx, org, &Act { actor, action: "key.revoke", subject, detail }).await?;
            revoked.push(key.key);
        }
    }
    Ok(revoked)
}

/// What somebody can act by no longer.
pub(super) struct TakenBack {
    /// Keys that were revoked.
    pub keys: Vec<KeyRow>,
    /// How many cannot come whom they invited.
    pub invitations: usize,
}

/// Takes back what `user` gave away, themselves or by a key of theirs, and what they could not give with `keeps` alone.
pub(super) async fn take_back(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (user, keeps, actor): (UserId, &[Scope], &str),
) -> Result<TakenBack, sqlx::Error> {
    let keys = revoke_keys_of(app, tx, org, (user, keeps, actor)).await?;
    let mut invitations = 0;
    if !keeps.contains(&Scope::TeamWrite) {
        // Also those by a key that is gone by now: the link works without it.
        let mut theirs = vec![Actor::Staff(user).to_string()];
        let by_key = store::keys_ever_from(tx, org, &theirs[0]).await?;
        theirs.extend(by_key.into_iter().map(|key| Actor::Key(key).to_string()));
        for invitation in members::open_invitations(tx, org).await? {
            if theirs.contains(&invitation.invited_by) {
                revoke_invitation(app, tx, org, (invitation.id, actor)).await?;
                invitations += 1;
            }
        }
    }
    Ok(TakenBack { keys, invitations })
}
