//! All orgs there are, for whoever visits one after another.

use super::store;
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::OrgId;

/// Every org's id.
pub async fn every_org(app: &App) -> Result<Vec<OrgId>, sqlx::Error> {
    let mut conn = app.db.begin_across(Class::Back).await?;
    let ids = store::org_ids(&mut conn).await?;
    conn.commit().await?;
    Ok(ids)
}
