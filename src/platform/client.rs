//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr};

use http::{Extensions, HeaderMap};

use super::per_address::household;

/// The address of the connection that a request came by; every request carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Who calls, as far as limits care: an address, or the /64 of an IPv6 one.
///
/// With `proxies` in front, the entry of `X-Forwarded-For` that the outermost of them wrote. What is further left came from
/// the client, and may be anything.
pub fn network(extensions: &Extensions, headers: &HeaderMap, proxies: usize) -> IpAddr {
    let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let peer = extensions.get::<ClientAddress>().map_or(nobody, |client| client.0);
    let forwarded = || {
        let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let entries: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        entries.len().checked_sub(proxies).and_then(|at| entries.get(at)?.parse().ok())
    };
    household(if proxies == 0 { peer } else { forwarded().unwrap_or(peer) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn seen(forwarded: &[&'static str], proxies: usize) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ClientAddress("192.0.2.1".parse().unwrap()));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        network(&extensions, &headers, proxies).to_string()
    }

    #[test]
    fn w22_w26_a_header_is_believed_as_far_as_our_own_proxies_wrote_it() {
        assert_eq!(seen(&["198.51.100.7"], 0), "192.0.2.1");
        assert_eq!(seen(&["203.0.113.9, 198.51.100.7"], 1), "198.51.100.7");
        assert_eq!(seen(&["203.0.113.9", "198.51.100.7, 10.0.0.1"], 2), "198.51.100.7");
        assert_eq!(seen(&[], 1), "192.0.2.1");
        assert_eq!(seen(&["nonsense"], 1), "192.0.2.1");
        assert_eq!(seen(&["2001:db8::1:2:3:4"], 1), "2001:db8::");
    }
}
