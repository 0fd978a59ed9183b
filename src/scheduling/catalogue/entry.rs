//! What all things of the catalogue have in common: lists, single things, and one way to write them.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, Prefixed};

/// A thing of the catalogue as it is read; [`Entry::Fields`] is what of it is written.
pub trait Entry: Serialize + Send + Sized {
    /// Its id.
    type Id: Prefixed + Display + Copy + Send + Sync;
    /// What is written. Reading the thing, leaving out [`Entry::READ_ONLY`], gives exactly these.
    type Fields: DeserializeOwned + Send + Sync;
    /// What lists are sorted by before the id.
    type SortKey: FromStr;
    /// Members that nobody writes.
    const READ_ONLY: &'static [&'static str] = &["id"];
    /// What the log of who did what calls writing one.
    const WRITTEN: &'static str;

    /// Which.
    fn id(&self) -> Self::Id;

    /// Where it stands in its list.
    fn sort_key(&self) -> String;

    /// Those of the org that are wanted, in the order of their list.
    fn select(
        tx: &mut PgConnection,
        org: OrgId,
        wanted: &Wanted,
    ) -> impl Future<Output = sqlx::Result<Vec<Self>>> + Send;

    /// Adds it, or replaces what is there. Refused when it cannot be so, or not while visits stand in the way.
    fn save(
        tx: &mut PgConnection,
        change: Change<Self::Id>,
        fields: &Self::Fields,
    ) -> impl Future<Output = Result<(), WriteError>> + Send;
}

/// A thing that can be deleted, as long as nothing names it.
pub trait Deletable: Entry {
    /// What the log of who did what calls taking one away.
    const DELETED: &'static str;

    /// Deletes it; false when the org has none such. Refused with what stands in the way.
    fn delete(
        tx: &mut PgConnection,
        org: OrgId,
        id: Self::Id,
    ) -> impl Future<Output = Result<bool, WriteError>> + Send;
}

/// Which things are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// This one alone.
    pub id: Option<Uuid>,
    /// Those after the one with this sort key and id.
    pub after: Option<(String, Uuid)>,
    /// Only some.
    pub filter: Filter,
    /// So many at most.
    pub limit: i64,
}

/// What narrows a list. Each thing heeds what applies to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Those that are booked, or those that no longer are.
    pub active: Option<bool>,
    /// Those that touch this civil day or a later one.
    pub from: Option<Date>,
    /// Those that touch this civil day or an earlier one.
    pub to: Option<Date>,
}

/// What is written, whose, and when.
#[derive(Debug, Clone, Copy)]
pub struct Change<Id> {
    /// Whose.
    pub org: OrgId,
    /// Which; a new one when the org has none of this id.
    pub id: Id,
    /// Now.
    pub at: Timestamp,
}

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A field cannot be so. The words follow the field's name.
    #[error("{field} {wrong}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// Visits stand in the way. A whole sentence.
    #[error("{0}")]
    InUse(&'static str),
    /// A constraint refused it that no field is known for; named for what it protects.
    #[error("{0} refuses it")]
    Constraint(String),
    /// The database refused.
    #[error("the database refused")]
    Database(#[source] sqlx::Error),
}

impl WriteError {
    /// A field that cannot be so.
    pub const fn field(field: &'static str, wrong: &'static str) -> Self {
        Self::Field { field, wrong }
    }
}

/// What stands in the way of a deletion, by the table that names the thing.
pub(super) fn not_deleted(error: sqlx::Error) -> WriteError {
    let told = error.as_database_error().filter(|error| error.is_foreign_key_violation());
    let Some(told) = told else { return error.into() };
    WriteError::InUse(match told.table() {
        Some("appointments" | "appointment_changes" | "reservations") => {
            "Visits name it, and nothing of visits is lost: switch it off instead."
        }
        Some("waitlist_entries" | "waitlist_offers") => {
            "Somebody waits or waited for it: switch it off instead."
        }
        Some("calendar_connections" | "calendar_feeds") => {
            "A calendar is connected to them: take it away first."
        }
        _ => "Something of the past names it: switch it off instead.",
    })
}

/// The constraint decides: it is the field's fault that it stands for, and never ours.
impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        let constraint = error.as_database_error().and_then(sqlx::error::DatabaseError::constraint);
        match constraint {
            None => Self::Database(error),
            Some(name) => match store::field_of(name) {
                Some((field, wrong)) => Self::Field { field, wrong },
                None => Self::Constraint(name.to_owned()),
            },
        }
    }
}

/// Waits until nobody else changes the org's catalogue: what is read now stays so until the transaction ends.
pub async fn lock_catalogue(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    store::lock(tx, org).await
}
