//! The guarded client: everything that we ask of other servers goes through here.
//!
//! What strangers can make us ask is theirs to choose, so each hop of each request obeys:
//!
//! - [`vet`]: https on port 443, a name and not a number, not ourselves;
//! - [`names`]: the address that was vetted is the address that is dialled (N1, N2);
//! - redirects by hand: three hops at the most, none of them seen before, never from https to
//!   http (N4, I11);
//! - no server that is blocked, or not allowed where only some are, at any hop (I28);
//! - one deadline for all of it, from the first lookup to the last byte (N5);
//! - bodies count decoded (N6), and are read by [`body`] alone.
//!
//! No proxy of the environment is used: it would look names up for us. Certificates are
//! judged by the system's authorities, and those of `SSL_CERT_FILE` where it is set
//! ([`authorities`]).

mod authorities;
pub mod body;
pub mod error;
pub mod media_type;
pub mod names;
mod vet;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, Request, Response, redirect};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use crate::app::clock::Clock;
use crate::app::metrics::Metrics;
use crate::app::policies::Verdicts;
use crate::cache::buckets::{Buckets, Rate};
use crate::config::{Place, Server};
use crate::domain::Result;
use crate::secrets::actor_key::SigningKey;
use crate::secrets::signature::{authority, sign_cavage};
pub use error::FetchError;
use names::{Names, Vetting};
use vet::Rules;

/// Redirects, and other steps from one address to the next, that one question may take.
const MAX_HOPS: usize = 3;
/// Requests in flight; deliveries have a cap of their own below it.
const MAX_IN_FLIGHT: usize = 512;
/// How long a connection may take, TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(30);
/// Idle connections of one host.
const IDLE_PER_HOST: usize = 4;
/// Headers of an answer, and bytes of them with HTTP/2; HTTP/1 takes 400 kB of buffer.
const MAX_HEADERS: usize = 100;
const MAX_HEADER_BYTES: u32 = 64 * 1024;
/// The longest `Retry-After` that we believe.
const MAX_RETRY_AFTER: u64 = 24 * 3600;

/// Who signs what we ask.
pub struct Signer {
    /// The address of the public key.
    pub key_id: String,
    /// The private one.
    pub key: SigningKey,
}

/// The client. One per process; see the module.
pub struct Http {
    client: reqwest::Client,
    rules: Rules,
    signer: Signer,
    clock: Clock,
    in_flight: Semaphore,
    asked: AtomicU64,
    metrics: Arc<Metrics>,
}

/// What one question may still do; shared by all of its hops.
pub struct Trip {
    /// When it must be over, the body read.
    deadline: Instant,
    /// Requests left to the piece of work that asks; `None` where they are not counted.
    budget: Option<Budget>,
    /// Where it was already.
    seen: Mutex<HashSet<Url>>,
    /// Whom it may ask.
    verdicts: Verdicts,
}

/// Requests that one piece of work may make. Clones count together.
#[derive(Clone)]
pub struct Budget {
    left: Arc<AtomicU32>,
    /// What each server may be asked by many pieces of work together; `None`: no more than this
    /// one may ask.
    hosts: Option<Arc<PerHost>>,
}

/// Requests that any one server gets from many pieces of work together.
pub struct PerHost {
    buckets: Buckets,
    rate: Rate,
    clock: Clock,
}

impl PerHost {
    /// So many at once, and so many come back.
    pub fn new(rate: Rate, clock: Clock) -> PerHost {
        PerHost {
            buckets: Buckets::default(),
            rate,
            clock,
        }
    }

    fn spend(&self, host: &str) -> Result<(), FetchError> {
        let taken = self.buckets.take(host, self.rate, self.clock.now());
        taken.map_err(|_| FetchError::Budget)
    }
}

impl Budget {
    /// So many.
    pub fn of(requests: u32) -> Budget {
        Budget {
            left: Arc::new(AtomicU32::new(requests)),
            hosts: None,
        }
    }

    /// The same, of which each server gets no more than these allow.
    pub fn among(self, hosts: Arc<PerHost>) -> Budget {
        Budget {
            hosts: Some(hosts),
            ..self
        }
    }

    /// How many are left.
    pub fn left(&self) -> u32 {
        self.left.load(Ordering::Relaxed)
    }

    /// Whether a request to `host` would be paid for; takes nothing.
    pub fn reaches(&self, host: &str) -> bool {
        let now = |hosts: &PerHost| hosts.clock.now();
        let has_some = |hosts: &Arc<PerHost>| {
            let looked = hosts.buckets.look(host, hosts.rate, now(hosts));
            looked.is_ok()
        };
        self.left() > 0 && self.hosts.as_ref().is_none_or(has_some)
    }

    fn spend(&self, host: &str) -> Result<(), FetchError> {
        let one_less = |left: u32| left.checked_sub(1);
        let spent = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
        spent.map_err(|_| FetchError::Budget)?;
        self.hosts.as_ref().map_or(Ok(()), |all| all.spend(host))
    }
}

