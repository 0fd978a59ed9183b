//! The program behind PgBouncer in transaction mode: every transaction may be on another server connection.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use graphile_worker::{DbExecutor as _, DbValue};
use nix::unistd::{Uid, User};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio::process::{Child, Command};
use voxanne::platform::db::{Class, Db, is_contended};
use voxanne::platform::queue::queue_database;

use super::callers::Callers;
use super::chance::Chance;
use super::installation::Installation;
use super::promises::{assert_kept, assert_told_again, until_settled};
use crate::harness::{config, keys};

/// Fewer server connections than the program has of its own, so that they really are shared.
const SERVER_CONNECTIONS: u8 = 3;

/// A running PgBouncer; dropped, it is killed.
struct PgBouncer {
    port: u16,
    _process: Child,
}

impl PgBouncer {
    async fn start(dir: &Path, postgres: u16) -> Self {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].map(PathBuf::from);
        let program = program.into_iter().find(|path| path.is_file());
        let program =
            program.expect("PgBouncer is missing: bin/setup installs it (apt-get install pgbouncer)");
        let dir = dir.join("pgbouncer");
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (users, settings) = (dir.join("users.txt"), dir.join("pgbouncer.ini"));
        let password = keys().database_password();
        fs::write(&users, format!("\"voxanne_app\" \"{}\"\n", password.expose_secret())).unwrap();
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={postgres}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = scram-sha-256\nauth_file = {}\npool_mode = transaction\n\
             default_pool_size = {SERVER_CONNECTIONS}\nmax_client_conn = 200\n\
             ignore_startup_parameters = extra_float_digits\nserver_round_robin = 1\n",
            users.display()
        );
        fs::write(&settings, text).unwrap();
        let mut command = Command::new(program);
        if Uid::effective().is_root() {
            // It refuses to run as root.
            let user = User::from_name("postgres").unwrap().or(User::from_name("nobody").unwrap()).unwrap();
            chown(&users, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        let log = fs::File::create(dir.join("pgbouncer.log")).unwrap();
        let process = command.arg(&settings).stderr(log).kill_on_drop(true).spawn().unwrap();
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Self { port, _process: process };
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("PgBouncer does not listen: {}", fs::read_to_string(dir.join("pgbouncer.log")).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_pgbouncer_everything_works_and_no_org_leaks_to_the_next_client() {
    let chance = Chance::new("PgBouncer");
    let mut place = Installation::new(vec![]).await;
    let bouncer = PgBouncer::start(place.postgres.dir(), place.postgres.port).await;
    let direct = place.postgres.database.app_url.expose_secret();
    let app_url = direct.replace(&format!(":{}/", place.postgres.port), &format!(":{}/", bouncer.port));
    let stranger = PgPoolOptions::new().max_connections(4).connect_with(plain(&app_url)).await.unwrap();
    place.set(vec![("VOXANNE_DATABASE_APP_URL", app_url), ("VOXANNE_DATABASE_PGBOUNCER", "true".to_owned())]);
    let program = place.start().await;
    let callers = Callers::new(&place, &chance);
    let looks = async {
        let mut looks = 0;
        while callers.all().iter().filter(|errand| errand.heard.is_some()).count() < 150 {
            assert_sees_nothing(&stranger).await;
            looks += 1;
        }
        assert!(looks > 20, "only {looks}");
    };
    tokio::time::timeout(Duration::from_mins(1), callers.ring_until(looks)).await.unwrap();
    callers.repeat_unanswered().await;
    assert_told_again(&callers, 20).await;
    // Jobs are polled for: nobody listens.
    let texts_left = async {
        while place.count("texts where state in ('queued', 'sending')").await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let worked = tokio::time::timeout(Duration::from_secs(30), texts_left).await;
    assert!(worked.is_ok(), "the worker got nowhere: {}", place.log());
    assert!(program.terminate().await.success());
    let through =
        place.count("pg_stat_activity where usename = 'voxanne_app' and application_name = 'voxanne'").await;
    let log = place.log();
    let troubles: Vec<&str> =
        log.lines().filter(|line| line.contains(" ERROR ") || line.contains(" WARN ")).collect();
    assert!(troubles.is_empty(), "{troubles:#?}");
    until_settled(&place).await;
    let kept = assert_kept(&place, &callers).await;
    eprintln!("{kept:?} over {through} server connections");
    assert!(kept.booked > 20 && through <= i64::from(SERVER_CONNECTIONS));
    stranger.close().await;
}

/// What the queue's library does as a minute begins; the first time it asks for the queue's jobs as rows.
const SCHEDULES: &str =
    "select graphile_worker.add_job(spec->>'task', payload := spec->'payload', job_key := spec->>'key')
    from json_array_elements($1::json) spec";

#[tokio::test(flavor = "multi_thread")]
async fn behind_pgbouncer_a_full_minute_is_met_on_every_connection_without_an_error() {
    let place = Installation::new(vec![]).await;
    let bouncer = PgBouncer::start(place.postgres.dir(), place.postgres.port).await;
    let direct = place.postgres.database.app_url.expose_secret();
    let app_url = SecretString::from(
        direct.replace(&format!(":{}/", place.postgres.port), &format!(":{}/", bouncer.port)),
    );
    let mut settings = config(&place.sandbox).database;
    settings.pgbouncer = true;
    let db = Db::open(&app_url, &settings).unwrap();
    // All of them are open by then: a busy minute came before.
    let connections = (0..settings.back_connections).map(|_| db.pool(Class::Back).acquire());
    drop(futures::future::try_join_all(connections).await.unwrap());
    let stranger = PgPoolOptions::new().max_connections(1).connect_with(plain(app_url.expose_secret())).await;
    let mut tx = stranger.unwrap().begin().await.unwrap();
    let round = sqlx::query(SCHEDULES).persistent(false).bind(json!([]));
    let refused = round.execute(&mut *tx).await.unwrap_err();
    let code = refused.as_database_error().and_then(|error| error.code().map(String::from));
    assert_eq!(code.as_deref(), Some("26000"), "or this proves nothing: {refused}");
    let queue = queue_database(&db);
    for minute in 0..2 * settings.back_connections {
        let round = json!([{ "task": "visit_orgs", "payload": { "minute": minute }, "key": "a round" }]);
        let scheduled = queue.execute(SCHEDULES, vec![DbValue::Json(round)].into()).await;
        assert!(scheduled.is_ok(), "{:?} in minute {minute}", scheduled.unwrap_err());
    }
    db.close().await;
    assert_eq!(place.count("graphile_worker._private_jobs where key = 'a round'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_pgbouncer_nobody_waits_for_a_lock_or_a_statement_for_ever() {
    let place = Installation::new(vec![]).await;
    let bouncer = PgBouncer::start(place.postgres.dir(), place.postgres.port).await;
    let direct = place.postgres.database.app_url.expose_secret();
    let url = direct.replace(&format!(":{}/", place.postgres.port), &format!(":{}/", bouncer.port));
    let mut settings = config(&place.sandbox).database;
    settings.pgbouncer = true;
    let db = Db::open(&url.clone().into(), &settings).unwrap();
    let stranger = PgPoolOptions::new().max_connections(1).connect_with(plain(&url)).await.unwrap();
    let lock = || sqlx::raw_sql("select pg_advisory_xact_lock(7)");
    let mut held = stranger.begin().await.unwrap();
    lock().execute(&mut *held).await.unwrap();
    let limits = "select current_setting('statement_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout')";
    for class in [Class::Live, Class::Back] {
        let mut tx = db.begin_across(class).await.unwrap();
        let told: String = sqlx::query_scalar(limits).persistent(false).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(told, "10s 5s", "{class:?}");
        let refused = lock().execute(&mut *tx).await.unwrap_err();
        assert!(is_contended(&refused), "{class:?}: {refused}");
    }
    // They are the transaction's own: whoever has the server connection next keeps to none of them.
    held.rollback().await.unwrap();
    let after = sqlx::raw_sql(limits).fetch_one(&stranger).await.unwrap();
    assert_eq!(sqlx::Row::get::<String, _>(&after, 0), "0 0");
    db.close().await;
}

/// A client that prepares nothing, as any other program behind the same PgBouncer may be.
fn plain(url: &str) -> PgConnectOptions {
    url.parse::<PgConnectOptions>().unwrap().statement_cache_capacity(0)
}

async fn assert_sees_nothing(stranger: &PgPool) {
    use sqlx::Row as _;
    let seen = "select coalesce(current_setting('app.org_id', true), '') as org, (select count(*) from appointments) as visits";
    let row = sqlx::raw_sql(seen).fetch_one(stranger).await.unwrap();
    assert_eq!(row.get::<String, _>("org"), "", "an org's setting outlived its transaction");
    assert_eq!(row.get::<i64, _>("visits"), 0);
}
