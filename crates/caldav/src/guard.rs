//! Which addresses are asked: a clinic types the server's address, and must not reach our own network with it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Url, redirect};

use crate::Error;

/// Decides which addresses may be asked, before each request and again when a name is looked up.
///
/// The second look is what counts: a name can point anywhere, and elsewhere a second later, but the connection goes to
/// the very addresses that were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    private_networks: bool,
    /// Beside the one that https has.
    ports: Vec<u16>,
}

/// Every address of a name is one that we do not ask.
#[derive(Debug, thiserror::Error)]
#[error("no address of this name is permitted")]
pub(crate) struct AddressRefused;

impl Guard {
    /// `https` on its own port, and addresses of the public Internet only.
    pub const fn strict() -> Self {
        Self { private_networks: false, ports: Vec::new() }
    }

    /// The same, and `ports` as well: where somebody has decided that servers there may be asked.
    #[must_use]
    pub fn and_ports(self, ports: Vec<u16>) -> Self {
        Self { ports, ..self }
    }

    /// Also `http`, any port, this machine and private networks: for tests, the demo, and a server in a clinic's own network.
    /// Never link-local addresses, where clouds hand out credentials.
    pub const fn with_private_networks() -> Self {
        Self { private_networks: true, ports: Vec::new() }
    }

    /// Refuses a URL of another scheme, with credentials in it, of another port, or with an address that is not permitted for
    /// its host.
    ///
    /// A name passes here and is judged when it is looked up. `url` has read hexadecimal, octal and decimal spellings
    /// of an address by now.
    pub fn allows(&self, url: &Url) -> Result<(), Error> {
        let scheme = url.scheme() == "https" || self.private_networks && url.scheme() == "http";
        if !scheme || !url.username().is_empty() || url.password().is_some() {
            return Err(Error::NotAllowed);
        }
        let is_known_port = url.port().is_none_or(|port| self.ports.contains(&port));
        if !is_known_port && !self.private_networks {
            return Err(Error::NotAllowed);
        }
        let host = url.host_str().ok_or(Error::NotAllowed)?;
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if !self.allows_address(address) => Err(Error::NotAllowed),
            _ => Ok(()),
        }
    }

    /// Whether connections may go to `address`.
    pub fn allows_address(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(v4) => self.allows_v4(v4),
            IpAddr::V6(v6) => self.allows_v6(v6),
        }
    }

    /// Those of a name's addresses that connections may go to.
    fn permitted(&self, found: impl Iterator<Item = SocketAddr>) -> Result<Addrs, AddressRefused> {
        let permitted: Vec<_> = found.filter(|address| self.allows_address(address.ip())).collect();
        if permitted.is_empty() { Err(AddressRefused) } else { Ok(Box::new(permitted.into_iter())) }
    }

    const fn allows_v4(&self, address: Ipv4Addr) -> bool {
        let private = matches!(
            address.octets(),
            [127 | 10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] // the last: carriers' NAT
        );
        // Where clouds answer for a machine that asks who it is.
        let metadata = matches!(address.octets(), [168, 63, 129, 16] | [100, 100, 100, 200]);
        let never = metadata
            || matches!(
                address.octets(),
                [0 | 224..=255, ..] // this network, multicast, reserved, broadcast
                    | [169, 254, ..] // link-local
                    | [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] // protocols, documentation
                    | [198, 18 | 19, ..] // benchmarks
                    | [192, 88, 99, _] // relays to IPv6
            );
        !never && (self.private_networks || !private)
    }

    fn allows_v6(&self, address: Ipv6Addr) -> bool {
        // An IPv4 address inside one of IPv6 is judged as what it leads to.
        if let Some(inner) = embedded_v4(address) {
            return self.allows_v4(inner);
        }
        let segments = address.segments();
        let metadata = segments == [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254];
        let private = address.is_loopback() || segments[0] & 0xfe00 == 0xfc00;
        // What is not of 2000::/3 is not routed: unspecified, link-local, site-local, multicast, discard.
        let public = matches!(segments, [0x2000..=0x3fff, ..])
            && !matches!(segments, [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..]);
        !metadata && (public || self.private_networks && private)
    }
}

/// Mapped addresses are gone by now; left are the compatible form, 6to4 and NAT64.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(v4(high, low))
        }
        _ => None,
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move { Ok(guard.permitted(tokio::net::lookup_host((name.as_str(), 0)).await?)?) })
    }
}

/// An HTTP client fit for [`crate::Client::new`]: connects only where `guard` permits, follows no redirect, gives up in
/// time.
pub fn http_client(guard: Guard, deadline: Duration) -> Result<reqwest::Client, reqwest::Error> {
    client_of(guard, deadline)
}

/// The same with what looks names up, which says only addresses that may be asked.
fn client_of(names: impl Resolve + 'static, deadline: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .dns_resolver(Arc::new(names))
        // A proxy would look names up itself, past the guard.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .user_agent("Voxanne")
        .connect_timeout(deadline)
        .timeout(deadline)
        .build()
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
