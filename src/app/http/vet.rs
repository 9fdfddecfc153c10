//! Which URLs we ask at all, before anything is looked up. Redirects pass here too.

use std::collections::HashMap;
use std::net::SocketAddr;

use url::{Host, Url};

use super::error::FetchError;
use crate::config::DevPeer;

/// The longest URL that is asked, in bytes.
const MAX_URL: usize = 2_048;
/// Top-level names that never lead into the open network (RFC 6761 and its kin).
const NOT_A_PLACE: &[&str] = &[
    "alt",
    "arpa",
    "example",
    "home",
    "i2p",
    "internal",
    "invalid",
    "lan",
    "local",
    "localhost",
    "onion",
    "test",
];

/// What may be asked.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Our own authority, `host` or `host:port`: asking ourselves is always a mistake.
    pub(super) own: String,
    /// With `dev`: these alone, http allowed.
    pub(super) peers: Option<Peers>,
}

/// Where dev peers are, by host without a port.
#[derive(Debug, Clone)]
pub(super) struct Peers(HashMap<String, SocketAddr>);

impl Peers {
    /// The address of a host; one under `*.` is at the address of that pattern.
    pub(super) fn find(&self, host: &str) -> Option<SocketAddr> {
        let pattern = || {
            let (_, above) = host.split_once('.')?;
            self.0.get(&format!("*.{above}"))
        };
        self.0.get(host).or_else(pattern).copied()
    }
}

impl Rules {
    pub(super) fn new(own: &str, peers: Option<&[DevPeer]>) -> Rules {
        let by_host = |peer: &DevPeer| {
            let host = peer.host.split(':').next().unwrap_or_default();
            (host.to_owned(), peer.address)
        };
        Rules {
            own: own.to_owned(),
            peers: peers.map(|peers| Peers(peers.iter().map(by_host).collect())),
        }
    }

    /// Refuses what is no plain address of a server out there.
    pub(super) fn vet(&self, url: &Url) -> Result<(), FetchError> {
        let refuse = |why: &'static str| Err(FetchError::Refused(why.into()));
        if url.as_str().len() > MAX_URL {
            return refuse("the address is too long");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the address carries a password");
        }
        // The URL standard reads 2130706433, 0x7f.1 and 0177.0.0.1 as numbers: no such name
        // is left here.
        let Some(Host::Domain(host)) = url.host() else {
            return refuse("the address is a number, not a name");
        };
        let host = host.trim_end_matches('.');
        let ours = match url.port() {
            Some(port) => format!("{host}:{port}") == self.own,
            None => host == self.own,
        };
        if ours {
            return refuse("it is our own address");
        }
        if let Some(peers) = &self.peers {
            if !matches!(url.scheme(), "https" | "http") {
                return refuse("it is no web address");
            }
            return match peers.find(host) {
                Some(_) => Ok(()),
                None => refuse("with dev, only dev peers are asked"),
            };
        }
        if url.scheme() != "https" {
            return refuse("only https is asked");
        }
        if url.port_or_known_default() != Some(443) {
            return refuse("only port 443 is asked");
        }
        match host.rsplit_once('.') {
            Some((_, top)) if !NOT_A_PLACE.contains(&top) => Ok(()),
            _ => refuse("the name leads nowhere"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(rules: &Rules, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| rules.vet(&url).is_ok())
    }

    #[test]
    fn only_names_on_port_443_are_asked() {
        let rules = Rules::new("porch.example.org", None);
        assert!(allowed(&rules, "https://other.example.org/users/a?b=c"));
        assert!(allowed(&rules, "https://xn--bcher-kva.example.org:443/"));
        for url in [
            "http://other.example.org/",
            "https://other.example.org:8443/",
            "https://other.example.org:80/",
            "ftp://other.example.org/",
            "file:///etc/passwd",
            "https://user:secret@other.example.org/",
            "https://porch.example.org/users/a",
            "https://PORCH.example.org/users/a",
            "https://porch.example.org./users/a",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://localhost/",
            "https://localhost./",
            "https://printer.local/",
            "https://redis/",
            "https://metadata.internal/",
            "https://hidden.onion/",
        ] {
            assert!(!allowed(&rules, url), "{url}");
        }
        let long = format!("https://other.example.org/{}", "a".repeat(MAX_URL));
        assert!(!allowed(&rules, &long));
    }

    #[test]
    fn with_dev_only_the_peers_are_asked() {
        let peer = |host: &str, port| DevPeer {
            host: host.to_owned(),
            address: ([127, 0, 0, 1], port).into(),
        };
        let peers = [peer("alpha.test", 8741), peer("*.flock.test", 8742)];
        let rules = Rules::new("porch.test", Some(&peers));
        assert!(allowed(&rules, "http://alpha.test/users/a"));
        assert!(allowed(&rules, "http://h1.flock.test/users/a"));
        assert!(allowed(&rules, "https://alpha.test/users/a"));
        for url in [
            "http://beta.test/",
            "http://flock.test/",
            "http://a.b.flock.test/",
            "http://a.alpha.test/",
            "http://127.0.0.1:8741/",
            "https://other.example.org/",
            "http://porch.test/",
        ] {
            assert!(!allowed(&rules, url), "{url}");
        }
    }
}
