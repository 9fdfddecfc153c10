//! A place of one test's own: database, Redis prefix, folder, server on a free port, jobs.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::FutureExt;
use porchlight::app::App;
use porchlight::app::federation::{Federation, Network};
use porchlight::config::{self, Config, Layers, Secret};
use porchlight::jobs::{self, Jobs};
use porchlight::server;
use tokio::task::JoinHandle;
use tokio_postgres::types::ToSql;
use tokio_util::sync::CancellationToken;

use super::api::Api;
use super::browser::Browser;
use super::cluster::{self, OwnPostgres, OwnRedis, cluster};
use super::mail::{self, Mail};
use super::peer::Peer;

/// A test that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long events and jobs may take to be done.
const SETTLING: Duration = Duration::from_secs(30);
/// Connections of a place: two tests at a time fit the cluster many times over.
const POOL: &str = "8";

/// The servers beside a federated place.
pub const PEERS: [&str; 3] = ["alpha.test", "beta.test", "gamma.test"];

/// What a test wants to be different from the usual.
#[derive(Default)]
pub struct Setup {
    without_jobs: bool,
    own_redis: bool,
    own_postgres: bool,
    federated: bool,
    beside: Vec<String>,
    settings: Vec<(&'static str, String)>,
}

impl Setup {
    /// No relay and no workers, until [`Place::start_jobs`].
    pub fn without_jobs(mut self) -> Setup {
        self.without_jobs = true;
        self
    }

    /// A Redis that the test may kill.
    pub fn own_redis(mut self) -> Setup {
        self.own_redis = true;
        self
    }

    /// A PostgreSQL that the test may kill.
    pub fn own_postgres(mut self) -> Setup {
        self.own_postgres = true;
        self
    }

    /// A place that talks to others: `http://porch.test`, with peers of the suite beside it
    /// ([`PEERS`]).
    pub fn federated() -> Setup {
        Setup {
            federated: true,
            ..Setup::default()
        }
    }

    /// One more server that a federated place can find, or many: `*.dead.test`.
    pub fn beside(mut self, host: &str, address: SocketAddr) -> Setup {
        self.beside.push(format!("{host}={address}"));
        self
    }

    /// A place that asks applicants for a proof of work, a small one.
    pub fn proving(self) -> Setup {
        self.with("PORCHLIGHT_REGISTRATION__PROOF_BITS", "6")
    }

    /// A setting, as an environment variable would give it: `PORCHLIGHT_REGISTRATION__MODE`.
    pub fn with(mut self, variable: &'static str, value: impl Into<String>) -> Setup {
        self.settings.push((variable, value.into()));
        self
    }

    /// The settings of a place under this name with these beside it.
    fn named(self, domain: &str, peers: &[Peer], others: &[(&str, SocketAddr)]) -> Setup {
        let peers = peers.iter().map(|peer| (peer.host.as_str(), peer.address));
        let all: Vec<String> = peers
            .chain(others.iter().copied())
            .map(|(host, address)| format!("{host}={address}"))
            .chain(self.beside.clone())
            .collect();
        self.with("PORCHLIGHT_SERVER__DEV", "true")
            .with("PORCHLIGHT_SERVER__DOMAIN", domain)
            .with("PORCHLIGHT_SERVER__DEV_PEERS", all.join(","))
    }

