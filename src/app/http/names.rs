//! Names to addresses: looked up once, vetted, and the vetted address is the one dialled.
//!
//! The client asks this resolver at the moment it connects, so no second lookup can give
//! another answer than the first (rebinding, N2).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::vet::Peers;

/// Lookups at a time: each holds a thread of the runtime until the system answers.
const LOOKUPS: usize = 64;
/// How long one may take; the system's own patience is longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;

/// Where addresses come from: the system, or a test that lies.
pub trait Names: Send + Sync + 'static {
    /// All addresses of a host, lower case, without a dot at the end.
    fn look_up(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
pub struct SystemNames {
    turns: Arc<Semaphore>,
}

impl Default for SystemNames {
    fn default() -> SystemNames {
        SystemNames {
            turns: Arc::new(Semaphore::new(LOOKUPS)),
        }
    }
}

impl Names for SystemNames {
    fn look_up(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let (host, turns) = (host.to_owned(), self.turns.clone());
        Box::pin(async move {
            let _turn = turns.acquire_owned().await.map_err(io::Error::other)?;
            let looking = tokio::net::lookup_host((host.as_str(), 0));
            let found = tokio::time::timeout(PATIENCE, looking).await??;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A name whose address we do not dial, with the reason.
#[derive(Debug)]
pub struct Vetoed(pub String);

impl std::fmt::Display for Vetoed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Vetoed {}

/// What the client asks when it connects.
pub(super) struct Vetting {
    pub(super) names: Arc<dyn Names>,
    /// Other places on this machine; with `dev` alone, and then nobody else.
    pub(super) peers: Option<Peers>,
}

impl Resolve for Vetting {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        if let Some(peers) = &self.peers {
            let found = peers.find(&host);
            return Box::pin(async move {
                let address = found.ok_or_else(|| Vetoed(format!("{host} is no dev peer")))?;
                Ok(Box::new(std::iter::once(address)) as Addrs)
            });
        }
        let looking = self.names.look_up(&host);
        Box::pin(async move {
            let found = looking.await?;
            // One wrong address condemns the name: whoever answers like this is no fool.
            if let Some(wrong) = found.iter().find(|ip| !is_public(**ip)) {
                return Err(Vetoed(format!("{host} leads to {wrong}")).into());
            }
            let vetted = found
                .into_iter()
                .take(MAX_ADDRESSES)
                .map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(vetted.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the open network (N1): nothing private, shared, local,
/// reserved or multicast, and no address that carries another one inside.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(matches!(a, 0 | 10 | 127 | 224..)
        || (a == 100 && b & 0xc0 == 64)
        || (a == 169 && b == 254)
        || (a == 172 && b & 0xf0 == 16)
        || (a == 192 && b == 168)
        // Protocol assignments, documentation, the old relay of 6to4.
        || (a == 192 && b == 0 && matches!(c, 0 | 2))
        || (a == 192 && b == 88 && c == 99)
        // Benchmarks, documentation.
        || (a == 198 && b & 0xfe == 18)
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    // Only 2000::/3 is given out; that leaves out ::/96, ::ffff/96, 64:ff9b::/96, 100::/64,
    // fc00::/7, fe80::/10, ff00::/8.
    s[0] & 0xe000 == 0x2000
        // Teredo and the other protocol assignments; documentation; 6to4.
        && !(s[0] == 0x2001 && s[1] < 0x0200)
        && !(s[0] == 0x2001 && s[1] == 0x0db8)
        && !(s[0] == 0x3fff && s[1] < 0x1000)
        && s[0] != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_of_a_private_network_is_public() {
        // N1
        for ip in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.254",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip.parse().expect(ip)), "{ip}");
        }
    }

    #[test]
    fn the_open_network_is_public() {
        for ip in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.254",
            "2001:4860:4860::8888",
            "2606:4700::1",
            "2a01:4f8::1",
        ] {
            assert!(is_public(ip.parse().expect(ip)), "{ip}");
        }
    }
}
