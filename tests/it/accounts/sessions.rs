//! Sessions: what opens, what ends them, and who may not use them from where.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::{self, Browser, Role, SignInError};
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::Voxanne;

fn browser() -> Browser {
    Browser { network: [192, 0, 2, 7].into(), agent: "Firefox".to_owned() }
}

#[tokio::test]
async fn each_role_may_do_what_it_names_and_no_more() {
    let vox = Voxanne::start().await;
    let name = json!({"name": "Annex", "time_zone": "America/Denver"});
    for (role, reads, writes) in [
        (Role::Owner, 200, 201),
        (Role::Manager, 200, 201),
        (Role::FrontDesk, 200, 403),
        (Role::Viewer, 200, 403),
    ] {
        let person = vox.glow_staff(role).await;
        assert_eq!(person.api("GET", "/locations", Value::Null).await.status, reads, "{role}");
        let wrote = person.api("POST", "/locations", name.clone()).await;
        assert_eq!(wrote.status, writes, "{role}: {}", wrote.body);
        if writes == 403 {
            assert_eq!(wrote.refused(403, "missing_scope")["role"], role.name());
        }
    }
    vox.stranger().api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn w10_a_session_changes_nothing_from_another_sites_page() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let host = vox.url.trim_start_matches("http://");
    for (origin, site) in [
        (None, None),
        (None, Some("same-origin")),
        (Some("null".to_owned()), None),
        (Some("null".to_owned()), Some("cross-site")),
        (Some("https://evil.example".to_owned()), None),
        (Some(format!("https://{host}.evil.example")), None),
        (Some(format!("https://{host}")), None),
        (Some(vox.url.clone()), Some("cross-site")),
        (Some(vox.url.clone()), Some("same-site")),
    ] {
        let what = format!("{origin:?} {site:?}");
        let mut request = owner.bare("POST", "/api/v1/locations");
        if let Some(origin) = &origin {
            request = request.header("origin", origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let body = json!({"name": "Annex", "time_zone": "America/Denver"});
        let answer = crate::harness::Answered::of(request.json(&body)).await;
        assert_eq!(answer.status, 403, "{what}");
        answer.refused(403, "cross_site");
    }
    assert_eq!(vox.count("locations where name = 'Annex'").await, 0);
    // A form of our own page could not be told from another's: only JSON is taken.
    let form = owner.request("POST", "/api/v1/locations").form(&[("name", "Annex")]);
    crate::harness::Answered::of(form).await.refused(400, "unreadable");
    // Looking needs no origin: browsers send none with a link.
    let looks = crate::harness::Answered::of(owner.bare("GET", "/api/v1/locations")).await;
    assert_eq!(looks.status, 200);
}

#[tokio::test]
async fn w38_whoever_is_staff_no_more_is_out_at_once() {
    let vox = Voxanne::start().await;
    let desk = vox.glow_staff(Role::FrontDesk).await;
    assert_eq!(desk.api("GET", "/locations", Value::Null).await.status, 200);
    let of_desk = "user_id = (select user_id from users where email = 'frontdesk@glow.example')";
    vox.exec(&format!("update memberships set role = 'viewer' where {of_desk}")).await;
    let task = json!({"service_id": "svc_x", "phone": "+13105550101"});
    desk.api("POST", "/waitlist", task).await.refused(403, "missing_scope");
    vox.exec(&format!("update memberships set ended_at = now() where {of_desk}")).await;
    desk.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    let manager = vox.glow_staff(Role::Manager).await;
    vox.exec("update users set disabled_at = now() where email = 'manager@glow.example'").await;
    manager.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_session_ends_after_idle_hours_and_in_any_case_after_a_week() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    for _ in 0..15 {
        vox.later(SignedDuration::from_hours(11));
        assert_eq!(owner.api("GET", "/locations", Value::Null).await.status, 200);
    }
    vox.later(SignedDuration::from_hours(4));
    owner.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    let idle = vox.glow_staff(Role::Owner).await;
    vox.later(SignedDuration::from_hours(12));
    idle.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn w16_nobody_learns_who_has_an_account() {
    let vox = Voxanne::start().await;
    for email in ["owner@glow.example", "nobody@glow.example", "", "OWNER@GLOW.EXAMPLE'--"] {
        let refused = accounts::sign_in(&vox.app, (email, "not the password"), &browser()).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{email}");
    }
    let upper = accounts::sign_in(&vox.app, (" Owner@Glow.example ", DEMO_PASSWORD), &browser()).await;
    assert!(upper.is_ok(), "case does not count");
}