    /// Runs a test in a fresh place. At the end nothing may be left to do and nothing may
    /// have been given up.
    pub fn run(self, test: impl AsyncFnOnce(&Place)) {
        within_a_runtime(async move {
            let place = Place::open(self).await;
            let body = AssertUnwindSafe(tokio::time::timeout(PATIENCE, test(&place)));
            let ended = body.catch_unwind().await;
            let passed = matches!(ended, Ok(Ok(())));
            place.close(passed).await;
            ended
        });
    }
}

/// Runs a test in a fresh place of the usual kind.
pub fn run(test: impl AsyncFnOnce(&Place)) {
    Setup::default().run(test);
}

/// Runs a test in two fresh places that can reach each other, `http://porch.test` and
/// `http://stoop.test`; both have the peers beside them.
pub fn run_two(test: impl AsyncFnOnce(&Place, &Place)) {
    let setups = [Setup::federated(), Setup::federated()];
    run_both(setups, async |one, two| {
        test(one, two).await;
        // What one settles may be news for the other.
        for _ in 0..3 {
            one.settle().await;
            two.settle().await;
        }
    });
}

/// The same with no work done in either: for servers that run as processes of their own.
pub fn run_two_idle(setups: [Setup; 2], test: impl AsyncFnOnce(&Place, &Place)) {
    run_both(setups.map(Setup::without_jobs), test);
}

fn run_both(setups: [Setup; 2], test: impl AsyncFnOnce(&Place, &Place)) {
    within_a_runtime(async move {
        let [one, two] = Place::open_two(setups).await;
        let body = AssertUnwindSafe(tokio::time::timeout(PATIENCE, test(&one, &two)));
        let ended = body.catch_unwind().await;
        one.close(false).await;
        two.close(false).await;
        ended
    });
}

/// Runs it on threads of its own, and says how it went once they have ended.
fn within_a_runtime(
    test: impl Future<Output = std::thread::Result<Result<(), tokio::time::error::Elapsed>>>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async move {
        match test.await {
            Ok(in_time) => assert!(in_time.is_ok(), "the test hangs"),
            // Only now, so that nothing of the place runs into the end of its runtime.
            Err(panic) => resume_unwind(panic),
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
}

/// A running place.
pub struct Place {
    /// Its handles, for what cannot be seen from outside.
    pub app: Arc<App>,
    /// Its way to other servers.
    pub outside: Network,
    /// Scheme, host and port.
    pub origin: String,
    /// Its folder.
    pub data: PathBuf,
    /// Its own Redis, where it has one.
    pub redis: Option<OwnRedis>,
    /// Its own PostgreSQL, where it has one.
    pub postgres: Option<OwnPostgres>,
    /// The servers beside it, by [`PEERS`]; none unless it is federated.
    pub peers: Vec<Peer>,
    database: String,
    http: reqwest::Client,
    sql: tokio_postgres::Client,
    stop: CancellationToken,
    server: Mutex<Option<JoinHandle<()>>>,
    jobs: Mutex<Option<Jobs>>,
    next_network: AtomicU32,
}

/// How often the stores were spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Statements, without `BEGIN` and `COMMIT`.
    pub statements: u64,
    /// Explicit transactions.
    pub commits: u64,
    /// Round trips to Redis.
    pub redis: u64,
}

impl Place {
    async fn open(setup: Setup) -> Place {
        let listener = free_port();
        match setup.federated {
            false => Place::open_on(setup, listener, Vec::new()).await,
            true => {
                let peers = start_peers();
                let setup = setup.named("porch.test", &peers, &[]);
                Place::open_on(setup, listener, peers).await
            }
        }
    }

    async fn open_two([first, second]: [Setup; 2]) -> [Place; 2] {
        let (one, two) = (free_port(), free_port());
        let at = |listener: &TcpListener| listener.local_addr().expect("it is bound");
        let (at_one, at_two) = (at(&one), at(&two));
        let peers = start_peers();
        let setup = first.named("porch.test", &peers, &[("stoop.test", at_two)]);
        let first = Place::open_on(setup, one, peers).await;
        let others: Vec<(&str, SocketAddr)> = [("porch.test", at_one)].into();
        let setup = second.named("stoop.test", &first.peers, &others);
        [first, Place::open_on(setup, two, Vec::new()).await]
    }

    async fn open_on(setup: Setup, listener: TcpListener, peers: Vec<Peer>) -> Place {
        let cluster = cluster();
        let database = cluster.name();
        let postgres = match setup.own_postgres {
            true => Some(OwnPostgres::start(&format!("{database}-postgres")).await),
            false => None,
        };
        let database_url = match &postgres {
            Some(own) => own.url().to_owned(),
            None => {
                cluster.create(&database, true).await;
                cluster.database_url(&database)
            }
        };
        let redis = match setup.own_redis {
            true => Some(OwnRedis::start(&format!("{database}-redis")).await),
            false => None,
        };
        let data = cluster.folder(&database);
        let redis_url = redis.as_ref().map_or(cluster.redis_url(), |own| own.url());
        let config = configure(&data, &listener, &database_url, redis_url, &setup.settings);
        let origin = config.server.origin();
        let here = listener.local_addr().expect("it is bound");
        let http = client()
            .resolve(config.server.domain_without_port(), here)
            .build()
            .expect("a client");
        let app = App::open(config).await.expect("the place opens");
        // Limits are counted in windows of half an hour that begin on the clock: no test may
        // run across the end of one by chance.
        let into_the_hour = app.clock.now().timestamp().rem_euclid(3600);
        app.clock.advance(TimeDelta::seconds(3600 - into_the_hour));

        let network = Network::open(&app).await.expect("the network opens");
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (network, stop) = (network.clone(), stop.clone());
            async move {
                server::run(network, listener, stop)
                    .await
                    .expect("the server runs")
            }
        });
        let sql = cluster::connect(&database_url).await;
        let place = Place {
            app,
            outside: network,
            origin,
            data,
            redis,
            postgres,
            peers,
            database,
            http,
            sql,
            stop,
            server: Mutex::new(Some(running)),
            jobs: Mutex::default(),
            next_network: AtomicU32::new(1),
        };
        if !setup.without_jobs {
            place.start_jobs();
        }
        place
    }

