//! A session shows one clinic at a time, and a tab may still be at the former one: what it asks for and sends is refused there, not
//! taken for the other clinic's.

use serde_json::{Value, json};
use voxanne::accounts::Role;

use super::team::membership;
use crate::harness::{Answered, Person, Voxanne};

const BOTH: &str = "both@clinics.example";

/// Somebody who runs Glow and Harbor, signed in; Glow is shown.
async fn of_both(vox: &Voxanne) -> Person {
    vox.joins(vox.glow.org, BOTH, Role::Owner).await;
    vox.joins(vox.harbor.org, BOTH, Role::Owner).await;
    let mut person = vox.signed_in(BOTH).await;
    let glow = vox.glow.org.to_string();
    assert_eq!(person.form("/dashboard/switch", &[("org", &glow)]).await.status, 303);
    person
}

/// The clinic that a page says it is of.
fn said_in(page: &str) -> String {
    page.split_once("data-org=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

/// What the page of `org` is answered.
async fn from_page(person: &Person, org: &str, (method, path): (&str, &str), body: Value) -> Answered {
    let request = person.request(method, path).header("x-voxanne-org", org);
    Answered::of(if body.is_null() { request } else { request.json(&body) }).await
}

/// What each door that a session opens is asked by a page by itself, or when somebody saves.
fn asked() -> [(&'static str, &'static str, Value); 6] {
    [
        ("GET", "/dashboard/calls", Value::Null),
        ("GET", "/dashboard/search/suggestions?q=an", Value::Null),
        ("POST", "/dashboard/socket-token", json!({})),
        ("GET", "/api/v1/calls", Value::Null),
        ("POST", "/api/v1/locations", json!({"name": "Annex", "time_zone": "UTC"})),
        ("PUT", "/api/v1/settings/texting", json!({})),
    ]
}

#[tokio::test]
async fn b13_a_page_of_the_clinic_that_somebody_left_for_another_reads_and_saves_nothing_of_that_one() {
    let vox = Voxanne::start().await;
    let mut person = of_both(&vox).await;
    let glow = said_in(&person.page("/dashboard/settings").await.text);
    assert_eq!(glow, vox.glow.org.to_string());
    let harbor = vox.harbor.org.to_string();
    assert_eq!(person.form("/dashboard/switch", &[("org", &harbor)]).await.status, 303);
    assert_eq!(said_in(&person.page("/dashboard").await.text), harbor);
    let before = vox.count("locations").await;
    for (method, path, body) in asked() {
        from_page(&person, &glow, (method, path), body).await.refused(409, "other_org");
    }
    let csv = format!("/api/v1/analytics.csv?org_id={glow}");
    person.api("GET", csv.strip_prefix("/api/v1").unwrap(), Value::Null).await.refused(409, "other_org");
    from_page(&person, "nobody", ("GET", "/api/v1/calls"), Value::Null).await.refused(409, "other_org");
    assert_eq!(vox.count("locations").await, before);
    assert_eq!(vox.count(&format!("locations where org_id = '{}'", vox.harbor.org.0)).await, 1);

    // Back, and the page is as good as it was.
    assert_eq!(person.form("/dashboard/switch", &[("org", &glow)]).await.status, 303);
    for (method, path, body) in asked().into_iter().take(5) {
        let status = from_page(&person, &glow, (method, path), body).await.status;
        assert!((200..300).contains(&status), "{method} {path}: {status}");
    }
    assert_eq!(
        vox.count(&format!("locations where name = 'Annex' and org_id = '{}'", vox.glow.org.0)).await,
        1
    );
}

#[tokio::test]
async fn w38_whoever_is_removed_from_the_clinic_that_they_look_at_signs_in_again() {
    let vox = Voxanne::start().await;
    let person = of_both(&vox).await;
    let elsewhere = vox.signed_in(BOTH).await;
    let harbor = vox.harbor.org.to_string();
    elsewhere.clone().form("/dashboard/switch", &[("org", &harbor)]).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let of_both = format!("/team/{}", membership(&owner, BOTH).await);
    assert_eq!(owner.api("DELETE", &of_both, Value::Null).await.status, 204);
    let wanted = json!({"name": "Annex", "time_zone": "UTC"});
    person.api("POST", "/locations", wanted).await.refused(401, "unauthenticated");
    let page = person.page("/dashboard/calls").await;
    assert_eq!((page.status, page.location.as_str()), (303, "/sign-in?next=/dashboard/calls"));
    assert_eq!(vox.count("locations where name = 'Annex'").await, 0);
    // Their browser that shows the other clinic stays there, and whoever signs in again comes there.
    assert_eq!(said_in(&elsewhere.page("/dashboard").await.text), harbor);
    assert_eq!(said_in(&vox.signed_in(BOTH).await.page("/dashboard").await.text), harbor);
}
