//! W8, W20, W28: what programs send that mean no good, or know no better.

use serde_json::{Value, json};

use super::ids::own_ids;
use super::rows::rows;
use super::{Row, document, filled};
use crate::harness::Voxanne;

/// What programs send that mean no good, or know no better.
fn nasty_words() -> Vec<Value> {
    vec![
        json!("a\u{0}b"),
        json!("\u{202e}gnp.exe"),
        json!("%%%%____\\\\"),
        json!("' or 1=1; drop table orgs --"),
        json!("<img src=x onerror=alert(1)>"),
        json!("x".repeat(20_000)),
        json!("\u{feff}\u{200d}\u{1f469}"),
        json!(""),
    ]
}

fn nasty_numbers() -> Vec<Value> {
    vec![json!(-1), json!(0), json!(i64::MAX), json!(u64::MAX), json!(1e300), json!(0.1)]
}

/// `value` with each of its words and numbers replaced, one at a time.
fn spoiled(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => {
            let of = |(name, member): (&String, &Value)| {
                let with = |spoiled| {
                    let mut all = members.clone();
                    all.insert(name.clone(), spoiled);
                    Value::Object(all)
                };
                spoiled(member).into_iter().map(with).collect::<Vec<_>>()
            };
            members.iter().flat_map(of).collect()
        }
        Value::Array(items) => items.iter().flat_map(spoiled).map(|item| json!([item])).collect(),
        Value::String(_) => nasty_words(),
        Value::Number(_) => nasty_numbers(),
        Value::Bool(_) | Value::Null => vec![json!("x"), json!([]), json!({})],
    }
}

#[tokio::test]
async fn w8_w20_nothing_that_a_body_says_is_a_failure_of_ours() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let own = own_ids(&vox, &vox.glow, &glow).await;
    let mut tried = 0;
    for row in rows().into_iter().filter(|row| !row.body.is_null()) {
        let what = format!("{} {}", row.method, row.path);
        let good = serde_json::from_str(&filled(&row.body.to_string(), &own)).unwrap();
        let mut bodies = spoiled(&good);
        for (name, value) in
            [("org_id", json!(vox.harbor.org.to_string())), ("role", json!("owner")), ("id", json!("x"))]
        {
            let mut more = good.clone();
            // W8: what a body has that is no field is refused, not passed over.
            if more.as_object().is_some_and(|members| !members.contains_key(name)) {
                more[name] = value;
                let refused = Row { body: more, ..row.clone() }.ask(&glow, &own, &own).await;
                assert_eq!(refused.status, 422, "{what}: {name}: {}", refused.body);
            }
        }
        bodies.extend([json!(null), json!([]), json!("x"), json!({})]);
        for body in bodies {
            let said = body.to_string().chars().take(200).collect::<String>();
            let answer = Row { body, ..row.clone() }.ask(&glow, &own, &own).await;
            assert!(answer.status < 500, "{what}: {said}: {} {}", answer.status, answer.body);
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

#[tokio::test]
async fn w20_w28_nothing_that_a_query_says_is_a_failure_of_ours_and_no_page_is_endless() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let own = own_ids(&vox, &vox.glow, &glow).await;
    let document = document();
    let words = [
        "%00",
        "a%00b",
        "%FF%FE",
        "%E2%80%AE",
        "%25%25%25%25",
        "'%22%3C",
        "-1",
        "0",
        "99999999999999999999",
        "1e400",
        "0000-00-00",
        "9999-12-31",
        "-9999-01-01",
        "2026-02-30",
        "9999-12-31T23:59:59Z",
        "org_x",
        "AAAA",
        "true",
    ];
    let mut tried = 0;
    for row in rows().iter().filter(|row| row.method == "get") {
        let operation = &document["paths"][row.path]["get"];
        let path = filled(&row.path.replace("{id}", row.id), &own);
        let path = path.replace("{kind}/{language}", "reminder/es").replace("{step}", "calendar");
        let names = operation["parameters"].as_array().cloned().unwrap_or_default();
        for name in names.iter().filter(|of| of["in"] == "query").map(|of| of["name"].as_str().unwrap()) {
            for word in words {
                let answer = glow.get(&format!("{path}?{name}={word}")).await;
                assert!(answer.status < 500, "{path}?{name}={word}: {} {}", answer.status, answer.body);
                tried += 1;
            }
            if name == "limit" {
                glow.get(&format!("{path}?limit=1000000")).await.refused(422, "invalid_field");
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}
