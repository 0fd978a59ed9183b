//! `POST /csp-reports`: what a browser did not load or run because the policy of its page forbids it.
//!
//! Anybody can post here. So little is read, less is believed, and nothing is kept but a count and a line of the log, which says
//! where on our pages and what from, and never a query, an id or a link's token.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use moka::sync::Cache;
use reqwest::Url;
use serde::Deserialize;

use super::app::App;
use super::client;
use super::problem::Problem;

/// More than a page that is attacked has to say.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Posts of one address in a minute, and reports of one post, that are looked at.
const POSTS_PER_MINUTE_MAX: u32 = 10;
const REPORTS_MAX: usize = 10;
/// Addresses that are remembered at once.
const ADDRESSES_MAX: u64 = 10_000;
/// The longest name of a host or of a part of a page's address that is told.
const NAME_LENGTH_MAX: usize = 64;
const UNKNOWN: &str = "unknown";

/// What the policies of our pages have, and what browsers call their parts.
const DIRECTIVES: &[&str] = &[
    "base-uri",
    "connect-src",
    "default-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "require-trusted-types-for",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
];
/// What is no address.
const WORDS: [&str; 7] =
    ["inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink", "data", "blob"];
/// Where pages are.
const PAGES: [&str; 6] = ["dashboard", "sign-in", "forgot", "reset", "invitation", "w"];

const NOT_A_REPORT: Problem = Problem::new(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "not_a_report",
    "This URL takes a browser's reports: application/reports+json or application/csp-report.",
);
const TOO_MANY_REPORTS: Problem = Problem::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_many_reports",
    "Too many reports came from this address: the rest of this minute's are not looked at.",
);

/// Where browsers send them.
pub fn router() -> Router<App> {
    Router::new().route("/csp-reports", post(take_reports))
}

async fn take_reports(State(app): State<App>, request: Request) -> Result<StatusCode, Problem> {
    let (parts, body) = request.into_parts();
    let form = Form::of(&parts.headers).ok_or(NOT_A_REPORT)?;
    let network = client::network(&parts.extensions, &parts.headers, app.config.server.proxies);
    if posts_of(&app, network) > POSTS_PER_MINUTE_MAX {
        return Err(TOO_MANY_REPORTS.with("retry_after_seconds", 60));
    }
    let reports = form.parsed(&read(&app, body).await?).ok_or(Problem::UNREADABLE)?;
    for report in reports.iter().take(REPORTS_MAX) {
        let directive = report.directive();
        metrics::counter!("voxanne_csp_reports_total", "directive" => directive).increment(1);
        tracing::warn!(
            directive,
            page = report.page(),
            blocked = report.blocked(),
            "A browser was kept from what the policy of a page forbids"
        );
    }
    Ok(StatusCode::NO_CONTENT)
}

/// How many posts came from `network` in this minute, this one among them.
fn posts_of(app: &App, network: IpAddr) -> u32 {
    struct Posts(Cache<(IpAddr, i64), Arc<AtomicU32>>);
    let posts = app.memo.get_or(|| Posts(Cache::new(ADDRESSES_MAX)));
    let minute = app.clock.now().as_second() / 60;
    posts.0.get_with((network, minute), Arc::default).fetch_add(1, Ordering::Relaxed) + 1
}

async fn read(app: &App, body: Body) -> Result<Bytes, Problem> {
    let patience = Duration::from_secs(app.config.server.body_seconds);
    match tokio::time::timeout(patience, to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(read) => read.ok().ok_or(Problem::TOO_LARGE),
        Err(_) => Err(Problem::TOO_SLOW),
    }
}

/// The two forms of a post: several reports of the Reporting API, or one as Firefox and older browsers send it.
#[derive(Debug, Clone, Copy)]
enum Form {
    Several,
    One,
}

impl Form {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        match kind.split(';').next().unwrap_or_default().trim() {
            "application/reports+json" => Some(Self::Several),
            "application/csp-report" => Some(Self::One),
            _ => None,
        }
    }

    fn parsed(self, body: &[u8]) -> Option<Vec<Report>> {
        match self {
            Self::Several => {
                let posted: Vec<Posted> = serde_json::from_slice(body).ok()?;
                let of_policy = posted.into_iter().filter(|posted| posted.kind == "csp-violation");
                Some(of_policy.map(|posted| posted.body).collect())
            }
            Self::One => serde_json::from_slice(body).ok().map(|PostedAlone { report }| vec![report]),
        }
    }
}

#[derive(Deserialize)]
struct Posted {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    body: Report,
}

#[derive(Deserialize)]
struct PostedAlone {
    #[serde(rename = "csp-report")]
    report: Report,
}

