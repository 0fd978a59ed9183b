//! Where mail goes to.

use std::fmt;

/// More is no address (RFC 5321, 4.5.3.1.3).
const CHARS_MAX: usize = 254;

/// An address of a person at a domain. Names a person: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(pub(crate) lettre::Address);

impl Address {
    /// Reads `name@example.com`, and nothing that only some servers take: no quotes, no numbers for a domain, no letters
    /// beyond ASCII.
    pub fn parse(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        let is_plain = raw.is_ascii() && !raw.contains(['"', '[', '(', ' ']) && raw.len() <= CHARS_MAX;
        let address: lettre::Address = raw.parse().ok().filter(|_| is_plain)?;
        address.domain().contains('.').then_some(Self(address))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_persons_at_a_domain() {
        for good in ["maria@glow.example", " maria.o+alerts@mail.glow.example ", "m@xn--glw-jna.example"] {
            assert_eq!(
                Address::parse(good).map(|a| a.as_str().to_owned()).as_deref(),
                Some(good.trim()),
                "{good}"
            );
        }
        let long = format!("{}@glow.example", "a".repeat(250));
        for bad in [
            "",
            "maria",
            "maria@",
            "@glow.example",
            "maria@glow",
            "maria@glow.example\r\nBcc: all@glow.example",
            "Maria <maria@glow.example>",
            "maria@glow.example, jo@glow.example",
            "\"maria o\"@glow.example",
            "maria@[127.0.0.1]",
            "maría@glow.example",
            "a b@glow.example",
            &long,
        ] {
            assert!(Address::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn debug_shows_nobody() {
        assert_eq!(format!("{:?}", Address::parse("maria@glow.example")), "Some(Address(…))");
    }
}
