//! Juniper Skin has sites in Denver and Phoenix: a visit is told by the clock of the place where it is, wherever a page tells it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use voxanne::accounts::Role;

use crate::harness::{CALLER, Voxanne, booking, call_ref};

const DESK: &str = "desk@juniper.example";

#[tokio::test]
async fn a_visit_stands_by_the_clock_of_its_site_which_is_named_where_it_is_another() {
    let vox = Voxanne::start().await;
    // Wednesdays she is in Phoenix, where 10 AM in July is 11 AM in Denver; Tuesdays in Denver.
    for (n, site, date) in [(1, &vox.phoenix, "2027-07-07"), (2, &vox.denver, "2027-07-06")] {
        let call = vox.call_from(site, &call_ref(n), Some(CALLER));
        call.in_progress().await.unwrap();
        let mut wanted = booking("Consultation", date, "10 AM", "Ana Diaz");
        wanted["practitionerName"] = "Lena".into();
        call.tool("book_appointment", wanted).await.unwrap();
        call.end("customer-ended-call").await.unwrap();
    }
    vox.run_jobs().await;
    vox.joins(vox.denver.org, DESK, Role::FrontDesk).await;
    let desk = vox.signed_in(DESK).await;
    let contacts = desk.api("GET", "/contacts", Value::Null).await.good();
    let contact = format!("/dashboard/contacts/{}", contacts["items"][0]["id"].as_str().unwrap());
    let calls = desk.api("GET", "/calls", Value::Null).await.good();
    let of_calls = calls["items"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap());
    let mut pages: Vec<String> = of_calls.map(|id| format!("/dashboard/calls/{id}")).collect();
    pages.push(contact.clone());
    pages.push("/dashboard/notifications".to_owned());
    pages.push("/dashboard/search?q=ana".to_owned());
    pages.push("/dashboard/search/suggestions?q=ana".to_owned());
    let mut told = 0;
    for path in &pages {
        let page = desk.page(path).await.text;
        assert!(!page.contains("Jul 7 2027, 11:00 AM"), "{path}: {page}");
        told += page.matches("10:00 AM (Phoenix)").count();
        assert!(!page.contains("10:00 AM (Denver)"), "the first site's clock is nothing to name: {path}");
    }
    assert_eq!(told, 5, "its call's page, the contact's, what was told, the search and what it suggests");

    let day: Timestamp = "2027-07-07T14:00:00Z".parse().unwrap();
    vox.later(day.duration_since(vox.app.clock.now()));
    let today = vox.signed_in(DESK).await.page("/dashboard").await.text;
    assert!(today.contains("10:00 AM (Phoenix)") && !today.contains("11:00 AM"), "{today}");
    // And when it was.
    vox.later(SignedDuration::from_hours(24));
    let was = vox.signed_in(DESK).await.page(&contact).await.text;
    assert!(
        was.contains("Yesterday, 10:00 AM (Phoenix)") || was.contains("Jul 7, 10:00 AM (Phoenix)"),
        "{was}"
    );
}
