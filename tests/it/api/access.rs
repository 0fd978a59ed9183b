//! B4, B12, B18: who gets what on every route of the API. A route without a row fails.

mod ids;
mod nonsense;
mod rows;

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::{self, Role, Scope};

use self::ids::own_ids;
use self::rows::rows;
use crate::accounts::tokens;
use crate::harness::{Answered, Api, Clinic, Voxanne};
use crate::routes;

/// A route, and a request of it that succeeds with the right key. `$location` and the like stand for the clinic's own.
#[derive(Clone)]
struct Row {
    method: &'static str,
    /// As the document writes it, with `{id}`.
    path: &'static str,
    /// What `{id}` is, and the query.
    id: &'static str,
    query: &'static str,
    body: Value,
    /// The role that it gives somebody: nobody gives one that may more than they do.
    gives: Option<Role>,
}

/// About whoever is signed in: `tests/it/accounts` tries them; a key has nobody.
const OWN: [(&str, &str); 10] = [
    ("get", "/account"),
    ("patch", "/account"),
    ("put", "/account/password"),
    ("post", "/account/second-factor"),
    ("post", "/account/second-factor/confirm"),
    ("post", "/account/second-factor/cancel"),
    ("get", "/account/sessions"),
    ("delete", "/account/sessions/{id}"),
    ("post", "/account/sessions/cancel-others"),
    ("post", "/account/tokens"),
];

