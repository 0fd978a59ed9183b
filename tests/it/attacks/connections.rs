//! Connections: whoever opens many takes none of those by which callers are served.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;

use crate::harness::{Answered, Voxanne, fixture};

const DESK: usize = 8;

/// A message of the voice platform over a connection of its own.
async fn rings(vox: &Voxanne) -> u16 {
    let request = reqwest::Client::new().post(format!("{}/api/webhooks/vapi", vox.url));
    let request = request.header("x-vapi-secret", &vox.glow.secret).body(fixture("hang"));
    request.header("content-type", "application/json").send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn w18_pages_and_sockets_leave_the_voice_webhook_its_connections() {
    let vox = Voxanne::start_with(|config| {
        config.server.connections_max = DESK + 4;
        config.server.desk_connections_max = DESK;
        // They stay open without a word.
        config.live.subscribe_ms = 60_000;
    })
    .await;
    let begun = Instant::now();
    let socket = format!("{}/ws/live-calls", vox.url.replace("http", "ws"));
    let mut open = Vec::new();
    for _ in 0..DESK {
        open.push(connect_async(socket.as_str()).await.unwrap());
    }
    // Many more than there are connections at all: each is told so, and gone.
    for _ in 0..10 * DESK {
        match connect_async(socket.as_str()).await {
            Err(Error::Http(answer)) => {
                assert_eq!(answer.status().as_u16(), 503);
                assert_eq!(answer.headers()["connection"], "close");
            }
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("one more than there may be"),
        }
    }
    let stranger = vox.stranger();
    for path in ["/api/v1/locations", "/dashboard", "/sign-in", "/w/nothing", "/feeds/nothing.ics"] {
        let refused = Answered::of(stranger.request("GET", path)).await;
        assert_eq!(refused.header("retry-after"), "5", "{path}");
        assert_eq!(
            refused.header("x-request-id"),
            refused.clone().refused(503, "full")["request_id"],
            "{path}"
        );
    }
    let browser = stranger.request("GET", "/sign-in").header("accept", "text/html").send().await.unwrap();
    assert_eq!(
        (browser.status().as_u16(), &browser.headers()["connection"]),
        (503, &"close".parse().unwrap())
    );
    assert!(browser.text().await.unwrap().contains("Calls are answered meanwhile."));

    for _ in 0..20 {
        assert_eq!(rings(&vox).await, 200, "a caller finds a connection all the while");
    }
    let ready = vox.http.get(format!("{}/health/ready", vox.url)).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    assert!(Voxanne::counted("voxanne_connections_refused_total{why=\"desk\"}") >= 10 * DESK as u64);

    // What closes makes room again.
    open.pop();
    let mut page = stranger.page("/sign-in").await.status;
    for _ in 0..200 {
        if page == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
        page = stranger.page("/sign-in").await.status;
    }
    assert_eq!(page, 200);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn w18_a_proxy_may_take_every_connection() {
    let vox = Voxanne::start_with(|config| {
        config.server.connections_per_address_max = 2;
        config.server.proxies = 1;
    })
    .await;
    let mut kept = Vec::new();
    for n in 0..12 {
        let mut stream = TcpStream::connect(vox.url.strip_prefix("http://").unwrap()).await.unwrap();
        let asked =
            format!("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.{n}\r\n\r\n");
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK", "{n}");
        kept.push(stream);
    }
}