    async fn close(self, passed: bool) {
        if passed && self.jobs.lock().expect("no panic holds it").is_some() {
            self.settle().await;
        }
        self.stop_jobs().await;
        self.stop.cancel();
        let server = self.server.lock().expect("no panic holds it").take();
        if let Some(server) = server {
            server.await.expect("the server ended in order");
        }
        if passed && !self.sql.is_closed() {
            // Whatever the test did at the door: what the mode is judged by was counted on.
            let (tallied, there) = self.tally().await;
            assert_eq!(tallied, there, "who waits, by the tallies and by the rows");
        }
        if let Some(redis) = self.redis {
            redis.stop().await;
        }
        drop(self.sql);
        match self.postgres {
            Some(postgres) => postgres.stop().await,
            None => cluster().drop(&self.database).await,
        }
        // Left to the janitor where it fails.
        let _ = std::fs::remove_dir_all(&self.data);
    }

    /// How many wait: by the tallies, and by their rows.
    async fn tally(&self) -> (i64, i64) {
        let row = self
            .sql(
                "SELECT (SELECT coalesce(sum(many), 0)::bigint FROM waiting_tallies), \
                 (SELECT count(*) FROM applications WHERE state IN (1, 2))",
                &[],
            )
            .await
            .remove(0);
        (row.get(0), row.get(1))
    }

    /// Starts the relay and the workers.
    pub fn start_jobs(&self) {
        let before = self
            .jobs
            .lock()
            .expect("no panic holds it")
            .replace(jobs::start(&self.outside));
        assert!(before.is_none(), "the jobs run already");
    }

    /// Stops them in order.
    pub async fn stop_jobs(&self) {
        let jobs = self.jobs.lock().expect("no panic holds it").take();
        if let Some(jobs) = jobs {
            jobs.stop().await;
        }
    }

