//! Texts that wait: queued as the product does, counted, and swept away between rounds.

use uuid::Uuid;
use voxanne::messaging::{self, Kind, NewText};
use voxanne::orgs;
use voxanne::phone::Phone;
use voxanne::platform::ids::OrgId;

use crate::stage::Stage;

const TOGETHER: usize = 100;

/// No clinic's day is ever over.
pub async fn lift_limits(stage: &Stage) {
    exec(stage, "update integration_settings set texts_per_day_max = 100000000").await;
}

/// What is left of an earlier round is a matter of last week.
pub async fn settle(stage: &Stage) {
    exec(
        stage,
        "update texts set state = 'failed', failure = 'swept', settled_at = now() where state in ('queued', 'sending')",
    )
    .await;
    exec(stage, "delete from graphile_worker._private_jobs where locked_at is null").await;
    exec(stage, "delete from text_providers").await;
    stage.age_texts().await;
}

/// How many have not left.
pub async fn left(stage: &Stage) -> i64 {
    sqlx::query_scalar("select count(*) from texts where state in ('queued', 'sending')")
        .fetch_one(&stage.admin)
        .await
        .unwrap()
}

/// So many confirmations of so many clinics, each to another number.
pub async fn fill(stage: &Stage, texts: usize, clinics: u64) {
    let app = stage.app(|config| {
        config.texts.per_org_per_hour_max = i64::MAX;
        config.texts.per_prefix_per_hour_max = i64::MAX;
    });
    for from in (0..texts).step_by(TOGETHER) {
        let clinic = (from / TOGETHER) as u64 % clinics + 1;
        let org = OrgId(Uuid::parse_str(&format!("{clinic:032}")).unwrap());
        let mut tx = app.begin(org).await.unwrap();
        let settings = orgs::settings(&mut tx, &app.keys, org).await.unwrap();
        for n in from..texts.min(from + TOGETHER) {
            let to = Phone::parse_e164(&format!("+1310{}", 2_000_000 + n)).unwrap();
            let id: Uuid = app.new_id();
            let new = NewText {
                kind: Kind::Confirmation,
                to: &to,
                body: "Clinic: you're booked for Thursday, December 3 at 2:30 PM. Reply STOP to opt out."
                    .to_owned(),
                dedupe_key: format!("bench:{id}"),
                contact: None,
                appointment: None,
                call: None,
                sent_by: None,
            };
            let queued = messaging::queue_text(&app, &mut tx, org, &settings, new).await.unwrap();
            assert!(queued.text().is_some(), "{queued:?}");
        }
        tx.commit().await.unwrap();
    }
    app.db.close().await;
    exec(stage, "vacuum analyze texts").await;
    exec(stage, "checkpoint").await;
}

async fn exec(stage: &Stage, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&stage.admin).await.unwrap();
}
