//! The private Redis. It keeps nothing on disk: all that is in it can be made again.

use std::{fs, path::Path, process::Stdio, time::Duration};

use anyhow::{Result, bail};
use nix::sys::signal::Signal;
use tokio::time::{Instant, sleep};

use super::{
    layout::Layout,
    machine, process, programs,
    supervise::{Service, Stopping},
    user::ServiceUser,
};

/// How long Redis may take until it answers.
const START: Duration = Duration::from_secs(20);
/// How long it may take to stop: it saves nothing.
const SHUTDOWN: Duration = Duration::from_secs(5);
/// The log is moved aside at a start when it is larger than this, in bytes.
const MAX_LOG: u64 = 4 << 20;

const STOPPING: Stopping = Stopping {
    gentle: Signal::SIGTERM,
    patience: SHUTDOWN,
    firm: Signal::SIGKILL,
};

/// Starts Redis and returns when it answers.
pub async fn start(layout: &Layout, run_as: Option<&ServiceUser>) -> Result<Service> {
    let program = programs::redis()?;
    let socket = layout.redis_socket();
    let pid_file = layout.redis.join("redis.pid");
    let log = layout.redis.join("redis.log");
    stop_leftover(&pid_file, &socket).await?;
    if fs::metadata(&log).is_ok_and(|found| found.len() > MAX_LOG) {
        fs::rename(&log, layout.redis.join("redis.log.1"))?;
    }

    let service = {
        let (layout, run_as) = (layout.clone(), run_as.cloned());
        let (socket, log) = (socket.clone(), log.clone());
        // A sixteenth of the memory; what does not fit is forgotten, oldest use first.
        let memory = (machine::memory() / 16)
            .clamp(32 << 20, 512 << 20)
            .to_string();
        Service::start("Redis", STOPPING, move || {
            let mut command = process::command(&program, run_as.as_ref())?;
            command
                .args(["--port", "0", "--unixsocketperm", "700", "--unixsocket"])
                .arg(&socket);
            command.args(["--save", "", "--appendonly", "no", "--daemonize", "no"]);
            command.args(["--maxmemory", &memory, "--maxmemory-policy", "allkeys-lru"]);
            command.args(["--databases", "16", "--loglevel", "warning"]);
            command
                .arg("--dir")
                .arg(&layout.redis)
                .arg("--pidfile")
                .arg(&pid_file);
            command.arg("--logfile").arg(&log);
            command.current_dir(&layout.data);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            Ok(command)
        })?
    };
    wait_until_ready(&layout.redis_url(), &service, &log).await?;
    service.keep_alive();
    Ok(service)
}

async fn stop_leftover(pid_file: &Path, socket: &Path) -> Result<()> {
    let Ok(text) = fs::read_to_string(pid_file) else {
        return Ok(());
    };
    let Ok(pid) = text.trim().parse::<i32>() else {
        return Ok(());
    };
    let socket = socket.to_string_lossy();
    let marks = [socket.as_ref()];
    if process::is_running(pid, &marks) {
        let gentle = (STOPPING.gentle, SHUTDOWN);
        process::stop_leftover("Redis", pid, &marks, gentle, STOPPING.firm).await?;
    }
    Ok(())
}

async fn wait_until_ready(url: &str, service: &Service, log: &Path) -> Result<()> {
    const STEP: Duration = Duration::from_millis(25);
    let client = redis::Client::open(url)?;
    let began = Instant::now();
    loop {
        if let Some(end) = service.ended() {
            bail!("Redis does not start ({end}): see {}.", log.display());
        }
        if let Ok(mut connection) = client.get_multiplexed_async_connection().await
            && redis::cmd("PING")
                .query_async::<String>(&mut connection)
                .await
                .is_ok()
        {
            return Ok(());
        }
        if began.elapsed() > START {
            bail!(
                "Redis does not answer after {} s: see {}.",
                START.as_secs(),
                log.display()
            );
        }
        sleep(STEP).await;
    }
}
