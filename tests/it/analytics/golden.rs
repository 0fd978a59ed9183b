//! G7: every figure of thirty-seven calls exactly, and once more by a statement that shares nothing with the product's.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row as _;
use voxanne::accounts::{Role, Scope};

use super::thirty_seven::{RANGE, write};
use crate::harness::Voxanne;

const INDEPENDENT: &str = include_str!("independent.sql");

async fn figures(vox: &Voxanne, more: &str) -> Value {
    vox.api(&vox.denver, &[Scope::AnalyticsRead]).await.get(&format!("/analytics?{RANGE}{more}")).await.good()
}

#[tokio::test]
async fn g7_thirty_seven_calls_have_exact_figures_which_an_independent_count_shares() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    let told = figures(&vox, "").await;
    assert_eq!(told["window"], json!({"from": "2026-10-30", "to": "2026-11-03", "days": 5}));
    assert_eq!(told["window_before"], json!({"from": "2026-10-25", "to": "2026-10-29", "days": 5}));
    assert_eq!(told["time_zones"], json!(["America/Denver", "America/Phoenix"]));
    assert_eq!(
        told["now"],
        json!({
            "calls": {
                "calls": 29, "answered": 25, "missed": 3, "booked": 8, "conversion": 0.32, "new_leads": 14, "new_leads_booked": 5,
                "new_lead_conversion": 0.3571, "after_hours": 9, "after_hours_share": 0.3103, "seconds": 1500, "cost_micros": 1_323_456,
            },
            "visits": {
                "bookings": 9, "revenue_booked_cents": 335_000, "kept": 3, "revenue_kept_cents": 78_000, "no_shows": 2,
                "no_show_rate": 0.4,
            },
            "speed": {
                "alerts": 5, "acknowledged": 3, "median_seconds_to_alert": 6.0, "p90_seconds_to_alert": 15.2,
                "median_seconds_to_acknowledge": 120.0, "p90_seconds_to_acknowledge": 264.0,
            },
            "hot": {"calls": 8, "booked": 7, "precision": 0.875},
            "texts": {"sent": 9, "delivered": 7, "failed": 2},
            "unmet": 4,
        })
    );
    assert_eq!(
        told["before"],
        json!({
            "calls": {
                "calls": 8, "answered": 7, "missed": 1, "booked": 2, "conversion": 0.2857, "new_leads": 4, "new_leads_booked": 1,
                "new_lead_conversion": 0.25, "after_hours": 3, "after_hours_share": 0.375, "seconds": 420, "cost_micros": 350_000,
            },
            "visits": {
                "bookings": 2, "revenue_booked_cents": 109_000, "kept": 1, "revenue_kept_cents": 39_000, "no_shows": 0,
                "no_show_rate": 0.0,
            },
            "speed": {
                "alerts": 1, "acknowledged": 0, "median_seconds_to_alert": 3.0, "p90_seconds_to_alert": 3.0,
                "median_seconds_to_acknowledge": null, "p90_seconds_to_acknowledge": null,
            },
            "hot": {"calls": 3, "booked": 1, "precision": 0.3333},
            "texts": {"sent": 1, "delivered": 0, "failed": 0},
            "unmet": 1,
        })
    );
    counted_again(&vox, &told).await;
}

/// Every figure that is told, by its place: "days 2026-11-02 calls", "locations Juniper Skin Denver calls answered".
fn every_figure(told: &Value, place: &str, found: &mut BTreeMap<String, Option<f64>>) {
    match told {
        Value::Object(fields) => {
            let names: &[&str] = match place {
                "days" => &["day"],
                "hours" => &["weekday", "hour"],
                "locations" => &["name"],
                "assistants" => &["id"],
                "unmet" => &["service", "part_of_day"],
                _ => &[],
            };
            let said =
                |name: &&str| told[*name].as_str().map_or_else(|| told[*name].to_string(), str::to_owned);
            let place =
                [place.to_owned()].into_iter().chain(names.iter().map(said)).collect::<Vec<_>>().join(" ");
            for (name, value) in fields.iter().filter(|(name, _)| !names.contains(&name.as_str())) {
                every_figure(value, &format!("{place} {name}"), found);
            }
        }
        Value::Array(rows) => {
            for row in rows {
                every_figure(row, place, found);
            }
        }
        Value::Number(_) | Value::Null => {
            found.insert(place.to_owned(), told.as_f64());
        }
        _ => {}
    }
}

