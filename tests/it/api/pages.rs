//! Lists in pages.

use serde_json::{Value, json};

use crate::harness::{Api, Voxanne};

fn names(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap().to_owned()).collect()
}

async fn add(glow: &Api, name: &str, position: i32) {
    let body = json!({"name": name, "time_zone": "UTC", "position": position});
    glow.post("/locations", body).await.good();
}

#[tokio::test]
async fn a_walk_sees_everything_once_whatever_is_added_meanwhile() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    for n in 0..7 {
        // Two share a position: the id decides.
        add(&glow, &format!("Site {n}"), 10 + n / 2).await;
    }
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let after = cursor.map(|c| format!("&cursor={c}")).unwrap_or_default();
        let page = glow.get(&format!("/locations?limit=3{after}")).await.good();
        assert!(page["items"].as_array().unwrap().len() <= 3);
        seen.extend(names(&page));
        // Before and after where the walk is.
        add(&glow, &format!("Before {}", seen.len()), 1).await;
        add(&glow, &format!("After {}", seen.len()), 100).await;
        match page["next_cursor"].as_str() {
            Some(next) if seen.len() < 40 => cursor = Some(next.to_owned()),
            _ => break,
        }
        if seen.len() >= 12 {
            break;
        }
    }
    let sites: Vec<String> = (0..7).map(|n| format!("Site {n}")).collect();
    let mut walked: Vec<&String> = seen.iter().filter(|name| name.starts_with("Site ")).collect();
    walked.sort();
    assert_eq!(walked, sites.iter().collect::<Vec<_>>());
    assert!(!seen.iter().any(|name| name.starts_with("Before ")), "{seen:?}");
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), seen.len(), "nothing twice");
}

#[tokio::test]
async fn the_last_page_says_so_and_the_default_is_fifty() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    for n in 0..55 {
        add(&glow, &format!("Site {n}"), n).await;
    }
    let first = glow.get("/locations").await.good();
    assert_eq!(names(&first).len(), 50);
    let rest =
        glow.get(&format!("/locations?cursor={}", first["next_cursor"].as_str().unwrap())).await.good();
    assert_eq!((names(&rest).len(), &rest["next_cursor"]), (6, &Value::Null));
    assert_eq!(glow.get("/locations?limit=100").await.good()["next_cursor"], Value::Null);
}

#[tokio::test]
async fn what_a_list_cannot_be_asked_is_refused_by_name() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let services = glow.get("/services?limit=1").await.good()["next_cursor"].as_str().unwrap().to_owned();
    for (query, field) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=101".to_owned(), "limit"),
        ("limit=ten".to_owned(), "limit"),
        ("limit=1&limit=2".to_owned(), "limit"),
        ("cursor=!".to_owned(), "cursor"),
        (format!("cursor={services}"), "cursor"),
        ("active=maybe".to_owned(), "active"),
        ("colour=red".to_owned(), "colour"),
    ] {
        assert_eq!(glow.get(&format!("/locations?{query}")).await.wrong_field().0, field, "{query}");
    }
    for (query, field) in [
        ("from=2026-12-01&to=2027-03-03", "to"),
        ("from=2026-12-02&to=2026-12-01", "to"),
        ("from=soon", "from"),
        ("to=2026-02-30", "to"),
    ] {
        assert_eq!(glow.get(&format!("/closures?{query}")).await.wrong_field().0, field, "{query}");
    }
    glow.get("/closures?from=2026-12-01&to=2027-03-02").await.good();
}
