//! Which org a door token, secret, key, assistant or number belongs to. The only place that knows.

use std::sync::Arc;

use uuid::Uuid;
use voxanne_vapi::CallRef;

use super::store;
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::fresh::Fresh;
use crate::platform::ids::{LocationId, OrgId};

/// Keys kept at once, known and unknown: bounds what a stranger can make us remember.
const KEYS_MAX: u64 = 20_000;

/// Longer than every id, token and secret in use.
const ID_BYTES_MAX: usize = 512;

/// Something that names an org.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Claimed {
    /// The token in the door's path.
    Door(String),
    /// A secret as presented.
    Secret(String),
    /// A key of the API as presented.
    ApiKey(String),
    /// The platform's assistant id.
    Assistant(String),
    /// The platform's id of the dialled number.
    PhoneNumberId(String),
    /// The dialled number, E.164.
    Number(String),
    /// The token in the link of a waitlist's offer.
    Offer(String),
    /// The token in the address of a feed.
    Feed(String),
    /// The token in the link of an invitation.
    Invitation(String),
}

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The org.
    pub org: OrgId,
    /// The location it stands at, for assistants and numbers.
    pub location: Option<LocationId>,
}

/// What the ids in a message say about the org that authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// At least one id is the org's; the first of them tells the location.
    Own(Option<LocationId>),
    /// The message names no id at all.
    Unnamed,
    /// Ids were named and nobody here owns any of them.
    Unknown,
    /// An id belongs to another org.
    Foreign,
}

struct Kept(Fresh<(&'static str, String), Option<Owner>>);

/// Whose `claimed` is; `None` when nobody's. Remembered for a few seconds.
///
/// Longer ids than any platform's are nobody's, and are not remembered: a stranger must not fill our memory.
pub async fn owner_of(app: &App, claimed: &Claimed) -> Result<Option<Owner>, Arc<sqlx::Error>> {
    let Some(key) = key_of(app, claimed) else { return Ok(None) };
    let kept = app.memo.get_or(|| Kept(Fresh::new(KEYS_MAX)));
    kept.0.get(key.clone(), look_up(app, key)).await
}

/// What the directory has it under; `None` for what is longer than anything in it.
fn key_of(app: &App, claimed: &Claimed) -> Option<(&'static str, String)> {
    let digest = |secret: &str| hex::encode(app.keys.digest(secret));
    let (Claimed::Door(id)
    | Claimed::Secret(id)
    | Claimed::ApiKey(id)
    | Claimed::Assistant(id)
    | Claimed::PhoneNumberId(id)
    | Claimed::Number(id)
    | Claimed::Offer(id)
    | Claimed::Feed(id)
    | Claimed::Invitation(id)) = claimed;
    if id.len() > ID_BYTES_MAX {
        return None;
    }
    Some(match claimed {
        Claimed::Door(token) => ("door", digest(token)),
        Claimed::Secret(secret) => ("secret", digest(secret)),
        Claimed::ApiKey(key) => ("api_key", digest(key)),
        Claimed::Assistant(id) => ("assistant", id.clone()),
        Claimed::PhoneNumberId(id) => ("phone_number_id", id.clone()),
        Claimed::Number(number) => ("number", number.clone()),
        Claimed::Offer(token) => ("offer", digest(token)),
        Claimed::Feed(token) => ("feed", digest(token)),
        Claimed::Invitation(token) => ("invitation", digest(token)),
    })
}

/// The same, asked anew: for links that work once.
pub async fn owner_of_now(app: &App, claimed: &Claimed) -> Result<Option<Owner>, sqlx::Error> {
    let Some(key) = key_of(app, claimed) else { return Ok(None) };
    look_up(app, key).await
}

async fn look_up(app: &App, (kind, key): (&'static str, String)) -> Result<Option<Owner>, sqlx::Error> {
    let mut conn = app.db.begin_across(Class::Live).await?;
    let row = store::resolve(&mut conn, &[kind], &[key]).await?.into_iter().next();
    conn.commit().await?;
    let Some((_, _, org, row)) = row else { return Ok(None) };
    let is_somewhere = !matches!(kind, "door" | "secret" | "api_key" | "offer" | "feed" | "invitation");
    let location = if is_somewhere { location_of(app, org, row).await? } else { None };
    Ok(Some(Owner { org, location }))
}

async fn location_of(app: &App, org: OrgId, row: Uuid) -> Result<Option<LocationId>, sqlx::Error> {
    let mut tx = app.begin_live(org).await?;
    let location = store::location_of_assistant(&mut tx, org, row).await?;
    tx.commit().await?;
    Ok(location)
}

/// Compares every id that the platform put into `call` with the org that authenticated.
pub async fn ownership(app: &App, org: OrgId, call: &CallRef) -> Result<Ownership, Arc<sqlx::Error>> {
    let named = [
        call.assistant_id.clone().map(Claimed::Assistant),
        call.phone_number_id.clone().map(Claimed::PhoneNumberId),
        call.dialed_number.clone().map(Claimed::Number),
    ];
    let mut found = Ownership::Unnamed;
    for claimed in named.into_iter().flatten() {
        match owner_of(app, &claimed).await? {
            Some(owner) if owner.org != org => return Ok(Ownership::Foreign),
            Some(owner) => {
                if !matches!(found, Ownership::Own(_)) {
                    found = Ownership::Own(owner.location);
                }
            }
            None => {
                if found == Ownership::Unnamed {
                    found = Ownership::Unknown;
                }
            }
        }
    }
    Ok(found)
}
