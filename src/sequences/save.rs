//! Makes a sequence, changes one, takes one away.

use std::sync::Arc;

use serde_json::{Value, json};

use super::check::{Wrong, check};
use super::end::take_back;
use super::sequence::{Sequence, SequenceFields, StopReason};
use super::store;
use crate::accounts::{self, Act};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, SequenceId};
use crate::scheduling;

/// Sequences of one org at most.
const SEQUENCES_MAX: i64 = 50;

/// Why a sequence was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// A field cannot be so.
    #[error("{field} {wrong}")]
    Field {
        /// Its path.
        field: String,
        /// What follows its name in a sentence.
        wrong: String,
    },
    /// There is none of this id.
    #[error("there is no such sequence")]
    NotFound,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The clinic's rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
}

impl From<Wrong> for SaveError {
    fn from(Wrong { field, wrong }: Wrong) -> Self {
        Self::Field { field, wrong }
    }
}

/// Adds a sequence.
pub async fn create(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (fields, by): (&SequenceFields, &str),
) -> Result<Sequence, SaveError> {
    let book = scheduling::rule_book(app, org, None).await?;
    check(app, &book, fields)?;
    if store::count(tx, org).await? >= SEQUENCES_MAX {
        return Err(Wrong {
            field: "name".into(),
            wrong: format!("is one too many: there are {SEQUENCES_MAX}"),
        }
        .into());
    }
    let (id, now): (SequenceId, _) = (app.new_id(), app.clock.now());
    store::insert(tx, org, id, fields, now).await?;
    store::replace_steps(tx, org, id, &fields.steps).await?;
    record(app, tx, org, ("sequence.create", by), id, json!({"active": fields.active})).await?;
    store::find(tx, org, id).await?.ok_or(SaveError::NotFound)
}

/// The sequence of this id, with its row locked until the transaction ends.
pub async fn find_to_change(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
) -> Result<Option<Sequence>, sqlx::Error> {
    match store::lock(tx, org, id).await? {
        Some(_) => store::find(tx, org, id).await,
        None => Ok(None),
    }
}

/// Replaces what it says and does. Whoever is on the way goes on by the new steps; switched off, they are stopped.
pub async fn replace(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceId,
    (fields, by): (&SequenceFields, &str),
) -> Result<Sequence, SaveError> {
    let book = scheduling::rule_book(app, org, None).await?;
    let before = store::lock(tx, org, id).await?.ok_or(SaveError::NotFound)?;
    if before != fields.trigger {
        return Err(
            Wrong { field: "trigger".into(), wrong: "cannot change: make another sequence".into() }.into()
        );
    }
    check(app, &book, fields)?;
    let now = app.clock.now();
    store::update(tx, org, id, fields, now).await?;
    store::replace_steps(tx, org, id, &fields.steps).await?;
    if fields.active {
        store::plan_anew(tx, org, id, now).await?;
    } else {
        let ended = store::stop_all(tx, org, id, StopReason::SwitchedOff, now).await?;
        take_back(app, tx, org, &ended).await?;
    }
    record(app, tx, org, ("sequence.write", by), id, json!({"active": fields.active})).await?;
    store::find(tx, org, id).await?.ok_or(SaveError::NotFound)
}

/// Takes it away and stops whoever is on the way; false when there is none. What was sent stays known.
pub async fn remove(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, by): (SequenceId, &str),
) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    if store::lock(tx, org, id).await?.is_none() {
        return Ok(false);
    }
    store::archive(tx, org, id, now).await?;
    let ended = store::stop_all(tx, org, id, StopReason::SwitchedOff, now).await?;
    take_back(app, tx, org, &ended).await?;
    record(app, tx, org, ("sequence.delete", by), id, json!({})).await?;
    Ok(true)
}

async fn record(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (action, actor): (&'static str, &str),
    id: SequenceId,
    detail: Value,
) -> Result<(), sqlx::Error> {
    accounts::record_act(app, tx, org, &Act { actor, action, subject: Some(id.to_string()), detail }).await
}