fn filled(text: &str, ids: &[(&'static str, String)]) -> String {
    ids.iter().fold(text.to_owned(), |text, (word, id)| text.replace(word, id))
}

impl Row {
    /// Asks with ids in the URL of one clinic and ids in the body of another.
    async fn ask(
        &self,
        api: &Api,
        url_ids: &[(&'static str, String)],
        body_ids: &[(&'static str, String)],
    ) -> Answered {
        let path = self
            .path
            .replace("{id}", self.id)
            .replace("{kind}/{language}", "reminder/es")
            .replace("{step}", "calendar")
            + self.query;
        let request =
            api.request(&self.method.to_uppercase(), &filled(&path, url_ids)).header("if-match", "*");
        if self.body.is_null() {
            return Answered::of(request).await;
        }
        let body = filled(&self.body.to_string(), body_ids);
        Answered::of(request.header("content-type", "application/json").body(body)).await
    }

    fn names_an_id(&self) -> bool {
        !self.id.is_empty() || self.query.contains('$')
    }
}

fn document() -> Value {
    serde_json::to_value(voxanne::api::document()).unwrap()
}

#[test]
fn every_route_of_the_api_has_a_row() {
    let document = document();
    let routes: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
        })
        .collect();
    let rows: BTreeSet<(String, String)> = rows()
        .iter()
        .map(|row| (row.method, row.path))
        .chain(OWN)
        .map(|(m, p)| (m.to_owned(), p.to_owned()))
        .collect();
    assert_eq!(routes, rows);
}

#[test]
fn every_operation_is_named_by_its_verb_and_resource() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let verbs: &[&str] = match method.as_str() {
                "get" => &["list_", "get_", "explain_"],
                "post" => &[
                    "create_", "book_", "hold_", "move_", "cancel_", "set_", "refresh_", "resolve_",
                    "confirm_",
                ],
                "put" => &["set_"],
                "patch" => &["update_"],
                _ => &["delete_", "release_"],
            };
            assert!(verbs.iter().any(|verb| name.starts_with(verb)), "{method} {path}: {name}");
            assert!(names.insert(name.to_owned()), "{name} twice");
        }
    }
}

/// What differs from request to request is not the body's.
fn without_request_id(answer: &Answered) -> Value {
    let mut body = answer.body.clone();
    body.as_object_mut().unwrap().remove("request_id");
    body
}

async fn useless_keys(vox: &Voxanne, clinic: &Clinic) -> Vec<(&'static str, Api)> {
    let (revoked_id, revoked) = vox.new_key(clinic.org, &Scope::ALL, None).await;
    let mut tx = vox.app.begin(clinic.org).await.unwrap();
    assert!(accounts::revoke_key(&mut tx, clinic.org, revoked_id, vox.app.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    let (_, expired) = vox.new_key(clinic.org, &Scope::ALL, Some(SignedDuration::from_hours(24))).await;
    vox.later(SignedDuration::from_hours(24));
    let mut all = vec![
        ("a stranger", vox.api_with(None)),
        ("a made-up key", vox.api_with(Some(format!("vxk_{}", "A".repeat(43))))),
        ("the voice door's secret", vox.api_with(Some(clinic.secret.clone()))),
        ("a revoked key", vox.api_with(Some(revoked))),
        ("an expired key", vox.api_with(Some(expired))),
    ];
    all.extend(tokens::useless(vox).into_iter().map(|(what, token)| (what, vox.api_with(Some(token)))));
    all
}

/// Asks, tries, keeps a time for minutes or marks as seen: nothing that anybody would look for later.
fn changes_nothing(path: &str) -> bool {
    path.ends_with("/preview")
        || path.ends_with("/read")
        || path.ends_with("/read-all")
        || path.ends_with("/refresh")
        || path.starts_with("/holds")
        || matches!(
            path,
            "/settings/tests/webhook"
                | "/settings/tests/calendar"
                | "/settings/tests/assistant"
                | "/settings/tests/email"
        )
}

#[tokio::test]
async fn b4_b12_every_caller_gets_what_the_table_says_on_every_route() {
    let vox = Voxanne::start_with(tokens::believes).await;
    // First, since one of them expires: a hold would lapse meanwhile.
    let useless = useless_keys(&vox, &vox.glow).await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let (own, others) = (own_ids(&vox, &vox.glow, &glow).await, own_ids(&vox, &vox.harbor, &harbor).await);
    let nobodys: Vec<_> =
        own.iter().map(|(word, id)| (*word, format!("{}{}", &id[..id.len() - 4], "dead"))).collect();
    let malformed: Vec<_> = own.iter().map(|(word, _)| (*word, "1".to_owned())).collect();
    let document = document();
    let harbors_page = vox.api_of(&vox.harbor_owner().await);
    let tokens = [tokens::of_the_owner(&vox).await, tokens::of_the_other_issuer(&vox)];
    let tokens = tokens.map(|token| vox.api_with(Some(token)));
    for row in rows() {
        let what = format!("{} {}", row.method, row.path);
        for (who, api) in &useless {
            let answer = row.ask(api, &own, &own).await;
            assert_eq!(answer.status, 401, "{what}: {who}");
            answer.refused(401, "unauthenticated");
        }
        // B12: everything but the one scope that the document names is not enough, and that one alone is.
        let scope =
            document["paths"][row.path][row.method]["security"][0]["key"][0].as_str().unwrap().to_owned();
        let all_but: Vec<Scope> = Scope::ALL.into_iter().filter(|s| s.name() != scope).collect();
        let lacking = row.ask(&vox.api(&vox.glow, &all_but).await, &own, &own).await;
        assert_eq!(lacking.status, 403, "{what}: without {scope}");
        assert_eq!(lacking.refused(403, "missing_scope")["scope"], scope, "{what}");
        if row.names_an_id() {
            // B4: another org's id is answered like one that nobody has, and like none at all.
            let foreign = row.ask(&glow, &others, &own).await;
            assert_eq!(foreign.status, 404, "{what}: another org's id: {}", foreign.body);
            for ids in [&nobodys, &malformed] {
                let unknown = row.ask(&glow, ids, &own).await;
                assert_eq!(unknown.status, 404, "{what}");
                assert_eq!(without_request_id(&foreign), without_request_id(&unknown), "{what}");
            }
            assert_eq!(row.ask(&harbor, &own, &others).await.status, 404, "{what}: by the other org");
            assert_eq!(row.ask(&harbors_page, &own, &others).await.status, 404, "{what}: by its owner");
        }
        // B1, B11: a token of either issuer is its person's, of one org alone.
        for token in tokens.iter().filter(|_| row.method == "get") {
            let answer = row.ask(token, &own, &own).await;
            assert!(
                (200..300).contains(&answer.status),
                "{what}: a token: {} {}",
                answer.status,
                answer.body
            );
            if row.names_an_id() {
                assert_eq!(row.ask(token, &others, &own).await.status, 404, "{what}: a token elsewhere");
            }
        }
        let given = row.gives.map_or(&[][..], Role::scopes);
        let only = vox.api(&vox.glow, &[&[scope.parse().unwrap()], given].concat()).await;
        let written = vox.count("audit_log").await;
        let right = row.ask(&only, &own, &own).await;
        assert!((200..300).contains(&right.status), "{what}: {} {}", right.status, right.body);
        // W32, W37: whoever changed something, read what was said or listened to it stands in the log.
        let is_written = vox.count("audit_log").await > written;
        assert!(
            is_written || row.method == "get" || changes_nothing(row.path),
            "{what}: no line of the audit log"
        );
        let is_of_people = matches!(row.path, "/calls/{id}" | "/calls/{id}/recording" | "/leads/{id}");
        assert!(is_written || !is_of_people, "{what}: read, and nobody knows by whom");
    }
    // Nor is there a page that shows the words and does not say who read them.
    let desk = vox.glow_staff(Role::FrontDesk).await;
    for page in OF_PEOPLE {
        let written = vox.count("audit_log").await;
        assert_eq!(desk.page(&filled(page, &own)).await.status, 200, "{page}");
        assert!(vox.count("audit_log").await > written, "{page}: read, and nobody knows by whom");
    }
}

/// Pages that show what somebody said in a call.
const OF_PEOPLE: [&str; 1] = ["/dashboard/calls/$lead"];

#[tokio::test]
async fn b4_w7_no_page_shows_another_orgs_thing_or_that_there_is_one() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let own = own_ids(&vox, &vox.glow, &glow).await;
    let (owner, other) = (vox.glow_staff(Role::Owner).await, vox.harbor_owner().await);
    for path in routes::pages_about_one() {
        let word = match path {
            "/dashboard/calls/{id}" => "$lead",
            "/dashboard/contacts/{id}" | "/dashboard/messages/{id}" => "$contact",
            "/dashboard/calendar/visits/{id}" => "$visit",
            "/dashboard/settings/practitioners/{id}" => "$practitioner",
            "/dashboard/settings/sequences/{id}" => "$sequence",
            "/dashboard/settings/services/{id}" => "$service",
            other => panic!("say here what {other} is about"),
        };
        let page = filled(&path.replace("{id}", word), &own);
        assert_eq!(
            owner.page(&page).await.status,
            200,
            "{page}: its own org must see it, or this proves nothing"
        );
        let (foreign, unknown) =
            (other.page(&page).await, other.page(&format!("{}dead", &page[..page.len() - 4])).await);
        assert_eq!((foreign.status, unknown.status), (404, 404), "{page}");
        assert_eq!(foreign.text, unknown.text, "{page}");
    }
}

#[tokio::test]
async fn what_is_about_whoever_is_signed_in_has_nobody_for_a_key() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    for (method, path) in OWN {
        let path = path.replace("{id}", "ses_019ab2c47e107cc39f4e5b1d2a3c4e5f");
        let answer = Answered::of(glow.request(&method.to_uppercase(), &path)).await;
        answer.refused(403, "staff_only");
    }
}

#[tokio::test]
async fn b4_another_orgs_ids_in_a_body_are_like_ids_that_nobody_has() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let (own, others) = (own_ids(&vox, &vox.glow, &glow).await, own_ids(&vox, &vox.harbor, &harbor).await);
    let nobodys: Vec<_> =
        others.iter().map(|(word, id)| (*word, format!("{}{}", &id[..id.len() - 4], "dead"))).collect();
    let mut tried = 0;
    for row in rows().iter().filter(|row| row.body.to_string().contains('$')) {
        let foreign = row.ask(&glow, &own, &others).await;
        let unknown = row.ask(&glow, &own, &nobodys).await;
        assert_eq!(foreign.status, 422, "{} {}", row.method, row.path);
        assert_eq!(without_request_id(&foreign), without_request_id(&unknown), "{} {}", row.method, row.path);
        tried += 1;
    }
    assert!(tried >= 5, "only {tried} rows name an id in their body, so this proves little");
}

