//! Cost grows with the answer, not with history: no statement reads a tenant table from end to end.
//!
//! What is explained is what ships. Statements of `src` are read out of its syntax ([`shipped`](crate::shipped)) and prepared
//! as the program's role, under row-level security, with the generic plan that a connection ends up with. Statements
//! inside the functions of `app_ctx` have parameters that only PostgreSQL knows: there the function is really called,
//! and `auto_explain` reports the plan of every nested statement as a notice, which the driver logs and the test listens
//! to.
//!
//! Two questions are asked. With the planner free, over a thousand clinics: is any of the tables that grow read from end
//! to end? With sequential scans forbidden: is there any statement that has no other way? The second needs no rows.
//! How statements of booking get at their rows is a snapshot: look at what changed, then `INSTA_UPDATE=always` accepts it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use secrecy::ExposeSecret as _;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::OnceCell;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::harness::{Database, new_database};
use crate::shipped;

const SEED: &str = include_str!("explain/seed.sql");
/// Tables that grow with a clinic's age, or that every look reads; the seed fills them.
const SEEDED: &[&str] = &[
    "api_keys",
    "appointment_changes",
    "appointments",
    "audit_log",
    "calendar_conflicts",
    "calendar_connections",
    "calendar_events",
    "calendar_feeds",
    "calendars",
    "calls",
    "contacts",
    "day_changes",
    "escalation_tellings",
    "escalations",
    "events",
    "external_busy",
    "holds",
    "hot_lead_alerts",
    "idempotent_requests",
    "inbound_texts",
    "kept_days",
    "notifications",
    "oauth_states",
    "orgs",
    "practitioner_turns",
    "reminders",
    "reservations",
    "resources",
    "services",
    "tasks",
    "texts",
    "tool_calls",
    "utterances",
    "waitlist_entries",
    "waitlist_offers",
];
/// Of those, the ones about which a snapshot says how each statement gets in.
const OF_BOOKING: &[&str] = &[
    "api_keys",
    "appointments",
    "external_busy",
    "holds",
    "idempotent_requests",
    "reminders",
    "reservations",
    "waitlist_entries",
    "waitlist_offers",
];
const ORG: &str = "00000000-0000-0000-0000-000050000000";

/// The planner's free choice, and with sequential scans forbidden.
const FREE: &str = "set enable_seqscan = on";
const FORBIDDEN: &str = "set enable_seqscan = off";

static DATABASE: OnceCell<Database> = OnceCell::const_new();

async fn seeded() -> Database {
    let database = new_database().await;
    let mut conn = PgConnection::connect_with(&database.superuser()).await.unwrap();
    exec(&mut conn, SEED).await;
    database
}

/// A connection of a superuser who acts as the program: policies hold, and settings can be made.
async fn as_the_program() -> PgConnection {
    as_the_program_in(DATABASE.get_or_init(seeded).await).await
}

async fn as_the_program_in(database: &Database) -> PgConnection {
    let mut conn = PgConnection::connect(database.admin_url.expose_secret()).await.unwrap();
    let settings = format!(
        "load 'auto_explain';
         set auto_explain.log_format = json; set auto_explain.log_nested_statements = on; set auto_explain.log_level = notice;
         set plan_cache_mode = force_generic_plan; set jit = off; set role voxanne_app; set app.org_id = '{ORG}'"
    );
    exec(&mut conn, &settings).await;
    conn
}

async fn exec(conn: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// Every way into a table that a plan takes, such as `appointments by appointments_by_start (org_id, starts_at)`.
fn accesses(plan: &Value, table: Option<&str>, into: &mut BTreeSet<String>) {
    let text = |key: &str| plan[key].as_str();
    // An index that is read into a bitmap stands below the node that names the table.
    let table = text("Relation Name").or(table);
    if let (Some(index), Some(table)) = (text("Index Name"), table) {
        let columns = columns(text("Index Cond").unwrap_or_default());
        into.insert(format!("{table} by {index} ({columns})"));
    } else if text("Node Type") == Some("Seq Scan") {
        into.insert(format!("{} from end to end", table.unwrap()));
    }
    for below in plan["Plans"].as_array().into_iter().flatten() {
        accesses(below, table, into);
    }
}

/// The columns of an index condition, in its order: those by which the index finds rows.
fn columns(condition: &str) -> String {
    let words = condition.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    let before_an_operator = |(word, rest): (&str, &str)| {
        let name = word.rsplit('.').next().unwrap().to_owned();
        let operator = rest.trim_start_matches([' ', ')']);
        (!name.is_empty() && operator.starts_with(['=', '<', '>'])).then_some(name)
    };
    let mut at = 0;
    let mut found: Vec<String> = Vec::new();
    for word in words {
        let end = at + word.len();
        if let Some(name) = before_an_operator((word, &condition[end..])).filter(|name| !found.contains(name))
        {
            found.push(name);
        }
        at = (end + 1).min(condition.len());
    }
    found.join(", ")
}

/// Which of `tables` are read from end to end.
fn read_whole<'a>(accesses: &'a BTreeSet<String>, tables: &[&str]) -> Vec<&'a str> {
    let whole = accesses.iter().filter_map(|access| access.strip_suffix(" from end to end"));
    whole.filter(|table| tables.contains(table)).collect()
}

