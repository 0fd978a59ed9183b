//! What Twilio reports, and what others pretend it does.

use reqwest::StatusCode;
use secrecy::SecretString;
use voxanne::messaging::Kind;
use voxanne::platform::db::Class;
use voxanne::platform::ids::{OrgId, TextId};
use voxanne::seed;
use voxanne_sandbox::Fault;
use voxanne_sandbox::twilio::Callbacks;
use voxanne_twilio::signature::{HEADER, Key, Payload, sign};

use super::{queue, queue_kind, send, states, taken, tasks, unreported};
use crate::harness::{CALLER, MANAGER, Voxanne};

#[tokio::test]
async fn t6_e10_reports_reversed_or_doubled_end_in_the_same_place() {
    for callbacks in [Callbacks::InOrder, Callbacks::Reversed, Callbacks::Twice] {
        let vox = Voxanne::start().await;
        vox.sandbox.twilio().set_callbacks(callbacks);
        send(&vox, "a").await;
        vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30006 });
        send(&vox, "b").await;
        vox.sandbox.twilio().settled().await;
        assert_eq!(states(&vox).await, "delivered, undelivered 30006", "{callbacks:?}");
        assert_eq!(vox.count("tasks").await, 1, "{callbacks:?}");
        assert_eq!(vox.count("texts where settled_at is null or sent_at is null").await, 0, "{callbacks:?}");
    }
}

#[tokio::test]
async fn e10_a_text_that_nobody_reports_on_stays_sent_and_no_more() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().set_callbacks(Callbacks::Dropped);
    send(&vox, "a").await;
    assert_eq!(states(&vox).await, "sent");
    super::later(&vox, 24 * 3600).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sent", 1), "accepted is not delivered");
}

fn permutations<'a>(items: &[&'a str]) -> Vec<Vec<&'a str>> {
    if items.is_empty() {
        return vec![vec![]];
    }
    let with_first = |i: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(i);
        permutations(&rest).into_iter().map(move |tail| [vec![first], tail].concat())
    };
    (0..items.len()).flat_map(with_first).collect()
}

#[tokio::test]
async fn t6_e10_every_permutation_ends_the_same_and_never_goes_back() {
    let vox = unreported().await;
    let orders: Vec<_> =
        [["queued", "sending", "sent", "delivered"], ["queued", "sending", "sent", "undelivered"]]
            .iter()
            .flat_map(|steps| permutations(steps))
            .collect();
    for n in 0..orders.len() {
        queue_kind(&vox, &vox.glow, Kind::TestAlert, MANAGER, &format!("{n}")).await;
    }
    vox.run_jobs().await;
    assert_eq!(taken(&vox), orders.len());
    for order in &orders {
        let key = orders.iter().position(|o| o == order).unwrap();
        let of_text = format!("from texts where dedupe_key = '{key}'");
        let sid: String = vox.one(&format!("select provider_sid {of_text}")).await;
        let mut ended = false;
        for status in order {
            let code = (*status == "undelivered").then_some(30006);
            assert_eq!(vox.sandbox.twilio().report(&sid, status, code).await, Some(204));
            ended |= status.ends_with("delivered");
            let state: String = vox.one(&format!("select state::text {of_text}")).await;
            assert_eq!(state.ends_with("delivered"), ended, "{order:?} at {status}");
        }
    }
    assert_eq!(vox.count("texts where state = 'delivered' and failure is null").await, 24);
    assert_eq!(vox.count("texts where state = 'undelivered' and failure_code = 30006").await, 24);
    assert_eq!(vox.count("tasks").await, 24, "one for each that did not arrive");
}

#[tokio::test]
async fn t6_a_report_may_come_before_our_own_commit() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::AnswerSlowly { millis: 700 });
    queue(&vox, &vox.glow, CALLER, "a").await;
    let reported = async {
        vox.until_count("texts where state = 'delivered' and provider_sid is not null", 1).await;
    };
    tokio::join!(vox.run_jobs(), reported);
    assert_eq!(
        (states(&vox).await.as_str(), taken(&vox)),
        ("delivered", 1),
        "the late answer takes nothing back"
    );

    vox.sandbox.twilio().set_callbacks(Callbacks::Held);
    vox.sandbox.twilio().next_sends(Fault::AnswerSlowly { millis: 700 });
    queue(&vox, &vox.glow, "+13105550143", "b").await;
    let reported = async {
        super::until("the send", || taken(&vox) == 2).await;
        let sid = vox.sandbox.twilio().messages()[1].sid.clone();
        assert_eq!(vox.sandbox.twilio().report(&sid, "undelivered", Some(30005)).await, Some(204));
    };
    tokio::join!(vox.run_jobs(), reported);
    assert_eq!(states(&vox).await, "delivered, undelivered 30005");
    assert_eq!(vox.count("tasks").await, 1);
}

