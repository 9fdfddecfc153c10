//! A real server process on a place's database: for tests that kill it, and for clients that
//! live longer than a test's patience with threads.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
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
    port: u16,
}

impl Server {
    /// Starts one on the database and Redis of `place`, and waits for its first answer. Call
    /// from the test's own thread: the kernel ties the child to it.
    pub async fn start(place: &Place) -> Server {
        let port = TcpListener::bind("127.0.0.1:0")
            .expect("a free port")
            .local_addr()
            .expect("bound")
            .port();
        Server::start_on(place, port).await
    }

    /// The same on a port, as after a crash.
    pub async fn start_on(place: &Place, port: u16) -> Server {
        let log = place.data.join("server.log");
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log");
        let redis = place
            .app
            .config
            .redis
            .url
            .as_ref()
            .expect("a Redis")
            .expose()
            .to_owned();
        let child = Command::new("setpriv")
            .args([
                "--pdeathsig",
                "KILL",
                "--",
                env!("CARGO_BIN_EXE_porchlight"),
                "serve",
            ])
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("DATABASE_URL", place.database_url())
            .env("REDIS_URL", redis)
            .env("PORCHLIGHT_SERVER__DATA", &place.data)
            .env("PORCHLIGHT_SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("PORCHLIGHT_SERVER__TRUSTED_PROXIES", "127.0.0.1")
            .env("PORCHLIGHT_DATABASE__POOL_SIZE", "8")
            .env("PORCHLIGHT_LOGGING__LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log"))
            .stderr(file)
            .spawn()
            .expect("the server starts");
        let mut server = Server {
            child,
            log,
            origin: format!("http://localhost:{port}"),
            port,
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
    pub fn kill(mut self) -> u16 {
        kill_hard(self.child.id() as i32);
        // Reaps it; how it ended is known.
        let _ = self.child.wait();
        self.port
    }

    /// Asks it to stop, as a supervisor would; fails unless it ends in order.
    pub fn stop(mut self) {
        use nix::sys::signal::{Signal, kill};
        kill(
            nix::unistd::Pid::from_raw(self.child.id() as i32),
            Signal::SIGTERM,
        )
        .expect("it runs");
        let status = self.child.wait().expect("it ends");
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
            kill_hard(self.child.id() as i32);
            let _ = self.child.wait();
        }
    }
}
