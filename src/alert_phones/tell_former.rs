//! Tells somebody who was on the list of those who are told that alerts come to their phone no more.

use super::change::{self, Asker};
use crate::messaging::wording::PhonePurpose;
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Texts `former`; `now` is the phone that took its place, if one did.
pub async fn tell_former(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (former, now): (&Phone, Option<&str>),
    asker: Asker<'_>,
) -> Result<(), sqlx::Error> {
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let notice = (former, PhonePurpose::Recipient, now);
    change::text_notice_to(app, tx, (org, &settings), notice, asker).await
}