/// A callback as Twilio posts it, unless changed.
struct Forgery {
    url: String,
    /// What the signature is over.
    signed_url: String,
    token: SecretString,
    form: Vec<(String, String)>,
    tag: Option<String>,
    host: Option<&'static str>,
}

impl Forgery {
    fn of(vox: &Voxanne, org: OrgId, text: TextId) -> Self {
        let path = format!("/api/webhooks/twilio/status/{}/{}", org.0, text.0);
        let of = |status: &str| {
            let sid = vox.sandbox.twilio().messages().last().map_or("SM1".into(), |t| t.sid.clone());
            vec![("MessageSid".to_owned(), sid), ("MessageStatus".to_owned(), status.to_owned())]
        };
        Self {
            url: format!("{}{path}", vox.url),
            signed_url: format!("{}{path}", vox.app.config.server.public_url),
            token: format!("sandbox-{}", seed::GLOW.twilio_account).into(),
            form: of("delivered"),
            tag: None,
            host: None,
        }
    }

    fn genuine_tag(&self) -> String {
        sign(Key::AuthToken(&self.token), &self.signed_url, Payload::Form(&self.form))
    }

    /// Posts it, signed unless a tag was set.
    async fn post(self, vox: &Voxanne) -> reqwest::Response {
        let tag = self.tag.clone().unwrap_or_else(|| self.genuine_tag());
        let mut request = vox.http.post(&self.url).form(&self.form);
        if !tag.is_empty() {
            request = request.header(HEADER, tag);
        }
        if let Some(host) = self.host {
            request = request.header("host", host);
        }
        request.send().await.unwrap()
    }

    async fn status(self, vox: &Voxanne) -> u16 {
        self.post(vox).await.status().as_u16()
    }
}

#[tokio::test]
async fn t7_e9_only_what_twilio_signed_with_this_orgs_token_counts() {
    let vox = unreported().await;
    let text = send(&vox, "a").await;
    let of = || Forgery::of(&vox, vox.glow.org, text);
    let unsigned = || Forgery { tag: Some(String::new()), ..of() };
    assert_eq!(unsigned().status(&vox).await, 403, "no signature");
    for tag in ["AAAA", "not base64!", "=", &"A".repeat(5000)] {
        assert_eq!(Forgery { tag: Some(tag.to_owned()), ..of() }.status(&vox).await, 403);
    }
    // A genuine tag, moved to other words.
    let mut changed = of();
    changed.tag = Some(changed.genuine_tag());
    changed.form[1].1 = "failed".to_owned();
    assert_eq!(changed.status(&vox).await, 403);
    let mut added = of();
    added.tag = Some(added.genuine_tag());
    added.form.push(("ErrorCode".to_owned(), "21610".to_owned()));
    assert_eq!(added.status(&vox).await, 403);
    // Another org's token, and the sandbox's own, sign nothing here.
    for token in [format!("sandbox-{}", seed::HARBOR.twilio_account), String::new(), "wrong".to_owned()] {
        assert_eq!(Forgery { token: token.into(), ..of() }.status(&vox).await, 403);
    }
    // The tag of another address of ours.
    let elsewhere = of().signed_url.replace("/status/", "/inbound/");
    assert_eq!(Forgery { signed_url: elsewhere, ..of() }.status(&vox).await, 403);
    assert_eq!(states(&vox).await, "sent", "none of that changed anything");
    assert_eq!(vox.count("opt_outs").await, 0);
    assert_eq!(of().status(&vox).await, 204, "or nothing above proves anything");
    assert_eq!(states(&vox).await, "delivered");
}

#[tokio::test]
async fn t7_the_host_header_does_not_matter() {
    let vox = unreported().await;
    let text = send(&vox, "a").await;
    let of = || Forgery::of(&vox, vox.glow.org, text);
    let for_evil = of().signed_url.replace(vox.url.trim_start_matches("http://"), "evil.example");
    assert!(for_evil.starts_with("http://evil.example/api/"));
    let spoofed = Forgery { signed_url: for_evil, host: Some("evil.example"), ..of() };
    assert_eq!(spoofed.status(&vox).await, 403);
    // A proxy that rewrites Host does not break a genuine one.
    assert_eq!(Forgery { host: Some("evil.example"), ..of() }.status(&vox).await, 204);
}

