//! Real processes on a place's database, servers and workers: for tests that kill it, and for clients that
//! live longer than a test's patience with threads.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::cluster::kill_hard;
use super::place::{Place, http};

/// How long a server may take to answer at first, on a busy machine.
const START: Duration = Duration::from_secs(30);

/// A `porchlight serve` of our own. Killed when dropped, and when this thread ends.
pub struct Server {
    child: Child,
    log: PathBuf,
    /// Scheme, host and port.
    pub origin: String,
    way: Way,
}

/// A `porchlight` on the database and Redis of a place, that dies with this thread; what it
/// says is added to `log`.
fn command(place: &Place, through: &[String], what: &str, log: &Path) -> Command {
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .expect("a log");
    let redis = place.app.config.redis.url.as_ref().expect("a Redis");
    let [setpriv, program] = ["setpriv", env!("CARGO_BIN_EXE_porchlight")].map(str::to_owned);
    let ties = ["--pdeathsig", "KILL", "--"].map(str::to_owned);
    let mut words = through.to_vec();
    words.extend([setpriv].into_iter().chain(ties));
    words.extend([program, what.to_owned()]);
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("DATABASE_URL", place.database_url())
        .env("REDIS_URL", redis.expose())
        .env("PORCHLIGHT_SERVER__DATA", &place.data)
        .env("PORCHLIGHT_DATABASE__POOL_SIZE", "8")
        .env("PORCHLIGHT_LOGGING__LEVEL", "warn")
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("a log"))
        .stderr(file);
    command
}

/// A `porchlight worker` of our own: no server, all the work. Killed when dropped, and when this
/// thread ends.
pub struct Worker {
    child: Child,
    log: PathBuf,
}

impl Worker {
    /// Starts one on the database and Redis of `place`, and waits until it says that it works.
    /// Call from the test's own thread: the kernel ties the child to it.
    pub async fn start(place: &Place) -> Worker {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let log = place.data.join(format!("worker-{n}.log"));
        let child = command(place, &[], "worker", &log).spawn();
        let mut worker = Worker {
            child: child.expect("the worker starts"),
            log,
        };
        let began = Instant::now();
        while !worker.words().contains("Porchlight works") {
            if let Ok(Some(status)) = worker.child.try_wait() {
                panic!("the worker ended ({status}): {}", worker.words());
            }
            assert!(began.elapsed() < START, "no word of it: {}", worker.words());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        worker
    }

    /// `kill -9`, in the middle of whatever it does.
    pub fn kill(mut self) {
        end_hard(&mut self.child);
    }

    /// Asks it to stop, as a supervisor would; fails unless it ends in order.
    pub fn stop(mut self) {
        let status = ask_to_stop(&mut self.child);
        assert!(status.success(), "{status}: {}", self.words());
    }

    fn words(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            end_hard(&mut self.child);
        }
    }
}

fn end_hard(child: &mut Child) {
    kill_hard(child.id() as i32);
    // Reaps it; how it ended is known.
    let _ = child.wait();
}

fn ask_to_stop(child: &mut Child) -> ExitStatus {
    use nix::sys::signal::{Signal, kill};
    let pid = nix::unistd::Pid::from_raw(child.id() as i32);
    kill(pid, Signal::SIGTERM).expect("it runs");
    child.wait().expect("it ends")
}

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Way {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it is asked, and from where; from anywhere where that is not said.
    pub asked: SocketAddr,
    /// See `asked`.
    pub from: Option<IpAddr>,
    /// Where others find it, as `HOST=ADDR:PORT`; with these it federates, under the name of its
    /// place. Empty: with nobody.
    pub peers: String,
    /// What stands before the command: a way into another network.
    pub through: Vec<String>,
    /// The authorities that it believes, in one file; the system's where that is not said.
    pub believes: Option<PathBuf>,
    /// What it logs: a level, or targets and levels.
    pub logs: &'static str,
}

impl Way {
    /// A server on a free port of this machine that federates with nobody.
    pub fn alone() -> Way {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        Way {
            listen: address,
            asked: address,
            from: None,
            peers: String::new(),
            through: Vec::new(),
            believes: None,
            logs: "warn",
        }
    }
}

impl Server {
    /// Starts one on the database and Redis of `place`, and waits for its first answer. Call
    /// from the test's own thread: the kernel ties the child to it.
    pub async fn start(place: &Place) -> Server {
        Server::start_like(place, Way::alone()).await
    }

    /// The same in some way.
    pub async fn start_like(place: &Place, way: Way) -> Server {
        let log = place.data.join("server.log");
        let mut command = command(place, &way.through, "serve", &log);
        command
            .env("PORCHLIGHT_SERVER__LISTEN", way.listen.to_string())
            .env("PORCHLIGHT_LOGGING__LEVEL", way.logs)
            .env("PORCHLIGHT_SERVER__TRUSTED_PROXIES", "127.0.0.1");
        if let Some(authorities) = &way.believes {
            command.env("SSL_CERT_FILE", authorities);
        }
        if !way.peers.is_empty() {
            command
                .env("PORCHLIGHT_SERVER__DEV", "true")
                .env("PORCHLIGHT_SERVER__DOMAIN", &place.app.config.server.domain)
                .env("PORCHLIGHT_SERVER__DEV_PEERS", &way.peers)
                .env("PORCHLIGHT_LIMITS__POSTS", "0")
                .env("PORCHLIGHT_LIMITS__FOLLOWS", "0");
        }
        let host = match way.asked.ip().is_loopback() {
            true => "localhost".to_owned(),
            false => way.asked.ip().to_string(),
        };
        let mut server = Server {
            child: command.spawn().expect("the server starts"),
            log,
            origin: format!("http://{host}:{}", way.asked.port()),
            way,
        };
        server.wait_until_it_answers().await;
        server
    }

    async fn wait_until_it_answers(&mut self) {
        let (began, client) = (Instant::now(), http());
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the server ended ({status}): {}", self.words());
            }
            let asked = client.get(format!("{}/health", self.origin)).send().await;
            if asked.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(
                began.elapsed() < START,
                "the server does not answer: {}",
                self.words()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// `kill -9`, in the middle of whatever it does.
    pub fn kill(mut self) -> Way {
        end_hard(&mut self.child);
        self.way.clone()
    }

    /// Asks it to stop, as a supervisor would; fails unless it ends in order.
    pub fn stop(mut self) {
        let status = ask_to_stop(&mut self.child);
        assert!(status.success(), "{status}: {}", self.words());
    }

    /// What it logged.
    pub fn words(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            end_hard(&mut self.child);
        }
    }
}
