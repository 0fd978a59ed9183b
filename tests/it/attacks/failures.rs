//! B19: our own failures say that they are ours, by which id to ask for them, and nothing of the inside.

use std::collections::BTreeSet;

use axum::Router;
use axum::routing::get;
use reqwest::header::ACCEPT;
use voxanne::accounts::Role;
use voxanne::platform::app::App;
use voxanne::platform::edge;
use voxanne::router;

use crate::harness::{Answered, Voxanne};

/// Of what a failure may be made, and what nobody is told.
const INSIDE: [&str; 7] =
    ["secret_of_the_inside", "relation", "does not exist", "postgres", "sqlx", "panicked", ".rs"];

fn assert_nothing_of_the_inside(text: &str) {
    for word in INSIDE {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// A problem document of ours with its request's id.
#[track_caller]
fn assert_told(answer: Answered, status: u16, code: &str) {
    let id = answer.header("x-request-id").to_owned();
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.refused(status, code);
    assert_eq!((body["request_id"].as_str(), id.len()), (Some(id.as_str()), 32));
    assert_nothing_of_the_inside(&body.to_string());
    let members: BTreeSet<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["code", "detail", "request_id", "status", "title", "type"]));
}

#[tokio::test]
async fn b19_a_handler_that_panics_is_an_answer_and_the_server_goes_on() {
    let vox = Voxanne::start().await;
    let panics = get(async || -> &'static str {
        panic!("secret_of_the_inside: relation \"contacts\" does not exist at src/x.rs");
    });
    let routes: Router<App> = Router::new().route("/api/v1/panics", panics.clone()).route("/panics", panics);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    vox.app.tasks.spawn(edge::serve(vox.app.clone(), listener, router::guarded(vox.app.clone(), routes)));
    for _ in 0..3 {
        assert_told(Answered::of(vox.http.get(format!("{url}/api/v1/panics"))).await, 500, "internal");
    }
    let page = vox.http.get(format!("{url}/panics")).header(ACCEPT, "text/html").send().await.unwrap();
    let id = page.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(page.status(), 500);
    let html = page.text().await.unwrap();
    assert!(html.contains(&id), "{html}");
    assert_nothing_of_the_inside(&html);
}

#[tokio::test]
async fn b19_a_statement_that_the_database_refuses_is_ours_and_told_without_its_words() {
    let vox = Voxanne::start().await;
    let (glow, owner) = (vox.glow_api().await, vox.glow_staff(Role::Owner).await);
    glow.get("/closures").await.good();
    vox.exec("alter table closures rename to secret_of_the_inside").await;
    assert_told(glow.get("/closures").await, 500, "internal");
    let body = serde_json::json!({"local_date": "2026-12-25"});
    assert_told(glow.post("/closures", body).await, 500, "internal");
    vox.exec("alter table calls rename to secret_of_the_inside_too").await;
    let page = owner.request("GET", "/dashboard/calls").header(ACCEPT, "text/html").send().await.unwrap();
    let id = page.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(page.status(), 503);
    let html = page.text().await.unwrap();
    assert!(html.contains(&id), "{html}");
    assert_nothing_of_the_inside(&html);
}

#[tokio::test]
async fn b19_a_form_that_cannot_be_read_is_a_problem_and_for_people_a_page() {
    let vox = Voxanne::start().await;
    let stranger = vox.stranger();
    let kind = "application/x-www-form-urlencoded";
    for (body, kind, status, code) in [
        ("email=x".to_owned(), kind, 422, "unreadable"),
        ("email=x&password=y".to_owned(), "text/plain", 415, "unreadable"),
        ("x".repeat(9_000), kind, 413, "too_large"),
    ] {
        let request = || stranger.request("POST", "/sign-in").header("content-type", kind).body(body.clone());
        Answered::of(request()).await.refused(status, code);
        let page = request().header(ACCEPT, "text/html").send().await.unwrap();
        assert_eq!((page.status().as_u16(), page.headers().contains_key("x-request-id")), (status, true));
        assert!(page.text().await.unwrap().starts_with("<!doctype html>"), "{status}");
    }
}
