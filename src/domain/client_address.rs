//! Who knocks, by network: what limits and applications go by.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Entries of `X-Forwarded-For` that are looked at, from the right. A chain of proxies has
/// one or two.
const MAX_HOPS: usize = 16;

/// The address that a request came from, proxies taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// An address that stands for "unknown": no request has it.
    pub const UNKNOWN: ClientAddress = ClientAddress(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

    /// Finds the client behind proxies.
    ///
    /// `forwarded` holds the values of `X-Forwarded-For` in the order they came. It is read
    /// from the right, since only there the entries are the proxies' own: each is believed
    /// when the one who wrote it is trusted. From a peer that is not, nothing is believed.
    pub fn find<'a>(
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
        trusted: &[IpNet],
    ) -> ClientAddress {
        let mut client = peer.to_canonical();
        let entries = forwarded.rev().flat_map(|value| value.rsplit(','));
        for entry in entries.take(MAX_HOPS) {
            if !trusted.iter().any(|net| net.contains(&client)) {
                break;
            }
            match parse(entry) {
                Some(address) => client = address,
                // Whatever stands further left was not written by a proxy of ours.
                None => break,
            }
        }
        ClientAddress(client)
    }

    /// What counts as one client: an IPv4 address, or an IPv6 /64, since a single customer
    /// holds all of it.
    pub fn network(self) -> IpNet {
        self.cut(64)
    }

    /// The wider net, for limits on what one site as a whole may do: IPv4 /24, IPv6 /48.
    pub fn site(self) -> IpNet {
        match self.0 {
            IpAddr::V4(address) => Ipv4Net::new_assert(address, 24).trunc().into(),
            IpAddr::V6(_) => self.cut(48),
        }
    }

    fn cut(self, bits: u8) -> IpNet {
        match self.0 {
            IpAddr::V4(address) => Ipv4Net::new_assert(address, 32).into(),
            IpAddr::V6(address) => Ipv6Net::new_assert(address, bits).trunc().into(),
        }
    }
}

/// An address as proxies write it: bare, with a port, in brackets.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let address = entry
        .parse::<IpAddr>()
        .or_else(|_| entry.parse::<std::net::SocketAddr>().map(|a| a.ip()))
        .ok()
        .or_else(|| entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok())?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        ClientAddress::find(peer.parse().unwrap(), forwarded.iter().copied(), &trusted)
            .0
            .to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(find("203.0.113.9", &["1.2.3.4"], &[]), "203.0.113.9");
        assert_eq!(
            find("203.0.113.9", &["1.2.3.4"], &["10.0.0.0/8"]),
            "203.0.113.9"
        );
        // Loopback is nobody's proxy unless the host says so.
        assert_eq!(find("127.0.0.1", &["1.2.3.4"], &[]), "127.0.0.1");
    }

    #[test]
    fn the_chain_is_read_from_the_right() {
        let trusted = &["127.0.0.1/32", "10.0.0.0/8"];
        assert_eq!(
            find("127.0.0.1", &["6.6.6.6, 203.0.113.9"], trusted),
            "203.0.113.9"
        );
        assert_eq!(
            find("127.0.0.1", &["6.6.6.6, 203.0.113.9, 10.1.1.1"], trusted),
            "203.0.113.9"
        );
        // Several headers are one list.
        assert_eq!(
            find("127.0.0.1", &["6.6.6.6", "203.0.113.9"], trusted),
            "203.0.113.9"
        );
        // A client that only pretends to be inside is the last one that was believed.
        assert_eq!(find("127.0.0.1", &["10.2.2.2"], trusted), "10.2.2.2");
        assert_eq!(
            find("127.0.0.1", &["6.6.6.6, nonsense"], trusted),
            "127.0.0.1"
        );
        assert_eq!(find("127.0.0.1", &[""], trusted), "127.0.0.1");
        assert_eq!(find("127.0.0.1", &[], trusted), "127.0.0.1");
    }

    #[test]
    fn a_long_chain_ends() {
        let long = vec!["127.0.0.1"; 10_000].join(",");
        assert_eq!(find("127.0.0.1", &[&long], &["127.0.0.1/32"]), "127.0.0.1");
    }

    #[test]
    fn addresses_in_every_spelling() {
        let trusted = &["127.0.0.1/32"];
        for (entry, address) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            assert_eq!(find("::ffff:127.0.0.1", &[entry], trusted), address);
        }
    }

    #[test]
    fn one_customer_is_one_client() {
        let a = ClientAddress("2001:db8:1:2:aaaa::1".parse().unwrap());
        let b = ClientAddress("2001:db8:1:2:bbbb::9".parse().unwrap());
        let c = ClientAddress("2001:db8:1:3::1".parse().unwrap());
        assert_eq!(a.network(), b.network());
        assert_ne!(a.network(), c.network());
        assert_eq!(a.site(), c.site());
        assert_eq!(a.network().to_string(), "2001:db8:1:2::/64");
        let v4 = ClientAddress("203.0.113.9".parse().unwrap());
        assert_eq!(v4.network().to_string(), "203.0.113.9/32");
        assert_eq!(v4.site().to_string(), "203.0.113.0/24");
    }
}