impl Trip {
    /// A question that must be answered within `patience`.
    pub fn new(patience: Duration, budget: Option<Budget>) -> Trip {
        Trip {
            deadline: Instant::now() + patience,
            budget,
            seen: Mutex::default(),
            verdicts: Verdicts::default(),
        }
    }

    /// The same, which asks only whom these let it ask, at every hop.
    pub fn obeying(self, verdicts: Verdicts) -> Trip {
        Trip { verdicts, ..self }
    }

    /// Whether the server of an address may be spoken with.
    fn ask(&self, url: &Url) -> Result<(), FetchError> {
        match self.verdicts.may_speak(&authority(url)) {
            true => Ok(()),
            false => Err(FetchError::Refused(
                "this server does not talk to that one".into(),
            )),
        }
    }

    /// Notes the next address; refuses one too many, and one twice.
    fn visit(&self, url: &Url) -> Result<(), FetchError> {
        let mut seen = self
            .seen
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if !seen.insert(url.clone()) {
            return Err(FetchError::Refused("it leads in a circle".into()));
        }
        if seen.len() > MAX_HOPS + 1 {
            return Err(FetchError::Refused("it leads too far".into()));
        }
        drop(seen);
        match &self.budget {
            Some(budget) => budget.spend(&authority(url)),
            None => Ok(()),
        }
    }

    /// What is left of the deadline.
    fn patience(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl Http {
    /// A client for this place; `names` says where hosts live.
    pub fn new(
        server: &Server,
        signer: Signer,
        clock: Clock,
        names: Arc<dyn Names>,
        metrics: Arc<Metrics>,
    ) -> Result<Http> {
        let peers = (server.place == Place::Dev).then_some(server.dev_peers.as_slice());
        let rules = Rules::new(&server.domain, peers);
        let vetting = Vetting {
            names,
            peers: rules.peers.clone(),
        };
        let agent = format!(
            "Porchlight/{} (+{}/)",
            env!("CARGO_PKG_VERSION"),
            server.origin()
        );
        let client = reqwest::Client::builder()
            .user_agent(agent)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .https_only(peers.is_none())
            .dns_resolver(Arc::new(vetting))
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .http1_max_headers(MAX_HEADERS)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .tls_certs_merge(authorities::more())
            .build()?;
        Ok(Http {
            client,
            rules,
            signer,
            clock,
            in_flight: Semaphore::new(MAX_IN_FLIGHT),
            asked: AtomicU64::new(0),
            metrics,
        })
    }

    /// Requests that were sent, or tried, since the start.
    pub(in crate::app) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// The client without its guard, for what must be handed one and never uses it.
    pub(in crate::app) fn bare(&self) -> &reqwest::Client {
        &self.client
    }

    /// GETs a document, following its redirects; signed as the instance where `signed`. The
    /// answer's status is below 400 and no redirect; its URL is the last one asked.
    ///
    /// # Errors
    /// Any [`FetchError`]; statuses from 400 on are errors.
    pub async fn get(
        &self,
        trip: &Trip,
        mut url: Url,
        headers: &HeaderMap,
        signed: bool,
    ) -> Result<Response, FetchError> {
        url.set_fragment(None);
        loop {
            self.rules.vet(&url)?;
            trip.ask(&url)?;
            trip.visit(&url)?;
            let mut request = Request::new(Method::GET, url.clone());
            *request.headers_mut() = headers.clone();
            if signed {
                self.sign(&mut request)?;
            }
            let answer = self.execute(trip, request).await;
            let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
            self.metrics.asked(status);
            let mut answer = answer?;
            let status = answer.status().as_u16();
            if let Some(error) = FetchError::of_status(status, retry_after(answer.headers())) {
                return Err(error);
            }
            let location = answer.headers_mut().remove(header::LOCATION);
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            url = next_hop(&url, location.as_ref())?;
        }
    }

    /// Refuses what is no plain address of a server out there, before anything is done: the client
    /// beneath the library turns a password in an address into a header before [`Http::get`] sees it.
    ///
    /// # Errors
    /// `Refused`.
    pub fn vet(&self, url: &Url) -> Result<(), FetchError> {
        self.rules.vet(url)
    }

    /// POSTs a body with headers that the caller made, signature included. Redirects are not
    /// followed and statuses are not judged.
    ///
    /// # Errors
    /// `Refused` or `Unreachable`.
    pub async fn post(
        &self,
        trip: &Trip,
        url: Url,
        headers: HeaderMap,
        body: bytes::Bytes,
    ) -> Result<Response, FetchError> {
        self.rules.vet(&url)?;
        trip.ask(&url)?;
        let mut request = Request::new(Method::POST, url);
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body.into());
        self.execute(trip, request).await
    }

    /// One hop, vetted already, within what is left of the deadline.
    async fn execute(&self, trip: &Trip, mut request: Request) -> Result<Response, FetchError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        say_host_once(&mut request);
        let turn = tokio::time::timeout_at(trip.deadline, self.in_flight.acquire()).await;
        let _turn = match turn {
            Ok(Ok(turn)) => turn,
            _ => return Err(FetchError::Unreachable("too many requests wait".into())),
        };
        // Lasts until the body is read, the turn until its head is here.
        *request.timeout_mut() = Some(trip.patience());
        let answer = self.client.execute(request).await;
        answer.map_err(|error| FetchError::of_client(&error))
    }

