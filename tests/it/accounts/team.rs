//! Who is staff: roles, the last owner, keys, and the log of it all.

use serde_json::{Value, json};
use voxanne::accounts::{self, AuditState, Role, Scope};
use voxanne::platform::ids::{MembershipId, Prefixed as _};

use crate::harness::{Person, Voxanne};

pub(super) async fn membership(person: &Person, email: &str) -> String {
    let team = person.api("GET", "/team", Value::Null).await.good();
    let member = team["items"].as_array().unwrap().iter().find(|m| m["email"] == email).unwrap().clone();
    member["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn b13_an_owner_who_is_switched_off_is_none_to_leave_a_clinic_to() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    vox.joins(vox.glow.org, "off@glow.example", Role::Owner).await;
    accounts::disable(&vox.app, "off@glow.example", "tests").await.unwrap();
    let own = format!("/team/{}", membership(&owner, "owner@glow.example").await);
    owner.api("DELETE", &own, Value::Null).await.refused(409, "last_owner");
    owner.api("PATCH", &own, json!({"role": "manager"})).await.refused(409, "last_owner");
    // An operator may switch the last one off as well, and is told what is left.
    let off = accounts::disable(&vox.app, "owner@glow.example", "tests").await.unwrap();
    assert_eq!(off.without_owner, [vox.glow.org]);
    accounts::enable(&vox.app, "off@glow.example", "tests").await.unwrap();
    accounts::enable(&vox.app, "owner@glow.example", "tests").await.unwrap();
    let again = vox.glow_staff(Role::Owner).await;
    assert_eq!(again.api("DELETE", &own, Value::Null).await.status, 204);
}

#[tokio::test]
async fn b13_who_is_switched_off_while_the_other_owner_becomes_something_else_is_told_of() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    vox.joins(vox.glow.org, "off@glow.example", Role::Owner).await;
    let own = MembershipId::parse(&membership(&owner, "owner@glow.example").await).unwrap();
    let mut change = vox.app.begin(vox.glow.org).await.unwrap();
    accounts::set_role(&vox.app, &mut change, vox.glow.org, (own, Role::Manager), "tests").await.unwrap();
    let app = vox.app.clone();
    let switch = tokio::spawn(async move { accounts::disable(&app, "off@glow.example", "tests").await });
    vox.until_waiting(1).await;
    change.commit().await.unwrap();
    assert_eq!(switch.await.unwrap().unwrap().without_owner, [vox.glow.org]);
}

#[tokio::test]
async fn b13_the_last_owner_neither_leaves_nor_becomes_something_else() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let own = format!("/team/{}", membership(&owner, "owner@glow.example").await);
    owner.api("DELETE", &own, Value::Null).await.refused(409, "last_owner");
    owner.api("PATCH", &own, json!({"role": "manager"})).await.refused(409, "last_owner");
    let manager = format!("/team/{}", membership(&owner, "manager@glow.example").await);
    assert_eq!(owner.api("PATCH", &manager, json!({"role": "owner"})).await.status, 204);
    let second = vox.signed_in("manager@glow.example").await;
    // Two owners leave at once: one of them stays.
    let (first, other) =
        tokio::join!(owner.api("DELETE", &own, Value::Null), second.api("DELETE", &manager, Value::Null));
    let mut statuses = [first.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409], "{} {}", first.body, other.body);
    let left =
        format!("memberships where org_id = '{}' and role = 'owner' and ended_at is null", vox.glow.org.0);
    assert_eq!(vox.count(&left).await, 1);
    // The database holds it, whoever asks.
    let org = vox.glow.org.0;
    assert!(
        vox.refuses(&format!(
            "update memberships set ended_at = now() where org_id = '{org}' and role = 'owner'"
        ))
        .await
    );
    assert!(vox.refuses(&format!("update memberships set role = 'viewer' where org_id = '{org}'")).await);
    assert!(vox.refuses(&format!("delete from memberships where org_id = '{org}'")).await);
}

