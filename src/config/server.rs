//! The section `[server]`: where the place lives and listens.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;

use super::{Error, settings::Settings};

/// Threads for requests where the host did not choose: one for each core, at most this many.
const MAX_DEFAULT_WORKERS: usize = 4;

/// What kind of place this is. It follows from `domain` and `dev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// No domain: at `http://localhost:PORT`, for looking and for work on Porchlight itself.
    /// Federates with nobody.
    Development,
    /// `dev`: ids begin with http; federates with other such places on this machine.
    Dev,
    /// A domain: https ids, secure cookies, a proxy in front.
    Production,
}

/// Another place on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevPeer {
    /// Its host name, lower case; `*.flock.test` stands for all names one below it.
    pub host: String,
    /// Where it listens; always loopback.
    pub address: SocketAddr,
}

/// Where the place lives and listens.
#[derive(Debug, Clone)]
pub struct Server {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The host of ids and links, lower case ASCII (punycode); in development `localhost:PORT`.
    pub domain: String,
    /// What stands after the @ in names; the same as `domain` unless the host chose otherwise.
    pub handle_domain: String,
    /// What kind of place this is.
    pub place: Place,
    /// Other places on this machine, at most 32.
    pub dev_peers: Vec<DevPeer>,
    /// Proxies whose `X-Forwarded-For` is believed, at most 64.
    pub trusted_proxies: Vec<IpNet>,
    /// Threads that answer requests, 1 to 256.
    pub workers: usize,
    /// How long requests in flight may take when the server stops, 1 to 300 s.
    pub shutdown: Duration,
    /// Where the source of what runs here can be had.
    pub source_url: String,
}

impl Place {
    /// `development`, `dev`, `production`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Place::Development => "development",
            Place::Dev => "dev",
            Place::Production => "production",
        }
    }

    /// The reverse.
    pub fn from_name(name: &str) -> Option<Place> {
        [Place::Development, Place::Dev, Place::Production]
            .into_iter()
            .find(|one| one.as_str() == name)
    }
}

impl Server {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let section = "server";
        let listen = read_listen(settings)?;
        let dev = settings.flag(section, "dev");
        let named = settings.some_text(section, "domain");
        let domain = match named {
            None => format!("localhost:{}", listen.port()),
            Some(name) => {
                read_host(name, dev).map_err(|what| settings.bad(section, "domain", what))?
            }
        };
        if dev && !is_local_name(&domain) {
            let what = "is only for the domains localhost, *.localhost and *.test: \
                        other servers would see http ids";
            return Err(settings.bad(section, "dev", what));
        }
        let place = match (dev, named) {
            (true, _) => Place::Dev,
            (false, None) => Place::Development,
            (false, Some(_)) => Place::Production,
        };
        let handle_domain = match settings.some_text(section, "handle_domain") {
            None => domain.clone(),
            Some(_) if place == Place::Development => {
                return Err(settings.bad(section, "handle_domain", "needs a domain"));
            }
            Some(name) => {
                read_host(name, dev).map_err(|what| settings.bad(section, "handle_domain", what))?
            }
        };
        let source_url = settings.text(section, "source_url").to_owned();
        if !source_url.starts_with("https://") && !source_url.starts_with("http://") {
            return Err(settings.bad(section, "source_url", "must be a web address"));
        }
        if settings.text(section, "data").is_empty() {
            return Err(settings.bad(section, "data", "must name a folder"));
        }
        let workers = match settings.whole(section, "workers", 0..=256)? as usize {
            0 => {
                std::thread::available_parallelism().map_or(1, |n| n.get().min(MAX_DEFAULT_WORKERS))
            }
            chosen => chosen,
        };
        Ok(Self {
            data: PathBuf::from(settings.text(section, "data")),
            listen,
            domain,
            handle_domain,
            place,
            dev_peers: read_dev_peers(settings, dev)?,
            trusted_proxies: settings.networks(section, "trusted_proxies", "believe")?,
            workers,
            shutdown: Duration::from_secs(
                settings.whole(section, "shutdown_seconds", 1..=300)? as u64
            ),
            source_url,
        })
    }

    /// `https` in production, else `http`.
    pub fn scheme(&self) -> &'static str {
        match self.place {
            Place::Production => "https",
            Place::Dev | Place::Development => "http",
        }
    }

    /// Scheme and domain without a slash at the end: what ids and links begin with.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.domain)
    }

    /// Whether cookies are for TLS only (`Secure`, `__Host-`).
    pub fn secure_cookies(&self) -> bool {
        self.place == Place::Production
    }

    /// Whether this place talks to others at all.
    pub fn federates(&self) -> bool {
        self.place != Place::Development
    }

    /// The domain without a port, as mail needs it.
    pub fn domain_without_port(&self) -> &str {
        without_port(&self.domain)
    }
}

