//! What counts once counts once, however many bring it in the same moment; and what ends everything ends it for all of them.

use futures::future::join_all;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use voxanne::accounts::{self, NewKey, Role, Scope};
use voxanne::platform::ids::{MembershipId, Prefixed as _};
use voxanne::platform::secrets::{Keys, Lost, Tally, new_key};
use voxanne::seed::DEMO_PASSWORD;

use super::doors::link_to;
use super::team::membership;
use crate::harness::{Api, KEY, Person, Voxanne};

const OWNER: &str = "owner@glow.example";
const PASSWORDS: [&str; 4] =
    ["a different lamp 7", "a different lamp 8", "a different lamp 9", "a different lamp 0"];

/// Gives the owner a second factor: its secret, and the recovery codes.
async fn second_factor(vox: &Voxanne) -> (String, Vec<String>) {
    let owner = vox.glow_staff(Role::Owner).await;
    let begun = owner.api("POST", "/account/second-factor", json!({"password": DEMO_PASSWORD})).await.good();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let code = accounts::code_at(&secret, vox.app.clock.now()).unwrap();
    let confirmed = owner.api("POST", "/account/second-factor/confirm", json!({"code": code})).await.good();
    (secret, serde_json::from_value(confirmed["recovery_codes"].clone()).unwrap())
}

/// A browser whose person gave the right password and owes a code.
async fn half(vox: &Voxanne) -> Person {
    let mut person = vox.stranger();
    let asked = person.form("/sign-in", &[("email", OWNER), ("password", DEMO_PASSWORD)]).await;
    assert_eq!((asked.status, asked.location.as_str()), (200, ""));
    person
}

/// Statuses of one code from as many browsers at once, sorted.
async fn by_all(browsers: &mut [Person], code: &str) -> Vec<u16> {
    let all = browsers.iter_mut().map(async |browser| browser.form("/sign-in/code", &[("code", code)]).await);
    let mut statuses: Vec<_> = join_all(all).await.into_iter().map(|page| page.status).collect();
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn b22_of_many_who_bring_one_code_at_once_one_gets_in() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let (secret, recovery) = second_factor(&vox).await;
    let halves = async || [half(&vox).await, half(&vox).await, half(&vox).await, half(&vox).await];
    assert_eq!(by_all(&mut halves().await, &recovery[0]).await, [303, 422, 422, 422]);
    vox.later(SignedDuration::from_secs(30));
    let code = accounts::code_at(&secret, vox.app.clock.now()).unwrap();
    assert_eq!(by_all(&mut halves().await, &code).await, [303, 422, 422, 422]);
    assert_eq!(vox.count("recovery_codes where used_at is not null").await, 1);
    // And one waiting browser with two codes that hold is one session.
    let (first, second) = (half(&vox).await, recovery[1].clone());
    let (mut left, mut right) = (first.clone(), first);
    let (of_one, of_other) = ([("code", second.as_str())], [("code", recovery[2].as_str())]);
    let (one, other) =
        tokio::join!(left.form("/sign-in/code", &of_one), right.form("/sign-in/code", &of_other));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(
        vox.count("recovery_codes where used_at is not null").await,
        2,
        "what was refused used nothing up"
    );
}

#[tokio::test]
async fn w17_of_many_who_use_a_reset_link_at_once_one_sets_the_password_and_every_session_ends() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let (owner, phone) = (vox.glow_staff(Role::Owner).await, vox.glow_staff(Role::Owner).await);
    second_factor(&vox).await;
    let waits = half(&vox).await;
    let manager = vox.glow_staff(Role::Manager).await;
    vox.stranger().form("/forgot", &[("email", OWNER)]).await;
    let link = link_to(&vox, OWNER).await;
    let all = PASSWORDS.map(|new| {
        let mut person = vox.stranger();
        let link = &link;
        async move { person.form(link, &[("password", new)]).await.status }
    });
    let statuses = join_all(all).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 303 | 410)), "{statuses:?}");
    for browser in [&owner, &phone, &waits] {
        browser.api("GET", "/account", Value::Null).await.refused(401, "unauthenticated");
    }
    assert_eq!(
        vox.count("sessions s join users u using (user_id) where u.email = 'owner@glow.example'").await,
        0
    );
    assert_eq!(manager.api("GET", "/account", Value::Null).await.status, 200, "nobody else's");
    // The second factor stays: whoever reads somebody's mails has one of the two.
    let new = PASSWORDS[statuses.iter().position(|status| *status == 303).unwrap()];
    let mut person = vox.stranger();
    let asked = person.form("/sign-in", &[("email", OWNER), ("password", new)]).await;
    assert!(asked.status == 200 && asked.text.contains("/sign-in/code"), "{}", asked.status);
}