    /// The signature of the instance, in the dialect that everybody reads.
    fn sign(&self, request: &mut Request) -> Result<(), FetchError> {
        let broken = || FetchError::Nonsense("an address that cannot be signed".into());
        let (url, now) = (request.url(), self.clock.now());
        let Signer { key, key_id } = &self.signer;
        let signed = sign_cavage(key, key_id, "GET", url, now, None);
        for (name, value) in signed.map_err(|_| broken())? {
            let value = HeaderValue::from_str(&value).map_err(|_| broken())?;
            request.headers_mut().insert(name, value);
        }
        Ok(())
    }
}

/// The host was signed, but the client says it itself: as `Host` to HTTP/1, as `:authority` to
/// HTTP/2, where servers answer 400 to whoever says both.
fn say_host_once(request: &mut Request) {
    request.headers_mut().remove(header::HOST);
}

/// Where a redirect leads, relative to where it stood.
fn next_hop(from: &Url, location: Option<&HeaderValue>) -> Result<Url, FetchError> {
    let mut next = location
        .and_then(|to| from.join(to.to_str().ok()?).ok())
        .ok_or(FetchError::Nonsense("a redirect to nowhere".into()))?;
    if from.scheme() == "https" && next.scheme() != "https" {
        return Err(FetchError::Refused("it leads from https to http".into()));
    }
    next.set_fragment(None);
    Ok(next)
}

/// `Retry-After` in seconds. Dates are not believed: clocks differ.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_read_from_where_it_stands_and_never_leaves_tls() {
        let from = Url::parse("https://alpha.example.org/a/b?c#d").unwrap();
        let hop = |to: &str| next_hop(&from, HeaderValue::from_str(to).ok().as_ref());
        assert_eq!(hop("e").unwrap().as_str(), "https://alpha.example.org/a/e");
        assert_eq!(hop("/e#f").unwrap().as_str(), "https://alpha.example.org/e");
        let other = hop("//beta.example.org/x").unwrap();
        assert_eq!(other.as_str(), "https://beta.example.org/x");
        for to in [
            "http://alpha.example.org/a",
            "file:///etc/passwd",
            "data:,x",
        ] {
            assert!(matches!(hop(to), Err(FetchError::Refused(_))), "{to}");
        }
        assert!(matches!(
            next_hop(&from, None),
            Err(FetchError::Nonsense(_))
        ));
    }

    #[test]
    fn no_host_header_leaves_beside_the_authority() {
        let url = Url::parse("https://alpha.example.org/inbox").unwrap();
        let mut request = Request::new(Method::POST, url);
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_static("alpha.example.org"));
        headers.append("Host", HeaderValue::from_static("alpha.example.org"));
        headers.insert(header::DATE, HeaderValue::from_static("now"));
        say_host_once(&mut request);
        assert!(!request.headers().contains_key(header::HOST));
        assert!(request.headers().contains_key(header::DATE));
    }

    #[test]
    fn a_budget_is_shared_by_its_clones() {
        let budget = Budget::of(2);
        let trip = Trip::new(Duration::from_secs(1), Some(budget.clone()));
        let url = |n: u8| Url::parse(&format!("https://alpha.example.org/{n}")).unwrap();
        assert_eq!(trip.visit(&url(1)), Ok(()));
        let other = Trip::new(Duration::from_secs(1), Some(budget.clone()));
        assert_eq!(other.visit(&url(1)), Ok(()));
        assert_eq!(trip.visit(&url(2)), Err(FetchError::Budget));
        assert_eq!(budget.left(), 0);
    }

    #[test]
    fn a_server_gets_no_more_than_all_together_may_ask_of_it() {
        let (rate, clock) = (
            Rate {
                burst: 2,
                per_minute: 1.0,
            },
            Clock::new(),
        );
        let hosts = Arc::new(PerHost::new(rate, clock.clone()));
        let visit = |budget: &Budget, url: &str| {
            let trip = Trip::new(Duration::from_secs(1), Some(budget.clone()));
            trip.visit(&Url::parse(url).unwrap())
        };
        let (one, two) = (Budget::of(9), Budget::of(9));
        let (one, two) = (one.among(hosts.clone()), two.among(hosts));
        assert_eq!(visit(&one, "https://alpha.example.org/1"), Ok(()));
        assert!(two.reaches("alpha.example.org"));
        assert_eq!(visit(&two, "https://alpha.example.org/2"), Ok(()));
        assert!(!one.reaches("alpha.example.org") && one.reaches("beta.example.org"));
        let third = visit(&one, "https://alpha.example.org/3");
        assert_eq!(third, Err(FetchError::Budget));
        assert_eq!(visit(&one, "https://beta.example.org/1"), Ok(()));
        clock.advance(chrono::TimeDelta::minutes(1));
        assert_eq!(visit(&one, "https://alpha.example.org/3"), Ok(()));
    }
}
