//! One throw-away PostgreSQL and Redis for the whole run, by the code of `porchlight up`.
//!
//! They start with the first test that needs them and die with this process, however it ends;
//! a small shell that waits for that removes the folder. Each test gets a database of its own,
//! copied from one that was migrated once.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};

use porchlight::cli::embedded::{Embedded, Options};
use porchlight::store;
use tokio_postgres::NoTls;

/// The migrated database that the others are copies of.
const TEMPLATE: &str = "porch_template";

/// Nothing of value is in these databases; what a crash of *PostgreSQL* loses is not ours to
/// test. Sixty connections are enough for one place; here several stand on one cluster, some
/// as two processes each, and whoever comes too late would fail for no fault of theirs.
const CARELESS: &[&str] = &[
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET max_connections = 300",
];

/// The services, once started.
pub struct Cluster {
    folder: PathBuf,
    database_url: String,
    redis_url: String,
    next: AtomicUsize,
    /// Its standard input is the sign that we live.
    _janitor: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The services of this run; the first caller starts them, the others wait.
pub fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(start)
}

impl Cluster {
    /// A fresh folder for one place.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.folder.join("places").join(name);
        std::fs::create_dir_all(&folder).expect("a folder for a place");
        folder
    }

    /// A name that no other database of this run has.
    pub fn name(&self) -> String {
        format!("porch_{}", self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// The address of a database of this cluster.
    pub fn database_url(&self, name: &str) -> String {
        let (front, _) = self
            .database_url
            .rsplit_once('/')
            .expect("an address has a path");
        format!("{front}/{name}")
    }

    /// The one Redis that all places share, each under its own prefix.
    pub fn redis_url(&self) -> &str {
        &self.redis_url
    }

    /// Makes a database: migrated, or with nothing in it.
    pub async fn create(&self, name: &str, migrated: bool) {
        let from = if migrated { TEMPLATE } else { "template0" };
        self.run(&format!("CREATE DATABASE {name} TEMPLATE {from}"))
            .await;
    }

    /// Drops a database, whoever is still connected.
    pub async fn drop(&self, name: &str) {
        self.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await;
    }

    async fn run(&self, statement: &str) {
        let client = connect(&self.database_url).await;
        client
            .batch_execute(statement)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// A connection of the test's own, beside those of the place.
pub async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .unwrap_or_else(|error| panic!("{url}: {error}"));
    tokio::spawn(async move {
        // It ends when the client is dropped, or when a test drops the database under it.
        let _ = connection.await;
    });
    client
}

fn start() -> Cluster {
    let folder = tempfile::Builder::new()
        .prefix("porch-suite-")
        .tempdir()
        .expect("a temporary folder")
        .keep();
    // The services may run as somebody else, who must be able to pass through.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711)).expect("a mode");
    let janitor = janitor(&folder);
    let services = folder.join("services");

    let (tell, told) = mpsc::channel();
    // A thread of its own that never ends: the services live as long as this process.
    std::thread::Builder::new()
        .name("databases".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let embedded = start_carelessly(&services).await;
                let database = embedded.database_url().expect("PostgreSQL was asked for");
                let redis = embedded.redis_url().expect("Redis was asked for");
                prepare(&database).await;
                tell.send((database, redis))
                    .expect("somebody waits for the databases");
                let given_up = embedded.given_up().await;
                panic!("{given_up} died again and again");
            });
        })
        .expect("a thread");
    let (database_url, redis_url) = told.recv().expect("the databases did not start");
    Cluster {
        folder,
        database_url,
        redis_url,
        next: AtomicUsize::new(1),
        _janitor: janitor,
    }
}

/// Starts them as [`CARELESS`] says: PostgreSQL reads some of that only when it starts.
async fn start_carelessly(data: &Path) -> Embedded {
    let options = || Options::both(data).expect("a user to run the databases as");
    let mut alone = options();
    alone.redis = false;
    let embedded = Embedded::start(alone).await.expect("PostgreSQL starts");
    let client = connect(&embedded.database_url().expect("it was asked for")).await;
    for statement in CARELESS {
        client.batch_execute(statement).await.expect(statement);
    }
    drop(client);
    embedded.stop().await;
    Embedded::start(options())
        .await
        .expect("the databases start")
}

async fn prepare(url: &str) {
    let client = connect(url).await;
    client
        .batch_execute(&format!("CREATE DATABASE {TEMPLATE}"))
        .await
        .expect("the template database");
    let (front, _) = url.rsplit_once('/').expect("an address has a path");
    store::migrations::migrate(&format!("{front}/{TEMPLATE}"))
        .await
        .expect("the migrations apply");
}

