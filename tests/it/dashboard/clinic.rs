//! Settings of what can be booked: the pages show what the API has, by its versions, to whom it may be shown.

use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{Person, Voxanne};

/// Each page, and a word of it in Spanish.
const PAGES: [(&str, &str); 9] = [
    ("/dashboard/settings/clinic", "Clínica y sedes"),
    ("/dashboard/settings/hours", "Horario y días libres"),
    ("/dashboard/settings/services", "Servicios"),
    ("/dashboard/settings/practitioners", "Profesionales"),
    ("/dashboard/settings/resources", "Salas y equipos"),
    ("/dashboard/settings/policy", "Política de citas"),
    ("/dashboard/settings/texts", "Textos de los mensajes"),
    ("/dashboard/settings/sequences", "Secuencias"),
    ("/dashboard/settings/waitlist", "Lista de espera"),
];

/// A page that is there.
async fn page(person: &Person, path: &str) -> String {
    let page = person.page(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page.text
}

/// The version that the form for `api` sends.
fn version_of(page: &str, api: &str) -> String {
    let at = page
        .find(&format!("data-api=\"{}\"", api.replace('&', "&#38;")))
        .unwrap_or_else(|| panic!("no form for {api}"));
    let form = &page[at..at + page[at..].find('>').unwrap()];
    let version = form.split("data-if-match=\"").nth(1).unwrap_or_else(|| panic!("{api} sends no version"));
    version
        .split_once("\" data")
        .map_or(version, |(version, _)| version)
        .replace("&#34;", "\"")
        .trim_end_matches('"')
        .to_owned()
        + "\""
}

async fn id_of(person: &Person, path: &str, name: &str) -> String {
    let items = person.api("GET", &format!("{path}?limit=100"), Value::Null).await.good();
    let found = items["items"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    found.unwrap_or_else(|| panic!("{path} has no {name}"))["id"].as_str().unwrap().to_owned()
}

/// A text and a sequence of the org's own, and somebody who waits.
async fn with_words(person: &Person) -> String {
    let made = person.api("POST", "/sequences/from-template", json!({"template": "came_close"})).await.good();
    let service = person.api("GET", "/services?limit=1", Value::Null).await.good()["items"][0]["id"].clone();
    let wish = json!({"service_id": service, "phone": "+13105550142", "name": "Ana Diaz"});
    person.api("POST", "/waitlist", wish).await.good();
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_page_of_the_clinic_is_there_in_both_languages() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    with_words(&owner).await;
    for (path, _) in PAGES {
        let text = page(&owner, path).await;
        assert!(text.contains("<h1>") && text.contains("Glow"), "{path}");
        assert!(!text.contains(" style=") && !text.contains("<script>"), "{path} has inline code");
    }
    sqlx::query("update users set language = 'es'").execute(&vox.admin).await.unwrap();
    for (path, words) in PAGES {
        let text = page(&owner, path).await;
        assert!(text.contains("<html lang=\"es\"") && text.contains(words), "{path}");
    }
    for new in ["services", "practitioners", "sequences"] {
        assert!(
            page(&owner, &format!("/dashboard/settings/{new}/new")).await.contains("data-api=\"POST"),
            "{new}"
        );
    }
}

#[tokio::test]
async fn who_may_not_change_the_clinic_sees_it_without_buttons() {
    const SAVE: &str = "class=\"button main\" type=\"submit\"";
    let vox = Voxanne::start().await;
    let (owner, desk, viewer) = (
        vox.glow_staff(Role::Owner).await,
        vox.glow_staff(Role::FrontDesk).await,
        vox.glow_staff(Role::Viewer).await,
    );
    with_words(&owner).await;
    for (path, _) in PAGES {
        let saves = |text: &str| text.contains(SAVE) || text.contains("data-api=\"DELETE");
        assert!(
            saves(&page(&owner, path).await)
                || path.ends_with("services")
                || path.ends_with("practitioners")
                || path.ends_with("sequences"),
            "{path}"
        );
        assert!(!saves(&page(&viewer, path).await), "{path}: a viewer changes nothing");
        let is_theirs = path.ends_with("texts") || path.ends_with("waitlist");
        assert_eq!(saves(&page(&desk, path).await), is_theirs, "{path}: the front desk");
    }
    let refused = viewer.api("POST", "/policy", json!({"notice_minutes": 60})).await;
    assert_eq!(refused.status, 403);
    // The first run is for who may settle it.
    assert_eq!(viewer.page("/dashboard/first-run").await.status, 404);
    let stranger = vox.stranger().page("/dashboard/settings/clinic").await;
    assert_eq!(stranger.status, 303);
}

/// B4.
#[tokio::test]
async fn another_clinics_things_are_not_there() {
    let vox = Voxanne::start().await;
    let (owner, other) = (vox.glow_staff(Role::Owner).await, vox.harbor_owner().await);
    let sequence = with_words(&other).await;
    let first = async |path: &str| -> String {
        let page = other.api("GET", &format!("{path}?limit=1"), Value::Null).await.good();
        page["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let (service, person, site) =
        (first("/services").await, first("/practitioners").await, first("/locations").await);
    for path in [
        format!("services/{service}"),
        format!("practitioners/{person}"),
        format!("resources?edit={person}"),
        format!("hours?site={site}"),
        format!("sequences/{sequence}"),
        "services/svc_nothing".to_owned(),
        "texts?kind=nothing".to_owned(),
    ] {
        let path = format!("/dashboard/settings/{path}");
        assert_eq!(owner.page(&path).await.status, 404, "{path}");
    }
    for path in
        [format!("services/{service}"), format!("practitioners/{person}"), format!("sequences/{sequence}")]
    {
        assert_eq!(other.page(&format!("/dashboard/settings/{path}")).await.status, 200, "their own {path}");
    }
    for (path, _) in PAGES {
        let text = page(&owner, path).await;
        for id in [&service, &person, &site, &sequence] {
            assert!(!text.contains(id.as_str()), "{path} has {id} of another clinic");
        }
    }
}

#[tokio::test]
async fn a_form_sends_the_version_of_what_it_shows() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let sequence = with_words(&owner).await;
    let site = id_of(&owner, "/locations", "Glow MedSpa").await;
    let service = id_of(&owner, "/services", "Botox").await;
    let people = owner.api("GET", "/practitioners?limit=1", Value::Null).await.good();
    let person = people["items"][0]["id"].as_str().unwrap().to_owned();
    for (path, method, api) in [
        ("clinic".to_owned(), "PATCH", format!("/locations/{site}")),
        (format!("services/{service}"), "PATCH", format!("/services/{service}")),
        (format!("practitioners/{person}"), "PATCH", format!("/practitioners/{person}")),
        ("hours".to_owned(), "PUT", format!("/hours?location_id={site}")),
        ("texting".to_owned(), "PUT", "/settings/texting".to_owned()),
        ("texts".to_owned(), "PUT", "/wording-settings".to_owned()),
        ("texts?kind=reminder".to_owned(), "PUT", "/text-templates/reminder/es".to_owned()),
        (format!("sequences/{sequence}"), "PUT", format!("/sequences/{sequence}")),
    ] {
        let shown = page(&owner, &format!("/dashboard/settings/{path}")).await;
        let version = version_of(&shown, &format!("{method} /api/v1{api}"));
        let there = owner.api("GET", &api, Value::Null).await;
        assert_eq!(version, there.header("etag"), "{path}");
    }
}

#[tokio::test]
async fn what_somebody_saves_shows_up_and_an_older_form_is_refused() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let service = id_of(&owner, "/services", "Botox").await;
    let (path, api) = (format!("/dashboard/settings/services/{service}"), format!("/services/{service}"));
    let version = version_of(&page(&owner, &path).await, &format!("PATCH /api/v1{api}"));
    let save = async |body: Value| {
        let request =
            owner.request("PATCH", &format!("/api/v1{api}")).header("if-match", &version).json(&body);
        crate::harness::Answered::of(request).await
    };
    save(json!({"preparation": "Come <early>.", "duration_minutes": 35})).await.good();
    let shown = page(&owner, &path).await;
    assert!(shown.contains("Come &#60;early&#62;.") && shown.contains("value=\"35\""));
    assert!(!shown.contains("<early>"), "what people write is not markup");
    save(json!({"duration_minutes": 40})).await.refused(412, "changed_since");
    let wrong = owner.api("PATCH", &api, json!({"duration_minutes": 1})).await.refused(422, "invalid_field");
    assert_eq!(wrong["field"], "duration_minutes");
}

#[tokio::test]
async fn somebody_gives_what_their_own_form_says() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let site = id_of(&owner, "/locations", "Glow MedSpa").await;
    let botox = id_of(&owner, "/services", "Botox").await;
    let new = json!({"name": "Kim Lee", "location_id": site, "services": [botox, botox]});
    let kim = owner.api("POST", "/practitioners", new).await.good();
    assert_eq!(kim["services"], json!([botox]));
    let path = format!("/practitioners/{}", kim["id"].as_str().unwrap());
    // What is not named stays.
    let renamed = owner.api("PATCH", &path, json!({"title": "Injector"})).await.good();
    assert_eq!(renamed["services"], json!([botox]));
    let listed = page(&owner, "/dashboard/settings/practitioners").await;
    assert!(listed.contains("Kim Lee") && listed.contains("Injector"));
    let of_botox = owner.api("GET", &format!("/services/{botox}"), Value::Null).await.good();
    assert!(of_botox["practitioners"].as_array().unwrap().contains(&kim["id"]));
    owner.api("PATCH", &path, json!({"services": []})).await.good();
    let of_botox = owner.api("GET", &format!("/services/{botox}"), Value::Null).await.good();
    assert!(!of_botox["practitioners"].as_array().unwrap().contains(&kim["id"]));
    assert!(!of_botox["practitioners"].as_array().unwrap().is_empty(), "the others still give it");
    let foreign = id_of(&vox.harbor_owner().await, "/services", "Botox").await;
    let refused =
        owner.api("PATCH", &path, json!({"services": [foreign]})).await.refused(422, "invalid_field");
    assert_eq!(refused["field"], "services");
}

#[tokio::test]
async fn days_that_differ_and_absences_are_listed_and_can_be_removed() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let people = owner.api("GET", "/practitioners?limit=1", Value::Null).await.good();
    let person = &people["items"][0];
    let day = json!({"local_date": "2026-12-25", "local_until": null, "location_id": null, "practitioner_id": null,
        "opens": null, "closes": null, "reason": "Christmas"});
    let closure = owner.api("POST", "/closures", day).await.good();
    // 9 AM on the day when the clocks are changed, in Los Angeles.
    let off = json!({"practitioner_id": person["id"], "starts_at": "2027-03-14T16:00:00Z", "ends_at": "2027-03-15T00:00:00Z", "reason": null});
    owner.api("POST", "/time-off", off).await.good();
    let shown = page(&owner, "/dashboard/settings/hours").await;
    assert!(shown.contains("Friday, December 25, 2026") && shown.contains("Christmas"), "{shown}");
    assert!(shown.contains("Mar 14 2027, 9:00 AM") && shown.contains("Mar 14 2027, 5:00 PM"), "{shown}");
    let id = closure["id"].as_str().unwrap();
    assert!(shown.contains(&format!("DELETE /api/v1/closures/{id}")));
    assert_eq!(owner.api("DELETE", &format!("/closures/{id}"), Value::Null).await.status, 204);
    assert!(!page(&owner, "/dashboard/settings/hours").await.contains("Christmas"));
}

