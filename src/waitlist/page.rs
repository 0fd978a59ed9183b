//! The tiny page behind an offer's link: no script, one style, every value escaped. Pure.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const STYLE: &str = "body{font:1.15rem/1.5 system-ui,sans-serif;margin:0;color:#1c1b22;background:#faf9fb}\
main{max-width:28rem;margin:0 auto;padding:2.5rem 1.25rem}h1{font-size:1.2rem;margin:0 0 1rem}\
p{margin:0 0 1.25rem}strong{display:block;font-size:1.35rem}\
button{font:inherit;font-weight:600;width:100%;min-height:3.25rem;border:0;border-radius:.6rem;color:#fff;background:#5b3a8e}\
button:focus-visible{outline:3px solid #1c1b22;outline-offset:2px}";

/// What the page shows below the clinic's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// A time to be had.
    OnOffer {
        moment: String,
        /// The time of day until which it is kept; `None` when that is over and it may be gone.
        until: Option<String>,
    },
    /// An end, in a sentence.
    Said(String),
}

/// The page.
pub(super) fn page(clinic: &str, shown: &Shown) -> String {
    let inner = match shown {
        Shown::OnOffer { moment, until } => {
            let until = match until {
                Some(until) => format!("It's kept for you until {} today.", escaped(until)),
                None => "This offer has run out. The time may still be free.".to_owned(),
            };
            let button = "<form method=\"post\"><button type=\"submit\">Book this time</button></form>";
            format!("<p>A time opened up: <strong>{}</strong></p><p>{until}</p>{button}", escaped(moment))
        }
        Shown::Said(said) => format!("<p role=\"status\">{}</p>", escaped(said)),
    };
    let clinic = escaped(clinic);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{clinic}</title><style>{STYLE}</style></head><body><main><h1>{clinic}</h1>{inner}</main></body></html>"
    )
}

/// The content security policy that lets the page's own style through and nothing else.
pub(super) fn policy() -> String {
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn escaped(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_clinics_name_is_markup() {
        let page = page("<script>alert('x')</script>\" onload=\"y", &Shown::Said("<b>&</b>".into()));
        assert!(!page.contains("<script") && !page.contains("onload=\"y") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;b&gt;&amp;&lt;/b&gt;"));
    }

    #[test]
    fn only_a_time_on_offer_has_a_button() {
        let offer = Shown::OnOffer { moment: "Thursday, December 3 at 2:00 PM".into(), until: None };
        assert!(page("Glow", &offer).contains("<form method=\"post\">"));
        assert!(!page("Glow", &Shown::Said("It's yours.".into())).contains("<form"));
    }

    #[test]
    fn the_policy_allows_no_script() {
        assert!(
            policy().starts_with("default-src 'none'; style-src 'sha256-") && !policy().contains("unsafe")
        );
    }
}
