//! Keys over the API: shown once, no more than whoever makes them may, gone within seconds.

use jiff::SignedDuration;
use serde_json::json;
use voxanne::accounts::{Role, Scope};

use crate::harness::Voxanne;

#[tokio::test]
async fn a_key_is_made_shown_once_used_and_revoked() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let wanted = json!({"name": "Website", "scopes": ["calls:read", "settings:read"], "expires_days": 30});
    let made = owner.api("POST", "/keys", wanted).await.good();
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let program = vox.api_with(Some(key.to_owned()));
    assert_eq!(program.get("/settings/org").await.status, 200);
    program.get("/keys").await.refused(403, "missing_scope");
    let listed = owner.api("GET", "/keys", json!(null)).await.good();
    let of_id = listed["items"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(of_id["scopes"], json!(["settings:read", "calls:read"]));
    assert!(!listed.to_string().contains(key));
    assert_eq!(owner.api("DELETE", &format!("/keys/{id}"), json!(null)).await.status, 204);
    assert_eq!(vox.restarted().await.api_with(Some(key.to_owned())).get("/settings/org").await.status, 401);
    assert_eq!(vox.count("audit_log where action like 'key.%'").await, 2);
}

#[tokio::test]
async fn nobody_makes_a_key_that_may_more_than_they_do() {
    let vox = Voxanne::start().await;
    let narrow = vox.api(&vox.glow, &[Scope::KeysWrite]).await;
    let (field, said) =
        narrow.post("/keys", json!({"name": "More", "scopes": ["calls:read"]})).await.wrong_field();
    assert!(field == "scopes[0]" && said.contains("more than you may"), "{said}");
    narrow.post("/keys", json!({"name": "Same", "scopes": ["keys:write"]})).await.good();
    assert_eq!(narrow.post("/keys", json!({"name": "None", "scopes": []})).await.wrong_field().0, "scopes");
    let manager = vox.glow_staff(Role::Manager).await;
    assert_eq!(manager.api("GET", "/keys", json!(null)).await.status, 403);
    let owner = vox.glow_staff(Role::Owner).await;
    vox.later(SignedDuration::from_mins(15));
    let wanted = json!({"name": "Website", "scopes": ["calls:read"]});
    owner.api("POST", "/keys", wanted).await.refused(403, "password_needed");
}
