//! A range of IPv4 addresses.

use std::net::Ipv4Addr;

/// A network such as `167.150.224.0/23`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: u32,
    mask: u32,
}

impl Network {
    /// Reads `address/bits`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let bits: u32 = bits.parse().ok().filter(|bits| (1..=32).contains(bits))?;
        let mask = u32::MAX << (32 - bits);
        Some(Self { base: u32::from(address.parse::<Ipv4Addr>().ok()?) & mask, mask })
    }

    /// Whether `address` is in it; anything that is no IPv4 address is not.
    pub fn contains(self, address: &str) -> bool {
        address.trim().parse::<Ipv4Addr>().is_ok_and(|a| u32::from(a) & self.mask == self.base)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_network_knows_its_addresses() {
        let vapi = Network::parse("167.150.224.0/23").unwrap();
        for (address, inside) in [
            ("167.150.224.0", true),
            ("167.150.225.255", true),
            ("167.150.226.0", false),
            ("10.0.0.1", false),
            ("::1", false),
            ("", false),
        ] {
            assert_eq!(vapi.contains(address), inside, "{address}");
        }
        assert!(
            Network::parse("167.150.224.0").is_none()
                && Network::parse("x/23").is_none()
                && Network::parse("1.2.3.4/0").is_none()
        );
    }
}
