//! The real server, as a process of its own.

use std::ffi::OsStr;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use super::client::{Http, get};
use super::place::Place;

/// The program that cargo built with this bench.
const PROGRAM: &str = env!("CARGO_BIN_EXE_porchlight");
/// How long it may take until it answers.
const START: Duration = Duration::from_secs(30);

/// A running server; killed when dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to its first answer.
    pub first_answer: Duration,
    child: Child,
    pid: i32,
    /// Its configuration.
    file: PathBuf,
}

impl Server {
    /// Starts `porchlight serve` on the place's databases and waits for the first answer.
    pub async fn start(place: &Place) -> Result<Server> {
        Server::start_with(place, "").await
    }

    /// The same with more settings of the section `[server]`, a line each.
    pub async fn start_with(place: &Place, more: &str) -> Result<Server> {
        // Free a moment ago; taken by somebody else meanwhile, the start fails and says so.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let folder = place.folder("server")?;
        let file = folder.join("porchlight.toml");
        let (data, database, redis) = (folder.join("data"), &place.database_url, &place.redis_url);
        let settings = format!(
            "[server]\ndata = '{}'\nlisten = '{address}'\n{more}[database]\nurl = '{database}'\n[redis]\nurl = '{redis}'\n[limits]\nposts = 0\n",
            data.display()
        );
        std::fs::write(&file, settings)?;
        let log = folder.join("server.log");
        let words = std::fs::File::create(&log)?;
        let began = Instant::now();
        let mut child = Command::new(PROGRAM)
            .args(["serve".as_ref(), "--config".as_ref(), file.as_os_str()])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(words.try_clone()?)
            .stderr(words)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{PROGRAM} cannot be started"))?;
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .context("it has a process id")?;
        loop {
            if let Some(end) = child.try_wait()? {
                bail!("the server ended ({end}):\n{}", words_of(&log));
            }
            if let Ok(mut http) = Http::open(address).await
                && http.ask(&get("/health", None)).await.is_ok()
            {
                break;
            }
            if began.elapsed() > START {
                bail!("the server does not answer:\n{}", words_of(&log));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Server {
            address,
            first_answer: began.elapsed(),
            child,
            pid,
            file,
        })
    }

    /// Another command of the program on the same place, to its end.
    pub async fn command(&self, arguments: &[&OsStr]) -> Result<()> {
        let done = Command::new(PROGRAM)
            .args(arguments)
            .args(["--config".as_ref(), self.file.as_os_str()])
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .await?;
        if !done.status.success() {
            bail!("{}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(())
    }

    /// Its process.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Stops it gently.
    pub async fn stop(mut self) -> Result<()> {
        kill(Pid::from_raw(self.pid), Signal::SIGTERM)?;
        let ended = tokio::time::timeout(START, self.child.wait()).await;
        ended.context("the server does not stop")??;
        Ok(())
    }
}

fn words_of(log: &PathBuf) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}