/// One by one: totals of both ranges and their shares, nine of ten, days, hours, sites, assistants, the funnel, what was not to be had.
async fn counted_again(vox: &Voxanne, told: &Value) {
    let (first, last) = ("2026-10-30", "2026-11-03");
    let text = INDEPENDENT.replace("$2", &format!("'{first}'")).replace("$3", &format!("'{last}'"));
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(text)).bind(vox.denver.org.0).fetch_all(&vox.admin).await.unwrap();
    let counted: BTreeMap<String, Option<f64>> = rows
        .iter()
        .map(|row| {
            let (cut, key, figure): (String, String, String) = (row.get(0), row.get(1), row.get(2));
            // As they stand in what is told of such a cut.
            let figure = match cut.as_str() {
                "days" => figure.trim_start_matches("calls.").trim_start_matches("visits.").to_owned(),
                "assistants" => figure.trim_start_matches("visits.").to_owned(),
                _ => figure,
            };
            let place = [cut, key, figure.replace('.', " ")].into_iter().filter(|part| !part.is_empty());
            (place.collect::<Vec<_>>().join(" "), row.get::<Option<f64>, _>(3))
        })
        .collect();
    let mut figures = BTreeMap::new();
    for block in ["now", "before", "days", "hours", "locations", "assistants", "funnel", "unmet"] {
        let before = figures.len();
        every_figure(&told[block], block, &mut figures);
        assert!(figures.len() > before, "{block}: {}", told[block]);
    }
    assert_eq!(figures.len(), 2 * 31 + 5 * 5 + 11 + 2 * 18 + 2 * 14 + 7 + 2 * 2, "{figures:#?}");
    for (place, figure) in &figures {
        let again = counted.get(place).unwrap_or_else(|| panic!("{place} is counted once only"));
        let is_same = match (figure, again) {
            (Some(told), Some(counted)) => (told - counted).abs() < 1e-9,
            _ => figure == again,
        };
        assert!(is_same, "{place}: {figure:?}, and counted again {again:?}");
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, row by row")]
async fn g7_g9_days_hours_sites_and_assistants_are_exact_by_each_sites_own_clock() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    let told = figures(&vox, "").await;
    let day = |day: &str, calls, answered, missed, bookings, cents: i64| {
        json!({
            "day": day, "calls": calls, "answered": answered, "missed": missed, "bookings": bookings, "revenue_booked_cents": cents,
        })
    };
    assert_eq!(
        told["days"],
        json!([
            day("2026-10-30", 7, 5, 2, 2, 78_000),
            day("2026-10-31", 0, 0, 0, 0, 0),
            day("2026-11-01", 2, 2, 0, 1, 39_000),
            day("2026-11-02", 10, 9, 1, 4, 78_000),
            day("2026-11-03", 10, 9, 0, 2, 140_000),
        ])
    );
    let hours: BTreeMap<(i64, i64), i64> = told["hours"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hour| ["weekday", "hour", "calls"].map(|name| hour[name].as_i64().unwrap()))
        .map(|[weekday, hour, calls]| ((weekday, hour), calls))
        .collect();
    let expected = [
        ((1, 8), 1),
        ((1, 9), 1),
        ((1, 10), 8),
        ((2, 11), 8),
        ((2, 23), 2),
        ((5, 0), 2),
        ((5, 9), 1),
        ((5, 16), 1),
        ((5, 17), 2),
        ((5, 18), 1),
        // Half past one, twice.
        ((7, 1), 2),
    ];
    assert_eq!(hours, BTreeMap::from(expected));
    let places = |list: &Value| -> Vec<(String, i64, i64, i64, i64, i64)> {
        let number = |row: &Value, group: &str, name: &str| row[group][name].as_i64().unwrap();
        let earned = |row: &Value, name: &str| row.get("visits").unwrap_or(row)[name].as_i64().unwrap();
        let rows = list.as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["name"].as_str().unwrap().to_owned(),
                number(row, "calls", "calls"),
                number(row, "calls", "answered"),
                number(row, "calls", "booked"),
                earned(row, "bookings"),
                earned(row, "revenue_booked_cents"),
            )
        })
        .collect()
    };
    assert_eq!(
        places(&told["locations"]),
        [
            ("Juniper Skin Denver".to_owned(), 17, 16, 7, 8, 265_000),
            ("Juniper Skin Phoenix".to_owned(), 12, 9, 1, 1, 70_000),
        ]
    );
    // Without the call of the assistant that nobody knows.
    let mut assistants = places(&told["assistants"]);
    assistants.sort_by_key(|row| row.1);
    let numbers: Vec<_> = assistants.iter().map(|row| (row.1, row.2, row.3, row.4, row.5)).collect();
    assert_eq!(numbers, [(12, 9, 1, 1, 70_000), (16, 15, 6, 6, 226_000)]);
    assert_eq!(
        told["funnel"],
        json!({"called": 29, "leads": 20, "hot": 8, "booked": 7, "came": 4, "kept": 3, "kept_cents": 109_000})
    );
    let unmet: Vec<_> = told["unmet"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["service"].as_str().unwrap(),
                row["part_of_day"].as_str().unwrap(),
                row["times"].as_i64(),
                row["calls"].as_i64(),
            )
        })
        .collect();
    assert_eq!(unmet, [("Botox", "morning", Some(3), Some(2)), ("Dermal Filler", "any", Some(1), Some(1))]);
}