#[tokio::test]
async fn b13_of_two_owners_who_make_each_other_something_else_at_once_one_stays() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    vox.joins(vox.glow.org, "second@glow.example", Role::Owner).await;
    let (first, second) = (vox.glow_staff(Role::Owner).await, vox.signed_in("second@glow.example").await);
    let team = first.api("GET", "/team", Value::Null).await.good();
    let of = |email: &str| {
        let items = team["items"].as_array().unwrap();
        format!("/team/{}", items.iter().find(|m| m["email"] == email).unwrap()["id"].as_str().unwrap())
    };
    let (of_first, of_second) = (of(OWNER), of("second@glow.example"));
    let (one, other) = tokio::join!(
        first.api("PATCH", &of_second, json!({"role": "viewer"})),
        second.api("PATCH", &of_first, json!({"role": "viewer"}))
    );
    // Either the second waits and is told, or it comes when it is an owner's no more.
    let statuses = [one.status, other.status];
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{} {}", one.body, other.body);
    let left =
        format!("memberships where org_id = '{}' and role = 'owner' and ended_at is null", vox.glow.org.0);
    assert_eq!(vox.count(&left).await, 1);
}

#[tokio::test]
async fn b13_of_many_who_accept_one_invitation_at_once_one_joins() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    owner.api("POST", "/invitations", json!({"email": "new@glow.example", "role": "viewer"})).await.good();
    let link = link_to(&vox, "new@glow.example").await;
    let all = PASSWORDS.map(|new| {
        let mut person = vox.stranger();
        let link = &link;
        async move { person.form(link, &[("name", "Nina New"), ("password", new)]).await.status }
    });
    let statuses = join_all(all).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
    assert_eq!(vox.count("users where email = 'new@glow.example'").await, 1);
    assert_eq!(
        vox.count("sessions s join users u using (user_id) where u.email = 'new@glow.example'").await,
        1
    );
}

/// Milliseconds that a refused sign-in takes.
async fn takes(vox: &Voxanne, email: &str) -> u128 {
    let begun = std::time::Instant::now();
    let mut person = vox.stranger();
    let page = person.form("/sign-in", &[("email", email), ("password", "not it at all")]).await;
    assert_eq!(page.status, 422);
    begun.elapsed().as_millis()
}

#[tokio::test]
async fn w16_w36_an_address_that_nobody_has_takes_as_long_as_a_wrong_password() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    vox.exec("update users set password_hash = null where email = 'viewer@glow.example'").await;
    let everybody = [OWNER, "nobody@glow.example", "viewer@glow.example"];
    let mut took = [vec![], vec![], vec![]];
    // Once before it counts: what is made once is made.
    for round in 0..8 {
        for (email, took) in everybody.iter().zip(&mut took) {
            let millis = takes(&vox, email).await;
            if round > 0 {
                took.push(millis);
            }
        }
    }
    let [known, nobody, without] = took.map(|mut took| {
        took.sort_unstable();
        took[took.len() / 2]
    });
    // A hash is most of it by far; without one it would be a twentieth. Wide enough for any machine's whims.
    for other in [nobody, without] {
        assert!(other * 3 > known && known * 3 > other, "{known} ms, {other} ms");
    }
}

#[tokio::test]
async fn w34_b22_a_second_factor_outlives_the_rotation_of_keys() {
    let vox = Voxanne::start().await;
    let (secret, recovery) = second_factor(&vox).await;
    let new = new_key().unwrap();
    let after = vox.restarted_by(Keys::new(&new, &KEY.into()).unwrap()).await;
    assert_eq!(accounts::tally(&after.app).await.unwrap(), Tally { former: 1, ..Tally::default() });
    assert_eq!(
        accounts::reseal(&after.app, Lost::Stay).await.unwrap(),
        Tally { former: 1, ..Tally::default() }
    );
    assert_eq!(accounts::tally(&after.app).await.unwrap(), Tally { current: 1, ..Tally::default() });
    // The app's secret, a recovery code and the password of before: all of them hold.
    after.later(SignedDuration::from_secs(30));
    let code = accounts::code_at(&secret, after.app.clock.now()).unwrap();
    for code in [&code, &recovery[0]] {
        assert_eq!(half(&after).await.form("/sign-in/code", &[("code", code)]).await.status, 303, "{code}");
    }
}

const LEAVER: &str = "pat@glow.example";

