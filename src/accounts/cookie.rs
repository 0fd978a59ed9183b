//! The cookie that carries a session's token, and whose pages a request came from.

use http::header::{COOKIE, HOST, ORIGIN};
use http::{HeaderMap, HeaderValue};

use super::staff::TOKEN_LENGTH;
use crate::platform::app::App;

/// A browser takes this name only over https, for this host and the whole of it.
const OVER_HTTPS: &str = "__Host-sid";
/// On plain http, which is the demo's and the tests' on this machine.
const OVER_HTTP: &str = "sid";

fn is_https(app: &App) -> bool {
    app.config.server.public_url.starts_with("https://")
}

fn name(app: &App) -> &'static str {
    if is_https(app) { OVER_HTTPS } else { OVER_HTTP }
}

/// The token that a browser presents. Of two cookies of the name, neither counts: one of them was planted.
pub fn session_token<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut own = pairs.filter(|(key, _)| *key == name(app)).map(|(_, token)| token);
    match (own.next(), own.next()) {
        (Some(token), None) if token.len() == TOKEN_LENGTH => Some(token),
        _ => None,
    }
}

/// The header that gives `token` to a browser.
pub fn session_cookie(app: &App, token: &str) -> Option<HeaderValue> {
    let seconds = app.config.accounts.absolute_hours * 3600;
    cookie(app, &format!("{token}; Max-Age={seconds}"))
}

/// The header that takes it away.
pub fn no_session_cookie(app: &App) -> Option<HeaderValue> {
    cookie(app, "; Max-Age=0")
}

fn cookie(app: &App, value: &str) -> Option<HeaderValue> {
    let secure = if is_https(app) { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", name(app))).ok()
}

/// Whether a request that changes something came from a page of ours (W10): the browser says so twice, and neither can be
/// said by a script of somebody else's page.
pub fn is_from_own_page(app: &App, headers: &HeaderMap) -> bool {
    let text = |value: Option<&HeaderValue>| value.and_then(|value| value.to_str().ok().map(str::to_owned));
    let site = text(headers.get("sec-fetch-site"));
    if site.as_deref().is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    let Some(origin) = text(headers.get(ORIGIN)) else { return false };
    // What a form of ours sends, whose page gives away no referrer. A page in somebody's frame says so too, but not the former.
    if origin == "null" {
        return site.as_deref() == Some("same-origin");
    }
    let own = app.config.server.public_url.as_str();
    if !own.is_empty() && origin.eq_ignore_ascii_case(own) {
        return true;
    }
    // W22: the Host is whatever a client says. It counts where nobody has said what the address is, and among the names that this
    // machine has for itself, by any port that leads here.
    let is_by_host = own.is_empty() || (is_of_this_machine(own) && is_of_this_machine(&origin));
    let Some(host) = text(headers.get(HOST)).filter(|_| is_by_host) else { return false };
    origin.eq_ignore_ascii_case(&format!("http://{host}"))
}

/// Whether an http origin is one that no other machine can have: the demo's, and the tests'.
fn is_of_this_machine(origin: &str) -> bool {
    let Ok(url) = origin.parse::<reqwest::Url>() else { return false };
    url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}
