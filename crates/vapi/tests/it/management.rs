//! A28, V6: the reconciler's client against a server that answers well and badly.

use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use voxanne_vapi::management::{Management, ManagementError, Timeouts};

use crate::fixture;

const CALL: &str = "019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f";

/// Answers one request with `answer` and returns the request's head.
async fn platform(answer: Vec<u8>) -> (Management, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        connection.write_all(&answer).await.unwrap();
        connection.shutdown().await.unwrap();
        String::from_utf8(head).unwrap()
    });
    let timeouts = Timeouts { connect: Duration::from_secs(2), total: Duration::from_secs(2) };
    (Management::new(&base_url, SecretString::from("private"), timeouts).unwrap(), served)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn v6_a_call_is_fetched_as_its_report_would_have_told_it() {
    let (platform, served) = platform(answer("200 OK", "", &fixture("vapi/management/get-call.json"))).await;
    let record = platform.get_call(CALL).await.unwrap().unwrap();
    assert_eq!(record.call.id.as_deref(), Some(CALL));
    assert_eq!(record.call.status.as_deref(), Some("ended"));
    assert_eq!(record.call.caller_number.as_deref(), Some("+13105550142"));
    assert_eq!(record.created_at, Some("2026-11-24T17:58:31Z".parse().unwrap()));
    let message = voxanne_vapi::parse(&fixture("vapi/server/end-of-call-report.booked.json")).unwrap();
    let voxanne_vapi::Event::EndOfCallReport(report) = message.event else { panic!("no report") };
    assert_eq!(record.report, *report);
    let head = served.await.unwrap().to_lowercase();
    assert!(head.starts_with(&format!("get /call/{CALL} http/1.1\r\n")), "{head}");
    assert!(head.contains("authorization: bearer private\r\n") && head.contains("user-agent: voxanne/"));
}

#[tokio::test]
async fn a28_calls_are_listed_from_an_instant_on() {
    let call = String::from_utf8(fixture("vapi/management/get-call.json")).unwrap();
    let (platform, served) = platform(answer("200 OK", "", format!("[{call},{{}}]").as_bytes())).await;
    let from: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
    let calls = platform.list_calls(from, Some("2026-11-25T00:00:00Z".parse().unwrap()), 5000).await.unwrap();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].report.duration_seconds, Some(90));
    let head = served.await.unwrap();
    let query = "createdAtGe=2026-11-24T00%3A00%3A00Z&limit=1000&createdAtLt=2026-11-25T00%3A00%3A00Z ";
    assert!(head.contains(query), "{head}");
}

async fn failing(answer: Vec<u8>) -> ManagementError {
    platform(answer).await.0.get_call(CALL).await.unwrap_err()
}

#[tokio::test]
async fn failures_say_whether_to_try_again() {
    let unauthorized =
        failing(answer("401 Unauthorized", "", &fixture("vapi/management/error.401.json"))).await;
    assert!(matches!(unauthorized, ManagementError::Unauthorized) && unauthorized.is_permanent());
    let rejected = failing(answer("400 Bad Request", "", &fixture("vapi/management/error.400.json"))).await;
    assert!(matches!(rejected, ManagementError::Rejected { status: StatusCode::BAD_REQUEST }));
    assert!(rejected.is_permanent());
    let limited = failing(answer("429 Too Many Requests", "retry-after: 7\r\n", b"")).await;
    let expected = Some(Duration::from_secs(7));
    assert!(matches!(limited, ManagementError::RateLimited { retry_after } if retry_after == expected));
    let down = failing(answer("503 Service Unavailable", "", b"")).await;
    assert!(matches!(down, ManagementError::Unavailable { .. }) && !down.is_permanent());
    let redirected = failing(answer("302 Found", "location: http://127.0.0.1:9/\r\n", b"")).await;
    assert!(matches!(redirected, ManagementError::Rejected { .. }));
    let garbled = failing(answer("200 OK", "", b"<html>")).await;
    assert!(matches!(garbled, ManagementError::Unreadable(_)) && !garbled.is_permanent());
    let cut = failing(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()).await;
    assert!(matches!(cut, ManagementError::Unreachable(_)));
}

#[tokio::test]
async fn an_unknown_call_is_none_and_an_id_cannot_leave_its_path() {
    let (platform, served) = platform(answer("404 Not Found", "", b"{}")).await;
    assert!(platform.get_call("../assistant?x=1").await.unwrap().is_none());
    assert!(served.await.unwrap().starts_with("GET /call/..%2Fassistant%3Fx=1 "));
}

#[test]
fn a_base_url_that_is_none_is_refused() {
    let timeouts = Timeouts { connect: Duration::from_secs(1), total: Duration::from_secs(1) };
    for url in ["", "api.vapi.ai", "mailto:x@example.com"] {
        let outcome = Management::new(url, SecretString::from("k"), timeouts);
        assert!(matches!(outcome, Err(ManagementError::BaseUrl)), "{url}");
    }
}
