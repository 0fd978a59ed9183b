//! The least that could answer "what is booked on that day?": one handler, one indexed select, no policy, no record.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::stage::CONNECTIONS;

/// Serves until it is stopped.
pub async fn serve(port: u16) {
    let url = std::env::var("DATABASE_URL").unwrap();
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS.into())
        .test_before_acquire(false)
        .connect(&url)
        .await
        .unwrap();
    let router = Router::new()
        .route("/health/ready", get(async || ""))
        .route("/{clinic}/{since}/{until}", get(day))
        .with_state(pool);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.unwrap(),
        _ = terminate.recv() => {}
    }
}

async fn day(
    State(pool): State<PgPool>,
    Path((clinic, since, until)): Path<(u64, i64, i64)>,
) -> Json<Vec<(i64, i64)>> {
    let visits = sqlx::query_as(
        "select extract(epoch from starts_at)::bigint, extract(epoch from ends_at)::bigint from appointments
          where org_id = $1 and starts_at >= to_timestamp($2) and starts_at < to_timestamp($3) order by starts_at",
    )
    .bind(Uuid::parse_str(&format!("{clinic:032}")).unwrap())
    .bind(since)
    .bind(until)
    .fetch_all(&pool)
    .await
    .unwrap();
    Json(visits)
}