/// Waits for our end (its standard input closes), then for PostgreSQL's, and cleans up.
fn janitor(folder: &Path) -> Child {
    const SCRIPT: &str = r#"
cat >/dev/null
tries=0
while [ -e "$1/services/postgres/postmaster.pid" ] && [ $tries -lt 300 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
rm -rf -- "$1"
"#;
    Command::new("/bin/sh")
        .args(["-c", SCRIPT, "janitor"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A Ctrl-C in the terminal is for us alone.
        .process_group(0)
        .spawn()
        .expect("/bin/sh")
}

/// A Redis of one test's own, for those that kill it. Lives as long as the value.
pub struct OwnRedis {
    embedded: Embedded,
    url: String,
}

impl OwnRedis {
    /// Starts it.
    pub async fn start(name: &str) -> OwnRedis {
        let data = cluster().folder.join(name);
        let mut options = Options::both(data).expect("a user to run Redis as");
        options.postgres = false;
        let embedded = Embedded::start(options).await.expect("Redis starts");
        let url = embedded.redis_url().expect("Redis was asked for");
        OwnRedis { embedded, url }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `kill -9`; the supervisor starts an empty one a quarter of a second later.
    pub fn kill(&self) {
        for pid in self.embedded.pids() {
            kill_hard(pid);
        }
    }

    /// Empties it while it runs.
    pub async fn empty(&self) {
        let client = redis::Client::open(self.url.as_str()).expect("an address of Redis");
        // It may be on its way back from a kill.
        let mut tries = 0;
        let mut conn = loop {
            match client.get_multiplexed_async_connection().await {
                Ok(conn) => break conn,
                Err(error) => assert!(tries < 400, "Redis does not answer: {error}"),
            }
            tries += 1;
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        };
        let _: String = redis::cmd("FLUSHALL")
            .query_async(&mut conn)
            .await
            .expect("FLUSHALL");
    }

    /// Stops it.
    pub async fn stop(self) {
        self.embedded.stop().await;
    }
}

/// A PostgreSQL of one test's own, for those that kill it; it forgets nothing that was
/// committed. Lives as long as the value.
pub struct OwnPostgres {
    embedded: Embedded,
    data: PathBuf,
    url: String,
}

impl OwnPostgres {
    /// Starts it, with the schema in it.
    pub async fn start(name: &str) -> OwnPostgres {
        let data = cluster().folder.join(name);
        let mut options = Options::both(&data).expect("a user to run PostgreSQL as");
        options.redis = false;
        let embedded = Embedded::start(options).await.expect("PostgreSQL starts");
        let url = embedded.database_url().expect("PostgreSQL was asked for");
        store::migrations::migrate(&url)
            .await
            .expect("the migrations apply");
        OwnPostgres {
            embedded,
            data,
            url,
        }
    }

    /// The address of its database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `kill -9` of its first process, or a stop that waits for nobody; the supervisor starts
    /// it again. Returns when it answers.
    pub async fn restart(&self, hard: bool) {
        use nix::sys::signal::{Signal, kill};
        let signal = if hard {
            Signal::SIGKILL
        } else {
            Signal::SIGINT
        };
        let before = self.embedded.pids();
        for pid in &before {
            kill(nix::unistd::Pid::from_raw(*pid), signal).expect("it runs");
        }
        for _ in 0..1200 {
            let now = self.embedded.pids();
            let is_new = !now.is_empty() && now != before;
            if is_new && tokio_postgres::connect(&self.url, NoTls).await.is_ok() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("PostgreSQL does not come back");
    }

    /// Makes it a copy that follows another and only reads, or the one that writes again.
    /// Returns when it answers.
    pub async fn follow(&self, follows: bool) {
        let sign = self.data.join("postgres").join("standby.signal");
        if follows {
            // What a private cluster writes down is not enough for copies.
            let client = connect(&self.url).await;
            let more = "ALTER SYSTEM SET wal_level = replica";
            client.batch_execute(more).await.expect(more);
            self.restart(false).await;
            std::fs::write(&sign, "").expect("a sign for PostgreSQL");
        } else {
            std::fs::remove_file(&sign).expect("it was there");
        }
        self.restart(false).await;
    }

    /// Stops it.
    pub async fn stop(self) {
        self.embedded.stop().await;
    }
}

/// `kill -9` for a process that this run started.
pub fn kill_hard(pid: i32) {
    use nix::sys::signal::{Signal, kill};
    // It may have ended by itself, which is what was wanted.
    let _ = kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL);
}
