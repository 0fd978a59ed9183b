//! Whether an org's log of who did what is whole, and a seal on it that whoever has only the database cannot make.
//!
//! W32. The chain shows what was changed or taken out of the middle, the head (`audit_heads`) what was taken off the end. Somebody
//! who may write every table could set both right again; the seal, of the installation's key, they could not.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::Timestamp;

use super::store::audit::{self, Head};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// What is known of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditState {
    /// Nothing that was looked at was changed, and nothing is missing.
    pub is_whole: bool,
    /// When it was sealed last; `None` before the first time.
    pub sealed_at: Option<Timestamp>,
    /// The number of the first entry that does not go on from the one before, or at which the log ended.
    pub broken_link: Option<i64>,
}

/// Looks whether the latest `entries` of the log of the transaction's org are whole, and that it ends where it ended, as sealed.
pub async fn check_audit(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    entries: i64,
) -> Result<AuditState, sqlx::Error> {
    let breaks = audit::late_audit_breaks(tx, entries).await?;
    let head = audit::head(tx, org).await?;
    let holds = head.as_ref().is_none_or(|head| is_as_sealed(app, org, head));
    Ok(AuditState {
        is_whole: breaks.is_empty() && holds,
        sealed_at: head.and_then(|head| head.sealed_at()),
        broken_link: breaks.into_iter().flatten().min(),
    })
}

/// Entries looked at before each seal: more than come between two of them.
const SEALED_AFTER: i64 = 5_000;

/// Seals the org's log up to its end, if it has grown and is whole. One that is not keeps the seal that says so.
pub async fn seal_audit(app: &App, org: OrgId) -> Result<bool, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let head = audit::head(&mut tx, org).await?;
    let Some(head) = head.filter(|head| head.sealed_link != Some(head.link)) else { return Ok(false) };
    if !check_audit(app, &mut tx, org, SEALED_AFTER).await?.is_whole {
        tell_broken(org);
        return Ok(false);
    }
    let seal = seal_of(app, org, (head.link, &head.digest));
    audit::set_seal(&mut tx, org, (head.link, &seal), app.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) fn tell_broken(org: OrgId) {
    tracing::error!(org.id = %org, "The audit log is not whole: entries were changed or taken away outside this program");
    metrics::counter!("voxanne_audit_logs_broken_total").increment(1);
}

/// Whether the entry that was sealed is there as it was.
fn is_as_sealed(app: &App, org: OrgId, head: &Head) -> bool {
    let (Some(link), Some(seal)) = (head.sealed_link, &head.seal) else { return true };
    let Some(digest) = &head.sealed_digest else { return false };
    verify_slices_are_equal(seal, &seal_of(app, org, (link, digest))).is_ok()
}

fn seal_of(app: &App, org: OrgId, (link, digest): (i64, &[u8])) -> Vec<u8> {
    app.keys.digest(&format!("audit log {org} {link} {}", hex::encode(digest)))
}
