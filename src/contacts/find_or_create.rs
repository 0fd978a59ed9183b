//! The contact of a phone number, made when it is new.

use super::store::{self, Contact};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::spoken_name::SpokenName;

/// Finds the contact with this number or creates it. A name given now replaces none, and fills a missing one.
pub async fn find_or_create(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    name: Option<&SpokenName>,
    email: Option<&str>,
) -> Result<Contact, sqlx::Error> {
    let name = name.map(SpokenName::as_str);
    store::upsert(tx, org, app.new_id(), phone.as_str(), name, email, app.clock.now()).await
}
