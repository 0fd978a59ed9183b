//! B10: somebody joins whole, or not at all.

use serde_json::json;
use voxanne::accounts::Role;

use super::doors::link_to;
use crate::harness::Voxanne;

#[tokio::test]
async fn b10_who_cannot_become_staff_becomes_nobody_and_can_come_again() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let wanted = json!({"email": "new@glow.example", "role": "viewer"});
    owner.api("POST", "/invitations", wanted).await.good();
    let link = link_to(&vox, "new@glow.example").await;
    let everything = async || {
        let mut counts = Vec::new();
        for table in ["users", "memberships", "sessions", "audit_log", "sign_in_places"] {
            counts.push(vox.count(table).await);
        }
        counts.push(vox.count("invitations where accepted_at is null and revoked_at is null").await);
        counts
    };
    let before = everything().await;
    vox.exec(
        "create function refuse_members() returns trigger language plpgsql as $$ begin raise 'no room'; end $$;
         create trigger refuse_members before insert on memberships for each row execute function refuse_members()",
    )
    .await;
    let mut person = vox.stranger();
    let fields = [("name", "Nina New"), ("password", "a different lamp 7")];
    let failed = person.form(&link, &fields).await;
    assert!(failed.status >= 500 && failed.cookie.is_empty(), "{}", failed.status);
    assert_eq!(everything().await, before);
    vox.exec("drop trigger refuse_members on memberships").await;
    assert_eq!(person.form(&link, &fields).await.status, 303);
    assert_eq!(vox.count("users").await, before[0] + 1);
}
