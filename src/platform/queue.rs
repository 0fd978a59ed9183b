//! The job queue's way to the database.
//!
//! The queue's library runs single statements, and each takes two round trips: prepare, then run. Behind PgBouncer in
//! transaction mode the second may reach another server connection, where the statement is missing or, worse, another
//! one. There each gets a transaction of its own.

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

/// The statement was gone before it ran: asking about a type that it returns took its place on the connection.
const STATEMENT_IS_GONE: &str = "26000";

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

/// Each connection learns a type once: more tries than connections are not needed.
fn is_worth_another(error: &DbError, tries: u8) -> bool {
    error.code() == Some(STATEMENT_IS_GONE) && tries < 10
}

/// In a task of its own: a worker that stops drops what it waits for, and a commit that is dropped is followed by a
/// rollback, which may reach another server connection.
#[expect(clippy::disallowed_methods, reason = "nothing is lost when this dies: the queue does it again")]
async fn to_the_end<T, F>(attempt: impl Fn() -> F + Send + 'static) -> Result<T, DbError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, DbError>> + Send,
{
    let done = tokio::spawn(async move {
        let mut tries = 0;
        loop {
            tries += 1;
            match attempt().await {
                Err(error) if is_worth_another(&error, tries) => {}
                done => return done,
            }
        }
    });
    done.await.unwrap_or_else(|error| Err(DbError::new(error.to_string())))
}

impl DbExecutor for InTransactions {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        let (db, sql) = (self.0.clone(), sql.to_owned());
        Box::pin(to_the_end(move || run(db.clone(), sql.clone(), params.clone())))
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        let (db, sql) = (self.0.clone(), sql.to_owned());
        Box::pin(to_the_end(move || fetch(db.clone(), sql.clone(), params.clone())))
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
