//! Clients that mean no good, or that are simply slow: bounded, closed, and nobody else's trouble.

use std::time::Duration;

use futures::SinkExt as _;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, client_async, connect_async};

use super::{Client, Raw, a_task, impatient, start, start_with, token, url};
use crate::harness::Voxanne;

/// First bytes of frames: a text that goes on, what goes on, a sign of life.
const BEGINS: u8 = 0x01;
const GOES_ON: u8 = 0x00;
const PING: u8 = 0x89;

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_client_that_does_not_read_is_closed_and_the_others_hear_everything() {
    let before = closes("slow");
    let vox = start_with(|c| {
        c.live.gather_ms = 1;
    })
    .await;
    let mut reads = Client::of(&vox, &vox.glow).await;
    // A window so small that little is on the way.
    let narrow = TcpSocket::new_v4().unwrap();
    narrow.set_recv_buffer_size(2_048).unwrap();
    let stream = narrow.connect(vox.url.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap();
    let (socket, _) = client_async(url(&vox), MaybeTlsStream::Plain(stream)).await.unwrap();
    let mut slow = Client(socket);
    slow.say(json!({"type": "subscribe", "token": token(&vox, &vox.glow).await.0})).await;
    assert_eq!(slow.next().await["type"], "subscribed");
    let mut sent = 0;
    for n in 0..300 {
        let (sql, task) = a_task(&vox.glow);
        // Fewer than are told as one; more altogether than any buffer on the way holds.
        vox.exec(&format!(
            "insert into tasks (org_id, id, kind, title, dedupe_key, created_at)
             select '{}', gen_random_uuid(), 'test', 'Look', '{n} ' || i, now() from generate_series(1, 190) i; {sql}",
            vox.glow.org.0
        ))
        .await;
        sent += reads.ids_until(&task).await.len();
    }
    let mut read = 0;
    let code = loop {
        let said = slow.next().await;
        match said["closed"].as_u64() {
            Some(code) => break code,
            None => read += 1,
        }
    };
    assert!(read < sent, "{read} of {sent} were read before it was closed with {code}");
    // The server says 1013 and waits a second for it to be taken note of. What it says stands behind everything that was not
    // read, and is lost (0) with a client that takes longer than that to get there: that it was closed for this, the count says.
    assert!([0, 1013].contains(&code), "{code}");
    assert!(closes("slow") > before);
}

/// How many sockets of these tests were closed for `reason`. Nobody else here is closed for being slow.
fn closes(reason: &str) -> u64 {
    Voxanne::counted(&format!("voxanne_live_closes_total{{reason=\"{reason}\"}}"))
}

#[tokio::test]
async fn w4_a_frame_of_64_mb_is_not_waited_for() {
    let vox = start().await;
    let mut client = Client::of(&vox, &vox.glow).await;
    // It is cut off while it sends, and what was said to it goes down with what nobody read: 0. The next one sees the code.
    let _ = client.0.send(Message::binary(vec![0; 64 << 20])).await;
    assert!([0, 1009].contains(&client.closed().await));
    // A frame's head is enough: 64 MiB of text, none of which comes.
    let mut claims = Raw::of(&vox, &vox.glow).await;
    let head = [&[0x81, 0xff][..], &(64_u64 << 20).to_be_bytes(), &[0; 4]].concat();
    claims.0.write_all(&head).await.unwrap();
    assert_eq!(close_code(&claims.until_closed().await), 1009);
    // Before it has said who it is, too.
    let mut first = Raw::open(&vox).await;
    first.0.write_all(&[&[0x81, 0xff][..], &65_537_u64.to_be_bytes(), &[0; 4]].concat()).await.unwrap();
    assert_eq!(close_code(&first.until_closed().await), 1009);
}

/// The code of the close with which what was heard ends.
fn close_code(heard: &[u8]) -> u16 {
    let close = heard.iter().rposition(|byte| *byte == 0x88).expect("no close was said");
    u16::from_be_bytes([heard[close + 2], heard[close + 3]])
}

#[tokio::test]
async fn w4_a_message_that_never_ends_ends() {
    let vox = start().await;
    let mut client = Raw::of(&vox, &vox.glow).await;
    client.send(BEGINS, &[b'x'; 1024]).await.unwrap();
    let mut sent = 1;
    while client.send(GOES_ON, &[b'x'; 1024]).await.is_ok() && sent < 100_000 {
        sent += 1;
    }
    client.until_closed().await;
    assert!(sent < 100_000);
    // One piece too many, and then it listens.
    let mut client = Raw::of(&vox, &vox.glow).await;
    client.send(BEGINS, &[b'x'; 1024]).await.unwrap();
    for _ in 0..64 {
        client.send(GOES_ON, &[b'x'; 1024]).await.unwrap();
    }
    assert_eq!(close_code(&client.until_closed().await), 1009);
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_empty_pieces_are_no_sign_of_life() {
    let vox = start_with(impatient).await;
    let mut client = Raw::of(&vox, &vox.glow).await;
    client.send(BEGINS, b"").await.unwrap();
    let flood = async { while client.send(GOES_ON, b"").await.is_ok() {} };
    tokio::time::timeout(super::PATIENCE, flood).await.expect("the flood is borne for ever");
}

#[tokio::test]
async fn w4_a_flood_of_pings_is_closed() {
    let vox = start().await;
    let mut client = Raw::of(&vox, &vox.glow).await;
    // More than twice as many as anybody may send between two signs of life, wherever in the middle one falls. Then it listens,
    // and reads why it ends: what is sent after that is nobody's any more.
    client.0.write_all(&[PING, 0x81, 0, 0, 0, 0, b'x'].repeat(250)).await.unwrap();
    let heard = client.until_closed().await;
    let heard = String::from_utf8_lossy(&heard);
    assert!(heard.contains(r#""subscribed""#) && heard.contains("too many frames"), "{heard}");
}

#[tokio::test]
async fn w6_a_client_that_gives_no_sign_of_life_is_given_up_and_one_that_does_is_kept() {
    let vox = start_with(impatient).await;
    let mut alive = Client::of(&vox, &vox.glow).await;
    let mut dead = Raw::of(&vox, &vox.glow).await;
    // Meanwhile the one that lives answers, for it reads.
    let heard = tokio::select! {
        heard = dead.until_closed() => heard,
        said = alive.next() => panic!("{said}"),
    };
    let heard = String::from_utf8_lossy(&heard).into_owned();
    assert!(heard.contains(r#"{"type":"ping"}"#) && heard.contains("no sign of life"), "{heard}");
    let (sql, _) = a_task(&vox.glow);
    vox.exec(&sql).await;
    alive.hears("task").await;
}

#[tokio::test]
async fn h3_sockets_count_among_the_connections_of_their_address_until_they_close() {
    let vox = start_with(|c| c.server.connections_per_address_max = 2).await;
    let (first, _second) = (Client::of(&vox, &vox.glow).await, Client::of(&vox, &vox.glow).await);
    assert!(connect_async(url(&vox)).await.is_err());
    drop(first);
    for _ in 0..200 {
        if connect_async(url(&vox)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("its place was not given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so_and_does_not_wait_for_sockets() {
    let vox = start().await;
    let mut client = Client::of(&vox, &vox.glow).await;
    vox.app.stop();
    assert_eq!(client.next().await, json!({"closed": 1001}));
    vox.app.tasks.close();
    tokio::time::timeout(super::PATIENCE, vox.app.tasks.wait()).await.expect("something goes on");
}
