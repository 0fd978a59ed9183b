//! What of the schema nobody has explained. The harness runs it on a migrated database and expects no row.

/// Every table, column, view, type and function of the product without a comment: `(kind, name)`.
///
/// What an extension brought, and the migrator's own table, explain themselves.
const UNCOMMENTED: &str = r"
with ours as (select oid, nspname from pg_namespace where nspname in ('public', 'app_ctx')),
     relations as (
       select c.oid, n.nspname || '.' || c.relname as name
         from pg_class c join ours n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm') and c.relname <> '_sqlx_migrations'
          and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
select 'table' as kind, r.name from relations r where obj_description(r.oid, 'pg_class') is null
union all
select 'column', r.name || '.' || a.attname
  from relations r join pg_attribute a on a.attrelid = r.oid
 where a.attnum > 0 and not a.attisdropped and col_description(r.oid, a.attnum) is null
union all
select 'function', p.oid::regprocedure::text
  from pg_proc p join ours n on n.oid = p.pronamespace
 where obj_description(p.oid, 'pg_proc') is null
   and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'type', t.oid::regtype::text
  from pg_type t join ours n on n.oid = t.typnamespace
 where t.typtype in ('e', 'd', 'r') and obj_description(t.oid, 'pg_type') is null
   and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
order by 1, 2";

#[tokio::test]
async fn every_table_column_function_and_type_says_what_it_is() {
    let admin = crate::harness::new_database().await.admin().await;
    let silent: Vec<(String, String)> = sqlx::query_as(UNCOMMENTED).fetch_all(&admin).await.unwrap();
    assert_eq!(silent, []);
}