/// How a statement of which nothing is known but its text gets at its tables.
async fn explain(conn: &mut PgConnection, text: &str) -> Result<BTreeSet<String>, sqlx::Error> {
    let mut found = BTreeSet::new();
    accesses(&plan_of(conn, text).await?, None, &mut found);
    Ok(found)
}

async fn plan_of(conn: &mut PgConnection, text: &str) -> Result<Value, sqlx::Error> {
    exec(conn, "deallocate all").await;
    let prepare = format!("prepare shipped{} as {text}", types(text));
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *conn).await?;
    let parameters: i32 = sqlx::query_scalar(
        "select coalesce(cardinality(parameter_types), 0) from pg_prepared_statements where name = 'shipped'",
    )
    .persistent(false)
    .fetch_one(&mut *conn)
    .await?;
    let nulls = vec!["null"; usize::try_from(parameters).unwrap()].join(", ");
    let arguments = if nulls.is_empty() { String::new() } else { format!("({nulls})") };
    let explain = format!("explain (format json) execute shipped{arguments}");
    let mut plans: Value =
        sqlx::query_scalar(AssertSqlSafe(explain)).persistent(false).fetch_one(&mut *conn).await?;
    Ok(plans[0]["Plan"].take())
}

/// The driver says that an instant is one. Where a statement alone would let it be taken for something else (`$2 -
/// interval '24 hours'`, or a value that goes through a subquery), it is said here.
fn types(text: &str) -> String {
    let count = (1..=40).rev().find(|n| text.contains(&format!("${n}"))).unwrap_or(0);
    let is_instant = |n: usize| {
        [" - interval", " + interval", "\n               from jsonb_populate_record"]
            .iter()
            .any(|after| text.contains(&format!("${n}{after}")))
    };
    let type_of = |n: usize| match n {
        n if is_instant(n) => "timestamptz",
        // The only lists whose length is asked for are of ids.
        n if text.contains(&format!("cardinality(${n})")) => "uuid[]",
        _ => "unknown",
    };
    let types: Vec<&str> = (1..=count).map(type_of).collect();
    if types.iter().all(|known| *known == "unknown") {
        return String::new();
    }
    format!("({})", types.join(", "))
}

/// Plans that `auto_explain` reported, each with the statement that it is of.
#[derive(Clone, Default)]
struct Reported(Arc<Mutex<Vec<Value>>>);

impl<S: tracing::Subscriber> Layer<S> for Reported {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::postgres::notice" {
            event.record(&mut &*self);
        }
    }
}

impl Visit for &Reported {
    fn record_debug(&mut self, _: &Field, value: &dyn fmt::Debug) {
        let message = format!("{value:?}");
        if let Some((_, plan)) = message.split_once("plan:") {
            self.0.lock().unwrap().push(serde_json::from_str(plan).unwrap());
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

/// Calls a function and says how each statement inside it gets at its tables.
async fn explain_inside(conn: &mut PgConnection, call: &str) -> BTreeMap<String, BTreeSet<String>> {
    let reported = Reported::default();
    let listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(reported.clone()));
    exec(conn, call).await;
    drop(listening);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for plan in reported.0.lock().unwrap().iter() {
        let mut ways = BTreeSet::new();
        accesses(&plan["Plan"], None, &mut ways);
        if !ways.is_empty() {
            found.entry(name(plan["Query Text"].as_str().unwrap())).or_default().append(&mut ways);
        }
    }
    found
}

/// What a statement of a function is called: the kind of row that it returns, else how it begins.
fn name(text: &str) -> String {
    let kind = text.trim_start().strip_prefix("select '").and_then(|rest| rest.split('\'').next());
    kind.map_or_else(|| text.split_whitespace().take(3).collect::<Vec<_>>().join(" "), str::to_owned)
}

/// Every question that a look can be asked, by the fiftieth clinic.
const CALLS: &[&str] = &[
    "select count(*) from app_ctx.look('00000000-0000-0000-0000-000050000000',
       array['00000000-0000-0000-0000-000050000021', '00000000-0000-0000-0000-000050000022']::uuid[],
       '2026-12-07Z', '2026-12-08Z', '2026-11-24Z', jsonb_build_object('zone', 'UTC', 'guest', '+13102000007',
       'location', '00000000-0000-0000-0000-000050000001', 'own', '00000000-0000-0000-0000-000050010001',
       'counted_service', '00000000-0000-0000-0000-000050000011', 'turns_of', '00000000-0000-0000-0000-000050000011',
       'counted_practitioners', jsonb_build_array('00000000-0000-0000-0000-000050000021', '00000000-0000-0000-0000-000050000022'),
       'history_of', jsonb_build_array('00000000-0000-0000-0000-000050000011')))",
    "select count(*) from app_ctx.open_ledger('00000000-0000-0000-0000-000050000000',
       array['00000000-0000-0000-0000-000050000021', '00000000-0000-0000-0000-000050000022']::uuid[],
       array['2026-12-07']::date[], array['call:1'], '2026-12-07Z', '2026-12-08Z', '2026-12-01Z', 'call-1', '2026-12-07Z',
       '00000000-0000-0000-0000-000050020001', '{}')",
];

