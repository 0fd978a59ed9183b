//! No org can reach another's data: proved for every table, present and future, and the proof is proved.

use sqlx::AssertSqlSafe;

use crate::harness::{Database, Voxanne, new_database};

const AUDIT: &str = include_str!("tenancy/rls_audit.sql");

async fn violations(database: &Database) -> Vec<String> {
    let mut conn = database.admin().await.acquire().await.unwrap().detach();
    sqlx::raw_sql(AUDIT).execute(&mut conn).await.unwrap();
    sqlx::query_scalar(
        "select rule || ' — ' || object from pg_temp.rls_audit('public', 'voxanne_app') order by 1",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap()
}

#[tokio::test]
async fn b5_b6_b9_the_catalogue_has_no_violation() {
    assert_eq!(violations(&new_database().await).await, Vec::<String>::new());
}

/// Each mistake a migration could make, and the rule that must catch it.
const MISTAKES: &[(&str, &str)] = &[
    ("A1", "create table loose (id uuid primary key)"),
    (
        "A2",
        "alter table texts drop constraint texts_pkey cascade; alter table texts alter org_id drop not null",
    ),
    ("A3", "alter table contacts disable row level security"),
    ("A4", "alter table contacts no force row level security"),
    ("A5", "drop policy tenant on contacts"),
    ("A6", "drop policy tenant on contacts; create policy tenant on contacts using (true)"),
    (
        "A6",
        "drop policy tenant on contacts; create policy tenant on contacts using (org_id is null or org_id = (select app_ctx.org_id()))",
    ),
    ("A7", "create policy second on contacts using (org_id = (select app_ctx.org_id()))"),
    ("B2", "grant create on schema public to voxanne_app; alter table contacts owner to voxanne_app"),
    ("B4", "grant truncate on contacts to voxanne_app"),
    ("B4", "grant references on contacts to voxanne_app"),
    ("B5", "grant select on contacts to public"),
    ("C1", "create view everyone as select * from contacts"),
    (
        "C2",
        "create materialized view everyone as select * from contacts; grant select on everyone to voxanne_app",
    ),
    (
        "C3",
        "create function peek() returns bigint language sql security definer set search_path = public as 'select count(*) from contacts'",
    ),
    (
        "C4",
        "create function peek() returns bigint language sql security definer as 'select count(*) from contacts'",
    ),
    (
        "D1",
        "alter table contacts add unique (id); alter table holds add contact_id uuid references contacts (id)",
    ),
    ("D2", "create unique index oracle on contacts (phone)"),
    ("D3", "alter table holds add exclude using gist (call_ref with =)"),
    ("E2", "grant create on schema public to voxanne_app"),
    // The second template: rows of a person.
    (
        "A2",
        "alter table sessions drop constraint sessions_pkey; alter table sessions alter user_id drop not null",
    ),
    ("A3", "alter table users disable row level security"),
    ("A4", "alter table users no force row level security"),
    ("A5", "drop policy own on recovery_codes"),
    ("A6", "drop policy own on users; create policy own on users using (true)"),
    ("A6", "drop policy own on users; create policy own on users using (disabled_at is null)"),
    (
        "A6",
        "drop policy tenant on memberships; create policy own on memberships using (user_id = (select app_ctx.user_id()))",
    ),
    ("A7", "create policy everybody on users for select using (true)"),
    ("B4", "grant references on users to voxanne_app"),
    ("B5", "grant select on users to public"),
    ("B6", "grant select on attempts to voxanne_app"),
    ("B6", "grant select (key) on directory to voxanne_app"),
    (
        "B6",
        "create table everyone (id uuid primary key); comment on table everyone is '@global'; grant select on everyone to voxanne_app",
    ),
    (
        "C5",
        "create function app_ctx.peek() returns bigint language sql security definer set search_path = public as 'select count(*) from users'; grant execute on function app_ctx.peek() to voxanne_app",
    ),
    (
        "D1",
        "alter table sessions add unique (id); alter table password_resets add session_id uuid references sessions (id)",
    ),
];

#[tokio::test]
async fn the_audit_finds_every_seeded_mistake() {
    for (rule, mistake) in MISTAKES {
        let database = new_database().await;
        let admin = database.admin().await;
        sqlx::raw_sql(AssertSqlSafe((*mistake).to_owned())).execute(&admin).await.unwrap();
        let found = violations(&database).await;
        assert!(found.iter().any(|v| v.starts_with(rule)), "{rule} missed {mistake}: {found:?}");
    }
}

#[tokio::test]
async fn the_program_cannot_bypass_and_owns_nothing() {
    let vox = Voxanne::start().await;
    let powers: i64 = vox
        .count("pg_roles where rolname = 'voxanne_app' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)")
        .await;
    assert_eq!(powers, 0);
    assert_eq!(
        vox.count("pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'voxanne_app'").await,
        0
    );
}

/// Every table with an org, found in the catalogue: a new one is covered without an edit here.
async fn tenant_tables(vox: &Voxanne) -> Vec<String> {
    sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
          where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1",
    )
    .fetch_all(&vox.admin)
    .await
    .unwrap()
}

