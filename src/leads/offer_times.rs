//! Times for a hot caller of a closed clinic: the job that looks whether to offer some.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::scoring::Scored;
use super::store::of_call;
use crate::calls::CallRecord;
use crate::orgs::Settings;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::platform::jobs::{self, NewJob, Priority};

/// The task that offers times to a caller.
pub const OFFER_TIMES_TASK: &str = "offer_times";

/// Which call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct OfferTimes {
    pub org: OrgId,
    pub call: CallId,
}

/// Leaves the job with the transaction that scores the call, when the call is hot or the assistant told it as a lead. Whether the
/// clinic is closed, what is wanted and what is free is looked at by the job: the rules are not in this transaction.
pub(super) async fn offer_times_later(
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    (record, scored): (&CallRecord, &Scored),
) -> Result<(), sqlx::Error> {
    // A complaint, a clinical urgency and whoever sells are offered nothing, whatever the assistant took them for.
    if !settings.after_hours_offer || !scored.class.can_buy() || record.caller_phone.is_none() {
        return Ok(());
    }
    if !of_call::is_lead(tx, org, &record.call_ref).await? {
        return Ok(());
    }
    let job = OfferTimes { org, call: record.id };
    let key = format!("{OFFER_TIMES_TASK}:{}", job.call.0);
    let new = NewJob {
        task: OFFER_TIMES_TASK,
        queue: OFFER_TIMES_TASK,
        payload: &job,
        key,
        after: Duration::ZERO,
        priority: Priority::Idle,
    };
    jobs::enqueue(tx, org, new).await
}