#[tokio::test]
async fn a_site_and_an_assistant_can_be_looked_at_alone_and_names_are_what_they_are_now() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    let all = figures(&vox, "").await;
    let (site, assistant) = (&all["locations"][1], &all["assistants"]);
    let id = site["id"].as_str().unwrap();
    let of_site = figures(&vox, &format!("&location_id={id}")).await;
    assert_eq!(of_site["time_zones"], json!(["America/Phoenix"]));
    assert_eq!(of_site["now"]["calls"], site["calls"]);
    assert_eq!(of_site["now"]["visits"], site["visits"]);
    assert_eq!(of_site["assistants"].as_array().unwrap().len(), 1);
    assert_eq!(of_site["now"]["unmet"], 1);
    assert_eq!(of_site["now"]["speed"]["alerts"], 0);
    for row in assistant.as_array().unwrap() {
        let alone = figures(&vox, &format!("&assistant_id={}", row["id"].as_str().unwrap())).await;
        assert_eq!(alone["now"]["calls"], row["calls"]);
        assert_eq!(alone["now"]["visits"]["bookings"], row["bookings"]);
        assert_eq!(alone["assistants"], json!([row]));
    }
    // G2: nothing was frozen.
    vox.exec("update locations set name = 'The Desert' where name = 'Juniper Skin Phoenix'; update services set name = 'Toxin' where name = 'Botox'").await;
    let renamed = figures(&vox, "").await;
    assert_eq!(renamed["locations"][1]["name"], "The Desert");
    assert_eq!(renamed["unmet"][0]["service"], "Toxin");
    // Another org's are like none.
    let glow = vox.glow_api().await;
    for other in
        [format!("location_id={id}"), format!("assistant_id={}", assistant[0]["id"].as_str().unwrap())]
    {
        glow.get(&format!("/analytics?{RANGE}&{other}")).await.refused(404, "not_found");
    }
    let harbor = vox.harbor_api().await.get(&format!("/analytics?{RANGE}")).await.good();
    assert_eq!(harbor["now"]["calls"]["calls"], 0);
    assert_eq!(harbor["now"]["calls"]["conversion"], Value::Null);
}

/// The tiles of Today, as they are written: calls, hot leads, visits booked, and what those cost.
async fn tiles(vox: &Voxanne) -> Vec<String> {
    let page = vox.signed_in("today@juniper.example").await.page("/dashboard").await;
    assert_eq!(page.status, 200);
    let (_, figures) = page.text.split_once("id=\"figures\"").unwrap();
    let (figures, _) = figures.split_once("id=\"running\"").unwrap();
    let much =
        figures.split("class=\"much\">").skip(1).map(|rest| rest.split_once('<').unwrap().0.to_owned());
    let much: Vec<String> = much.collect();
    assert_eq!(much.len(), 4, "{figures}");
    let link = figures.rsplit("href=\"").next().unwrap().split_once('"').unwrap().0.replace("&#38;", "&");
    let day = vox.app.clock.now().in_tz("America/Denver").unwrap().date();
    assert_eq!(link.replace("&amp;", "&"), format!("/dashboard/analytics?from={day}&to={day}"));
    much
}

#[tokio::test]
async fn g7_the_tiles_of_today_are_what_analytics_counts_for_that_day() {
    let vox = Voxanne::start().await;
    write(&vox).await;
    vox.joins(vox.denver.org, "today@juniper.example", Role::Manager).await;
    let golden = [
        ("2026-10-30", ["7", "2", "2", "$780"]),
        ("2026-10-31", ["0", "0", "0", "$0"]),
        ("2026-11-01", ["2", "1", "1", "$390"]),
        ("2026-11-02", ["10", "2", "4", "$780"]),
        ("2026-11-03", ["10", "3", "2", "$1,400"]),
    ];
    for (day, expected) in golden {
        // At half past eleven in the evening in Denver, when it is the next day elsewhere.
        let evening: Timestamp =
            format!("{day}T23:30:00[America/Denver]").parse::<jiff::Zoned>().unwrap().timestamp();
        vox.app.clock.advance(evening.duration_since(vox.app.clock.now()));
        assert_eq!(tiles(&vox).await, expected, "{day}");
        let api = vox.api(&vox.denver, &[Scope::AnalyticsRead]).await;
        let told = api.get(&format!("/analytics?from={day}&to={day}")).await.good();
        let (calls, visits) = (&told["now"]["calls"]["calls"], &told["now"]["visits"]);
        let counted = [calls, &told["funnel"]["hot"], &visits["bookings"]].map(ToString::to_string);
        assert_eq!(counted, expected[..3], "{day}");
        let dollars: i64 = expected[3].replace(['$', ','], "").parse().unwrap();
        assert_eq!(visits["revenue_booked_cents"], dollars * 100, "{day}");
    }
}