fn without_port(domain: &str) -> &str {
    domain.split_once(':').map_or(domain, |(host, _)| host)
}

/// `localhost`, `*.localhost` and `*.test` never leave the machine (RFC 6761).
fn is_local_name(domain: &str) -> bool {
    let host = without_port(domain);
    host == "localhost" || host.ends_with(".localhost") || host.ends_with(".test")
}

fn read_listen(settings: &Settings) -> Result<SocketAddr, Error> {
    let text = settings.text("server", "listen");
    let numeric = text.replacen("localhost:", "127.0.0.1:", 1);
    let parsed = numeric
        .parse::<SocketAddr>()
        .ok()
        .filter(|address| address.port() != 0);
    parsed.ok_or_else(|| {
        let what = "must be ADDRESS:PORT such as 127.0.0.1:3000 or [::]:3000";
        settings.bad("server", "listen", what)
    })
}

/// Checks a host name and brings it into its ASCII form. A port is allowed only with `dev`.
fn read_host(name: &str, dev: bool) -> Result<String, &'static str> {
    if name.contains("://") || name.contains('/') {
        return Err("must be a bare host name such as porch.example, without https:// or a path");
    }
    let (host, port) = match name.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (name, None),
    };
    match port {
        Some(_) if !dev => return Err("must be a bare host name without a port"),
        Some(port) if port.parse::<u16>().is_err() => return Err("has a port that is none"),
        _ => {}
    }
    let ascii = idna::domain_to_ascii_strict(host).map_err(|_| "must be a valid host name")?;
    if ascii.is_empty() || ascii.len() > 253 {
        return Err("must be a valid host name");
    }
    if ascii.parse::<std::net::IpAddr>().is_ok() {
        return Err("must be a name, not an address: other servers cannot follow a number");
    }
    if !dev && !ascii.contains('.') {
        return Err("must be a full host name such as porch.example; leave it out for development");
    }
    Ok(match port {
        Some(port) => format!("{ascii}:{port}"),
        None => ascii,
    })
}

fn read_dev_peers(settings: &Settings, dev: bool) -> Result<Vec<DevPeer>, Error> {
    const MAX: usize = 32;
    let bad = |what: &str| settings.bad("server", "dev_peers", what);
    let texts = settings.list("server", "dev_peers");
    if !texts.is_empty() && !dev {
        return Err(bad("is only for a place with --dev"));
    }
    if texts.len() > MAX {
        return Err(bad("names too many places (32 at most)"));
    }
    let peers = texts.into_iter().map(|text| {
        let wrong = || bad(&format!("has {text:?}, which is not HOST=ADDRESS:PORT"));
        let (host, address) = text.split_once('=').ok_or_else(wrong)?;
        let address: SocketAddr = address
            .replacen("localhost:", "127.0.0.1:", 1)
            .parse()
            .map_err(|_| wrong())?;
        if !address.ip().is_loopback() {
            return Err(bad(&format!(
                "has {text:?}, whose address is not on this machine"
            )));
        }
        let (pattern, host) = match host.strip_prefix("*.") {
            Some(above) => ("*.", above),
            None => ("", host),
        };
        let host = read_host(host, true).map_err(|_| wrong())?;
        let port = host.split_once(':').map(|(_, port)| port);
        if port.is_some_and(|port| port != address.port().to_string()) {
            return Err(bad(&format!("has {text:?}, whose two ports differ")));
        }
        if !is_local_name(&host) {
            return Err(bad(&format!(
                "has {host:?}, which is not localhost, *.localhost or *.test"
            )));
        }
        Ok(DevPeer {
            host: format!("{pattern}{host}"),
            address,
        })
    });
    peers.collect()
}
