//! W25: a path leads to what is in the program and to rows, never to a file.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::Voxanne;

/// Ways out of a directory, as they are written in the wild.
const OUT: &[&str] = &[
    "../Cargo.toml",
    "../../../../../../etc/passwd",
    "..",
    ".",
    "./../Cargo.toml",
    "%2e%2e/Cargo.toml",
    "%2e%2e%2fCargo.toml",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "..%2F..%2FCargo.toml",
    ".%2e/.%2e/etc/passwd",
    "%252e%252e%252fetc%252fpasswd",
    "..%5c..%5cCargo.toml",
    "..\\..\\Cargo.toml",
    "....//....//etc/passwd",
    "..;/..;/etc/passwd",
    "..%c0%af..%c0%afetc/passwd",
    "..%e0%80%af..%e0%80%afetc/passwd",
    "%uff0e%uff0e/etc/passwd",
    "..%ef%bc%8fCargo.toml",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "file:///etc/passwd",
    "C:%5cWindows%5cwin.ini",
    "/proc/self/environ",
    "%2fproc%2fself%2fenviron",
    "x%00",
    "x%00.ics",
    "..%00/",
    "../../etc/passwd%00.ics",
    "../../etc/passwd.ics",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd.ics",
    "'%20or%20'1'='1.ics",
    "%.ics",
    ".ics",
    "*.ics",
];

async fn asked(vox: &Voxanne, target: &str) -> String {
    let mut stream = TcpStream::connect(vox.url.strip_prefix("http://").unwrap()).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read =
        tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    read.expect("nobody answers").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Status 400 or 404, and nothing of a file.
fn assert_nothing(target: &str, answer: &str) {
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).unwrap_or_default();
    assert!(matches!(status, "400" | "404"), "{target}: {answer}");
    for word in ["root:", "[package]", "PATH=", "[fonts]"] {
        assert!(!answer.contains(word), "{target}: {answer}");
    }
}

#[tokio::test]
async fn w25_no_path_leads_out_of_the_assets_and_the_feeds() {
    let vox = Voxanne::start().await;
    let page = vox.stranger().page("/sign-in").await.text;
    let name = page.split("/assets/").nth(1).unwrap().split('"').next().unwrap();
    assert!(
        asked(&vox, &format!("/assets/{name}")).await.starts_with("HTTP/1.1 200"),
        "or this proves nothing"
    );
    let below = format!("/assets/{name}/");
    for start in ["/assets/", "/feeds/", below.as_str(), "/assets/../", "/w/../assets/"] {
        for out in OUT {
            let target = format!("{start}{out}");
            assert_nothing(&target, &asked(&vox, &target).await);
        }
    }
    // What has a name and more, and whole addresses where a path belongs.
    for target in [
        format!("/assets/../assets/{name}"),
        format!("/assets/%2e/{name}"),
        format!("/assets/{name}%00"),
        format!("/assets/{name}%2f"),
        format!("//assets/{name}"),
        "/feeds/../health/live".to_owned(),
        "/assets/..%2f..%2fhealth/live".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        assert_nothing(&target, &asked(&vox, &target).await);
    }
}
