//! Migrations: from empty or from any earlier version, by one replica at a time.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

/// The role the program works as. It owns nothing and cannot bypass row-level security.
pub const APP_ROLE: &str = "voxanne_app";

/// "voxanne" as a number: replicas that start together migrate one after the other.
const MIGRATION_LOCK: i64 = 0x766f_7861_6e6e_6500;

/// The oldest major version that the tests run on.
const OLDEST: i32 = 15;

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database refused or went away.
    #[error("could not {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// A migration failed; its transaction left nothing behind.
    #[error("a migration failed; nothing of it was kept")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The job queue's own tables could not be brought up to date.
    #[error("the job queue could not be migrated: {0}")]
    Queue(String),
    /// The database is older than what the schema needs.
    #[error("PostgreSQL {found} is too old: 15 or newer is needed")]
    TooOld {
        /// The server's version.
        found: i32,
    },
}

trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, MigrateError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, MigrateError> {
        self.map_err(|source| MigrateError::Database { doing, source })
    }
}

/// Creates the program's role and brings schema and job queue up to date. Safe to run by many at once.
pub async fn migrate(admin_url: &SecretString, app_password: &SecretString) -> Result<(), MigrateError> {
    let options: PgConnectOptions = admin_url.expose_secret().parse().doing("read the database's URL")?;
    let mut guard = PgConnection::connect_with(&options).await.doing("connect to the database")?;
    let version: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int / 10000")
        .fetch_one(&mut guard)
        .await
        .doing("ask the database's version")?;
    check_version(version)?;
    sqlx::query("select pg_advisory_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut guard)
        .await
        .doing("wait for other replicas' migrations")?;
    let pool = PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(options);
    let done = migrate_alone(&pool, app_password).await;
    pool.close().await;
    // Closing the connection gives the lock back.
    guard.close().await.doing("close the migration's connection")?;
    done
}

fn check_version(found: i32) -> Result<(), MigrateError> {
    if found < OLDEST { Err(MigrateError::TooOld { found }) } else { Ok(()) }
}

async fn migrate_alone(pool: &PgPool, app_password: &SecretString) -> Result<(), MigrateError> {
    create_role(pool, app_password).await?;
    MIGRATOR.run(pool).await?;
    graphile_worker::WorkerOptions::default()
        .pg_pool(pool.clone())
        .init()
        .await
        .map_err(|e| MigrateError::Queue(e.to_string()))?;
    sqlx::raw_sql(QUEUE_GRANTS).execute(pool).await.doing("let the program's role use the job queue")?;
    Ok(())
}

/// Creates the role, or gives it the password that this installation's key derives.
async fn create_role(pool: &PgPool, password: &SecretString) -> Result<(), MigrateError> {
    let exists: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
        .bind(APP_ROLE)
        .fetch_one(pool)
        .await
        .doing("look for the program's role")?;
    // The password is hexadecimal: it cannot end the literal.
    let password = password.expose_secret();
    let statement = if exists {
        format!("alter role {APP_ROLE} login nosuperuser nobypassrls password '{password}'")
    } else {
        format!(
            "create role {APP_ROLE} login nosuperuser nobypassrls noinherit nocreatedb nocreaterole password '{password}'"
        )
    };
    for _ in 0..5 {
        match sqlx::query(AssertSqlSafe(statement.clone())).execute(pool).await {
            // Two databases of one cluster migrate at once: the role is shared, one of them waits.
            Err(sqlx::Error::Database(e))
                if matches!(e.code().as_deref(), Some("XX000" | "42710" | "23505")) =>
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            other => return other.map(|_| ()).doing("create the program's role"),
        }
    }
    Ok(())
}

/// The queue's tables are the library's; the program's role may use them and owns none.
const QUEUE_GRANTS: &str = r"
comment on table _sqlx_migrations is '@global Which migrations ran. Kept by sqlx.';
grant usage on schema graphile_worker to voxanne_app;
grant select, insert, update, delete on all tables in schema graphile_worker to voxanne_app;
grant usage on all sequences in schema graphile_worker to voxanne_app;
grant execute on all functions in schema graphile_worker to voxanne_app;
do $$
declare t record;
begin
  for t in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'graphile_worker' and c.relkind = 'r' and c.relrowsecurity
              and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'program') loop
    execute format('create policy program on graphile_worker.%I to voxanne_app using (true) with check (true)', t.relname);
  end loop;
end $$;
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postgresql_before_15_is_refused_by_name() {
        let refused = check_version(14).map_err(|error| error.to_string());
        assert_eq!(refused, Err("PostgreSQL 14 is too old: 15 or newer is needed".to_owned()));
        assert!(check_version(15).is_ok() && check_version(18).is_ok());
    }
}
