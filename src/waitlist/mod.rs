//! People who wait for an opening, and the offers that are made to them.
//!
//! **Invariant.** An offer is a hold: what is offered to one person can be had by nobody else meanwhile, and there is at
//! most one open offer of a freed time (`waitlist_offers_one_open_per_freed_time`).
//! **Invariant.** Rows are locked in one order: the ledger, the hold, the offer, the entry. Reaping a lapsed hold touches its
//! offer, so whoever locked an offer first could wait for a booking that waits for them.
//! **Invariant.** Whether an offer is still to be had is decided by its state as it changes, never by a look before.

mod call_instead;
mod decline;
mod expire;
pub mod http;
mod join;
mod lapse;
mod leave;
mod list;
mod offer_opening;
mod page;
mod spoken;
mod store;
mod take;

pub use call_instead::call_instead;
pub use decline::{Declined, decline, decline_all};
pub use expire::expire;
pub use join::{JoinError, Joined, Wish, join};
pub use lapse::{LAPSE_TASK, LapseOffer, lapse, lapse_due};
pub use leave::{leave, leave_all};
pub use list::{Listed, Listing, list};
pub use offer_opening::{OfferError, offer_opening};
pub use spoken::{SENTENCES, joined_sentence, sentence};
pub use store::{Answerable, offers_of};
pub use take::{TakeError, Taken, take};
