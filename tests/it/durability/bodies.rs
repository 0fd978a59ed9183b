//! W19: bodies that are not what they say, and what they cost a process of its own.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::installation::Installation;

const MIB: usize = 1 << 20;
/// Of nothing but zeros.
const UNPACKED: usize = 100 * MIB;
/// What the program may need more for it: the largest body that it takes, a few times over.
const GROWTH_MIB_MAX: u64 = 64;

/// A hundred kilobytes that unpack to a hundred megabytes, as gzip and as deflate.
fn bombs() -> [(&'static str, Vec<u8>); 2] {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; MIB];
    for _ in 0..UNPACKED / MIB {
        gzip.write_all(&zeros).unwrap();
        deflate.write_all(&zeros).unwrap();
    }
    [("gzip", gzip.finish().unwrap()), ("deflate", deflate.finish().unwrap())]
}

/// Sends a head and then pieces, up to a hundred megabytes or until nobody takes more; what was answered.
async fn sends_for_ever(place: &Installation, path: &str) -> (usize, String) {
    let mut stream = TcpStream::connect(place.url().strip_prefix("http://").unwrap()).await.unwrap();
    let (name, secret) = Installation::secret();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\n{name}: {secret}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reads, mut writes) = stream.split();
    let mut piece = b"100000\r\n".to_vec();
    piece.extend(vec![b' '; MIB]);
    piece.extend(b"\r\n");
    let mut answer = vec![0; 4_096];
    let mut sent = 0;
    let flood = async {
        while sent < UNPACKED && writes.write_all(&piece).await.is_ok() {
            sent += MIB;
        }
    };
    let read = tokio::time::timeout(std::time::Duration::from_mins(1), reads.read(&mut answer));
    let (count, ()) = tokio::join!(read, flood);
    let count = count.expect("nobody answers").unwrap_or_default();
    (sent, String::from_utf8_lossy(&answer[..count]).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn w19_bombs_and_bodies_without_an_end_are_refused_and_memory_stays() {
    let place = Installation::new(vec![("VOXANNE_SERVER_BODY_SECONDS", "20".into())]).await;
    let program = place.start().await;
    let (name, secret) = Installation::secret();
    let post = async |path: &str, encoding: Option<&str>, body: Vec<u8>| {
        let request = place.http.post(format!("{}{path}", place.url())).header(&name, &secret);
        let request = request.header("content-type", "application/json").body(body);
        let request =
            encoding.into_iter().fold(request, |request, it| request.header("content-encoding", it));
        // Whoever is refused before their body is read may be cut off while it is on the way.
        request.send().await.ok().map(|answer| answer.status().as_u16())
    };
    // The largest that it takes, so that what it costs is no part of the figure.
    assert_eq!(post("/api/webhooks/vapi", None, vec![b' '; 10 * MIB]).await, Some(400));
    let before = program.memory_peak_mib();
    for (encoding, bomb) in bombs() {
        assert!(bomb.len() < MIB / 4, "{encoding}");
        for _ in 0..5 {
            // Nothing is unpacked: it is read as what it is.
            assert_eq!(
                post("/api/webhooks/vapi", Some(encoding), bomb.clone()).await,
                Some(400),
                "{encoding}"
            );
            for (path, status) in [("/api/v1/tasks", 401), ("/sign-in", 403), ("/csp-reports", 415)] {
                let told = post(path, Some(encoding), bomb.clone()).await;
                assert!(told.is_none_or(|told| told == status), "{encoding}: {path}: {told:?}");
            }
        }
    }
    for path in ["/api/webhooks/vapi", "/api/v1/tasks", "/sign-in", "/csp-reports", "/dashboard", "/nothing"]
    {
        let (sent, answer) = sends_for_ever(&place, path).await;
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{path}: {answer}");
        assert!(sent < UNPACKED, "{path}: all of it was taken");
    }
    let after = program.memory_peak_mib();
    assert!(after < before + GROWTH_MIB_MAX, "{before} MiB before, {after} MiB after");
    assert!(place.is_ready().await);
    assert!(program.terminate().await.success());
}
