//! W15, F3: a consent that somebody asks for who is signed in is theirs: their session opens it and finishes it, and no other.

use reqwest::Url;
use reqwest::header::{COOKIE, HeaderName, LOCATION, SET_COOKIE};
use voxanne::accounts::Role;

use crate::harness::{ACCOUNT, Answered, Person, Voxanne};

/// The link that a page asks for, as a path.
async fn link_of(vox: &Voxanne, person: &Person) -> String {
    let given = Answered::of(person.request("GET", "/api/google-oauth/authorize")).await.good();
    given["url"].as_str().unwrap().strip_prefix(&vox.url).unwrap().to_owned()
}

/// Opens the link: the consent's cookie, and the path that Google sends the browser back to.
async fn consents(vox: &Voxanne, person: &Person, link: &str) -> (String, String) {
    let opened = person.request("GET", link).send().await.unwrap();
    assert_eq!(opened.status(), 302);
    let header = |name: HeaderName| opened.headers()[name].to_str().unwrap().to_owned();
    let cookie = header(SET_COOKIE).split(';').next().unwrap().to_owned();
    vox.sandbox.google().consents_next(ACCOUNT);
    let google = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let asked = google.get(header(LOCATION)).send().await.unwrap();
    let back = Url::parse(asked.headers()[LOCATION].to_str().unwrap()).unwrap();
    (cookie, format!("{}?{}", back.path(), back.query().unwrap()))
}

async fn returns(person: &Person, (cookie, back): &(String, String)) -> u16 {
    person.request("GET", back).header(COOKIE, cookie).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn w15_f3_a_link_that_somebody_asked_for_is_opened_and_finished_by_their_session_alone() {
    let vox = Voxanne::start().await;
    let (anna, ben) = (vox.glow_staff(Role::Owner).await, vox.glow_staff(Role::Manager).await);
    let (elsewhere, nobody) = (vox.glow_staff(Role::Owner).await, vox.stranger());
    let link = link_of(&vox, &anna).await;
    for other in [&ben, &elsewhere, &nobody, &vox.harbor_owner().await] {
        let page = other.page(&link).await;
        assert_eq!(page.status, 400);
        assert!(
            page.text.contains("This link belongs to whoever asked for it while signed in."),
            "{}",
            page.text
        );
    }
    let consent = consents(&vox, &anna, &link).await;
    // Whoever has both the link's return and its cookie, and is not her.
    for other in [&ben, &elsewhere, &nobody] {
        assert_eq!(returns(other, &consent).await, 400);
    }
    assert_eq!(vox.count("calendar_connections").await, 0);
    assert_eq!(vox.count("audit_log where action = 'calendar_connection.write'").await, 0);
    assert_eq!(returns(&anna, &consent).await, 200, "and none of it was used up");
    assert_eq!(vox.count("calendar_connections where connected").await, 1);
    let by: String = vox.one("select actor from audit_log where action = 'calendar_connection.write'").await;
    let owner: uuid::Uuid = vox.one("select user_id from users where email = 'owner@glow.example'").await;
    assert_eq!(by, format!("staff:usr_{}", owner.simple()));
}

#[tokio::test]
async fn w15_whoever_signs_out_or_looks_at_another_clinic_meanwhile_begins_anew() {
    let vox = Voxanne::start().await;
    vox.joins(vox.harbor.org, "owner@glow.example", Role::Viewer).await;
    let anna = vox.glow_staff(Role::Owner).await;
    let link = link_of(&vox, &anna).await;
    let consent = consents(&vox, &anna, &link).await;
    let harbor = vox.harbor.org.to_string();
    assert_eq!(anna.clone().form("/dashboard/switch", &[("org", &harbor)]).await.status, 303);
    assert_eq!(returns(&anna, &consent).await, 400);
    let glow = vox.glow.org.to_string();
    assert_eq!(anna.clone().form("/dashboard/switch", &[("org", &glow)]).await.status, 303);
    anna.clone().form("/sign-out", &[]).await;
    assert_eq!(returns(&anna, &consent).await, 400);
    assert_eq!(vox.count("calendar_connections").await, 0);
}

#[tokio::test]
async fn f3_a_link_that_a_program_asked_for_is_for_whoever_gets_it_signed_in_or_not() {
    let vox = Voxanne::start().await;
    let given = Answered::of(vox.glow_api().await.google_oauth("GET", "/authorize")).await.good();
    let link = given["url"].as_str().unwrap().strip_prefix(&vox.url).unwrap().to_owned();
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let consent = consents(&vox, &desk, &link).await;
    assert_eq!(returns(&vox.stranger(), &consent).await, 200);
    assert_eq!(vox.count("calendar_connections where connected").await, 1);
}