    /// Waits until every event was told, every job that is due was done and every activity that
    /// came was received. A job that was
    /// given up fails the test.
    pub async fn settle(&self) {
        let began = Instant::now();
        loop {
            let now = self.app.clock.now().timestamp();
            let row = self
                .sql(
                    "SELECT (SELECT count(*) FROM events), \
                     (SELECT count(*) FROM jobs WHERE failed_at IS NULL AND floor(extract(epoch FROM run_at))::bigint <= $1), \
                     (SELECT string_agg(coalesce(last_error, '?'), '; ') FROM jobs WHERE failed_at IS NOT NULL), \
                     (SELECT count(*) FROM inbox WHERE failed_at IS NULL AND floor(extract(epoch FROM run_at))::bigint <= $1), \
                     (SELECT count(*) FROM delivery_hosts WHERE holder IS NOT NULL \
                      OR floor(extract(epoch FROM due_at))::bigint <= $1), \
                     (SELECT count(*) FROM host_sweeps) + (SELECT count(*) FROM severances \
                      WHERE told_at IS NULL OR (restoring_at IS NOT NULL AND restored_at IS NULL) \
                      OR (parting_at IS NOT NULL AND parted_at IS NULL AND restoring_at IS NULL)), \
                     (SELECT string_agg(key || coalesce(' ' || last_error, ''), ', ') FROM jobs \
                      WHERE failed_at IS NULL AND floor(extract(epoch FROM run_at))::bigint <= $1)",
                    &[&now],
                )
                .await
                .remove(0);
            let (events, jobs): (i64, i64) = (row.get(0), row.get(1));
            if let Some(errors) = row.get::<_, Option<String>>(2) {
                panic!("jobs were given up: {errors}");
            }
            let wishes = self.app.wishes.open();
            let (inbox, sending): (i64, i64) = (row.get(3), row.get(4));
            let (sweeps, keys): (i64, Option<String>) = (row.get(5), row.get(6));
            let idle = events == 0 && jobs == 0 && inbox == 0 && sending == 0;
            if idle && sweeps == 0 && wishes == 0 {
                return;
            }
            assert!(
                began.elapsed() < SETTLING,
                "{events} events, {jobs} jobs ({keys:?}), {inbox} activities, deliveries to {sending} servers and {wishes} wishes are left over"
            );
            self.app.wake_relay();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// A server beside this place: `alpha`, `beta` or `gamma`.
    #[track_caller]
    pub fn peer(&self, name: &str) -> &Peer {
        let host = name.strip_suffix(".test").unwrap_or(name);
        let is_called = |peer: &&Peer| peer.host.strip_suffix(".test") == Some(host);
        let found = self.peers.iter().find(is_called);
        found.unwrap_or_else(|| panic!("no {name} beside this place"))
    }

    /// Permission to ask other servers, for one piece of work.
    pub fn federation(&self) -> Federation {
        self.outside.federation()
    }

    /// Rows of the database, read or changed behind the place's back.
    pub async fn sql(
        &self,
        statement: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Vec<tokio_postgres::Row> {
        self.sql
            .query(statement, values)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error:?}"))
    }

    /// A statement that may be refused.
    pub async fn try_sql(&self, statement: &str) -> Result<(), tokio_postgres::Error> {
        self.sql.batch_execute(statement).await
    }

    /// One number.
    pub async fn number(&self, statement: &str) -> i64 {
        self.sql(statement, &[]).await.remove(0).get(0)
    }

    /// What the stores were asked so far.
    pub fn counted(&self) -> Counted {
        Counted {
            statements: self.app.pool.counts().statements(),
            commits: self.app.pool.counts().commits(),
            redis: self.app.cache.calls(),
        }
    }

    /// The address of its database.
    pub fn database_url(&self) -> String {
        match &self.postgres {
            Some(own) => own.url().to_owned(),
            None => cluster().database_url(&self.database),
        }
    }

    /// Moves the time of this place.
    pub fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
    }

    /// Sets the wall clock of this place, either way: no time passes.
    pub fn jump(&self, by: TimeDelta) {
        self.app.clock.jump(by);
    }

    /// Lets time pass while the server is up: the switch ticks every hour, as the timers do every
    /// minute. Other timers do not run.
    pub async fn live(&self, time: TimeDelta) {
        let hour = TimeDelta::hours(1);
        self.tick().await;
        let mut left = time;
        while left > TimeDelta::zero() {
            let step = left.min(hour);
            self.advance(step);
            self.tick().await;
            left -= step;
        }
    }

    /// One tick of the switch.
    pub async fn tick(&self) {
        let ticked = porchlight::gate::switch::tick(&self.app).await;
        ticked.expect("the switch ticks");
    }

    /// An address that nobody of this place came from yet, in a network of its own.
    pub fn network(&self) -> String {
        let n = self.next_network.fetch_add(1, Ordering::Relaxed);
        format!("81.{}.{}.7", n / 250, n % 250)
    }

    /// An app with a token, calling from a network of its own.
    pub fn api(&self, token: impl Into<String>) -> Api {
        Api::new(
            self.http.clone(),
            self.origin.clone(),
            Some(token.into()),
            self.network(),
        )
    }

    /// An app without a token.
    pub fn stranger(&self) -> Api {
        Api::new(self.http.clone(), self.origin.clone(), None, self.network())
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), self.origin.clone(), self.network())
    }

    /// The same for a place in production: what stands before the server there speaks TLS with
    /// the world, and plain HTTP with the server.
    pub fn browser_behind_a_proxy(&self) -> Browser {
        let inside = format!("http://{}", self.app.config.server.listen);
        let mut browser = Browser::new(self.http.clone(), inside, self.network());
        browser.origin.clone_from(&self.origin);
        browser
    }

    /// The mails sent so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        mail::read(&self.data.join("mail"))
    }

    /// The newest mail to an address, once everything has been sent.
    pub async fn mail_to(&self, address: &str) -> Mail {
        self.settle().await;
        let mails = self.mails();
        let found = mails.iter().rfind(|m| m.to == address).cloned();
        found.unwrap_or_else(|| {
            let all: Vec<&str> = mails.iter().map(|m| m.file.as_str()).collect();
            panic!("no mail to {address}, only {all:?}")
        })
    }
}

