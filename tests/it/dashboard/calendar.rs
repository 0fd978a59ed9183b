//! The calendar page and what its grid draws, over HTTP.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Answered, Api, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
const START: &str = "2026-12-01T18:30:00Z";
const DAY: &str = "from=2026-12-01&to=2026-12-01";

async fn book(api: &Api, service: &str, starts_at: &str, name: &str) -> Value {
    let service = api.id_of("/services", service).await;
    let wish = json!({"service_id": service, "starts_at": starts_at, "name": name, "phone": "+13105550142"});
    api.post("/appointments", wish).await.good()
}
