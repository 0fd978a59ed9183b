//! Tenants: settings, credentials, and which org a message belongs to.
//!
//! **Invariant.** Nothing but [`resolve`] turns a door token, secret, assistant or number into an org.

mod create;
mod credentials;
mod resolve;
mod settings;
mod store;

pub use create::{
    NewAssistant, NewOrg, NewPhoneNumber, create, issue_door_token, issue_secret, revoke_secret,
};
pub use credentials::credentials;
pub use resolve::{Claimed, Owner, Ownership, owner_of, ownership};
pub use settings::{Settings, TwilioAccount, settings};
pub use store::{assistant_for_ring, is_closed_to_platform, org_ids, update_settings};
