//! Who may listen, and for how long.

use futures::SinkExt as _;
use jiff::SignedDuration;
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Client, start, start_with, token, url};
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
        json!({"type": "subscribe", "token": format!("{good}x").replace('-', "+")}),
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
async fn w2_another_sites_page_is_refused_before_there_is_a_socket() {
    let vox = start().await;
    for (origin, status) in [("https://evil.example", 403), ("null", 403), (vox.url.as_str(), 101)] {
        let mut request = url(&vox).into_client_request().unwrap();
        request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
        let answered = match connect_async(request).await {
            Ok((_, answer)) => answer.status(),
            Err(Error::Http(answer)) => answer.status(),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(answered.as_u16(), status, "{origin}");
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