#[tokio::test]
async fn b4_lists_hold_the_orgs_own_and_nothing_else() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    own_ids(&vox, &vox.glow, &glow).await;
    own_ids(&vox, &vox.harbor, &harbor).await;
    for (path, prefix, table) in [
        ("/locations", "loc_", "locations"),
        ("/services", "svc_", "services"),
        ("/practitioners", "res_", "practitioners"),
        ("/resources", "res_", "resources"),
        ("/closures", "clo_", "closures"),
        ("/time-off", "off_", "time_off"),
        ("/email-recipients", "rcp_", "email_recipients"),
        ("/sequences", "seq_", "sequences"),
        ("/alert-recipients", "arc_", "alert_recipients"),
        ("/alerts", "alert_", "escalations"),
        ("/calls", "call_", "calls"),
        ("/notifications", "ntf_", "notifications"),
    ] {
        let ids = |page: Value| -> BTreeSet<String> {
            page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
        };
        let kind = if table == "resources" { " and kind <> 'practitioner'" } else { "" };
        for (api, clinic) in [(&glow, &vox.glow), (&harbor, &vox.harbor)] {
            let listed = ids(api.get(path).await.good());
            let stored: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "select '{prefix}' || translate(id::text, '-', '') from {table} where org_id = $1{kind}"
            )))
            .bind(clinic.org.0)
            .fetch_all(&vox.admin)
            .await
            .unwrap();
            assert!(!stored.is_empty(), "{path}: the org has none, so this proves nothing");
            assert_eq!(listed, stored.into_iter().collect(), "{path}");
        }
    }
}

#[tokio::test]
async fn b4_a_cursor_and_an_idempotency_key_of_another_org_open_and_answer_nothing() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let cursor = glow.get("/services?limit=1").await.good()["next_cursor"].as_str().unwrap().to_owned();
    let own: Vec<Value> = glow.get("/services?limit=100").await.good()["items"].as_array().unwrap().clone();
    let after = harbor.get(&format!("/services?limit=100&cursor={cursor}")).await.good();
    let names = |item: &Value| item["id"].clone();
    let theirs: Vec<Value> = after["items"].as_array().unwrap().iter().map(names).collect();
    assert!(own.iter().all(|item| !theirs.contains(&item["id"])), "{theirs:?}");
    // One key, one body, two orgs; and two programs of one org: nobody is answered what somebody else was.
    let body = json!({"name": "Annex", "time_zone": "America/Denver"});
    let first = glow.post_once("same", "/locations", body.clone()).await.good();
    assert_eq!(glow.post_once("same", "/locations", body.clone()).await.good()["id"], first["id"]);
    let second = harbor.post_once("same", "/locations", body.clone()).await.good();
    let third = vox.glow_api().await.post_once("same", "/locations", body).await.good();
    assert!(second["id"] != first["id"] && third["id"] != first["id"]);
    assert_eq!(vox.count("locations where name = 'Annex'").await, 3);
}
