//! W11: whatever anybody can have stored is text on every page of the dashboard.

use std::collections::{BTreeSet, VecDeque};

use sqlx::AssertSqlSafe;
use voxanne::accounts::Role;

use crate::harness::{CALLER, Voxanne, booking, call_ref};

/// Leaves text, attributes, comments, scripts and the quotes of either kind.
const HOSTILE: &str = r#"<img src=x onerror=alert(1)>"'--></script><svg onload=alert(2)>"#;
/// What of it must not stand in a page.
const MARKUP: [&str; 3] = ["<img src=x", "<svg onload", "--></script>"];
/// Pages of one clinic that are looked at, at most: every kind of them, and some of each.
const PAGES_MAX: usize = 150;

/// Writes it wherever a column of the clinic's takes it, and says where.
async fn write_everywhere(vox: &Voxanne) -> BTreeSet<String> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select c.table_name::text, c.column_name::text from information_schema.columns c
           join information_schema.tables t using (table_schema, table_name)
          where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'text' and c.is_generated = 'NEVER'
            and c.table_name not in ('directory', '_sqlx_migrations', 'idempotent_requests', 'audit_log')
          order by 1, 2",
    )
    .fetch_all(&vox.admin)
    .await
    .unwrap();
    let mut written = BTreeSet::new();
    for (table, column) in columns {
        // Words that only we choose, and what is no text of anybody's.
        let ours = [
            "time_zone",
            "kind",
            "class",
            "temperature",
            "platform",
            "language",
            "password_hash",
            "network",
            "state",
        ];
        if ours.iter().any(|ours| column.ends_with(ours)) {
            continue;
        }
        // Ids of other systems, and whatever a check or a key holds, refuse.
        for value in ["$1", "'+' || $1", "$1 || ctid::text"] {
            let sql = format!("update {table} set {column} = {value}");
            let done = sqlx::query(AssertSqlSafe(sql)).bind(HOSTILE).execute(&vox.admin).await;
            if done.is_ok_and(|done| done.rows_affected() > 0) {
                written.insert(format!("{table}.{column}"));
                break;
            }
        }
    }
    for (column, sql) in [
        (
            "calls.turns",
            "update calls set turns = (select jsonb_agg(turn || jsonb_build_object('text', $1)) from jsonb_array_elements(turns) turn)
              where jsonb_typeof(turns) = 'array'",
        ),
        ("tool_calls.arguments", "update tool_calls set arguments = jsonb_build_object('customerName', $1, $1, $1)"),
        ("audit_log.detail", "update audit_log set detail = jsonb_build_object($1, $1)"),
    ] {
        let done = sqlx::query(sql).bind(HOSTILE).execute(&vox.admin).await;
        if done.is_ok_and(|done| done.rows_affected() > 0) {
            written.insert(column.to_owned());
        }
    }
    written
}

/// The addresses of pages that a page leads to.
fn leads_to(html: &str) -> impl Iterator<Item = String> {
    html.split("href=\"").skip(1).filter_map(|rest| {
        let (to, _) = rest.split_once('"')?;
        let to = to.replace("&amp;", "&").replace("&#38;", "&");
        to.starts_with("/dashboard").then_some(to)
    })
}

#[tokio::test]
async fn w11_whatever_anybody_can_have_stored_is_text_on_every_page() {
    let vox = Voxanne::start().await;
    // A day at the clinic: a call with a visit, a hot lead, a text, a task, and what comes of them.
    let line = vox.call(&call_ref(1));
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Reyes")).await.unwrap();
    let lead = serde_json::json!({"leadName": "Sarah", "leadPhone": CALLER, "urgency": "high"});
    line.tool("notify_hot_lead", lead).await.unwrap();
    vox.post_fixture("end-of-call-report.hot-lead-not-booked").await;
    vox.run_jobs().await;
    let api = vox.glow_api().await;
    for (path, body) in [
        ("/tasks", serde_json::json!({"title": "Water the plants", "note": "Twice"})),
        ("/closures", serde_json::json!({"local_date": "2026-12-24", "reason": "Holiday"})),
        ("/email-recipients", serde_json::json!({"address": "maria@clinic.example"})),
        ("/sequences/from-template", serde_json::json!({"template": "after_your_visit"})),
        ("/alert-recipients", serde_json::json!({"name": "Maria", "phone": "+13105550189"})),
    ] {
        api.post(path, body).await.good();
    }
    let owner = vox.glow_staff(Role::Owner).await;
    let written = write_everywhere(&vox).await;
    for column in [
        "orgs.name",
        "services.name",
        "locations.name",
        "resources.name",
        "contacts.name",
        "tasks.title",
        "texts.body",
        "calls.summary",
        "users.name",
        "notifications.title",
        "calls.turns",
        "tool_calls.answer",
        "tool_calls.arguments",
        "audit_log.detail",
        "sessions.agent",
        "sequences.name",
        "alert_recipients.name",
    ] {
        assert!(written.contains(column), "{column} was not written: {written:?}");
    }
    let (mut seen, mut waiting) = (BTreeSet::new(), VecDeque::from(["/dashboard".to_owned()]));
    let mut shown = 0;
    while let Some(path) = waiting.pop_front() {
        if seen.len() >= PAGES_MAX || !seen.insert(path.clone()) {
            continue;
        }
        let page = owner.page(&path).await;
        assert!(page.status < 500, "{path}: {}", page.status);
        for markup in MARKUP {
            assert!(!page.text.contains(markup), "{path} has {markup}");
        }
        shown += usize::from(page.text.contains("onerror=alert(1)"));
        waiting.extend(leads_to(&page.text));
    }
    assert!(
        seen.len() > 25 && shown > 20,
        "{shown} of {} pages show it, which proves little: {seen:?}",
        seen.len()
    );
}
