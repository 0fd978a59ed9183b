//! W13: no function of the database makes a statement of what it is given. The program's own are constants (`tests/it/architecture.rs`).

use crate::harness::Voxanne;

/// What makes tables into those of orgs or of people, in migrations, by their names.
const OF_MIGRATIONS: &str = "protect, protect_own";

#[tokio::test]
async fn w13_no_function_of_the_database_runs_a_made_statement_but_what_migrations_call() {
    let vox = Voxanne::start().await;
    let making = "select coalesce(string_agg(p.proname::text, ', ' order by p.proname), '') from pg_proc p
                    join pg_namespace n on n.oid = p.pronamespace
                   where n.nspname in ('app_ctx', 'public') and p.prosrc ~* '\\mexecute\\M'";
    assert_eq!(vox.one::<String>(making).await, OF_MIGRATIONS);
    vox.exec(
        "create function app_ctx.made(word text) returns void language plpgsql as $$ begin execute 'select ' || word; end $$",
    )
    .await;
    assert_eq!(vox.one::<String>(making).await, format!("made, {OF_MIGRATIONS}"));
}