/// One row of `org` in every tenant table: without triggers and foreign keys, whatever the columns are.
async fn plant_canaries(vox: &Voxanne, tables: &[String]) {
    for table in tables {
        for org in [vox.glow.org, vox.harbor.org] {
            let has_row = vox.count(&format!("{table} where org_id = '{}'", org.0)).await > 0;
            if !has_row {
                vox.exec(&format!(
                    "set session_replication_role = replica;
                     do $$ declare columns text; vals text; c record; begin
                       for c in select conname from pg_constraint where conrelid = '{table}'::regclass and contype = 'c' loop
                         execute format('alter table {table} drop constraint %I', c.conname);
                       end loop;
                       select string_agg(quote_ident(a.attname), ','), string_agg(
                          case when a.attname = 'org_id' then quote_literal('{org}') || '::uuid'
                               when t.typname = 'uuid' then 'gen_random_uuid()'
                               when t.typname = 'timestamptz' and a.attname = 'ends_at' then 'now() + interval ''1 hour'''
                               when t.typname = 'timestamptz' then 'now()'
                               when t.typname = 'timestamp' then 'now()::timestamp'
                               when t.typname = 'date' then 'current_date'
                               when t.typname = 'bytea' then '''x''::bytea'
                               when t.typname in ('json', 'jsonb') then '''{{}}'''
                               when t.typname in ('int2', 'int4', 'int8', 'float8') then '1'
                               when t.typname = 'xid8' then '''1''::xid8'
                               when t.typname = 'bool' then 'false'
                               when t.typname = '_uuid' then '''{{}}''::uuid[]'
                               when t.typname = '_text' then '''{{}}''::text[]'
                               when t.typtype = 'e' then quote_literal((select enumlabel from pg_enum where enumtypid = t.oid order by enumsortorder limit 1)) || '::' || t.typname
                               else '''canary''' end, ',')
                         into columns, vals
                         from pg_attribute a join pg_type t on t.oid = a.atttypid
                        where a.attrelid = '{table}'::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                          and a.attnotnull;
                       execute format('insert into {table} (%s) values (%s)', columns, vals);
                     end $$;
                     set session_replication_role = default;",
                    org = org.0,
                ))
                .await;
            }
        }
    }
}

#[tokio::test]
async fn no_table_shows_or_takes_another_orgs_row() {
    let vox = Voxanne::start().await;
    let tables = tenant_tables(&vox).await;
    assert!(tables.len() >= 28, "the catalogue query finds the tables: {tables:?}");
    plant_canaries(&vox, &tables).await;
    for table in &tables {
        let (own, other) = (vox.glow.org.0, vox.harbor.org.0);
        let count = |sql: String| {
            let app = vox.app.clone();
            async move {
                let mut tx = app.begin(voxanne::platform::ids::OrgId(own)).await.unwrap();
                let n: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *tx).await.unwrap();
                tx.commit().await.unwrap();
                n
            }
        };
        // B8: the positive half, or the negative one proves nothing.
        assert!(
            count(format!("select count(*) from {table}")).await > 0,
            "{table}: an org must see its own rows"
        );
        assert!(
            vox.count(&format!("{table} where org_id = '{other}'")).await > 0,
            "{table}: the other org has no canary"
        );
        assert_eq!(
            count(format!("select count(*) from {table} where org_id <> '{own}'")).await,
            0,
            "{table}: select"
        );

        let pool = vox.app.db.pool(voxanne::platform::db::Class::Back);
        let mut plain = pool.acquire().await.unwrap();
        let unset: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&mut *plain)
            .await
            .unwrap();
        assert_eq!(unset, 0, "{table}: without an org there are no rows");
        drop(plain);

        for write in [
            format!("update {table} set org_id = org_id where org_id = '{other}'"),
            format!("delete from {table} where org_id = '{other}'"),
        ] {
            let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
            match sqlx::query(AssertSqlSafe(write.clone())).execute(&mut *tx).await {
                Ok(done) => assert_eq!(done.rows_affected(), 0, "{table}: {write}"),
                // The audit log cannot be changed by anybody.
                Err(error) => assert!(error.to_string().contains("permission denied"), "{table}: {error}"),
            }
        }
        let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
        let moved = format!("update {table} set org_id = '{other}' where org_id = '{own}'");
        let error = sqlx::query(AssertSqlSafe(moved)).execute(&mut *tx).await.unwrap_err().to_string();
        assert!(
            error.contains("row-level security") || error.contains("permission denied"),
            "{table}: {error}"
        );
    }
}

