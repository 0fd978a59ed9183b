//! Small pages for people who follow a link: no script, one style, every value escaped.

use aws_lc_rs::digest;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const STYLE: &str = ":root{color-scheme:light dark}\
body{font:1.15rem/1.5 system-ui,sans-serif;margin:0;color:light-dark(#1c1b22,#f1eff5);background:light-dark(#faf9fb,#131217)}\
main{max-width:28rem;margin:0 auto;padding:2.5rem 1.25rem}h1{font-size:1.2rem;margin:0 0 1rem}\
p{margin:0 0 1.25rem}strong{display:block;font-size:1.35rem}\
button{font:inherit;font-weight:600;width:100%;min-height:3.25rem;border:0;border-radius:.6rem;color:light-dark(#fff,#22143a);background:light-dark(#5b3a8e,#c3a6f2)}\
button:focus-visible{outline:3px solid light-dark(#1c1b22,#f1eff5);outline-offset:2px}";

/// A page with this title above `inner`, which is markup already.
pub fn page(title: &str, inner: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>{inner}</main></body></html>"
    )
}

/// A page that says one thing.
pub fn notice(title: &str, said: &str) -> String {
    page(title, &format!("<p role=\"status\">{}</p>", escaped(said)))
}

/// Text as markup.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A page as an answer, with the policy that lets its own style through and nothing else.
pub fn respond(status: StatusCode, html: String) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn policy() -> String {
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-to csp; report-uri /csp-reports"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let page = notice("<script>alert('x')</script>\" onload=\"y", "<b>&</b>");
        assert!(!page.contains("<script") && !page.contains("onload=\"y") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;b&gt;&amp;&lt;/b&gt;"));
    }

    #[test]
    fn the_policy_allows_no_script() {
        assert!(
            policy().starts_with("default-src 'none'; style-src 'sha256-") && !policy().contains("unsafe")
        );
    }
}
