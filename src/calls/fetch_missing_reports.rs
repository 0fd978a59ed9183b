//! Asks the platform for calls whose report never came.

use std::time::Duration;

use jiff::SignedDuration;
use voxanne_vapi::management::{Management, ManagementError, Timeouts};

use super::RecordError;
use super::{record_end, store};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// How far back a report is still asked for.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(48);
/// How long the platform may take to answer for one call.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(3), total: Duration::from_secs(10) };
/// More calls than this share without a report means that webhooks are broken.
const MISSING_ALARM_PERCENT: f64 = 5.0;

/// Why reports were not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The voice platform's address or key cannot be used.
    #[error("the voice platform's management API cannot be used")]
    Management(#[from] ManagementError),
    /// A report that came could not be recorded.
    #[error("a fetched report could not be recorded")]
    Record(#[from] RecordError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Fetches missing reports of `org` and records them like delivered ones; says how many came.
pub async fn fetch_missing_reports(app: &App, org: OrgId) -> Result<usize, FetchError> {
    let now = app.clock.now();
    let late = SignedDuration::from_mins(app.config.voice.missing_report_minutes);
    let before = now.checked_sub(late).unwrap_or(now);
    let since = now.checked_sub(LOOK_BACK).unwrap_or(now);
    let mut tx = app.begin(org).await?;
    let missing = store::without_report(&mut tx, org, since, before).await?;
    let total = store::count_since(&mut tx, org, since).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    tx.commit().await?;
    report_share(org, missing.len(), total);
    let (Some(key), false) = (settings.vapi_private_key, missing.is_empty()) else { return Ok(0) };
    let client = Management::new(&app.config.vapi.base_url, key, TIMEOUTS)?;
    let mut recorded = 0;
    for call_ref in missing {
        match client.get_call(&call_ref).await {
            Ok(Some(found)) if found.call.ended_at.is_some() => {
                let mut tx = app.begin(org).await?;
                recorded += usize::from(record_end(app, &mut tx, org, &found.call, &found.report).await?);
                tx.commit().await?;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(org.id = %org, %error, "Could not ask the voice platform for a missing report");
                break;
            }
        }
    }
    Ok(recorded)
}

#[expect(clippy::cast_precision_loss, reason = "a percentage of a few thousand calls")]
fn report_share(org: OrgId, missing: usize, total: i64) {
    let percent = if total == 0 { 0.0 } else { missing as f64 * 100.0 / total as f64 };
    metrics::gauge!("voxanne_reports_missing_percent", "org" => org.to_string()).set(percent);
    if percent > MISSING_ALARM_PERCENT {
        tracing::warn!(org.id = %org, percent, "Too many calls have no report: check the assistant's server URL and secret");
    }
}