#[tokio::test]
async fn w38_another_role_signs_out_and_who_was_removed_is_out() {
    let vox = Voxanne::start().await;
    let (owner, manager) = (vox.glow_staff(Role::Owner).await, vox.glow_staff(Role::Manager).await);
    let of_manager = format!("/team/{}", membership(&owner, "manager@glow.example").await);
    manager.api("PATCH", &of_manager, json!({"role": "owner"})).await.refused(403, "missing_scope");
    owner.api("PATCH", &of_manager, json!({"role": "king"})).await.wrong_field();
    assert_eq!(owner.api("PATCH", &of_manager, json!({"role": "viewer"})).await.status, 204);
    manager.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    assert_eq!(owner.api("GET", "/team", Value::Null).await.status, 200, "nobody else is signed out");
    let manager = vox.signed_in("manager@glow.example").await;
    manager.api("GET", "/team", Value::Null).await.refused(403, "missing_scope");
    // The same role once more is nothing new.
    assert_eq!(owner.api("PATCH", &of_manager, json!({"role": "viewer"})).await.status, 204);
    assert_eq!(manager.api("GET", "/locations", Value::Null).await.status, 200);
    assert_eq!(owner.api("DELETE", &of_manager, Value::Null).await.status, 204);
    manager.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    owner.api("DELETE", &of_manager, Value::Null).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_key_is_made_by_owners_shown_once_and_gives_no_more_than_its_maker_has() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let wanted =
        json!({"name": "Website", "scopes": ["appointments:read", "appointments:write"], "expires_days": 30});
    let made = owner.api("POST", "/keys", wanted).await.good();
    let key = made["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("vxk_"));
    let program = vox.api_with(Some(key.clone()));
    program.get("/appointments").await.good();
    program.get("/locations").await.refused(403, "missing_scope");
    let listed = owner.api("GET", "/keys", Value::Null).await.good().to_string();
    assert!(listed.contains("Website") && !listed.contains(&key));
    let (field, _) =
        owner.api("POST", "/keys", json!({"name": "X", "scopes": ["everything"]})).await.wrong_field();
    assert_eq!(field, "scopes[0]");
    let small = vox.api(&vox.glow, &[Scope::KeysWrite]).await;
    let more =
        small.post("/keys", json!({"name": "X", "scopes": ["keys:write", "team:write"]})).await.wrong_field();
    assert_eq!(more.0, "scopes[1]", "B12: nobody gives away more than they have");
    vox.glow_staff(Role::Manager).await.api("GET", "/keys", Value::Null).await.refused(403, "missing_scope");
    let id = made["id"].as_str().unwrap();
    vox.harbor_owner()
        .await
        .api("DELETE", &format!("/keys/{id}"), Value::Null)
        .await
        .refused(404, "not_found");
    assert_eq!(owner.api("DELETE", &format!("/keys/{id}"), Value::Null).await.status, 204);
    let again = vox.restarted().await;
    again.api_with(Some(key)).get("/appointments").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn w32_the_log_is_a_chain_and_every_break_is_found() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    for n in 0..5 {
        let made = owner.api("POST", "/keys", json!({"name": format!("K{n}"), "scopes": ["calls:read"]}));
        made.await.good();
    }
    let of = format!("org_id = '{}'", vox.glow.org.0);
    let links: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select link from audit_log where {of} order by link"
    )))
    .fetch_all(&vox.admin)
    .await
    .unwrap();
    assert_eq!(links, (1..=i64::try_from(links.len()).unwrap()).collect::<Vec<_>>());
    assert!(links.len() >= 6, "{links:?}");
    let breaks = async || {
        let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
        voxanne::accounts::audit_breaks(&mut tx).await.unwrap()
    };
    assert_eq!(breaks().await, []);
    for (change, undo) in [
        (format!("update audit_log set actor = 'staff:usr_x' where {of} and link = 3"), true),
        (format!("update audit_log set at = at + interval '1 second' where {of} and link = 3"), true),
        (format!("update audit_log set detail = '{{\"role\": \"owner\"}}' where {of} and link = 4"), true),
        (format!("update audit_log set digest = sha256('x') where {of} and link = 2"), true),
        (
            format!(
                "update audit_log set link = 99 where {of} and link = 3; update audit_log set link = 3 where {of} and link = 4; update audit_log set link = 4 where {of} and link = 99"
            ),
            true,
        ),
        (format!("update audit_log set link = null, digest = null where {of} and link = 4"), true),
        (format!("delete from audit_log where {of} and link = 4"), false),
    ] {
        let mut tx = vox.admin.begin().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(change.clone())).execute(&mut *tx).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("set local app.org_id = '{}'", vox.glow.org.0)))
            .execute(&mut *tx)
            .await
            .unwrap();
        let found: i64 = sqlx::query_scalar("select count(*) from app_ctx.audit_breaks()")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        assert!(found > 0, "{change}");
        if undo {
            tx.rollback().await.unwrap();
        } else {
            tx.commit().await.unwrap();
        }
    }
    assert!(!breaks().await.is_empty());
    let page = owner.page("/dashboard/audit").await;
    assert!(page.status == 200 && page.text.contains("The log is not whole"), "{}", page.status);
    // The program can neither change an entry, nor say where in the chain it stands.
    for write in [
        format!("update audit_log set actor = 'x' where {of}"),
        format!("delete from audit_log where {of}"),
        format!(
            "insert into audit_log (org_id, id, actor, action, at, link) values ('{}', gen_random_uuid(), 'x', 'x', now(), 1)",
            vox.glow.org.0
        ),
    ] {
        assert!(vox.refuses(&write).await, "{write}");
    }
}

