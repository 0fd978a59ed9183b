//! W14, W25: how a call sounded: through us, by the stored address, and nothing but sound.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use voxanne::accounts::Scope;

use super::leads::a_lead;
use crate::harness::{Answered, Api, Voxanne};

async fn stored(vox: &Voxanne, url: &str) -> String {
    let call = a_lead(vox, &vox.glow).await;
    vox.exec(&format!("update calls set recording_url = '{url}'")).await;
    call
}

async fn heard(api: &Api, call: &str, range: Option<&str>) -> (Answered, Vec<u8>) {
    let mut request = api.request("GET", &format!("/calls/{call}/recording"));
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap().to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    (Answered { status, headers, body }, bytes)
}

#[tokio::test]
async fn a_player_hears_all_of_it_or_the_part_that_it_seeks() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.glow, &[Scope::CallsRead]).await;
    let call = stored(&vox, &format!("{}/recordings/1.wav", vox.sandbox.url())).await;
    let (answer, all) = heard(&api, &call, None).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "audio/wav"));
    assert_eq!((answer.header("accept-ranges"), answer.header("cache-control")), ("bytes", "no-store"));
    assert!(all.starts_with(b"RIFF") && all.len() > 16_000);
    assert_eq!(answer.header("content-length"), all.len().to_string());
    let (part, bytes) = heard(&api, &call, Some("bytes=100-199")).await;
    assert_eq!((part.status, bytes), (206, all[100..200].to_vec()));
    assert_eq!(part.header("content-range"), format!("bytes 100-199/{}", all.len()));
    let (beyond, bytes) = heard(&api, &call, Some("bytes=999999-")).await;
    assert_eq!((beyond.status, bytes.len()), (416, 0));
    // However many pieces: heard once.
    assert_eq!(
        vox.count(&format!("audit_log where action = 'recording.read' and subject = '{call}'")).await,
        1
    );
    // Another org's recording is nothing.
    heard(&vox.harbor_api().await, &call, None).await.0.refused(404, "not_found");
    vox.exec("update calls set recording_url = null").await;
    heard(&api, &call, None).await.0.refused(404, "not_found");
}

#[tokio::test]
async fn an_address_inside_our_own_network_is_never_asked() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    // Somebody who would answer, on this machine but not the sandbox.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sound = || async { ([(header::CONTENT_TYPE, "audio/wav")], "RIFF") };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(sound)).await });
    for url in [
        format!("http://127.0.0.1:{port}/1.wav"),
        format!("https://127.0.0.1:{port}/1.wav"),
        format!("https://2130706433:{port}/1.wav"),
        format!("https://[::ffff:127.0.0.1]:{port}/1.wav"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "https://10.0.0.1/1.wav".to_owned(),
        "https://user:pass@storage.example/1.wav".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1/".to_owned(),
        "not a url".to_owned(),
    ] {
        let call = stored(&vox, &url).await;
        heard(&api, &call, None).await.0.refused(502, "recording_away");
    }
}

#[tokio::test]
async fn what_is_no_sound_or_elsewhere_does_not_come_through() {
    let page =
        || async { ([(header::CONTENT_TYPE, "text/html")], "<script>alert(1)</script>").into_response() };
    let elsewhere =
        || async { (StatusCode::FOUND, [(header::LOCATION, "https://example.com/1.wav")]).into_response() };
    let gone =
        || async { (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "audio/wav")], "no").into_response() };
    let untold = || async { StatusCode::OK.into_response() };
    let vendor = Router::new()
        .route("/page", get(page))
        .route("/elsewhere", get(elsewhere))
        .route("/gone", get(gone))
        .route("/untold", get(untold));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, vendor).await });
    let of_vendor = base.clone();
    let vox = Voxanne::start_with(|config| config.vapi.base_url = of_vendor).await;
    let api = vox.glow_api().await;
    for path in ["page", "elsewhere", "gone", "untold"] {
        let call = stored(&vox, &format!("{base}/{path}")).await;
        heard(&api, &call, None).await.0.refused(502, "recording_away");
    }
}
