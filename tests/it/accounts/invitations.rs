//! Invitations: somebody joins by a mailed link.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Role;
use voxanne::seed::DEMO_PASSWORD;

use super::doors::{NEW_PASSWORD, OWNER, link_to};
use crate::harness::Voxanne;

#[tokio::test]
async fn b13_b10_somebody_new_joins_by_a_mailed_link_once() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let wanted = json!({"email": "New.Person@glow.example", "role": "front_desk", "language": "es"});
    owner.api("POST", "/invitations", wanted.clone()).await.good();
    let (field, _) = owner.api("POST", "/invitations", wanted.clone()).await.wrong_field();
    assert_eq!(field, "email");
    let link = link_to(&vox, "new.person@glow.example").await;
    let mut person = vox.stranger();
    let page = person.page(&link).await;
    assert!(page.status == 200 && page.text.contains("Glow MedSpa"), "{}", page.status);
    // B10: what is refused leaves nobody.
    let before = vox.count("users").await;
    for (name, password) in [("", NEW_PASSWORD), ("Nina", "short"), ("Nina", "password1234")] {
        assert_eq!(person.form(&link, &[("name", name), ("password", password)]).await.status, 422);
    }
    assert_eq!(vox.count("users").await, before);
    let joined = person.form(&link, &[("name", "Nina New"), ("password", NEW_PASSWORD)]).await;
    assert_eq!((joined.status, joined.location.as_str()), (303, "/dashboard"));
    let account = person.api("GET", "/account", Value::Null).await.good();
    assert_eq!((account["role"].as_str(), account["language"].as_str()), (Some("front_desk"), Some("es")));
    assert_eq!(vox.stranger().page(&link).await.status, 410, "once");
    let (field, _) = owner.api("POST", "/invitations", wanted).await.wrong_field();
    assert_eq!(field, "email", "is staff already");
}

#[tokio::test]
async fn b13_whoever_has_an_account_joins_with_it_and_the_two_orgs_stay_apart() {
    let vox = Voxanne::start().await;
    let harbor = vox.harbor_owner().await;
    harbor.api("POST", "/invitations", json!({"email": OWNER, "role": "viewer"})).await.good();
    let link = link_to(&vox, OWNER).await;
    let mut person = vox.stranger();
    assert_eq!(person.form(&link, &[("password", "not theirs at all")]).await.status, 422);
    assert_eq!(vox.count("memberships where role = 'viewer' and ended_at is null").await, 1, "Glow's own");
    assert_eq!(person.form(&link, &[("password", DEMO_PASSWORD)]).await.status, 303);
    let account = person.api("GET", "/account", Value::Null).await.good();
    assert_eq!((account["role"].as_str(), account["orgs"].as_array().unwrap().len()), (Some("viewer"), 2));
    let at_harbor = person.api("GET", "/services", Value::Null).await.good();
    person
        .api("POST", "/locations", json!({"name": "Annex", "time_zone": "UTC"}))
        .await
        .refused(403, "missing_scope");
    let glow = vox.glow.org.to_string();
    assert_eq!(person.form("/dashboard/switch", &[("org", &glow)]).await.status, 303);
    let at_glow = person.api("GET", "/services", Value::Null).await.good();
    assert_ne!(at_harbor["items"], at_glow["items"]);
    person.api("POST", "/locations", json!({"name": "Annex", "time_zone": "UTC"})).await.good();
    assert_eq!(
        vox.count(&format!("locations where name = 'Annex' and org_id = '{}'", vox.glow.org.0)).await,
        1
    );
    let denver = vox.denver.org.to_string();
    assert_eq!(person.form("/dashboard/switch", &[("org", &denver)]).await.status, 404, "not theirs");
    assert_eq!(vox.count("locations where name = 'Annex'").await, 1);
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_or_has_lapsed_opens_nothing() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let invite = async |email: &str| {
        let made = owner.api("POST", "/invitations", json!({"email": email, "role": "viewer"})).await.good();
        (made["id"].as_str().unwrap().to_owned(), link_to(&vox, email).await)
    };
    let (id, taken_back) = invite("one@glow.example").await;
    assert_eq!(owner.api("DELETE", &format!("/invitations/{id}"), Value::Null).await.status, 204);
    assert_eq!(vox.stranger().page(&taken_back).await.status, 410);
    let (_, lapsed) = invite("two@glow.example").await;
    vox.later(SignedDuration::from_hours(72));
    let mut person = vox.stranger();
    assert_eq!(person.page(&lapsed).await.status, 410);
    assert_eq!(person.form(&lapsed, &[("name", "Two"), ("password", NEW_PASSWORD)]).await.status, 410);
    assert_eq!(vox.count("users where email like '%two%'").await, 0);
    // They can be invited anew. (The owner has been away for three days.)
    let owner = vox.glow_staff(Role::Owner).await;
    owner.api("POST", "/invitations", json!({"email": "two@glow.example", "role": "viewer"})).await.good();
}