#[tokio::test]
async fn w32_an_end_that_is_cut_off_is_told() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    for n in 0..4 {
        owner.api("POST", "/keys", json!({"name": format!("K{n}"), "scopes": ["calls:read"]})).await.good();
    }
    let of = format!("org_id = '{}'", vox.glow.org.0);
    let state = async || {
        let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
        accounts::check_audit(&vox.app, &mut tx, vox.glow.org, 200).await.unwrap()
    };
    assert_eq!(state().await, AuditState { is_whole: true, sealed_at: None, broken_link: None });
    assert!(owner.page("/dashboard/audit").await.text.contains("Not sealed yet"));
    assert!(accounts::seal_audit(&vox.app, vox.glow.org).await.unwrap());
    assert!(!accounts::seal_audit(&vox.app, vox.glow.org).await.unwrap(), "nothing was added since");
    let sealed = AuditState { is_whole: true, sealed_at: Some(vox.app.clock.now()), broken_link: None };
    assert_eq!(state().await, sealed);
    assert!(owner.page("/dashboard/audit").await.text.contains("Sealed with the installation"));

    vox.exec(&format!("create table kept_log as select * from audit_log where {of}")).await;
    vox.exec(&format!("create table kept_head as select * from audit_heads where {of}")).await;
    let last = format!("{of} and link = (select max(link) from audit_log where {of})");
    let head_as_log = format!(
        "update audit_heads h set link = a.link, digest = a.digest, sealed_link = least(h.sealed_link, a.link)
           from audit_log a where h.{of} and a.org_id = h.org_id and a.link = (select max(link) from audit_log where {of})"
    );
    for cut in [
        format!("delete from audit_log where {last}"),
        format!("delete from audit_log where {of} and link > 1"),
        format!("delete from audit_log where {of}"),
        // The head as well, and the seal on another entry, or on this one as it never was.
        format!("delete from audit_log where {last}; {head_as_log}"),
        format!(
            "delete from audit_log where {last}; {}",
            head_as_log.replace("least(h.sealed_link, a.link)", "1")
        ),
        format!("update audit_log set actor = 'x' where {last};
                 update audit_log a set digest = app_ctx.audit_digest((select digest from audit_log b where b.{of} and b.link = a.link - 1), a) where {last};
                 {head_as_log}"),
        format!("delete from audit_heads where {of}"),
    ] {
        vox.exec(&cut).await;
        assert!(!state().await.is_whole, "{cut}");
        assert!(!accounts::seal_audit(&vox.app, vox.glow.org).await.unwrap(), "what is broken is not sealed: {cut}");
        vox.exec(&format!(
            "delete from audit_log where {of}; delete from audit_heads where {of};
             alter table audit_log disable trigger user; insert into audit_log select * from kept_log;
             insert into audit_heads select * from kept_head; alter table audit_log enable trigger user"
        ))
        .await;
        assert_eq!(state().await, sealed, "as it was: {cut}");
    }
    // Whoever adds to a log without its head, or its end, is not kept from it, and closes no gap.
    vox.exec(&format!("delete from audit_heads where {of}")).await;
    owner.api("POST", "/keys", json!({"name": "Headless", "scopes": ["calls:read"]})).await.good();
    assert!(!state().await.is_whole);
    vox.exec(&format!("delete from audit_log where {last}")).await;
    owner.api("POST", "/keys", json!({"name": "Later", "scopes": ["calls:read"]})).await.good();
    assert!(!state().await.is_whole);
    assert!(owner.page("/dashboard/audit").await.text.contains("The log is not whole"));
    // The program's own role sets back no head.
    for write in [
        format!("update audit_heads set link = 1 where {of}"),
        format!("update audit_heads set digest = '' where {of}"),
        format!("delete from audit_heads where {of}"),
    ] {
        assert!(vox.refuses(&write).await, "{write}");
    }
}

#[tokio::test]
async fn many_at_once_make_one_chain() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let made = (0..12).map(|n| {
        let owner = owner.clone();
        async move {
            owner
                .api("POST", "/keys", json!({"name": format!("K{n}"), "scopes": ["calls:read"]}))
                .await
                .status
        }
    });
    let statuses = futures::future::join_all(made).await;
    assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    assert_eq!(voxanne::accounts::audit_breaks(&mut tx).await.unwrap(), []);
}

#[tokio::test]
async fn pages_show_what_a_role_may_see() {
    let vox = Voxanne::start().await;
    for (role, team, audit) in [
        (Role::Owner, 200, 200),
        (Role::Manager, 200, 200),
        (Role::FrontDesk, 404, 404),
        (Role::Viewer, 404, 404),
    ] {
        let person = vox.glow_staff(role).await;
        assert_eq!(person.page("/dashboard/account").await.status, 200, "{role}");
        assert_eq!(person.page("/dashboard/team").await.status, team, "{role}");
        assert_eq!(person.page("/dashboard/audit?action=session.begin").await.status, audit, "{role}");
    }
    let manager = vox.glow_staff(Role::Manager).await.page("/dashboard/team").await.text;
    assert!(manager.contains("owner@glow.example") && !manager.contains("owner@harbor.example"));
    assert!(!manager.contains("data-api=\"DELETE /api/v1/team"), "a manager cannot remove anybody");
    let stranger = vox.stranger();
    let part = stranger.request("GET", "/dashboard/team").header("hx-request", "true").send().await.unwrap();
    let leads = part.headers()["hx-redirect"].to_str().unwrap();
    assert_eq!((part.status().as_u16(), leads), (401, "/sign-in?next=/dashboard"));
}
