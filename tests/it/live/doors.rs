//! Who may listen, and for how long.

use futures::SinkExt as _;
use jiff::SignedDuration;
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Client, follow, start, start_with, token, url};
use voxanne::accounts::{self, Role};

use crate::harness::Answered;

#[tokio::test]
async fn b15_a_socket_that_does_not_say_who_it_is_is_closed() {
    let vox = start_with(|c| c.live.subscribe_ms = 100).await;
    let mut silent = Client::open(&vox).await;
    assert_eq!(silent.closed().await, 1008);
    // Signs of life are no name.
    let mut chatty = Client::open(&vox).await;
    chatty.0.send(Message::Ping("x".into())).await.unwrap();
    assert_eq!(chatty.closed().await, 1008);
}

#[tokio::test]
async fn w2_w5_whatever_else_is_said_first_ends_the_socket() {
    let vox = start().await;
    let good = token(&vox, &vox.glow).await.0;
    for said in [
        json!({"type": "subscribe"}),
        json!({"type": "subscribe", "token": ""}),
        json!({"type": "subscribe", "token": format!("{good}x")}),
        json!({"type": "subscribe", "token": forged(&good)}),
        json!({"type": "subscribe", "token": good.replace('.', "")}),
        // Which org is nobody's to say.
        json!({"type": "subscribe", "token": good, "org": vox.harbor.org.to_string()}),
        json!({"type": "listen", "token": good}),
        json!({"type": "pong"}),
        json!("subscribe"),
    ] {
        let mut client = Client::open(&vox).await;
        client.say(said.clone()).await;
        assert_eq!(client.next().await, json!({"closed": 1008}), "{said}");
    }
}

/// The same claims under a signature of nobody.
fn forged(token: &str) -> String {
    let (claims, signature) = token.rsplit_once('.').unwrap();
    format!("{claims}.{}", signature.chars().rev().collect::<String>())
}

#[tokio::test]
async fn b11_a_token_for_the_api_and_one_of_somebody_who_left_open_no_socket() {
    let vox = start().await;
    let (good, staff) = token(&vox, &vox.glow).await;
    let for_the_api = accounts::api_token(&vox.app, &staff).unwrap().token;
    let (mut client, _) = Client::with(&vox, &vox.glow, &good, None).await;
    let (task, subject) = super::a_task(&vox.glow);
    vox.exec(&task).await;
    assert_eq!(client.hears("task").await["subject"], subject);
    vox.exec(&format!("delete from sessions where user_id = '{}'", staff.user.0)).await;
    for said in [for_the_api, good] {
        let mut client = Client::open(&vox).await;
        client.say(json!({"type": "subscribe", "token": said})).await;
        assert_eq!(client.next().await, json!({"closed": 1008}));
    }
}

/// Each right that can end, and what it looks like in the database.
#[tokio::test(flavor = "multi_thread")]
async fn w3_w38_whoever_loses_the_right_hears_nothing_more_at_once() {
    let vox = start().await;
    for end in [
        "delete from sessions where id = '{session}'",
        "update sessions set expires_at = created_at where id = '{session}'",
        "update memberships set role = 'viewer' where user_id = '{user}'",
        "update users set disabled_at = created_at where user_id = '{user}'",
    ] {
        let (good, staff) = token(&vox, &vox.glow).await;
        let (mut client, _) = Client::with(&vox, &vox.glow, &good, None).await;
        let mut other = Client::of(&vox, &vox.harbor).await;
        let session = staff.session.unwrap().0.to_string();
        let end = end.replace("{session}", &session).replace("{user}", &staff.user.0.to_string());
        vox.exec(&end).await;
        assert_eq!(client.closed().await, 4401, "{end}");
        let (sql, _) = super::a_task(&vox.harbor);
        vox.exec(&sql).await;
        other.hears("task").await;
        vox.exec("update users set disabled_at = null; update memberships set role = 'front_desk' where role = 'viewer'").await;
    }
}

