//! What connects an org to the voice platform, over HTTP: assistants, dialled numbers, secrets, addresses, and what to paste.

mod assistants;
mod doors;
mod phone_numbers;
mod platform_key;
mod secrets;
mod sheet;

use sqlx::postgres::PgDatabaseError;
use utoipa_axum::router::OpenApiRouter;

use crate::platform::app::App;

use super::problems::{self, invalid_field};
use crate::platform::db::violates;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(assistants::routes())
        .merge(phone_numbers::routes())
        .merge(secrets::routes())
        .merge(doors::routes())
        .merge(platform_key::routes())
        .merge(sheet::routes())
}

/// Why an assistant or a number was not written. `fields` are those of its two names at the platform.
fn not_written(org: OrgId, error: &sqlx::Error, own: &'static str, number: &'static str) -> Problem {
    if violates(error, "directory_names_one_org") {
        // The key that is taken stands in the server's detail: (kind, key)=(number, +1…).
        let detail = error.as_database_error().and_then(|e| e.try_downcast_ref::<PgDatabaseError>());
        let is_number =
            detail.and_then(PgDatabaseError::detail).is_some_and(|told| told.contains("(number, "));
        let field = if is_number { number } else { own };
        return invalid_field(
            field,
            "is in use already, here or by another clinic of this installation; what names a clinic names one",
        );
    }
    if violates(error, "assistants_once_per_platform_id") {
        return invalid_field(own, "is another assistant's of yours");
    }
    if violates(error, "phone_numbers_once_per_number") {
        return invalid_field(number, "is there already");
    }
    if violates(error, "phone_numbers_org_id_assistant_id_fkey") {
        return invalid_field("assistant_id", "names no assistant of yours");
    }
    let at_site = ["assistants_org_id_location_id_fkey", "phone_numbers_org_id_location_id_fkey"];
    if at_site.iter().any(|name| violates(error, name)) {
        return invalid_field("location_id", "names no location of yours");
    }
    problems::database(org, error)
}
