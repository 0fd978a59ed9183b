//! The job queue's way to the database.
//!
//! The queue's library runs single statements, and each takes two round trips: prepare, then run. Behind PgBouncer in
//! transaction mode the second may reach another server connection, where the statement is missing or, worse, another
//! one. There each gets a transaction of its own, on a connection that knows what it returns (`db`).

use std::any::Any;

use graphile_worker::sqlx::SqlxDatabase;
use graphile_worker::{
    BoxFuture, Database, DatabaseDriver, DbError, DbExecutor, DbParams, DbRow, DbTransaction,
    NotificationStream,
};

use super::db::{Class, Db};

/// The connections of [`Class::Back`], for jobs.
pub fn queue_database(db: &Db) -> Database {
    let direct = SqlxDatabase::new(db.pool(Class::Back).clone());
    if !db.is_pooled_outside() {
        return direct.into();
    }
    Database::new(InTransactions(direct.with_prepared_statements(false)))
}

#[derive(Debug)]
struct InTransactions(SqlxDatabase);

async fn run(db: SqlxDatabase, sql: String, params: DbParams) -> Result<u64, DbError> {
    let tx = db.begin().await?;
    let affected = tx.execute(&sql, params).await?;
    tx.commit().await?;
    Ok(affected)
}

async fn fetch(db: SqlxDatabase, sql: String, params: DbParams) -> Result<Vec<DbRow>, DbError> {
    let tx = db.begin().await?;
    let rows = tx.fetch_all(&sql, params).await?;
    tx.commit().await?;
    Ok(rows)
}

/// In a task of its own: a worker that stops drops what it waits for, and a commit that is dropped is followed by a
/// rollback, which may reach another server connection.
#[expect(clippy::disallowed_methods, reason = "nothing is lost when this dies: the queue does it again")]
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, DbError>> + Send + 'static,
) -> Result<T, DbError> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(DbError::new(error.to_string())))
}

impl DbExecutor for InTransactions {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        Box::pin(to_the_end(run(self.0.clone(), sql.to_owned(), params)))
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        Box::pin(to_the_end(fetch(self.0.clone(), sql.to_owned(), params)))
    }
}

impl DatabaseDriver for InTransactions {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn begin(&self) -> BoxFuture<'_, Result<DbTransaction, DbError>> {
        self.0.begin()
    }

    /// A listener would keep a server connection that is not its own.
    fn listen<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<NotificationStream>, DbError>> {
        Box::pin(async { Ok(None) })
    }
}
