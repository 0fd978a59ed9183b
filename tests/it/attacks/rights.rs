//! W9, B12: nobody gets more than they have, by whatever way.

use serde_json::{Value, json};
use voxanne::accounts::{Role, Scope};

use crate::harness::{Answered, Voxanne};

#[tokio::test]
async fn b12_a_key_that_may_do_one_thing_makes_nobody_who_may_do_more() {
    let vox = Voxanne::start().await;
    let (glow, owner) = (vox.glow_api().await, vox.glow_staff(Role::Owner).await);
    vox.joins(vox.glow.org, "sam@glow.example", Role::Viewer).await;
    let team = glow.get("/team").await.good();
    let items = team["items"].as_array().unwrap();
    let sam = items.iter().find(|m| m["email"] == "sam@glow.example").unwrap()["id"].as_str().unwrap();
    let one = vox.api(&vox.glow, &[Scope::TeamWrite]).await;
    for role in Role::ALL {
        let invitation = json!({"email": "mallory@evil.example", "role": role.name()});
        let (field, _) = one.post("/invitations", invitation).await.wrong_field();
        assert_eq!(field, "role");
        let (field, _) = one.patch(&format!("/team/{sam}"), json!({"role": role.name()})).await.wrong_field();
        assert_eq!(field, "role");
    }
    assert_eq!(vox.count("invitations where email like 'mallory%'").await, 0);
    // One that may look may let others look.
    let looks = [&[Scope::TeamWrite], Role::Viewer.scopes()].concat();
    let looks = vox.api(&vox.glow, &looks).await;
    looks.post("/invitations", json!({"email": "viewer2@glow.example", "role": "viewer"})).await.good();
    looks
        .post("/invitations", json!({"email": "desk2@glow.example", "role": "front_desk"}))
        .await
        .wrong_field();
    owner.api("POST", "/invitations", json!({"email": "owner2@glow.example", "role": "owner"})).await.good();
}

#[tokio::test]
async fn a_viewer_changes_nothing_but_their_own_account() {
    let vox = Voxanne::start().await;
    let viewer = vox.glow_staff(Role::Viewer).await;
    let document = serde_json::to_value(voxanne::api::document()).unwrap();
    let before: i64 = vox.one("select count(*) from audit_log where action <> 'session.begin'").await;
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|method| *method != "get") {
            if path.starts_with("/account") {
                continue;
            }
            let filled: Vec<_> =
                path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
            let answer = viewer.api(&method.to_uppercase(), &filled.join("/"), json!({})).await;
            // Whichever is looked at first, it ends there.
            assert!(
                matches!(answer.status, 403 | 404 | 422),
                "{method} {path}: {} {}",
                answer.status,
                answer.body
            );
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
    let after: i64 = vox.one("select count(*) from audit_log where action <> 'session.begin'").await;
    assert_eq!(after, before);
}

#[tokio::test]
async fn w10_b16_json_of_a_form_and_of_other_sites_changes_nothing() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let body = json!({"name": "Annex", "time_zone": "America/Denver"}).to_string();
    // What a form can send without asking first, from our own page and from others'.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let request = owner.request("POST", "/api/v1/locations").body(body.clone());
        let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
        Answered::of(request).await.refused(400, "unreadable");
    }
    let sibling = vox.url.replace("127.0.0.1", "evil.127.0.0.1");
    for origin in [sibling.as_str(), "null", "https://evil.example", "http://127.0.0.1", "http://localhost:1"]
    {
        for kind in ["text/plain", "application/json"] {
            let request = owner.bare("POST", "/api/v1/locations").header("origin", origin);
            let request = request.header("content-type", kind).body(body.clone());
            Answered::of(request).await.refused(403, "cross_site");
        }
    }
    for path in ["/api/founder-console/settings", "/api/founder-console/settings/test-hot-lead-sms"] {
        let request = owner.bare("POST", path).header("origin", "https://evil.example").json(&json!({}));
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
    // Nobody elsewhere is told what is here, either.
    for method in ["OPTIONS", "GET"] {
        let request = owner.bare(method, "/api/v1/locations").header("origin", "https://evil.example");
        let answer = request.header("access-control-request-method", "POST").send().await.unwrap();
        let allows = answer.headers().keys().any(|name| name.as_str().starts_with("access-control-"));
        assert!(!allows, "{method}");
    }
    assert_eq!(vox.count("locations where name = 'Annex'").await, 0);
}

