//! The schema, from nothing and again, by many at once, and as somebody who may not.

use std::collections::BTreeMap;

use futures::future::join_all;
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, PgConnection};
use voxanne::platform::migrate::{MigrateError, migrate};

use crate::harness::{Database, empty_database, keys, new_database};

async fn migrate_it(database: &Database) -> Result<(), MigrateError> {
    migrate(&database.admin_url, &keys().database_password()).await
}

/// Every table with its columns, policies and grants, and how many migrations ran.
async fn schema(database: &Database) -> BTreeMap<String, String> {
    let mut conn = PgConnection::connect(database.admin_url.expose_secret()).await.unwrap();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select c.oid::regclass::text,
                (select string_agg(a.attname || ' ' || a.atttypid::regtype, ', ' order by a.attnum)
                   from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
                || ' | ' || coalesce((select string_agg(p.polname, ',' order by p.polname) from pg_policy p where p.polrelid = c.oid), 'no policy')
                || ' | ' || coalesce(c.relacl::text, 'no grants')
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p', 'v') and n.nspname in ('public', 'graphile_worker', 'app_ctx')
         union all select 'migrations', count(*)::text from _sqlx_migrations",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    rows.into_iter().collect()
}

#[tokio::test]
async fn from_nothing_and_again_the_schema_is_the_same() {
    let database = empty_database().await;
    migrate_it(&database).await.unwrap();
    let first = schema(&database).await;
    assert!(first.len() > 20, "{first:#?}");
    migrate_it(&database).await.unwrap();
    assert_eq!(schema(&database).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_replicas_that_start_on_one_empty_database_all_find_it_ready() {
    let database = empty_database().await;
    for result in join_all((0..4).map(|_| migrate_it(&database))).await {
        result.unwrap();
    }
    let alone = empty_database().await;
    migrate_it(&alone).await.unwrap();
    assert_eq!(schema(&database).await, schema(&alone).await);
    let mut conn = PgConnection::connect(database.app_url.expose_secret()).await.unwrap();
    conn.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_one_cluster_share_the_role_and_may_migrate_at_once() {
    let databases = join_all((0..3).map(|_| empty_database())).await;
    for result in join_all(databases.iter().map(migrate_it)).await {
        result.unwrap();
    }
}

/// Migrations need the right to create; without it nothing is half done, and the error says what was being done.
#[tokio::test]
async fn who_may_not_migrate_is_told_so_and_breaks_nothing() {
    let database = new_database().await;
    let before = schema(&database).await;
    let refused = migrate(&database.app_url, &keys().database_password()).await.unwrap_err();
    assert!(
        matches!(refused, MigrateError::Database { doing: "create the program's role", .. }),
        "{refused:?}"
    );
    assert!(!refused.to_string().contains(keys().database_password().expose_secret()));
    assert_eq!(schema(&database).await, before);
    // The program's role still works, with the password it had.
    PgConnection::connect(database.app_url.expose_secret()).await.unwrap().ping().await.unwrap();
}
