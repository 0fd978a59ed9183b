//! Looks at the ledger that need not be made again: kept until the database says that something changed.
//!
//! Whatever changes what is taken or the rules' version tells every process as it commits (`NOTIFY scheduling`). While
//! this process hears that, the same look within [`KEPT_MAX`] costs no round trip. When it does not hear (behind
//! PgBouncer, after a lost connection) every look asks the database. Writers never use what is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::understood::LookRow;
use crate::platform::app::App;
use crate::platform::hub::{self, Heard};
use crate::platform::ids::OrgId;

/// What the triggers of `migrations/20261122000005_appointments.sql` tell on.
const CHANNEL: &str = "scheduling";
/// How old a look can be when the connection died without a sign.
const KEPT_MAX: Duration = Duration::from_secs(5);
/// Looks kept of one org at once.
const LOOKS_MAX: usize = 500;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub resources: Vec<Uuid>,
    pub since: Timestamp,
    pub until: Timestamp,
    /// What else, as JSON.
    pub question: String,
}

/// An org's looks since something last changed there. A look that began before the change ends in looks that nobody
/// reads any more.
#[derive(Debug)]
pub(super) struct Looks {
    since: Instant,
    rows: Mutex<HashMap<Look, Arc<Vec<LookRow>>>>,
}

impl Looks {
    fn new() -> Arc<Self> {
        Arc::new(Self { since: Instant::now(), rows: Mutex::default() })
    }

    fn is_fresh(&self) -> bool {
        self.since.elapsed() < KEPT_MAX
    }

    pub fn find(&self, look: &Look) -> Option<Arc<Vec<LookRow>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).get(look).cloned()
    }

    pub fn keep(&self, look: Look, rows: Arc<Vec<LookRow>>) {
        let mut kept = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < LOOKS_MAX {
            kept.insert(look, rows);
        }
    }
}

/// The looks of this process; `None` while it does not hear of changes.
#[derive(Default)]
struct Kept(RwLock<Option<HashMap<OrgId, Arc<Looks>>>>);

impl Kept {
    fn of(&self, org: OrgId) -> Option<Arc<Looks>> {
        let orgs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(looks) = orgs.as_ref()?.get(&org).filter(|looks| looks.is_fresh()) {
            return Some(looks.clone());
        }
        drop(orgs);
        let mut orgs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let orgs = orgs.as_mut()?;
        orgs.retain(|_, looks| looks.is_fresh());
        Some(orgs.entry(org).or_insert_with(Looks::new).clone())
    }

    fn forget(&self, org: OrgId) {
        if let Some(orgs) = self.0.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            orgs.remove(&org);
        }
    }

    /// Begins anew with nothing kept, or with keeping nothing.
    fn hears(&self, hears: bool) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = hears.then(HashMap::new);
    }
}

/// Where to find and keep looks of `org`; `None` when each must be made.
pub(super) fn looks(app: &App, org: OrgId) -> Option<Arc<Looks>> {
    app.memo.get_or(Kept::default).of(org)
}

/// Forgets what was kept of `org`: for who has just committed a change and must find it at once.
pub fn forget(app: &App, org: OrgId) {
    app.memo.get_or(Kept::default).forget(org);
}

/// Hears of changes once [`hub::start`] has run; until then, and whenever it cannot, nothing is kept.
pub fn hear_changes(app: &App) {
    let kept = app.memo.get_or(Kept::default);
    hub::on(app, CHANNEL, move |heard| match heard {
        Heard::Begun => kept.hears(true),
        Heard::Ended => kept.hears(false),
        Heard::Told(org) => match org.parse() {
            Ok(org) => kept.forget(OrgId(org)),
            // Somebody without an org, by hand.
            Err(_) => kept.hears(true),
        },
    });
}
