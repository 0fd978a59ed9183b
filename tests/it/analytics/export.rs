//! W12, W28: tables as CSV that no spreadsheet runs, of so many days and no more.

use serde_json::json;

use super::thirty_seven::{RANGE, write};
use crate::harness::Voxanne;

/// What the export says, as it came.
async fn csv(vox: &Voxanne, query: &str) -> (reqwest::header::HeaderMap, String) {
    let api = vox.api(&vox.denver, &[voxanne::accounts::Scope::AnalyticsRead]).await;
    let response = api.request("GET", &format!("/analytics.csv?{query}")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    (response.headers().clone(), response.text().await.unwrap())
}

#[tokio::test]
async fn w12_tables_are_exported_as_csv_and_a_name_is_never_a_formula() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    vox.exec("update locations set name = '=1+\"1\", HYPERLINK;=2' where name = 'Juniper Skin Phoenix'")
        .await;
    let (headers, days) = csv(&vox, &format!("table=days&{RANGE}")).await;
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"analytics-days-2026-10-30-2026-11-03.csv\""
    );
    assert_eq!(
        days,
        "day,calls,answered,missed,bookings,revenue_booked_cents\r\n\
         2026-10-30,7,5,2,2,78000\r\n2026-10-31,0,0,0,0,0\r\n2026-11-01,2,2,0,1,39000\r\n\
         2026-11-02,10,9,1,4,78000\r\n2026-11-03,10,9,0,2,140000\r\n"
    );
    let (_, sites) = csv(&vox, &format!("table=locations&{RANGE}")).await;
    assert!(
        sites.contains(",\"'=1+\"\"1\"\", HYPERLINK;'=2\",12,9,2,1,0.1111,1,70000,540,450000\r\n"),
        "{sites}"
    );
    let (_, summary) = csv(&vox, RANGE).await;
    assert!(summary.starts_with("figure,now,before\r\nfrom,2026-10-30,2026-10-25\r\n"), "{summary}");
    assert!(summary.contains("\r\nconversion,0.32,0.2857\r\n"), "{summary}");
    for table in ["hours", "assistants", "funnel", "unmet"] {
        let (_, rows) = csv(&vox, &format!("table={table}&{RANGE}")).await;
        assert!(rows.lines().count() > 2, "{table}: {rows}");
    }
}

#[tokio::test]
async fn w28_a_range_is_at_most_ninety_two_days_and_a_month_unless_it_says_otherwise() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let told = glow.get("/analytics").await.good();
    // The fixtures' today, by Los Angeles.
    assert_eq!(told["window"], json!({"from": "2026-10-26", "to": "2026-11-24", "days": 30}));
    assert_eq!(glow.get("/analytics?from=2026-01-01&to=2026-04-02").await.good()["window"]["days"], 92);
    for wrong in ["from=2026-01-01&to=2026-04-03", "from=2026-04-02&to=2026-04-01"] {
        for path in ["/analytics", "/analytics.csv"] {
            let refused = glow.get(&format!("{path}?{wrong}")).await;
            assert_eq!(refused.refused(422, "invalid_field")["field"], "to");
        }
    }
    assert_eq!(glow.get("/analytics.csv?table=people").await.refused(422, "invalid_field")["field"], "table");
    assert_eq!(glow.get("/analytics?days=7").await.refused(422, "invalid_field")["field"], "days");
}
