//! Where a browser goes back to after a consent: a page of the dashboard, and nowhere else.

use std::fmt;

/// Longer addresses are not come back to.
const LENGTH_MAX: usize = 200;

/// A page of the dashboard as a path of our own. Having one means that it leads nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// `/dashboard`, what is below it, and a query of plain letters: no other server, no `..`, nothing to be decoded.
    pub fn parse(written: &str) -> Option<Self> {
        let rest = written.strip_prefix("/dashboard")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_=&?".contains(c);
        let is_ours = rest.is_empty() || rest.starts_with(['/', '?']);
        let is_whole =
            written.len() <= LENGTH_MAX && !written.contains("//") && rest.matches('?').count() <= 1;
        (is_ours && is_whole && rest.chars().all(is_plain)).then(|| Self(written.to_owned()))
    }

    /// The same page, told in one word what became of the consent.
    pub fn saying(&self, outcome: &'static str) -> String {
        let joint = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{joint}consent={outcome}", self.0)
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_come_back_to() {
        for page in ["/dashboard", "/dashboard/first-run?step=calendar", "/dashboard/settings/calendars"] {
            assert_eq!(ReturnTo::parse(page).map(|to| to.to_string()).as_deref(), Some(page));
        }
        for elsewhere in [
            "",
            "/",
            "dashboard",
            "//evil.example",
            "https://evil.example/dashboard",
            "/dashboard.evil.example",
            "/dashboard//evil.example",
            "/dashboard/../sign-out",
            "/dashboard\\evil",
            "/dashboard/%2e%2e",
            "/dashboard?a?b",
            "/dashboard@evil.example",
            "/dashboard/\r\nSet-Cookie",
            "/api/v1/calls",
        ] {
            assert_eq!(ReturnTo::parse(elsewhere), None, "{elsewhere}");
        }
        assert_eq!(ReturnTo::parse(&format!("/dashboard/{}", "a".repeat(200))), None);
    }

    #[test]
    fn what_became_of_it_is_one_more_parameter() {
        let said = |page: &str| ReturnTo::parse(page).map(|to| to.saying("connected"));
        assert_eq!(said("/dashboard").as_deref(), Some("/dashboard?consent=connected"));
        assert_eq!(
            said("/dashboard?step=calendar").as_deref(),
            Some("/dashboard?step=calendar&consent=connected")
        );
    }
}
