//! The client against what other servers say, and against bad days.
#![allow(clippy::unwrap_used, clippy::format_collect, reason = "tests")]

mod server;

use std::time::Duration;

use reqwest::Url;
use server::{Reply, Request, Scripted, multistatus, reply, response};
use voxanne_caldav::{Client, Condition, Error, Guard, Login, Resource, http_client};

const DEADLINE: Duration = Duration::from_secs(10);

fn client() -> Client {
    let guard = Guard::with_private_networks();
    let login = Login { username: "anna".into(), password: "swordfish".into() };
    Client::new(http_client(guard.clone(), DEADLINE).unwrap(), login, DEADLINE).guarded_by(guard)
}

fn calendar(server: &Scripted) -> String {
    server.url.join("/cal/").unwrap().into()
}

fn etag(href: &str, etag: &str) -> String {
    response(href, &format!("<d:getetag>{etag}</d:getetag><d:resourcetype/>"))
}

fn gone(href: &str) -> String {
    format!("<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>")
}

fn redirect(status: u16, to: &str) -> Reply {
    Reply { headers: vec![("Location", to.to_owned())], ..reply(status, "") }
}

/// An account as Nextcloud and Fastmail lay it out.
fn account(request: &Request) -> Reply {
    match request.path.as_str() {
        "/.well-known/caldav" => redirect(301, "/dav/"),
        "/dav/" => multistatus(&response(
            "/dav/",
            "<d:current-user-principal><d:href>/dav/principals/anna/</d:href></d:current-user-principal>",
        )),
        "/dav/principals/anna/" => multistatus(&response(
            "/dav/principals/anna/",
            "<c:calendar-home-set><d:href>/dav/calendars/anna/</d:href></c:calendar-home-set>",
        )),
        "/dav/calendars/anna/" => {
            let calendar = |name: &str, more: &str| {
                response(
                    &format!("/dav/calendars/anna/{name}/"),
                    &format!("<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>{more}"),
                )
            };
            let privileges = |name: &str| {
                format!(
                    "<d:current-user-privilege-set><d:privilege><d:read/></d:privilege>\
                     <d:privilege><d:{name}/></d:privilege></d:current-user-privilege-set>"
                )
            };
            let components = |name: &str| {
                format!(
                    "<c:supported-calendar-component-set><c:comp name=\"{name}\"/></c:supported-calendar-component-set>"
                )
            };
            multistatus(
                &[
                    response("/dav/calendars/anna/", "<d:resourcetype><d:collection/></d:resourcetype>"),
                    calendar(
                        "work",
                        &format!("<d:displayname>Work &amp; play</d:displayname>{}", privileges("write")),
                    ),
                    calendar("shared", &format!("{}{}", privileges("read-acl"), components("VEVENT"))),
                    calendar("tasks", &components("VTODO")),
                    response(
                        "/dav/calendars/anna/inbox/",
                        "<d:resourcetype><d:collection/><c:schedule-inbox/></d:resourcetype>",
                    ),
                ]
                .concat(),
            )
        }
        _ => reply(405, "<html>"),
    }
}

#[tokio::test]
async fn calendars_are_found_through_the_well_known_address_and_its_redirect() {
    let server = Scripted::start(account);
    let found = client().calendars(&server.url.join("/index.php/apps/calendar").unwrap()).await.unwrap();
    let told = found.iter().map(|calendar| (calendar.name.as_str(), calendar.can_write)).collect::<Vec<_>>();
    assert_eq!(told, [("Work & play", true), ("shared", false)]);
    assert_eq!(found[0].url, server.url.join("/dav/calendars/anna/work/").unwrap().as_str());
    let asked = server.asked();
    assert!(
        asked
            .iter()
            .all(|request| request.method == "PROPFIND" && request.head.contains("authorization: basic"))
    );
    assert!(asked.last().unwrap().head.contains("depth: 1"));
}

#[tokio::test]
async fn a_calendar_without_an_account_around_it_is_found_by_its_own_address() {
    let server = Scripted::start(|request| match request.path.as_str() {
        "/only/" => multistatus(&response("/only/", "<d:resourcetype><c:calendar/></d:resourcetype>")),
        _ => reply(404, ""),
    });
    let found = client().calendars(&server.url.join("/only/").unwrap()).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "only");
    let nothing = client().calendars(&server.url).await;
    assert!(matches!(nothing, Err(Error::NotFound)), "{nothing:?}");
}

#[tokio::test]
async fn credentials_follow_a_redirect_only_within_limits() {
    let elsewhere = Scripted::start(|_| reply(500, ""));
    let other = elsewhere.url.as_str().replace("127.0.0.1", "localhost");
    let server = Scripted::start(move |_| redirect(302, &other));
    let refused = client().calendars(&server.url).await;
    assert!(matches!(refused, Err(Error::NotAllowed)), "{refused:?}");
    assert!(elsewhere.asked().is_empty());

    let metadata = Scripted::start(|_| redirect(307, "https://169.254.169.254/latest/"));
    assert!(matches!(client().calendars(&metadata.url).await, Err(Error::NotAllowed)));

    let round = Scripted::start(|request| redirect(308, &request.path));
    assert!(matches!(client().calendars(&round.url).await, Err(Error::NotFound | Error::Unreadable)));
    assert!(round.asked().len() <= 12, "six for each of two addresses");
}