#[tokio::test]
async fn e9_e18_behind_a_proxy_the_public_address_is_signed_and_given_to_twilio() {
    let vox = Voxanne::start_with(|c| "https://hooks.example.com".clone_into(&mut c.server.public_url)).await;
    // Nothing listens there; the sandbox is to stay at home.
    vox.sandbox.twilio().set_callbacks(Callbacks::Held);
    let text = send(&vox, "a").await;
    let given = vox.sandbox.twilio().messages()[0].status_callback.clone();
    let path = format!("/api/webhooks/twilio/status/{}/{}", vox.glow.org.0, text.0);
    assert_eq!(given, Some(format!("https://hooks.example.com{path}")));
    let inside = format!("{}{path}", vox.url);
    assert_eq!(
        Forgery { signed_url: inside, ..Forgery::of(&vox, vox.glow.org, text) }.status(&vox).await,
        403
    );
    assert_eq!(Forgery::of(&vox, vox.glow.org, text).status(&vox).await, 204);
}

#[tokio::test]
async fn e18_an_address_twilio_cannot_reach_is_not_given_to_it() {
    for public_url in ["", "http://hooks.example.com", "http://192.168.1.5:3001"] {
        let vox = Voxanne::start_with(|c| public_url.clone_into(&mut c.server.public_url)).await;
        send(&vox, "a").await;
        assert_eq!(vox.sandbox.twilio().messages()[0].status_callback, None, "{public_url:?}");
        assert_eq!(states(&vox).await, "sent");
    }
}

#[tokio::test]
async fn t7_what_is_unknown_is_404_and_too_much_is_413() {
    let vox = unreported().await;
    let text = send(&vox, "a").await;
    let nobody = uuid::Uuid::from_u128(7);
    assert_eq!(Forgery::of(&vox, vox.glow.org, TextId(nobody)).status(&vox).await, 404);
    assert_eq!(Forgery::of(&vox, OrgId(nobody), text).status(&vox).await, 403, "no org, no token");
    let mut oddly = Forgery::of(&vox, vox.glow.org, text);
    oddly.url = oddly.url.replace(&text.0.to_string(), "1%27--");
    assert_eq!(oddly.status(&vox).await, 404);
    let mut large = Forgery::of(&vox, vox.glow.org, text);
    large.form.push(("Body".to_owned(), "x".repeat(64 * 1024)));
    assert_eq!(large.status(&vox).await, 413);
    let mut nameless = Forgery::of(&vox, vox.glow.org, text);
    nameless.form.remove(0);
    assert_eq!(nameless.status(&vox).await, 400);
    let mut later_api = Forgery::of(&vox, vox.glow.org, text);
    later_api.form[1].1 = "partially_delivered".to_owned();
    assert_eq!(later_api.status(&vox).await, 204, "a word of a later API is no error");
    assert_eq!(states(&vox).await, "sent");
}

#[tokio::test]
async fn b4_another_orgs_text_is_not_there() {
    let vox = unreported().await;
    let theirs = queue(&vox, &vox.harbor, "+12125550142", "theirs").await.text().unwrap();
    vox.run_jobs().await;
    // Genuinely signed by Glow's account for Glow's path.
    assert_eq!(Forgery::of(&vox, vox.glow.org, theirs).status(&vox).await, 404);
    assert_eq!(Forgery::of(&vox, vox.harbor.org, theirs).status(&vox).await, 403);
    assert_eq!(states(&vox).await, "sent");
    let token = format!("sandbox-{}", seed::HARBOR.twilio_account).into();
    assert_eq!(Forgery { token, ..Forgery::of(&vox, vox.harbor.org, theirs) }.status(&vox).await, 204);
}

#[tokio::test]
async fn r10_t7_without_a_connection_twilio_is_asked_to_come_again() {
    let vox = Voxanne::start_with(|c| c.database.back_wait_ms = 100).await;
    vox.sandbox.twilio().set_callbacks(Callbacks::Held);
    let text = send(&vox, "a").await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(vox.app.db.pool(Class::Back).acquire().await.unwrap());
    }
    let response = Forgery::of(&vox, vox.glow.org, text).post(&vox).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    drop(held);
    assert_eq!(Forgery::of(&vox, vox.glow.org, text).status(&vox).await, 204);
    assert_eq!(states(&vox).await, "delivered");
}

#[tokio::test]
async fn t6_a_second_copy_changes_nothing_of_the_first_ones_story() {
    let vox = unreported().await;
    let text = send(&vox, "a").await;
    let mut copy = Forgery::of(&vox, vox.glow.org, text);
    copy.form = vec![
        ("MessageSid".to_owned(), "SMcopy".to_owned()),
        ("MessageStatus".to_owned(), "undelivered".to_owned()),
        ("ErrorCode".to_owned(), "21610".to_owned()),
    ];
    assert_eq!(copy.status(&vox).await, 204);
    assert_eq!(states(&vox).await, "sent");
    assert_eq!((tasks(&vox).await.as_str(), vox.count("opt_outs").await), ("", 0));
}
