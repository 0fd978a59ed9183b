//! Takes back texts that have not left, because of what their recipient or the clinic did meanwhile.

use super::may_send::{Rule, Verdict};
use super::store;
use super::text::Kind;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Takes back the texts of `kind` to this number that still wait, and says how many. One that is being handed over leaves.
pub async fn withdraw(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    kind: Kind,
    to: &Phone,
) -> Result<u64, sqlx::Error> {
    let verdict = Verdict::Deny(Rule::TooLate).stored();
    let why = "It was taken back before it left.";
    let taken = store::withdraw(tx, org, (kind, to.as_str()), (&verdict, why), app.clock.now()).await?;
    if taken > 0 {
        metrics::counter!("voxanne_texts_total", "state" => "failed", "kind" => kind.as_str())
            .increment(taken);
        tracing::info!(org.id = %org, kind = kind.as_str(), taken, "Took texts back that had not left");
    }
    Ok(taken)
}