#[tokio::test]
async fn nothing_is_asked_that_the_guard_refuses() {
    let server = Scripted::start(account);
    let strict = client().guarded_by(Guard::strict());
    let calendar = calendar(&server);
    assert!(matches!(strict.calendars(&server.url).await, Err(Error::NotAllowed)));
    assert!(matches!(strict.sync(&calendar, None).await, Err(Error::NotAllowed)));
    assert!(matches!(strict.fetch(&calendar, &["a.ics"]).await, Err(Error::NotAllowed)));
    assert!(matches!(strict.put(&calendar, "a.ics", "", Condition::Any).await, Err(Error::NotAllowed)));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_list_that_was_cut_short_is_continued() {
    let page = |token: &str, responses: &str, is_cut: bool| {
        let cut = "<d:response><d:href>/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>";
        let cut = if is_cut { cut } else { "" };
        multistatus(&format!("{responses}{cut}<d:sync-token>{token}</d:sync-token>"))
    };
    let server = Scripted::start(move |request| match request.body.as_str() {
        body if body.contains(">t2<") => page("t3", &(gone("/cal/a.ics") + &etag("/cal/c.ics", "3")), false),
        body if body.contains(">t1<") => page("t2", &etag("/cal/b.ics", "2"), true),
        _ => page("t1", &(etag("/cal/a.ics", "1") + &etag("/cal/", "0")), true),
    });
    let changes = client().sync(&calendar(&server), None).await.unwrap();
    let resource = |href: &str, etag: &str| Resource { href: href.into(), etag: etag.into() };
    assert_eq!(changes.changed, [resource("/cal/b.ics", "2"), resource("/cal/c.ics", "3")]);
    assert_eq!(changes.removed, ["/cal/a.ics"]);
    assert_eq!(changes.sync_token, "t3");

    let stuck = Scripted::start(move |_| page("t1", "", true));
    assert!(matches!(client().sync(&calendar(&stuck), Some("t1")).await, Err(Error::Unreadable)));
}

#[tokio::test]
async fn t_g2_every_way_of_refusing_a_token_asks_for_everything_again() {
    let refusal = r#"<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>"#;
    for status in [403, 409, 412] {
        let server = Scripted::start(move |_| reply(status, refusal));
        let refused = client().sync(&calendar(&server), Some("t1")).await;
        assert!(matches!(refused, Err(Error::SyncTokenGone)), "{status} {refused:?}");
    }
    let server = Scripted::start(|_| reply(403, "no"));
    assert!(matches!(client().sync(&calendar(&server), Some("t1")).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_server_that_cannot_sync_is_listed() {
    let version = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(1));
    let shown = std::sync::Arc::clone(&version);
    let server = Scripted::start(move |request| match request.method.as_str() {
        "PROPFIND" => {
            let version = shown.load(std::sync::atomic::Ordering::SeqCst).to_string();
            let folder = "<d:getetag>9</d:getetag><d:resourcetype><d:collection/></d:resourcetype>";
            multistatus(
                &(etag("/cal/a.ics", &version) + &response("/cal/old", folder) + &response("/cal/", folder)),
            )
        }
        _ => reply(403, r#"<error xmlns="DAV:"><supported-report/></error>"#),
    });
    let calendar = calendar(&server);
    let all = client().sync(&calendar, None).await.unwrap();
    assert_eq!(all.changed, [Resource { href: "/cal/a.ics".into(), etag: "1".into() }]);
    let same = client().sync(&calendar, Some(&all.sync_token)).await.unwrap();
    assert!(same.changed.is_empty() && same.removed.is_empty() && same.sync_token == all.sync_token);
    version.store(2, std::sync::atomic::Ordering::SeqCst);
    let other = client().sync(&calendar, Some(&all.sync_token)).await;
    assert!(matches!(other, Err(Error::SyncTokenGone)), "{other:?}");
    assert_eq!(client().sync(&calendar, None).await.unwrap().changed[0].etag, "2");
}

#[tokio::test]
async fn g11_an_answer_that_is_no_answer_is_never_an_empty_calendar() {
    let long = "x".repeat(9 * 1024 * 1024);
    for (status, body) in [
        (200, "<html>Please sign in</html>"),
        (207, ""),
        (207, "<html></html>"),
        (207, "<d:multistatus xmlns:d=\"DAV:\"/>"),
        (207, "<multistatus xmlns=\"DAV:\"><response><href>/cal/a.ics</href></response></multistatus>"),
        (207, long.as_str()),
        (204, ""),
    ] {
        let body = body.to_owned();
        let server = Scripted::start(move |_| reply(status, body.clone()));
        let read = client().sync(&calendar(&server), None).await;
        assert!(matches!(read, Err(Error::Unreadable)), "{status} {read:?}");
    }
    let server = Scripted::start(|_| multistatus(&etag("/cal/a.ics", "1")));
    assert!(matches!(client().fetch(&calendar(&server), &["/cal/a.ics"]).await, Err(Error::Unreadable)));
}

#[tokio::test]
async fn objects_are_fetched_in_parts_that_fit_into_an_answer() {
    let server = Scripted::start(|request| {
        let asked = request.body.split("<d:href>").skip(1).map(|rest| rest.split('<').next().unwrap());
        let objects = asked.map(|href| match href {
            "/cal/7.ics" => gone(href),
            // Fifty of them are more than eight megabytes.
            _ => response(
                href,
                &format!(
                    "<d:getetag>1</d:getetag><c:calendar-data>{}</c:calendar-data>",
                    "x".repeat(200_000)
                ),
            ),
        });
        multistatus(&objects.collect::<String>())
    });
    let hrefs = (0..60).map(|n| format!("/cal/{n}.ics")).collect::<Vec<_>>();
    let hrefs = hrefs.iter().map(String::as_str).collect::<Vec<_>>();
    let found = client().fetch(&calendar(&server), &hrefs).await.unwrap();
    assert_eq!(found.len(), 59);
    assert_eq!(server.asked().len(), 4, "fifty, its halves, and ten");
}

#[tokio::test]
async fn g9_g10_refusals_say_whether_to_try_again() {
    let wait = Reply { headers: vec![("Retry-After", "3600".into())], ..reply(429, "") };
    let statuses = [wait, reply(500, ""), reply(403, ""), reply(302, ""), reply(409, ""), reply(412, "")];
    let statuses = std::sync::Mutex::new(statuses.into_iter());
    let server = Scripted::start(move |_| statuses.lock().unwrap().next().unwrap());
    let mut said = Vec::new();
    for _ in 0..6 {
        let error = client().put(&calendar(&server), "a.ics", "x", Condition::Any).await.unwrap_err();
        said.push((error.is_passing(), error.outcome_is_unknown(), error.to_string()));
    }
    let told = said.iter().map(|(passing, unknown, _)| (*passing, *unknown)).collect::<Vec<_>>();
    assert_eq!(
        told,
        [(true, false), (true, true), (false, false), (false, false), (false, false), (false, false)],
        "{said:?}"
    );
}

#[tokio::test]
async fn conditions_and_versions_go_over_the_wire_as_they_are() {
    let server = Scripted::start(|request| match request.method.as_str() {
        "PUT" => Reply { headers: vec![("ETag", "\"2\"".into())], ..reply(201, "") },
        "GET" => reply(200, "BEGIN:VCALENDAR"),
        "DELETE" => reply(410, ""),
        _ => multistatus(&response(
            "/cal/a%20b.ics",
            "<d:getetag>\"3\"</d:getetag><c:calendar-data><![CDATA[BEGIN:VCALENDAR]]></c:calendar-data>",
        )),
    });
    let calendar = calendar(&server);
    let put = client().put(&calendar, "a b.ics", "x", Condition::Absent).await.unwrap();
    assert_eq!(put.as_deref(), Some("\"2\""));
    client().put(&calendar, "/cal/a%20b.ics", "x", Condition::Matches("\"1\"")).await.unwrap();
    client().delete(&calendar, "a b.ics", Some("\"2\"")).await.unwrap();
    // Without an ETag in its head, the report tells the version.
    assert_eq!(client().get(&calendar, "a b.ics").await.unwrap().unwrap().etag, "\"3\"");
    let asked = server.asked();
    assert!(asked[0].is("PUT", "/cal/a%20b.ics") && asked[0].head.contains("if-none-match: *"));
    assert!(asked[1].is("PUT", "/cal/a%20b.ics") && asked[1].head.contains("if-match: \"1\""));
    assert!(asked[2].is("DELETE", "/cal/a%20b.ics") && asked[2].head.contains("if-match: \"2\""));
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_unreachable_and_nothing_was_done() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/cal/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = client().put(url.as_str(), "a.ics", "x", Condition::Any).await.unwrap_err();
    assert!(error.is_passing() && !error.outcome_is_unknown(), "{error:?}");
}

#[tokio::test]
async fn g1_a_server_that_hangs_is_given_up_in_time_and_may_have_done_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/cal/", listener.local_addr().unwrap())).unwrap();
    let hurried = client().within(Duration::from_millis(200));
    let error = hurried.put(url.as_str(), "a.ics", "x", Condition::Any).await.unwrap_err();
    assert!(error.is_passing() && error.outcome_is_unknown(), "{error:?}");
}
