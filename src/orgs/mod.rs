//! Tenants: settings, credentials, and which org a message belongs to.
//!
//! **Invariant.** Nothing but [`owner_of`] turns a door token, secret, key, assistant or number into an org.

mod connect_platform;
mod connect_twilio;
mod create;
mod credentials;
mod every_org;
mod reseal;
mod resolve;
mod settings;
mod store;

pub use connect_platform::connect_platform;
pub use connect_twilio::connect_twilio;
pub use create::{
    CreateError, NewAssistant, NewOrg, NewPhoneNumber, create, issue_door_token, issue_secret, revoke_secret,
};
pub use credentials::credentials;
pub use every_org::every_org;
pub use reseal::{ResealError, Standing, reseal, standing};
pub use resolve::{Claimed, Owner, Ownership, owner_of, owner_of_now, ownership};
pub use settings::{Settings, TwilioAccount, TwilioKey, settings};
pub use store::lines::{
    Assistant, DialledNumber, ListedDoor, ListedSecret, assistants, close_door, disconnect_twilio, doors,
    name_and_region, phone_numbers, remove_assistant, remove_phone_number, rename, update_assistant,
    update_phone_number, webhook_secrets,
};
pub use store::{
    add_assistant, add_phone_number, ambiguous_numbers, assistant_for_ring, is_closed_to_platform, org_ids,
    update_settings,
};
