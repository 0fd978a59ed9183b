//! Makes a key for a program.

use jiff::SignedDuration;
use secrecy::SecretString;

use super::Scope;
use super::store::{self, NewKeyRow, members};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ApiKeyId, OrgId};
use crate::platform::secrets::{self, SecretError};

/// What every key begins with, so that one that leaked is recognised wherever it lies.
pub(super) const PREFIX: &str = "vxk_";
/// As long as the column allows.
const NAME_LENGTH_MAX: usize = 80;

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What staff call it.
    pub name: String,
    /// What it may do; at least one thing.
    pub scopes: Vec<Scope>,
    /// How long it works; `None` until revoked.
    pub works_for: Option<SignedDuration>,
    /// Who makes it, as the audit log names them; `None` is the operator.
    pub made_by: Option<String>,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum AddKeyError {
    /// Nobody would know what it is for.
    #[error("a key's name has 1 to {NAME_LENGTH_MAX} characters")]
    BadName,
    /// It could do nothing.
    #[error("a key has at least one scope")]
    NoScope,
    /// It would have ended before it began.
    #[error("a key works for at least a day")]
    NoTime,
    /// Whoever makes it was removed meanwhile, may do less, or their account was switched off.
    #[error("its maker may not make it any more")]
    MakerLeft,
    /// There was no randomness to make it of.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Makes a key and returns it: this once, for only its digest is kept. It and the end of its maker, or of their role, wait for each
/// other (W38), so that a key made in that moment is refused, or revoked with their others.
pub async fn add_key(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewKey,
) -> Result<(ApiKeyId, SecretString), AddKeyError> {
    if new.name.is_empty() || new.name.chars().count() > NAME_LENGTH_MAX {
        return Err(AddKeyError::BadName);
    }
    if new.scopes.is_empty() {
        return Err(AddKeyError::NoScope);
    }
    let now = app.clock.now();
    let expires_at = match new.works_for {
        None => None,
        Some(time) if time < SignedDuration::from_hours(24) => return Err(AddKeyError::NoTime),
        Some(time) => Some(now.checked_add(time).ok().ok_or(AddKeyError::NoTime)?),
    };
    if let Some(maker) = &new.made_by {
        let given: Vec<Scope> = new.scopes.iter().copied().chain([Scope::KeysWrite]).collect();
        if !members::hold_maker(tx, org, (maker, &given)).await? {
            return Err(AddKeyError::MakerLeft);
        }
    }
    let key = format!("{PREFIX}{}", secrets::new_token()?);
    let mut scopes = new.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let row = NewKeyRow {
        id: app.new_id(),
        name: &new.name,
        digest: app.keys.digest(&key),
        scopes: scopes.into_iter().map(Scope::name).collect(),
        expires_at,
        created_by: new.made_by.as_deref(),
    };
    store::insert_key(tx, org, &row, now).await?;
    Ok((row.id, key.into()))
}