/// A connection that explains everything it does.
async fn explaining() -> PgConnection {
    let mut conn = as_the_program().await;
    exec(&mut conn, "reset role; set auto_explain.log_min_duration = 0; set role voxanne_app").await;
    conn
}

#[tokio::test]
async fn no_statement_reads_a_tenant_table_from_end_to_end() {
    let mut conn = as_the_program().await;
    let tenants: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
          where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace",
    )
    .persistent(false)
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let tenants: Vec<&str> = tenants.iter().map(String::as_str).collect();
    let statements = shipped::statements();
    assert!(statements.len() > 50, "the source was not read: {}", statements.len());

    let (mut wrong, mut ways_of_booking) = (Vec::new(), String::new());
    for (settings, tables) in [(FREE, SEEDED), (FORBIDDEN, &tenants)] {
        exec(&mut conn, settings).await;
        // A savepoint reads nothing.
        for statement in statements.iter().filter(|s| !s.text.contains("savepoint")) {
            let ways = explain(&mut conn, &statement.text).await;
            let ways = ways.unwrap_or_else(|e| panic!("{}: {e}: {}", statement.of, statement.text));
            let whole = read_whole(&ways, tables);
            if !whole.is_empty() {
                wrong.push(format!("{settings}: {} reads {whole:?}: {}", statement.of, statement.text));
            }
            let of_booking =
                ways.iter().filter(|way| OF_BOOKING.iter().any(|t| way.starts_with(&format!("{t} "))));
            for way in of_booking.filter(|_| settings == FREE) {
                writeln!(ways_of_booking, "{}: {way}", statement.of).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "from end to end:\n{}", wrong.join("\n"));
    insta::assert_snapshot!("statements_of_booking", ways_of_booking);

    // The rule could have failed: without a policy there is no other way.
    exec(&mut conn, &format!("reset role; {FREE}")).await;
    let whole = explain(&mut conn, "select from appointments where notes = $1").await.unwrap();
    assert_eq!(read_whole(&whole, SEEDED), ["appointments"]);
}

/// Whoever looks sees the latest of them: the others are not to be sorted first.
#[tokio::test]
async fn the_latest_missed_calls_are_found_by_their_index_however_many_there_are() {
    let database = new_database().await;
    let mut conn = PgConnection::connect_with(&database.superuser()).await.unwrap();
    let calls = format!(
        "set session_replication_role = replica;
         insert into calls (org_id, id, call_ref, state, created_at, caller_spoke)
         select '{ORG}', gen_random_uuid(), 'call-' || i, 'ended', now() - i * interval '3 minutes', i % 11 <> 0 from generate_series(1, 40000) i;
         insert into assistants (org_id, id, location_id, platform, platform_assistant_id, name)
         values ('{ORG}', gen_random_uuid(), gen_random_uuid(), 'vapi', 'assistant', 'Mia');
         analyze"
    );
    exec(&mut conn, &calls).await;
    let mut conn = as_the_program_in(&database).await;
    let missed = shipped::statements().iter().find(|statement| statement.of == "calls::MISSED").unwrap();
    let plan = plan_of(&mut conn, &missed.text).await.unwrap();
    let found =
        plan["Plans"].as_array().unwrap().iter().find(|below| below["Subplan Name"] == "CTE found").unwrap();
    let found = found.to_string();
    assert!(found.contains("calls_of_silence") && !found.contains("\"Sort\""), "{found}");
}

#[tokio::test]
async fn no_statement_inside_a_function_reads_a_tenant_table_from_end_to_end() {
    let mut conn = explaining().await;
    for mode in ["force_generic_plan", "force_custom_plan"] {
        exec(&mut conn, &format!("discard plans; set plan_cache_mode = {mode}")).await;
        for (function, call) in ["look", "open_ledger"].into_iter().zip(CALLS) {
            let inside = explain_inside(&mut conn, call).await;
            let mut ways_in = String::new();
            for (statement, ways) in &inside {
                assert_eq!(read_whole(ways, SEEDED), Vec::<&str>::new(), "{mode}: {function}: {statement}");
                for way in ways {
                    writeln!(ways_in, "{statement}: {way}").unwrap();
                }
            }
            if mode == "force_generic_plan" {
                insta::assert_snapshot!(format!("inside_{function}"), ways_in);
            }
        }
    }
}
