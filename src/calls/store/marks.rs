//! Whether calls count.

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{CallId, OrgId};

/// Whether a call is left out of figures, and who said so.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CallMark {
    /// Ours.
    pub id: CallId,
    /// Whether somebody only tried the assistant out.
    pub is_test: bool,
    /// Who said so, such as `api:key_…`; by its number or kind when nobody did.
    pub is_test_by: Option<String>,
}

/// The mark of a call.
pub async fn call_mark(tx: &mut PgConnection, org: OrgId, id: CallId) -> sqlx::Result<Option<CallMark>> {
    sql_as("select id, is_test, is_test_by from calls where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// The last word: no later message of the platform changes it.
pub(in crate::calls) async fn set_test(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
    (is_test, by): (bool, &str),
) -> sqlx::Result<()> {
    sql("update calls set is_test = $3, is_test_by = $4 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(is_test)
        .bind(by)
        .execute(tx)
        .await?;
    Ok(())
}
