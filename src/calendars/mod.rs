//! Outside calendars: Google's and CalDAV servers'. What they keep busy is mirrored, our visits are written into them, and
//! where a person disagrees with us a person decides.
//!
//! **Invariant.** The voice path reads the mirror. A calendar that is not known is *unknown*, never *free*.
//! **Invariant.** No provider is asked inside a transaction, and nothing is cancelled or moved on a provider's hint.

mod ask;
mod begin_consent;
mod caldav;
mod choose;
mod conflict;
mod connect;
mod connect_caldav;
mod connection;
mod deletions;
mod event;
mod feed;
mod finish_consent;
mod freshen;
mod google;
mod health;
mod keep;
mod list;
mod mirror;
mod own_events;
mod page;
mod pause;
mod provider;
mod refresh;
mod reseal;
mod return_to;
mod revoke;
mod sealed;
mod signed;
mod store;
mod sync;
mod token;
mod trouble;
mod try_accounts;
mod watch;
mod write_event;
mod write_later;

pub mod http;

pub use begin_consent::{
    Asker, BeginError, Begun, CONSENT_LASTS, InBrowser, Opened, begin_consent, open_consent, redirect_uri,
};
pub use choose::{Choice, ChooseError, choose};
pub use conflict::{Conflict, ConflictKind, Resolution, find_conflict, list_conflicts, settle};
pub use connect_caldav::{CaldavAccount, ConnectError, connect_caldav};
pub use connection::{ProviderKind, State};
pub use event::Span;
pub use feed::{MakeFeedError, http as feed_http, make_feed, revoke_feed};
pub use finish_consent::{Consent, ConsentError, Returned, finish_consent, return_of};
pub use freshen::{freshen, is_worth_asking};
pub use health::Health;
pub use keep::{CHECK_TASK, CheckMirror, check_mirror, check_mirrors, keep_in_step};
pub use list::{Account, ListedCalendar, list};
pub use page::{consent_outcome, consent_sentence, opened_sentence};
pub use refresh::{RefreshError, refresh};
pub use reseal::{reseal, tally};
pub use return_to::ReturnTo;
pub use revoke::{RevokeError, connected_account, revoke};
pub use sync::{SYNC_TASK, SyncCalendar, sync};
pub use trouble::Trouble;
pub use try_accounts::try_accounts;
pub use write_event::{WRITE_TASK, WriteEvent, write_event};
pub use write_later::write_later;