/// What a browser says, in either form.
#[derive(Default, Deserialize)]
struct Report {
    #[serde(default, rename = "effectiveDirective", alias = "effective-directive")]
    effective: String,
    /// The same in browsers that know no other name; others say both.
    #[serde(default, rename = "violated-directive")]
    violated: String,
    #[serde(default, rename = "documentURL", alias = "document-uri")]
    page: String,
    #[serde(default, rename = "blockedURL", alias = "blocked-uri")]
    blocked: String,
}

impl Report {
    fn directive(&self) -> &'static str {
        let said = if self.effective.is_empty() { &self.violated } else { &self.effective };
        let name = said.split(' ').next().unwrap_or_default();
        DIRECTIVES.iter().copied().find(|known| *known == name).unwrap_or(UNKNOWN)
    }

    /// Which page, by the first words of its address: what follows may be an id, or a link's token.
    fn page(&self) -> String {
        let url = Url::parse(&self.page).ok();
        let mut parts = url.as_ref().and_then(Url::path_segments).into_iter().flatten();
        let Some(first) = parts.next().filter(|first| PAGES.contains(first)) else {
            return UNKNOWN.to_owned();
        };
        let second = parts.next().filter(|second| first == "dashboard" && is_word(second));
        second.map_or_else(|| format!("/{first}"), |second| format!("/{first}/{second}"))
    }

    /// What was kept away: a word of browsers, or the host that it was to come from.
    fn blocked(&self) -> String {
        if let Some(word) = WORDS.into_iter().find(|word| *word == self.blocked) {
            return word.to_owned();
        }
        let url = Url::parse(&self.blocked).ok();
        let host = url.as_ref().and_then(Url::host_str).filter(|host| host.len() <= NAME_LENGTH_MAX);
        host.map_or_else(|| UNKNOWN.to_owned(), str::to_owned)
    }
}

fn is_word(part: &str) -> bool {
    part.len() <= NAME_LENGTH_MAX
        && !part.is_empty()
        && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn told(form: Form, body: &str) -> Vec<(&'static str, String, String)> {
        let reports = form.parsed(body.as_bytes()).unwrap();
        reports.iter().map(|report| (report.directive(), report.page(), report.blocked())).collect()
    }

    fn of_page(page: &str) -> String {
        Report { page: page.to_owned(), ..Report::default() }.page()
    }

    #[test]
    fn both_forms_say_the_same() {
        let one = r#"{"csp-report": {"document-uri": "https://x.example/dashboard/calls?q=Ana", "violated-directive": "script-src 'self'", "effective-directive": "script-src",
            "blocked-uri": "https://cdn.attacker.example/a.js?Ana", "line-number": 3}}"#;
        let several = r#"[{"type": "deprecation", "age": 1}, {"type": "csp-violation", "age": 2, "body": {"disposition": "enforce",
            "documentURL": "https://x.example/dashboard/calls/call_1#Ana", "effectiveDirective": "script-src",
            "blockedURL": "https://cdn.attacker.example/b.js"}}]"#;
        let expected = ("script-src", "/dashboard/calls".to_owned(), "cdn.attacker.example".to_owned());
        assert_eq!(told(Form::One, one), std::slice::from_ref(&expected));
        assert_eq!(told(Form::Several, several), [expected]);
        assert!(
            Form::Several.parsed(one.as_bytes()).is_none() && Form::One.parsed(several.as_bytes()).is_none()
        );
    }

    #[test]
    fn w31_nothing_of_a_page_is_told_but_which_it_is() {
        for (page, told) in [
            ("https://x.example/dashboard", "/dashboard"),
            ("https://x.example/dashboard/contacts/con_019ab2c47e10", "/dashboard/contacts"),
            ("https://x.example/dashboard/search?q=Ana+Diaz", "/dashboard/search"),
            ("https://x.example/reset/abcdefghijklmnop", "/reset"),
            ("https://x.example/w/abcdefghijklmnop", "/w"),
            ("https://x.example/Ana%20Diaz", UNKNOWN),
            ("https://x.example/dashboard/Ana%20Diaz", "/dashboard"),
            ("about:blank", UNKNOWN),
            ("", UNKNOWN),
        ] {
            assert_eq!(of_page(page), told, "{page}");
        }
        let blocked = |blocked: &str| Report { blocked: blocked.to_owned(), ..Report::default() }.blocked();
        assert_eq!(blocked("inline"), "inline");
        assert_eq!(blocked("https://user:secret@cdn.attacker.example/Ana?b=1"), "cdn.attacker.example");
        assert_eq!(blocked("Ana Diaz"), UNKNOWN);
        assert_eq!(blocked(&format!("https://{}.example/", "a.".repeat(40))), UNKNOWN);
        assert_eq!(Report { effective: "Ana Diaz".to_owned(), ..Report::default() }.directive(), UNKNOWN);
    }
}
