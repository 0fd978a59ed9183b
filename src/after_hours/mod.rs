//! Hot callers of a closed clinic: two times are kept for them and offered by text, and one of them becomes a visit by a 1
//! or a 2. Whoever has none when the clinic opens is called by a person.
//!
//! **Invariant.** What is offered is held: nobody else can have it meanwhile. Holds lapse by themselves.
//! **Invariant.** One offer per call, and per number and day (`times_offers_once_per_number_and_day`).
//! **Invariant.** Rows are locked in one order: the ledger, the holds, the offer.

mod decline;
mod give_way;
mod offer_again;
mod offer_times;
mod settle;
mod spoken_language;
mod store;
mod take;
mod terms;

pub use decline::{Declined, decline, decline_all};
pub use give_way::give_way;
pub use offer_again::{Again, offer_again};
pub use offer_times::{OfferTimesError, offer_times};
pub use settle::settle_due;
pub use spoken_language::spoken_language;
pub use take::{Took, take, was_taken};
pub use terms::kept_as;