/// Somebody who is about to be removed, signed in, with a key that may make keys; and what they are a member by.
async fn leaver(vox: &Voxanne, owner: &Person) -> (Person, Api, MembershipId) {
    vox.joins(vox.glow.org, LEAVER, Role::Owner).await;
    let leaver = vox.signed_in(LEAVER).await;
    let maker = json!({"name": "Maker", "scopes": Scope::ALL.map(Scope::name)});
    let made = leaver.api("POST", "/keys", maker).await.good();
    let program = vox.api_with(made["key"].as_str().map(str::to_owned));
    program.get("/locations").await.good();
    (leaver, program, MembershipId::parse(&membership(owner, LEAVER).await).unwrap())
}

/// Keys and invitations behind which whoever left stands, and that still open something.
async fn is_left(vox: &Voxanne) -> i64 {
    let keys = "api_keys where revoked_at is null and name in ('Maker', 'Late')";
    let invitations = "invitations where revoked_at is null and email = 'late@glow.example'";
    vox.count(keys).await + vox.count(invitations).await
}

#[tokio::test]
async fn w38_who_is_being_removed_makes_no_key_and_invites_nobody_in_that_moment() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let (leaver, program, member) = leaver(&vox, &owner).await;
    // The removal is written and not committed: who asks now was let in before it.
    let mut removal = vox.app.begin(vox.glow.org).await.unwrap();
    accounts::remove_member(&vox.app, &mut removal, vox.glow.org, (member, "tests")).await.ok().unwrap();
    let key = json!({"name": "Late", "scopes": ["catalogue:read"]});
    let friend = json!({"email": "late@glow.example", "role": "viewer"});
    let asking = tokio::spawn(async move {
        tokio::join!(leaver.api("POST", "/keys", key), program.post("/invitations", friend))
    });
    vox.until_waiting(2).await;
    removal.commit().await.unwrap();
    let (made, invited) = asking.await.unwrap();
    made.refused(401, "unauthenticated");
    invited.refused(401, "unauthenticated");
    assert_eq!(is_left(&vox).await, 0);
}

#[tokio::test]
async fn w38_who_is_getting_a_lesser_role_makes_no_key_and_invites_nobody_in_that_moment() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let (leaver, program, member) = leaver(&vox, &owner).await;
    let mut change = vox.app.begin(vox.glow.org).await.unwrap();
    accounts::set_role(&vox.app, &mut change, vox.glow.org, (member, Role::Manager), "tests").await.unwrap();
    // What the key may do a manager may as well, but for making keys.
    let key = json!({"name": "Late", "scopes": ["catalogue:read"]});
    let friend = json!({"email": "late@glow.example", "role": "viewer"});
    let asking = tokio::spawn(async move {
        tokio::join!(leaver.api("POST", "/keys", key), program.post("/invitations", friend))
    });
    vox.until_waiting(2).await;
    change.commit().await.unwrap();
    let (made, invited) = asking.await.unwrap();
    made.refused(401, "unauthenticated");
    invited.refused(401, "unauthenticated");
    assert_eq!(is_left(&vox).await, 0);
}

#[tokio::test]
async fn w38_a_removal_waits_for_a_key_that_is_being_made_and_revokes_it_too() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let (_, _, member) = leaver(&vox, &owner).await;
    let maker: uuid::Uuid = vox.one("select id from api_keys where name = 'Maker'").await;
    let user: uuid::Uuid = vox.one(&format!("select user_id from users where email = '{LEAVER}'")).await;
    // By themselves, and by the key that they made.
    let mut making = vox.app.begin(vox.glow.org).await.unwrap();
    let mut made = vec![];
    for maker in [format!("staff:usr_{}", user.simple()), format!("api:key_{}", maker.simple())] {
        let (name, scopes) = ("Late".to_owned(), vec![Scope::CatalogueRead]);
        let new = NewKey { name, scopes, works_for: None, made_by: Some(maker) };
        made.push(accounts::add_key(&vox.app, &mut making, vox.glow.org, &new).await.unwrap().1);
    }
    let removal =
        tokio::spawn(async move { owner.api("DELETE", &format!("/team/{member}"), Value::Null).await });
    vox.until_waiting(1).await;
    making.commit().await.unwrap();
    assert_eq!(removal.await.unwrap().status, 204);
    assert_eq!(is_left(&vox).await, 0);
    for key in made {
        let program = vox.api_with(Some(key.expose_secret().to_owned()));
        program.get("/locations").await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn w38_whose_account_is_being_switched_off_makes_no_key_and_invites_nobody_in_that_moment() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let (_, program, _) = leaver(&vox, &owner).await;
    // The account is off, and its keys wait for their end: one that works still is used now.
    let mut key_of_theirs = vox.admin.begin().await.unwrap();
    let lock = "select from api_keys where name = 'Maker' for update";
    sqlx::query(lock).execute(&mut *key_of_theirs).await.unwrap();
    let app = vox.app.clone();
    let switch = tokio::spawn(async move { accounts::disable(&app, LEAVER, "tests").await });
    vox.until_waiting(1).await;
    let key = json!({"name": "Late", "scopes": ["catalogue:read"]});
    let friend = json!({"email": "late@glow.example", "role": "viewer"});
    let asking = tokio::spawn(async move {
        tokio::join!(program.post("/keys", key), program.post("/invitations", friend))
    });
    vox.until_waiting(3).await;
    key_of_theirs.commit().await.unwrap();
    assert_eq!(switch.await.unwrap().ok().map(|off| off.keys), Some(1));
    let (made, invited) = asking.await.unwrap();
    made.refused(401, "unauthenticated");
    invited.refused(401, "unauthenticated");
    assert_eq!(is_left(&vox).await, 0);
}