/// Every table of persons, found in the catalogue.
async fn own_tables(vox: &Voxanne) -> Vec<String> {
    sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_policy p on p.polrelid = c.oid and p.polname = 'own' order by 1",
    )
    .fetch_all(&vox.admin)
    .await
    .unwrap()
}

#[tokio::test]
async fn nobodys_account_is_seen_or_changed_by_anybody_else_nor_by_an_org() {
    let vox = Voxanne::start().await;
    let of = async |email: &str| {
        let id: uuid::Uuid = vox.one(&format!("select user_id from users where email = '{email}'")).await;
        voxanne::platform::ids::UserId(id)
    };
    let (own, other) = (of("owner@glow.example").await, of("manager@glow.example").await);
    for user in [own, other] {
        let id = user.0;
        vox.exec(&format!(
            "insert into sessions values ('{id}', gen_random_uuid(), uuid_send(gen_random_uuid()), '{}', false, '', '', now(), now(), now());
             insert into recovery_codes values ('{id}', uuid_send(gen_random_uuid()), null);
             insert into password_resets values ('{id}', gen_random_uuid(), uuid_send(gen_random_uuid()), now(), now(), null);
             insert into user_logins values ('{id}', 'issuer', '{id}', now());
             insert into sign_in_places values ('{id}', '192.0.2.1', now());",
            vox.glow.org.0
        ))
        .await;
    }
    let tables = own_tables(&vox).await;
    assert!(tables.len() >= 6, "{tables:?}");
    for table in &tables {
        let count = async |mut tx: voxanne::platform::db::OrgTx, what: String| -> i64 {
            let text = AssertSqlSafe(format!("select count(*) from {table} where {what}"));
            sqlx::query_scalar(text).fetch_one(&mut *tx).await.unwrap()
        };
        let (is_own, is_other) = (format!("user_id = '{}'", own.0), format!("user_id = '{}'", other.0));
        assert!(
            count(vox.app.begin_as(own).await.unwrap(), is_own.clone()).await > 0,
            "{table}: their own rows"
        );
        assert!(vox.count(&format!("{table} where {is_other}")).await > 0, "{table}: or this proves nothing");
        assert_eq!(count(vox.app.begin_as(own).await.unwrap(), is_other.clone()).await, 0, "{table}");
        assert_eq!(
            count(vox.app.begin(vox.glow.org).await.unwrap(), "true".to_owned()).await,
            0,
            "{table}: by org"
        );
        let unset = vox.app.db.begin_across(voxanne::platform::db::Class::Back).await.unwrap();
        assert_eq!(count(unset, "true".to_owned()).await, 0, "{table}: by nobody");
        let mut tx = vox.app.begin_as(own).await.unwrap();
        let write = format!("update {table} set user_id = user_id where {is_other}");
        let done = sqlx::query(AssertSqlSafe(write)).execute(&mut *tx).await.unwrap();
        assert_eq!(done.rows_affected(), 0, "{table}");
        let moved = format!("update {table} set user_id = '{}' where {is_own}", other.0);
        assert!(sqlx::query(AssertSqlSafe(moved)).execute(&mut *tx).await.is_err(), "{table}");
    }
}

#[tokio::test]
async fn the_directory_is_closed_to_the_program_and_answers_exact_keys_only() {
    let vox = Voxanne::start().await;
    let pool = vox.app.db.pool(voxanne::platform::db::Class::Back);
    let error = sqlx::query("select * from directory").fetch_all(pool).await.unwrap_err().to_string();
    assert!(error.contains("permission denied"), "{error}");
    let error = sqlx::query("select * from attempts").fetch_all(pool).await.unwrap_err().to_string();
    assert!(error.contains("permission denied"), "{error}");
    let found: i64 =
        sqlx::query_scalar("select count(*) from app_ctx.resolve(array['assistant'], array['%'])")
            .fetch_one(pool)
            .await
            .unwrap();
    assert_eq!(found, 0);
}

#[tokio::test]
async fn r10_the_org_setting_does_not_outlive_its_transaction() {
    let vox = Voxanne::start_with(|c| c.database.live_connections = 1).await;
    vox.app.begin_live(vox.glow.org).await.unwrap().commit().await.unwrap();
    let pool = vox.app.db.pool(voxanne::platform::db::Class::Live);
    let seen: i64 = sqlx::query_scalar("select count(*) from orgs").fetch_one(pool).await.unwrap();
    assert_eq!(seen, 0, "the next user of the connection must see nothing");
}
