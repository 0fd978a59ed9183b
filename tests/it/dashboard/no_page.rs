//! Where there is no page: people read one that says so, programs their problem document.

use reqwest::header;
use voxanne::accounts::Role;

use crate::harness::Voxanne;

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[tokio::test]
async fn a_wrong_address_is_a_page_for_people_and_a_document_for_programs() {
    let vox = Voxanne::start().await;
    let http = reqwest::Client::new();
    let address = format!("{}/no/such/page", vox.url);
    let asked = http.get(&address).header(header::ACCEPT, BROWSER).header(header::ACCEPT_LANGUAGE, "es-MX");
    let shown = asked.send().await.unwrap();
    assert_eq!(shown.status(), 404);
    assert!(shown.headers()["content-security-policy"].to_str().unwrap().contains("style-src 'self'"));
    assert!(shown.headers().contains_key("x-request-id"));
    let html = shown.text().await.unwrap();
    assert!(html.contains("Aquí no hay nada") && html.contains("href=\"/sign-in\""), "{html}");

    for (path, accept) in [("/no/such/page", "*/*"), ("/api/v1/no-such-thing", BROWSER)] {
        let answer =
            http.get(format!("{}{path}", vox.url)).header(header::ACCEPT, accept).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn whoever_is_signed_in_is_led_back_to_today_in_their_language() {
    let vox = Voxanne::start().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    desk.api("PATCH", "/account", serde_json::json!({"language": "es"})).await.good();
    let asked = desk.request("GET", "/dashboard/calls/call_of_nobody").header(header::ACCEPT, BROWSER);
    let shown = asked.send().await.unwrap();
    assert_eq!(shown.status(), 404);
    let html = shown.text().await.unwrap();
    assert!(html.contains("Volver a Hoy") && html.contains("href=\"/dashboard\""), "{html}");
}

#[tokio::test]
async fn where_a_page_fails_on_our_side_people_read_that_and_the_number_to_ask_by() {
    let vox = Voxanne::start().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    vox.exec("alter table utterances rename to utterances_elsewhere").await;
    let asks = |accept: &'static str| desk.request("GET", "/dashboard").header(header::ACCEPT, accept).send();
    let shown = asks(BROWSER).await.unwrap();
    assert_eq!(shown.status(), 503);
    assert!(shown.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert!(shown.headers()["content-security-policy"].to_str().unwrap().contains("style-src 'self'"));
    let number = shown.headers()["x-request-id"].to_str().unwrap().to_owned();
    let html = shown.text().await.unwrap();
    assert!(html.contains("Something went wrong on our side") && html.contains("Back to Today"), "{html}");
    assert!(html.contains(&format!("<code>{number}</code>")) && !number.is_empty(), "{html}");
    assert!(
        !html.contains("utterances") && !html.contains("relation"),
        "what failed inside is nobody's: {html}"
    );
    let told = asks("*/*").await.unwrap();
    assert_eq!(told.status(), 503);
    assert_eq!(told.headers()[header::CONTENT_TYPE], "application/problem+json");
    vox.exec("alter table utterances_elsewhere rename to utterances").await;
    assert_eq!(asks(BROWSER).await.unwrap().status(), 200);
}
