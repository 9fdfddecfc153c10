//! Whose servers take the mail of a domain: asked of the machine's own name server, never of
//! the domain itself.
//!
//! What cannot be said in time is [`MailHosts::Unknown`]: a hint for nobody, never a refusal.

mod wire;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use tokio::sync::Semaphore;

/// How long a look-up may take, waiting for a turn included.
const PATIENCE: Duration = Duration::from_secs(2);
/// Look-ups at a time.
const AT_ONCE: usize = 32;
/// Domains that are remembered, and for how long.
const REMEMBERED: u64 = 10_000;
const FRESH: Duration = Duration::from_secs(3600);
/// Name servers that are asked, one after the other.
const SERVERS: usize = 3;

/// Whose servers take the mail of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailHosts {
    /// No answer in time, or none is asked for.
    Unknown,
    /// These, the first choice first; lower case, in ASCII, without a dot at the end.
    Are(Vec<String>),
    /// No server of its own: mail goes to the domain itself, if anywhere.
    NoServer,
    /// The domain does not exist, or says that it takes no mail.
    Nobody,
}

impl MailHosts {
    /// The first choice.
    pub fn first(&self) -> Option<&str> {
        match self {
            MailHosts::Are(hosts) => hosts.first().map(String::as_str),
            _ => None,
        }
    }
}

/// Asks, and remembers. One per process.
pub struct MailDomains {
    servers: Vec<SocketAddr>,
    turns: Arc<Semaphore>,
    known: Cache<String, MailHosts>,
}

impl MailDomains {
    /// Asks these name servers, three at the most; without any, nothing is looked up.
    pub fn new(servers: impl IntoIterator<Item = SocketAddr>) -> MailDomains {
        MailDomains {
            servers: servers.into_iter().take(SERVERS).collect(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            known: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(FRESH)
                .build(),
        }
    }

    /// The name servers that the machine uses (`/etc/resolv.conf`).
    pub fn system_servers() -> Vec<SocketAddr> {
        let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        named_servers(&text)
    }

    /// Whose servers take the mail of this domain (ASCII, lower case).
    pub async fn look_up(&self, domain: &str) -> MailHosts {
        if self.servers.is_empty() {
            return MailHosts::Unknown;
        }
        if let Some(known) = self.known.get(domain).await {
            return known;
        }
        let asking = async {
            let _turn = self.turns.acquire().await.ok()?;
            wire::ask(&self.servers, domain).await
        };
        let found = tokio::time::timeout(PATIENCE, asking).await.ok().flatten();
        match found {
            Some(found) => {
                self.known.insert(domain.to_owned(), found.clone()).await;
                found
            }
            None => MailHosts::Unknown,
        }
    }
}

fn named_servers(resolv_conf: &str) -> Vec<SocketAddr> {
    resolv_conf
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .filter_map(|rest| rest.trim().parse::<IpAddr>().ok())
        .map(|address| SocketAddr::new(address, 53))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_name_servers_are_read() {
        let text = "# a comment\nnameserver 192.0.2.1\nsearch example\n nameserver 2001:db8::1 \nnameserver fe80::1%eth0";
        let found = named_servers(text);
        assert_eq!(
            found,
            [
                "192.0.2.1:53".parse().unwrap(),
                "[2001:db8::1]:53".parse().unwrap()
            ]
        );
    }

    #[tokio::test]
    async fn without_a_name_server_nothing_is_known() {
        let domains = MailDomains::new([]);
        assert_eq!(domains.look_up("ann.example").await, MailHosts::Unknown);
    }

    #[tokio::test]
    async fn a_silent_name_server_costs_two_seconds_and_says_nothing() {
        let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let domains = MailDomains::new([silent.local_addr().unwrap()]);
        let began = std::time::Instant::now();
        assert_eq!(domains.look_up("ann.example").await, MailHosts::Unknown);
        assert!(began.elapsed() < PATIENCE * 3);
    }
}
