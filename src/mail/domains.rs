//! Whose servers take the mail of a domain: its MX records (RFC 5321, 5.1), asked of the
//! machine's own name server, never of the domain itself.
//!
//! What cannot be said in time is [`MailHosts::Unknown`]: a hint for nobody, never a refusal.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use moka::future::Cache;
use tokio::sync::Semaphore;

/// How long a look-up may take, waiting for a turn included.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long one name server may take before the next is asked.
const EACH: Duration = Duration::from_millis(900);
/// Look-ups at a time.
const AT_ONCE: usize = 32;
/// Domains that are remembered, and for how long.
const REMEMBERED: u64 = 10_000;
const FRESH: Duration = Duration::from_secs(3600);
/// Name servers that are asked, one after the other.
const SERVERS: usize = 3;
/// Records of an answer that are looked at.
const RECORDS: usize = 50;

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
    resolver: Option<TokioResolver>,
    turns: Arc<Semaphore>,
    known: Cache<String, MailHosts>,
}

impl MailDomains {
    /// Asks these name servers, three at the most; without any, nothing is looked up.
    pub fn new(servers: impl IntoIterator<Item = SocketAddr>) -> MailDomains {
        MailDomains {
            resolver: resolver(servers),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            known: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(FRESH)
                .build(),
        }
    }

    /// Whether any name server is asked.
    pub fn asks(&self) -> bool {
        self.resolver.is_some()
    }

    /// The name servers that the machine uses (`/etc/resolv.conf`).
    pub fn system_servers() -> Vec<SocketAddr> {
        let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        named_servers(&text)
    }

    /// Whose servers take the mail of this domain (ASCII, lower case).
    pub async fn look_up(&self, domain: &str) -> MailHosts {
        let Some(resolver) = &self.resolver else {
            return MailHosts::Unknown;
        };
        if let Some(known) = self.known.get(domain).await {
            return known;
        }
        let asking = async {
            let _turn = self.turns.acquire().await.ok()?;
            ask(resolver, domain).await
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

fn resolver(servers: impl IntoIterator<Item = SocketAddr>) -> Option<TokioResolver> {
    let one = |server: SocketAddr| {
        let mut one = NameServerConfig::udp_and_tcp(server.ip());
        for connection in &mut one.connections {
            connection.port = server.port();
        }
        one
    };
    let servers: Vec<NameServerConfig> = servers.into_iter().take(SERVERS).map(one).collect();
    if servers.is_empty() {
        return None;
    }
    let config = ResolverConfig::from_parts(None, Vec::new(), servers);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = EACH;
    options.attempts = 1;
    // We remember ourselves, what is not there as well.
    options.cache_size = 0;
    options.edns0 = false;
    match builder.build() {
        Ok(resolver) => Some(resolver),
        Err(error) => {
            tracing::warn!(?error, "mail domains are not looked up");
            None
        }
    }
}

/// `None` where no server had an answer.
async fn ask(resolver: &TokioResolver, domain: &str) -> Option<MailHosts> {
    let mut name = Name::from_ascii(domain).ok()?;
    name.set_fqdn(true);
    let found = match resolver.mx_lookup(name).await {
        Ok(found) => found,
        Err(error) => return without_records(&error),
    };
    let mut hosts: Vec<(u16, String)> = found
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            RData::MX(mx) => Some((mx.preference, mx.exchange.to_ascii().to_lowercase())),
            _ => None,
        })
        .take(RECORDS)
        .map(|(preference, host)| (preference, host.trim_end_matches('.').to_owned()))
        .collect();
    hosts.sort();
    let hosts: Vec<String> = hosts.into_iter().map(|(_, host)| host).collect();
    Some(match hosts.iter().all(String::is_empty) {
        // One record with the root as its host: no mail is taken (RFC 7505).
        true if !hosts.is_empty() => MailHosts::Nobody,
        true => MailHosts::NoServer,
        false => MailHosts::Are(hosts.into_iter().filter(|h| !h.is_empty()).collect()),
    })
}

fn without_records(error: &NetError) -> Option<MailHosts> {
    if error.is_nx_domain() {
        Some(MailHosts::Nobody)
    } else if error.is_no_records_found() {
        Some(MailHosts::NoServer)
    } else {
        None
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
