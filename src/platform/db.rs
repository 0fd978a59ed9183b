//! The database: one way to begin work for an org, and separate pools so that jobs never starve a caller.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::query::{Query, QueryAs, QueryScalar};
use sqlx::{AssertSqlSafe, Connection as _, Decode, FromRow, PgPool, Postgres, Row as _, Transaction, Type};

use super::config;
use super::ids::{OrgId, UserId};

pub use sqlx::PgConnection;

/// A transaction of one org.
pub type OrgTx = Transaction<'static, Postgres>;

/// Behind PgBouncer's transaction mode a prepared statement may be on another server connection.
static KEEP_PREPARED: AtomicBool = AtomicBool::new(true);

/// What every connection of the program keeps to.
const LIMITS: [(&str, &str); 6] = [
    // A transaction left open blocks vacuum and other writers; a stuck statement holds a caller.
    ("idle_in_transaction_session_timeout", "5000"),
    ("statement_timeout", "10000"),
    ("lock_timeout", "1500"),
    // Every statement is a look-up by key: there is nothing to gain by compiling it.
    ("jit", "off"),
    // Nor by planning it for its values: in a large installation that made a look twice as long.
    ("plan_cache_mode", "force_generic_plan"),
    // Nor by sharing it among workers, who take ten milliseconds to come.
    ("max_parallel_workers_per_gather", "0"),
];

/// Who is waiting: a caller on the phone, or anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A live call.
    Live,
    /// Jobs, vendors' callbacks, commands.
    Back,
}

/// The pools. Both log in as the unprivileged role.
#[derive(Debug, Clone)]
pub struct Db {
    live: PgPool,
    back: PgPool,
    pooled_outside: bool,
    /// How a transaction begins.
    begin: String,
}

impl Db {
    /// Opens the pools lazily; the first use connects.
    pub fn open(app_url: &SecretString, settings: &config::Database) -> Result<Self, sqlx::Error> {
        KEEP_PREPARED.store(!settings.pgbouncer, Ordering::Relaxed);
        let mut options: PgConnectOptions = app_url.expose_secret().parse()?;
        options = options.application_name("voxanne");
        let mut begin = "begin;".to_owned();
        if settings.pgbouncer {
            options = options.statement_cache_capacity(0);
            // A server connection is not its own but for one transaction: each brings them along, in the same round trip.
            begin.extend(LIMITS.map(|(name, value)| format!(" set local {name} = {value};")));
        } else {
            options = options.options(LIMITS);
        }
        let pool = |connections, wait_ms| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_millis(wait_ms))
                .test_before_acquire(false)
        };
        let mut back = pool(settings.back_connections, settings.back_wait_ms);
        if settings.pgbouncer {
            back = back.after_connect(|connection, _| Box::pin(learn_jobs(connection)));
        }
        Ok(Self {
            live: pool(settings.live_connections, settings.live_wait_ms).connect_lazy_with(options.clone()),
            back: back.connect_lazy_with(options),
            pooled_outside: settings.pgbouncer,
            begin,
        })
    }

    /// Begins a transaction in which only `org`'s rows exist.
    ///
    /// One round trip. Connections that the server closed since their last use (a restart) are replaced.
    pub async fn begin(&self, class: Class, org: OrgId) -> Result<OrgTx, sqlx::Error> {
        // Built from a UUID's own formatting: nothing a caller said is in this text.
        self.begin_by(class, format!("select set_config('app.org_id', '{}', true)", org.0)).await
    }

    /// The same for what need not be on disk when it commits: a crash of the machine may lose the last moments of it.
    pub async fn begin_unsynced(&self, class: Class, org: OrgId) -> Result<OrgTx, sqlx::Error> {
        let start =
            format!("set local synchronous_commit = off; select set_config('app.org_id', '{}', true)", org.0);
        self.begin_by(class, start).await
    }

    /// Begins a transaction in which only `user`'s own rows exist: their account, and no org's.
    pub async fn begin_as(&self, class: Class, user: UserId) -> Result<OrgTx, sqlx::Error> {
        self.begin_by(class, format!("select set_config('app.user_id', '{}', true)", user.0)).await
    }

    /// Begins a transaction in which `org`'s rows and `user`'s own exist: somebody joins, or enters.
    pub async fn begin_both(&self, class: Class, org: OrgId, user: UserId) -> Result<OrgTx, sqlx::Error> {
        let start = format!(
            "select set_config('app.org_id', '{}', true), set_config('app.user_id', '{}', true)",
            org.0, user.0
        );
        self.begin_by(class, start).await
    }

    /// Begins a transaction in which no org's rows exist: for look-ups across orgs through the reviewed functions.
    pub async fn begin_across(&self, class: Class) -> Result<OrgTx, sqlx::Error> {
        self.begin_by(class, String::new()).await
    }

    /// In a task of its own: the driver counts a transaction once it has begun, so one whose beginning is dropped (a
    /// caller hangs up, a time limit passes) would stay open on its connection.
    #[expect(clippy::disallowed_methods, reason = "nothing is lost when this dies: it has only begun")]
    async fn begin_by(&self, class: Class, then: String) -> Result<OrgTx, sqlx::Error> {
        let (pool, start) = (self.pool(class).clone(), format!("{} {then}", self.begin));
        let begun = tokio::spawn(async move {
            // Not the pool's size, which shrinks with every one of them.
            let dead_connections_max = pool.options().get_max_connections();
            let mut dead_connections = 0;
            loop {
                match pool.begin_with(AssertSqlSafe(start.clone())).await {
                    Err(error) if is_disconnected(&error) && dead_connections < dead_connections_max => {
                        dead_connections += 1;
                    }
                    begun => return begun,
                }
            }
        });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// The pool of a class, for single statements and for the job queue.
    pub fn pool(&self, class: Class) -> &PgPool {
        match class {
            Class::Live => &self.live,
            Class::Back => &self.back,
        }
    }

    /// True when statements outside a transaction cannot be relied on to reach one server connection.
    pub fn is_pooled_outside(&self) -> bool {
        self.pooled_outside
    }

    /// Closes the pools after their connections come back.
    pub async fn close(&self) {
        self.live.close().await;
        self.back.close().await;
    }
}