#[tokio::test]
async fn w7_ids_of_another_clinic_show_nothing_to_anybody_of_this_one() {
    let vox = Voxanne::start().await;
    let harbor = vox.harbor_api().await;
    let first =
        async |path: &str| harbor.get(path).await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    let (service, person, site) =
        (first("/services").await, first("/practitioners").await, first("/locations").await);
    let task = harbor.post("/tasks", json!({"title": "Harbor's own"})).await.good();
    let task = task["id"].as_str().unwrap().to_owned();
    for role in Role::ALL {
        let own = vox.glow_staff(role).await;
        for path in [
            format!("/services/{service}"),
            format!("/practitioners/{person}"),
            format!("/locations/{site}"),
            format!("/tasks/{task}"),
        ] {
            let foreign = own.api("GET", &path, Value::Null).await.refused(404, "not_found");
            let unknown = format!("{}dead", &path[..path.len() - 4]);
            assert_eq!(own.api("GET", &unknown, Value::Null).await.refused(404, "not_found"), foreign);
        }
        for path in [
            format!("/dashboard/settings/services/{service}"),
            format!("/dashboard/settings/practitioners/{person}"),
            format!("/dashboard/calendar?location={site}"),
            format!(
                "/dashboard/calendar/events?location={site}&start=2026-11-24T00:00:00Z&end=2026-11-25T00:00:00Z"
            ),
            format!("/dashboard/analytics?location={site}"),
        ] {
            let page = own.page(&path).await;
            assert!(!page.text.contains("Harbor"), "{role}: {path}");
        }
    }
    // Named in a header, an org is the session's or nobody's.
    let owner = vox.glow_staff(Role::Owner).await;
    let request =
        owner.request("GET", "/api/v1/locations").header("x-voxanne-org", vox.harbor.org.to_string());
    let answer = Answered::of(request).await;
    assert!(!answer.body.to_string().contains("Harbor"), "{}", answer.body);
}

#[tokio::test]
async fn w37_whoever_goes_through_all_the_contacts_is_in_the_log_and_owners_are_told_once() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into contacts (org_id, id, phone, name, created_at)
         select '{}', gen_random_uuid(), '+1310555' || lpad(i::text, 4, '0'), 'Somebody', timestamptz '2026-11-01' + i * interval '1 minute'
           from generate_series(1, 700) i",
        vox.glow.org.0
    ))
    .await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    // Who looks for somebody leaves no trace.
    for _ in 0..3 {
        assert_eq!(desk.page("/dashboard/contacts").await.status, 200);
        assert_eq!(desk.page("/dashboard/contacts?q=Some").await.status, 200);
    }
    assert_eq!(vox.count("audit_log where action = 'contacts.read'").await, 0);
    let mut path = "/dashboard/contacts".to_owned();
    let mut parts = 0;
    while parts < 12 {
        let page = desk.page(&path).await.text;
        let Some(more) = page.split("/dashboard/contacts?").skip(1).find(|rest| rest.starts_with("after="))
        else {
            break;
        };
        path = format!("/dashboard/contacts?{}", more.split('"').next().unwrap());
        parts += 1;
    }
    assert!(parts >= 11, "{parts} at {path}");
    assert!(vox.count("audit_log where action = 'contacts.read' and actor like 'staff:%'").await >= 10);
    let told = "notifications where kind = 'many_reads' and title like 'Luis Ortega%contacts%'";
    assert_eq!(vox.count(told).await, 1);
    // A program that goes on is told of, too.
    let api = vox.api(&vox.glow, &[Scope::MessagesRead]).await;
    let mut cursor = None;
    for _ in 0..12 {
        let page = match &cursor {
            None => api.get("/contacts?limit=50").await.good(),
            Some(cursor) => api.get(&format!("/contacts?limit=50&cursor={cursor}")).await.good(),
        };
        cursor = page["next_cursor"].as_str().map(str::to_owned);
    }
    assert_eq!(
        vox.count("notifications where kind = 'many_reads' and title like 'api:key_%contacts%'").await,
        1
    );
    assert_eq!(
        vox.count(&format!("notifications where org_id = '{}' and kind = 'many_reads'", vox.harbor.org.0))
            .await,
        0
    );
}
