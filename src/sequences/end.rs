//! Ends the runs of whoever answered, before their next step would find out.

use super::store;
use crate::messaging::{self, Kind};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Somebody texted us: their runs end in the caller's transaction, and a step that has not left is taken back.
pub async fn end_for(app: &App, tx: &mut PgConnection, org: OrgId, phone: &Phone) -> Result<(), sqlx::Error> {
    let ended = store::end_answered(tx, org, Some(phone.as_str()), app.clock.now()).await?;
    count(ended.len());
    messaging::withdraw(app, tx, org, Kind::Nurture, phone).await?;
    Ok(())
}

/// The same for everybody, whatever they did.
pub(super) async fn end_all(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<(), sqlx::Error> {
    let ended = store::end_answered(tx, org, None, app.clock.now()).await?;
    count(ended.len());
    take_back(app, tx, org, &ended).await
}

/// Takes back the steps that have not left to people whose run has ended.
pub(super) async fn take_back(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    ended: &[String],
) -> Result<(), sqlx::Error> {
    for phone in ended.iter().filter_map(|phone| Phone::parse_e164(phone).ok()) {
        messaging::withdraw(app, tx, org, Kind::Nurture, &phone).await?;
    }
    Ok(())
}

fn count(ended: usize) {
    if let Ok(ended @ 1..) = u64::try_from(ended) {
        metrics::counter!("voxanne_sequence_runs_total", "outcome" => "stopped").increment(ended);
    }
}