/// What the functions of the job queue return.
#[derive(Debug, Type)]
#[sqlx(type_name = "graphile_worker._private_jobs")]
struct QueuedJob {
    id: i64,
}

/// A driver that meets an unknown type in an answer asks for it between preparing a statement and running it, and one
/// without a name does not outlive that (26000). As an argument's type it is asked for before.
async fn learn_jobs(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // Whoever looks at a database that nobody has migrated yet needs no queue.
    let known = "select to_regtype('graphile_worker._private_jobs') is not null";
    if !sqlx::raw_sql(known).fetch_one(&mut *connection).await?.try_get::<bool, _>(0)? {
        return Ok(());
    }
    let mut tx = connection.begin().await?;
    sqlx::query("select $1 is null").persistent(false).bind(None::<QueuedJob>).execute(&mut *tx).await?;
    tx.commit().await
}

/// A statement.
pub fn sql(text: &'static str) -> Query<'static, Postgres, PgArguments> {
    sqlx::query(text).persistent(KEEP_PREPARED.load(Ordering::Relaxed))
}

/// A statement whose rows are `T`.
pub fn sql_as<T: for<'r> FromRow<'r, PgRow>>(
    text: &'static str,
) -> QueryAs<'static, Postgres, T, PgArguments> {
    sqlx::query_as(text).persistent(KEEP_PREPARED.load(Ordering::Relaxed))
}

/// A statement whose rows are one value.
pub fn sql_scalar<T>(text: &'static str) -> QueryScalar<'static, Postgres, T, PgArguments>
where
    T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
{
    sqlx::query_scalar(text).persistent(KEEP_PREPARED.load(Ordering::Relaxed))
}

/// True when the server went away: worth one more try on a new connection.
pub fn is_disconnected(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(e) => {
            matches!(e.code().as_deref(), Some("57P01" | "57P02" | "57P03" | "08006" | "08003" | "25006"))
        }
        _ => false,
    }
}

/// True when another writer stands in the way right now: a lock not had in time, a deadlock, a serialization failure.
pub fn is_contended(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code().map(std::borrow::Cow::into_owned));
    matches!(code.as_deref(), Some("55P03" | "40P01" | "40001" | "57014"))
}

/// True when the named constraint refused the row.
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint) == Some(constraint)
}
