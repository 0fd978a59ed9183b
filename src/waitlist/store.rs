//! All SQL of the slice but the list.

mod entries;
mod offers;

pub(super) use entries::{
    Candidate, book_entry, candidates, entries_of, expire, leave, mark_offered, upsert_entry, wait_again,
};
pub use offers::{Answerable, offers_of};
pub(super) use offers::{
    NewOffer, Offer, OfferState, insert_offer, lapsing, offer, offer_of_token, open_offer_of, settle_offer,
    visit_of,
};
