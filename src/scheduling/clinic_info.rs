//! What a clinic tells about itself: parking, prices, preparation, the policy for changes.

use std::sync::Arc;

use super::rule_book::{RuleBook, rule_book};
use super::store::clinic_info as store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ServiceId};

/// What the rule book does not hold, as it is now. Nothing is made up: what the org has not said is `None`.
#[derive(Debug, Clone, Default)]
pub struct ClinicInfo {
    /// Where to park.
    pub parking: Option<String>,
    /// What somebody at the location gives, in the org's order, without the catch-all.
    pub treatments: Vec<Treatment>,
    /// What changing or cancelling late costs.
    pub policy: Option<ChangePolicy>,
}

/// A service as callers ask about it.
#[derive(Debug, Clone)]
pub struct Treatment {
    /// Which.
    pub service: ServiceId,
    /// As the clinic calls it.
    pub name: String,
    /// What it starts at, in cents.
    pub price_cents: Option<i32>,
    /// What to do beforehand.
    pub preparation: Option<String>,
}

/// The policy in force for new visits.
#[derive(Debug, Clone)]
pub struct ChangePolicy {
    /// Minutes before the start from which a change is late.
    pub notice_minutes: i32,
    /// True: only minutes count in which the location is open.
    pub counts_open_time: bool,
    /// What a late change costs, in cents.
    pub fee_cents: i32,
    /// The clinic's own words for that.
    pub fee_sentence: Option<String>,
}

/// The rules and what is told beside them, at one version. `location` as in [`RuleBook::location`].
pub async fn clinic_info(
    app: &App,
    org: OrgId,
    location: Option<LocationId>,
) -> Result<(Arc<RuleBook>, ClinicInfo), Arc<sqlx::Error>> {
    let mut seen = None;
    loop {
        let book = rule_book(app, org, seen).await?;
        let mut tx = app.begin_live(org).await?;
        let version = store::rules_version(&mut tx, org).await?;
        if version != book.version && seen != Some(version) {
            seen = Some(version);
            continue;
        }
        let info = match book.location(location) {
            Some(location) => read(&mut tx, org, location.id).await?,
            None => ClinicInfo::default(),
        };
        tx.commit().await?;
        return Ok((book, info));
    }
}

/// The version of the rules at this moment: for who uses a rule book without a look at the ledger.
pub async fn rules_version(tx: &mut PgConnection, org: OrgId) -> Result<i64, sqlx::Error> {
    store::rules_version(tx, org).await
}

async fn read(tx: &mut PgConnection, org: OrgId, location: LocationId) -> Result<ClinicInfo, sqlx::Error> {
    let treatments = store::treatments(tx, org, location).await?.into_iter().map(|row| Treatment {
        service: row.id,
        name: row.name,
        price_cents: row.price_cents,
        preparation: row.preparation,
    });
    let policy = store::policy(tx, org).await?.map(|row| ChangePolicy {
        notice_minutes: row.notice_minutes,
        counts_open_time: row.notice_counts == "business",
        fee_cents: row.fee_cents,
        fee_sentence: row.fee_sentence,
    });
    Ok(ClinicInfo {
        treatments: treatments.collect(),
        policy,
        parking: store::parking(tx, org, location).await?,
    })
}
