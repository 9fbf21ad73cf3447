//! Who calls: the address that counts, and whose key was shown.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// Who calls, as far as limits are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    address: IpAddr,
    holder: Option<Holder>,
}

/// Whose key was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A reader of open data.
    Key {
        /// The key's row.
        id: i64,
        /// What was granted to it.
        raised: Raised,
    },
    /// A unit's system.
    System {
        /// The key's row.
        id: i64,
        /// What was granted to it.
        raised: Raised,
    },
}

/// Quotas above the usual ones, in the same windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Raised {
    /// In the short window.
    pub burst: Option<u32>,
    /// In a day.
    pub daily: Option<u32>,
}

impl Caller {
    /// Somebody at this address, of whom nothing else is known.
    pub fn at(address: IpAddr) -> Self {
        Self { address: bucket(address), holder: None }
    }

    /// The same caller, whose key was found to be good.
    #[must_use]
    pub fn with(self, holder: Holder) -> Self {
        Self { holder: Some(holder), ..self }
    }

    /// The part of the address that is counted.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// Whose key was shown.
    pub fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }
}

impl Holder {
    /// What was granted to the key.
    pub fn raised(&self) -> Raised {
        match self {
            Self::Key { raised, .. } | Self::System { raised, .. } => *raised,
        }
    }
}

/// The address of the client: the peer's, unless the peer is a proxy that the configuration trusts. Then it is the last
/// address in `X-Forwarded-For` that no trusted proxy wrote for itself. Whatever an untrusted peer sends is ignored.
pub fn address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = plain(peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
    let believed = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !believed(&peer) {
        return peer;
    }
    let mut hops: Vec<&str> = Vec::new();
    for value in headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()) {
        hops.extend(value.split(',').map(str::trim));
    }
    for hop in hops.into_iter().rev() {
        match hop_address(hop) {
            Some(address) if believed(&plain(address)) => {}
            Some(address) => return plain(address),
            // Whoever wrote this cannot be told: the nearest address that can be believed is the proxy's.
            None => return peer,
        }
    }
    peer
}

/// The address that a proxy wrote. Some write the port with it, `203.0.113.9:4711` or `[2001:db8::1]:4711`; the port counts nothing.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse::<IpAddr>().or_else(|_| with_port()).ok()
}

/// An IPv4 address in IPv6 clothes is the IPv4 address.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// The part of an address that one household or company holds: all of IPv4, the /64 of IPv6.
fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(value));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        address(Some(peer.parse().unwrap()), &headers, &trusted).to_string()
    }

    #[test]
    fn forged_headers_change_nothing_without_a_trusted_proxy() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn behind_trusted_proxies_the_last_untrusted_hop_counts() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(seen("10.0.0.1", &["198.51.100.1, 203.0.113.9, 10.0.0.2"], &trusted), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1", "203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["rubbish"], &trusted), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[], &trusted), "10.0.0.1");
        assert_eq!(seen("::ffff:10.0.0.1", &["203.0.113.9"], &trusted), "203.0.113.9");
    }

    #[test]
    fn a_hop_may_come_with_its_port() {
        let trusted = ["10.0.0.0/8"];
        for (forwarded, counts) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("203.0.113.9:4711, 10.0.0.2:80", "203.0.113.9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("[::ffff:203.0.113.9]:99", "203.0.113.9"),
            ("203.0.113.9:", "10.0.0.1"),
            ("203.0.113.9:99999", "10.0.0.1"),
            ("[2001:db8::9", "10.0.0.1"),
        ] {
            assert_eq!(seen("10.0.0.1", &[forwarded], &trusted), counts, "{forwarded}");
        }
    }

    #[test]
    fn one_household_is_one_bucket() {
        let a: IpAddr = "2001:db8:1:2:3::4".parse().unwrap();
        let b: IpAddr = "2001:db8:1:2:ffff::1".parse().unwrap();
        let other: IpAddr = "2001:db8:1:3::1".parse().unwrap();
        assert_eq!(bucket(a), bucket(b));
        assert_ne!(bucket(a), bucket(other));
    }
}