#[tokio::test]
async fn a_page_gets_a_token_for_its_socket_by_the_session_and_only_from_our_own_origin() {
    let vox = start().await;
    let (_, staff) = token(&vox, &vox.glow).await;
    let cookie = "k".repeat(43);
    let digest = hex::encode(vox.app.keys.digest(&cookie));
    vox.exec(&format!(
        "update sessions set token_digest = decode('{digest}', 'hex') where id = '{}'",
        staff.session.unwrap().0
    ))
    .await;
    let ask = |cookie: Option<&str>, origin: Option<&str>| {
        let mut request = vox.http.post(format!("{}/dashboard/socket-token", vox.url));
        if let Some(cookie) = cookie {
            request = request.header("cookie", format!("sid={cookie}"));
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        Answered::of(request)
    };
    let own = Some(vox.url.as_str());
    let given = ask(Some(&cookie), own).await.good();
    let (mut client, _) = Client::with(&vox, &vox.glow, given["token"].as_str().unwrap(), None).await;
    let until: jiff::Timestamp = given["expiresAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(until, vox.app.clock.now() + SignedDuration::from_mins(10));
    vox.exec(&super::a_task(&vox.glow).0).await;
    client.hears("task").await;
    ask(Some(&cookie), Some("https://evil.example")).await.refused(403, "cross_site");
    ask(Some(&cookie), None).await.refused(403, "cross_site");
    ask(None, own).await.refused(401, "unauthenticated");
    ask(Some(&"x".repeat(43)), own).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn w5_a_socket_stays_where_its_token_put_it() {
    let vox = start().await;
    let mut client = Client::of(&vox, &vox.glow).await;
    client.say(json!({"type": "pong"})).await;
    client.say(json!({"type": "subscribe", "token": token(&vox, &vox.harbor).await.0})).await;
    assert_eq!(client.next().await, json!({"closed": 1008}));
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let vox = start().await;
    let old = token(&vox, &vox.glow).await.0;
    vox.later(SignedDuration::from_mins(11));
    let mut client = Client::open(&vox).await;
    client.say(json!({"type": "subscribe", "token": old})).await;
    assert_eq!(client.next().await, json!({"closed": 1008}));
}

#[tokio::test]
async fn b15_w3_the_end_of_the_token_is_the_end_of_the_socket() {
    let vox = start_with(|c| c.live.recheck_ms = 50).await;
    let mut client = Client::of(&vox, &vox.glow).await;
    vox.later(SignedDuration::from_mins(9));
    vox.exec(&super::a_task(&vox.glow).0).await;
    client.hears("task").await;
    vox.later(SignedDuration::from_mins(1));
    assert_eq!(client.next().await, json!({"closed": 4401}));
}

#[tokio::test]
async fn w2_w22_another_sites_page_is_refused_before_there_is_a_socket() {
    let vox = start().await;
    let (own, host) = (vox.url.as_str(), vox.url.trim_start_matches("http://"));
    for (origin, host, site, status) in [
        ("https://evil.example", host, None, 403),
        ("null", host, None, 403),
        // W22: whoever sends a browser here under another name says both.
        ("http://evil.example", "evil.example", None, 403),
        ("http://evil.example", "evil.example", Some("same-origin"), 403),
        (own, host, Some("cross-site"), 403),
        (own, host, Some("same-site"), 403),
        ("", host, Some("cross-site"), 403),
        (own, host, Some("same-origin"), 101),
        (own, host, None, 101),
    ] {
        let mut request = url(&vox).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("host", HeaderValue::from_str(host).unwrap());
        if !origin.is_empty() {
            headers.insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        if let Some(site) = site {
            headers.insert("sec-fetch-site", HeaderValue::from_str(site).unwrap());
        }
        let answered = match connect_async(request).await {
            Ok((_, answer)) => answer.status(),
            Err(Error::Http(answer)) => answer.status(),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(answered.as_u16(), status, "{origin} {host} {site:?}");
    }
}

#[tokio::test]
async fn w2_a_token_in_the_url_is_refused_and_so_is_a_plain_request() {
    let vox = start().await;
    let token = token(&vox, &vox.glow).await.0;
    let here = format!("{}/ws/live-calls", vox.url);
    Answered::of(vox.http.get(format!("{here}?token={token}"))).await.refused(400, "no_query");
    Answered::of(vox.http.get(&here)).await.refused(426, "websocket_required");
    let with_token = connect_async(format!("{}?token={token}", url(&vox))).await;
    assert!(matches!(with_token, Err(Error::Http(answer)) if answer.status() == 400));
}

#[tokio::test]
async fn w2_a_ticket_opens_one_socket_and_within_a_minute() {
    let vox = start().await;
    let ticket = token(&vox, &vox.glow).await.0;
    let opens = async |ticket: &str| {
        let mut client = Client::open(&vox).await;
        client.say(json!({"type": "subscribe", "token": ticket})).await;
        client.next().await["type"] == "subscribed"
    };
    // Many at once: one of them.
    let all = futures::future::join_all((0..8).map(|_| opens(&ticket))).await;
    assert_eq!(all.iter().filter(|opened| **opened).count(), 1, "{all:?}");
    vox.later(SignedDuration::from_mins(5));
    assert!(!opens(&ticket).await, "nor later");
    let (soon, late) = (token(&vox, &vox.glow).await.0, token(&vox, &vox.glow).await.0);
    vox.later(SignedDuration::from_secs(60));
    assert!(opens(&soon).await);
    vox.later(SignedDuration::from_secs(1));
    assert!(!opens(&late).await);
}

#[tokio::test]
async fn w5_nobody_subscribes_twice() {
    let vox = start().await;
    for said in [
        json!({"type": "subscribe", "token": token(&vox, &vox.glow).await.0}),
        json!({"type": "subscribe", "token": ""}),
        json!({"type": "listen", "org": vox.harbor.org.to_string()}),
        json!({"type": "event", "id": 1, "kind": "call"}),
        json!([]),
    ] {
        let mut client = Client::of(&vox, &vox.glow).await;
        client.say(said.clone()).await;
        assert_eq!(client.next().await, json!({"closed": 1008}), "{said}");
    }
}

#[tokio::test]
async fn w3_the_socket_ends_with_a_session_in_which_nobody_does_anything() {
    let vox = start_with(|config| {
        config.live.recheck_ms = 50;
        config.accounts.idle_minutes = 5;
    })
    .await;
    let (good, staff) = token(&vox, &vox.glow).await;
    let (mut client, _) = Client::with(&vox, &vox.glow, &good, None).await;
    vox.later(SignedDuration::from_mins(4));
    let seen = format!(
        "update sessions set last_seen_at = '{}' where user_id = '{}'",
        vox.app.clock.now(),
        staff.user.0
    );
    vox.exec(&seen).await;
    vox.later(SignedDuration::from_mins(4));
    vox.exec(&super::a_task(&vox.glow).0).await;
    client.hears("task").await;
    // Its token holds for two minutes more.
    vox.later(SignedDuration::from_mins(1));
    assert_eq!(client.closed().await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_a_session_that_ends_at_one_replica_closes_its_socket_at_another() {
    let first = start().await;
    // The same installation by the same address: one of several processes behind it.
    let second = first.restarted_with(|config| config.server.public_url.clone_from(&first.url)).await;
    follow(&second);
    let mut desk = first.glow_staff(Role::FrontDesk).await;
    let given = Answered::of(desk.request("POST", "/dashboard/socket-token")).await.good();
    let (mut client, _) = Client::with(&second, &second.glow, given["token"].as_str().unwrap(), None).await;
    let mut other = Client::of(&second, &second.glow).await;
    let begun = std::time::Instant::now();
    assert_eq!(desk.form("/sign-out", &[]).await.status, 303);
    assert_eq!(client.closed().await, 4401);
    // Told, not found at its next look (`live.recheck_ms`).
    assert!(begun.elapsed() < second.app.config.live.recheck_every(), "{:?}", begun.elapsed());
    first.exec(&super::a_task(&first.glow).0).await;
    other.hears("task").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b13_whoever_goes_on_to_another_clinic_hears_no_more_of_the_former_one() {
    let vox = start().await;
    vox.joins(vox.harbor.org, "both@clinics.example", Role::FrontDesk).await;
    vox.joins(vox.glow.org, "both@clinics.example", Role::FrontDesk).await;
    let mut person = vox.signed_in("both@clinics.example").await;
    let [glow, harbor] = [&vox.glow, &vox.harbor].map(|clinic| clinic.org.to_string());
    person.form("/dashboard/switch", &[("org", &glow)]).await;
    let given = Answered::of(person.request("POST", "/dashboard/socket-token")).await.good();
    let (mut client, _) = Client::with(&vox, &vox.glow, given["token"].as_str().unwrap(), None).await;
    // A browser of theirs that stays is not disturbed.
    let mut staying = vox.signed_in("both@clinics.example").await;
    staying.form("/dashboard/switch", &[("org", &glow)]).await;
    let given = Answered::of(staying.request("POST", "/dashboard/socket-token")).await.good();
    let (mut stays, _) = Client::with(&vox, &vox.glow, given["token"].as_str().unwrap(), None).await;
    assert_eq!(person.form("/dashboard/switch", &[("org", &harbor)]).await.status, 303);
    assert_eq!(client.closed().await, 4401);
    vox.exec(&super::a_task(&vox.glow).0).await;
    stays.hears("task").await;
}