/// No redirects and no cookies of its own: tests look at both. `localhost` is this machine,
/// whatever its resolver says.
pub fn http() -> reqwest::Client {
    client().build().expect("a client")
}

fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .resolve("localhost", ([127, 0, 0, 1], 0).into())
        .timeout(Duration::from_secs(60))
        .no_proxy()
}

fn free_port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a free port")
}

fn start_peers() -> Vec<Peer> {
    let start = |host: &&str| Peer::start(host, free_port());
    PEERS.iter().map(start).collect()
}

fn configure(
    data: &Path,
    listener: &TcpListener,
    database: &str,
    redis: &str,
    settings: &[(&'static str, String)],
) -> Config {
    let listen = listener.local_addr().expect("it is bound").to_string();
    let mut environment: BTreeMap<String, String> = [
        (
            "PORCHLIGHT_SERVER__DATA",
            data.to_str().expect("a plain path"),
        ),
        ("PORCHLIGHT_SERVER__LISTEN", &listen),
        ("PORCHLIGHT_SERVER__WORKERS", "2"),
        ("PORCHLIGHT_SERVER__SHUTDOWN_SECONDS", "2"),
        // So that each client can come from where it likes.
        ("PORCHLIGHT_SERVER__TRUSTED_PROXIES", "127.0.0.1"),
        ("PORCHLIGHT_DATABASE__POOL_SIZE", POOL),
        ("PORCHLIGHT_DATABASE__DESK_POOL_SIZE", "2"),
        // The door's own tests ask for proofs (`Setup::proving`), and have a name server.
        ("PORCHLIGHT_REGISTRATION__PROOF_BITS", "0"),
        ("PORCHLIGHT_REGISTRATION__NAME_SERVER", "none"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    environment.extend(settings.iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
    let mut config = config::load::load(Layers {
        file: None,
        environment: &environment,
        command_line: Vec::new(),
        read_file: |path| std::fs::read_to_string(path),
    })
    .expect("the settings of a test");
    config.database.url = Some(Secret::new(database));
    config.redis.url = Some(Secret::new(redis));
    config
}