#[tokio::test]
async fn who_waits_is_listed_until_they_are_taken_off() {
    let vox = Voxanne::start().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    assert!(page(&desk, "/dashboard/settings/waitlist").await.contains("Nobody waits"));
    with_words(&desk).await;
    let shown = page(&desk, "/dashboard/settings/waitlist").await;
    assert!(shown.contains("Ana Diaz"));
    let api = shown.split("data-api=\"DELETE /api/v1").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(desk.api("DELETE", &api, Value::Null).await.status, 204);
    assert!(!page(&desk, "/dashboard/settings/waitlist").await.contains("Ana Diaz"));
    assert!(page(&desk, "/dashboard/settings/waitlist?show=all").await.contains("Ana Diaz"));
}

#[tokio::test]
async fn what_is_named_by_something_is_not_deleted_and_says_by_what() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let site = id_of(&owner, "/locations", "Glow MedSpa").await;
    let made = async |path: &str, body: Value| {
        owner.api("POST", path, body).await.good()["id"].as_str().unwrap().to_owned()
    };
    let laser = made("/resources", json!({"name": "Laser", "kind": "device", "location_id": site})).await;
    let first = made("/services", json!({"name": "Patch Test"})).await;
    let then = json!({"name": "Laser Day", "needs": [{"any_of": [laser]}], "prerequisites": [{"service_id": first}]});
    let then = made("/services", then).await;
    let delete = async |path: String| owner.api("DELETE", &path, Value::Null).await;
    let refused = delete(format!("/resources/{laser}")).await.refused(409, "in_use");
    assert_eq!(refused["detail"], "A service takes it: change the service first.");
    let refused = delete(format!("/services/{first}")).await.refused(409, "in_use");
    assert_eq!(refused["detail"], "Another service requires it first: change that one before.");
    assert_eq!(delete(format!("/services/{then}")).await.status, 204);
    for free in [format!("/resources/{laser}"), format!("/services/{first}")] {
        assert_eq!(delete(free).await.status, 204);
    }
    let botox = id_of(&owner, "/services", "Botox").await;
    let visit = json!({"service_id": botox, "starts_at": "2026-12-01T18:30:00Z", "name": "Ana Diaz", "phone": "+13105550142"});
    let visit = owner.api("POST", "/appointments", visit).await.good();
    let person = visit["practitioner_id"].as_str().unwrap();
    for path in [format!("/services/{botox}"), format!("/practitioners/{person}")] {
        let refused = delete(path.clone()).await.refused(409, "in_use");
        assert_eq!(
            refused["detail"], "Visits name it, and nothing of visits is lost: switch it off instead.",
            "{path}"
        );
    }
    assert_eq!(delete(format!("/practitioners/{laser}")).await.status, 404, "no practitioner");
}