#[tokio::test]
async fn w38_switching_an_account_off_waits_for_a_key_that_is_being_made_and_revokes_it_too() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    leaver(&vox, &owner).await;
    let user: uuid::Uuid = vox.one(&format!("select user_id from users where email = '{LEAVER}'")).await;
    let mut making = vox.app.begin(vox.glow.org).await.unwrap();
    let (name, scopes) = ("Late".to_owned(), vec![Scope::CatalogueRead]);
    let made_by = Some(format!("staff:usr_{}", user.simple()));
    let new = NewKey { name, scopes, works_for: None, made_by };
    let (_, key) = accounts::add_key(&vox.app, &mut making, vox.glow.org, &new).await.unwrap();
    let app = vox.app.clone();
    let switch = tokio::spawn(async move { accounts::disable(&app, LEAVER, "tests").await });
    vox.until_waiting(1).await;
    making.commit().await.unwrap();
    assert_eq!(switch.await.unwrap().ok().map(|off| off.keys), Some(2), "theirs, and the late one");
    assert_eq!(is_left(&vox).await, 0);
    let program = vox.api_with(Some(key.expose_secret().to_owned()));
    program.get("/locations").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn w17_what_a_password_proved_that_is_being_replaced_opens_nothing_and_changes_nothing() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let harbor = vox.harbor_owner().await;
    harbor.api("POST", "/invitations", json!({"email": OWNER, "role": "viewer"})).await.good();
    let link = link_to(&vox, OWNER).await;
    let sessions = "sessions s join users u using (user_id) where u.email = 'owner@glow.example'";
    let (before, members) = (vox.count(sessions).await, vox.count("memberships").await);
    // Another password is written and not committed: the former one is still right for whoever compares now.
    let mut replacing = vox.admin.begin().await.unwrap();
    let replace = "update users set password_hash = 'another' where email = 'owner@glow.example'";
    sqlx::query(replace).execute(&mut *replacing).await.unwrap();
    let (mut at_the_door, mut invited) = (vox.stranger(), vox.stranger());
    let asking = tokio::spawn(async move {
        let current = json!({"current_password": DEMO_PASSWORD, "new_password": PASSWORDS[0]});
        tokio::join!(
            at_the_door.form("/sign-in", &[("email", OWNER), ("password", DEMO_PASSWORD)]),
            invited.form(&link, &[("password", DEMO_PASSWORD)]),
            owner.api("PUT", "/account/password", current),
            owner.api("POST", "/account/second-factor", json!({"password": DEMO_PASSWORD})),
        )
    });
    vox.until_waiting(4).await;
    replacing.commit().await.unwrap();
    let (entered, joined, changed, begun) = asking.await.unwrap();
    assert_eq!((entered.status, joined.status, changed.status, begun.status), (422, 422, 422, 422));
    assert_eq!((vox.count(sessions).await, vox.count("memberships").await), (before, members));
    assert_eq!(vox.count("users where password_hash = 'another' and totp_secret_sealed is null").await, 1);
}

#[tokio::test]
async fn w17_of_two_links_to_another_password_that_are_used_at_once_one_counts() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let mut links = vec![];
    for _ in 0..2 {
        vox.stranger().form("/forgot", &[("email", OWNER)]).await;
        links.push(link_to(&vox, OWNER).await);
    }
    assert_ne!(links[0], links[1]);
    let all = links.iter().zip(PASSWORDS).map(|(link, new)| {
        let mut person = vox.stranger();
        async move { person.form(link, &[("password", new)]).await.status }
    });
    let mut statuses = join_all(all).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
}
