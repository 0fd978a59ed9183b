//! Has a session show another of the person's orgs.

use super::staff::Staff;
use super::store::{sessions, users};
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// The orgs that somebody is staff of: id and name, the first one first.
pub async fn own_orgs(app: &App, staff: &Staff) -> Result<Vec<(OrgId, String)>, sqlx::Error> {
    let mut tx = app.begin_as(staff.user).await?;
    let orgs = users::own_orgs(&mut tx).await?;
    tx.commit().await?;
    Ok(orgs.into_iter().map(|(org, name, _)| (org, name)).collect())
}

/// Has the session show `org` from now on; false when they are not staff of it.
pub async fn switch_org(app: &App, staff: &Staff, org: OrgId) -> Result<bool, sqlx::Error> {
    let Some(session) = staff.session else { return Ok(false) };
    let mut tx = app.begin_as(staff.user).await?;
    let is_own = users::own_orgs(&mut tx).await?.iter().any(|(own, ..)| *own == org);
    if is_own {
        sessions::set_org(&mut tx, staff.user, session, org).await?;
    }
    tx.commit().await?;
    Ok(is_own)
}
