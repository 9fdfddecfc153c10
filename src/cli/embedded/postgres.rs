//! The private PostgreSQL cluster.

use std::{
    fs::{self, File},
    path::Path,
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::Signal;
use tokio::time::{Instant, sleep};
use tokio_postgres::{NoTls, error::SqlState};

use super::{
    layout::{DATABASE, Layout, ROLE},
    machine, process,
    programs::{self, Postgres},
    supervise::{Service, Stopping},
    user::{self, ServiceUser},
};

/// How long the cluster may take until it answers.
const START: Duration = Duration::from_secs(60);
/// How long it may take while it says that it is recovering from a crash.
const RECOVERY: Duration = Duration::from_secs(15 * 60);
/// How long a fast shutdown may take: it writes a checkpoint.
const SHUTDOWN: Duration = Duration::from_secs(60);

/// Fast shutdown (SIGINT) breaks connections and writes a checkpoint; immediate (SIGQUIT) does
/// not, and the next start recovers from the log.
const STOPPING: Stopping = Stopping {
    gentle: Signal::SIGINT,
    patience: SHUTDOWN,
    firm: Signal::SIGQUIT,
};

/// The file of settings that is written anew at each start.
const SETTINGS: &str = "porchlight.conf";
/// The host's own settings, which go before ours; never written by us.
const OWN_SETTINGS: &str = "local.conf";

/// Starts the cluster in `layout.postgres`, making it first if it is missing, and returns when
/// its database can be used.
pub async fn start(layout: &Layout, run_as: Option<&ServiceUser>) -> Result<Service> {
    let (programs, made_by) = choose(&layout.postgres)?;
    if made_by.is_some() {
        stop_leftover(layout).await?;
    } else {
        make_cluster(layout, run_as, &programs).await?;
    }
    write_settings(layout, run_as)?;

    let first_words = layout.log.join("postgres-start.log");
    let service = {
        let (layout, run_as) = (layout.clone(), run_as.cloned());
        let first_words = first_words.clone();
        Service::start("PostgreSQL", STOPPING, move || {
            let mut command = process::command(&programs.bin.join("postgres"), run_as.as_ref())?;
            command.arg("-D").arg(&layout.postgres);
            // What keeps the cluster private stands here, where no file can change it.
            command.args(["-c", "listen_addresses=", "-c", "port=5432"]);
            command.args(["-c", "unix_socket_permissions=0700"]);
            let sockets = layout.sockets.display();
            command
                .arg("-c")
                .arg(format!("unix_socket_directories=\"{sockets}\""));
            command
                .current_dir(&layout.data)
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            command.stderr(File::create(&first_words)?);
            Ok(command)
        })?
    };
    wait_until_ready(layout, &service, &first_words).await?;
    make_database(layout).await?;
    service.keep_alive();
    Ok(service)
}

/// The programs for the cluster, and the version that made it, if it is there already.
pub fn choose(cluster: &Path) -> Result<(Postgres, Option<u32>)> {
    let made_by = made_by(cluster)?;
    let chosen = programs::choose_postgres(&programs::installed_postgres(), made_by, cluster)?;
    Ok((chosen, made_by))
}

/// The major version that made the cluster; `None` when there is none yet.
fn made_by(cluster: &Path) -> Result<Option<u32>> {
    if !cluster.exists() {
        return Ok(None);
    }
    let file = cluster.join("PG_VERSION");
    let text = fs::read_to_string(&file).map_err(|error| {
        anyhow!("{} cannot be read ({error}): this is no PostgreSQL data, or it belongs to another user.",
            file.display())
    })?;
    let major = text
        .trim()
        .parse()
        .with_context(|| format!("{} holds no version", file.display()))?;
    Ok(Some(major))
}

/// Makes the cluster beside its place and moves it there when it is whole, so that a start that
/// was cut short leaves nothing that looks like a cluster.
async fn make_cluster(
    layout: &Layout,
    run_as: Option<&ServiceUser>,
    programs: &Postgres,
) -> Result<()> {
    let making = layout.data.join("postgres.making");
    if making.exists() {
        fs::remove_dir_all(&making)
            .with_context(|| format!("{} cannot be removed", making.display()))?;
    }
    fs::create_dir(&making)?;
    if let Some(user) = run_as {
        user::give_to(&making, user)?;
    }
    // Everybody who can enter the folder of sockets is us or root, hence "trust".
    let mut command = process::command(&programs.bin.join("initdb"), run_as)?;
    command
        .arg("-D")
        .arg(&making)
        .args(["-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8"]);
    command.args([
        "--auth-local=trust",
        "--auth-host=reject",
        "--data-checksums",
    ]);
    command.current_dir(&layout.data).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!(
            "PostgreSQL's data cannot be made in {}: {}.",
            layout.data.display(),
            last_line(&words)
        );
    }
    let settings = making.join("postgresql.conf");
    let mut text = fs::read_to_string(&settings)?;
    text.push_str(&format!(
        "\ninclude_if_exists '{SETTINGS}'\ninclude_if_exists '{OWN_SETTINGS}'\n"
    ));
    fs::write(&settings, text)?;
    fs::rename(&making, &layout.postgres)?;
    File::open(&layout.data)?.sync_all()?;
    Ok(())
}

/// Stops the cluster if an earlier instance left it alive, and clears its pid file if the
/// number in there is by now another program's. We hold the folder's lock: nobody else may be
/// using it.
async fn stop_leftover(layout: &Layout) -> Result<()> {
    let file = layout.postgres.join("postmaster.pid");
    let Ok(text) = fs::read_to_string(&file) else {
        return Ok(());
    };
    let Some(pid) = text
        .lines()
        .next()
        .and_then(|line| line.trim().parse::<i32>().ok())
    else {
        return Ok(());
    };
    let data = layout.postgres.to_string_lossy();
    let marks = ["postgres", data.as_ref()];
    if process::is_running(pid, &marks) {
        let gentle = (STOPPING.gentle, SHUTDOWN);
        return process::stop_leftover("PostgreSQL", pid, &marks, gentle, STOPPING.firm).await;
    }
    fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))
}

fn write_settings(layout: &Layout, run_as: Option<&ServiceUser>) -> Result<()> {
    let path = layout.postgres.join(SETTINGS);
    fs::write(&path, settings(machine::memory(), &layout.log))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    match run_as {
        Some(user) => user::give_to(&path, user),
        None => Ok(()),
    }
}

/// Settings for a machine with `memory` bytes that PostgreSQL shares with the server and Redis.
fn settings(memory: u64, log: &Path) -> String {
    const MB: u64 = 1 << 20;
    let buffers = (memory / 8 / MB).clamp(32, 512);
    let cache = (memory / 2 / MB).clamp(128, 8192);
    let maintenance = (memory / 16 / MB).clamp(16, 256);
    let log = log.display();
    format!(
        "# Written at each start. Put settings of your own into {OWN_SETTINGS} beside this file.
shared_buffers = {buffers}MB
effective_cache_size = {cache}MB
maintenance_work_mem = {maintenance}MB
work_mem = 4MB
# Both pools, the command line, and room for a look inside.
max_connections = 60
# One server on one disk: nobody replicates from here. An answered post is on the disk.
wal_level = minimal
max_wal_senders = 0
synchronous_commit = on
min_wal_size = 64MB
max_wal_size = 512MB
checkpoint_completion_target = 0.9
random_page_cost = 1.1
max_worker_processes = 4
max_parallel_workers_per_gather = 1
jit = off
# Queues are busy tables: clean them early.
autovacuum_naptime = 20s
idle_in_transaction_session_timeout = 5min
timezone = 'UTC'
log_timezone = 'UTC'
# A week of logs, one file a day.
logging_collector = on
log_directory = '{log}'
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_min_messages = warning
"
    )
}

async fn wait_until_ready(layout: &Layout, service: &Service, first_words: &Path) -> Result<()> {
    const STEP: Duration = Duration::from_millis(25);
    const TRY: Duration = Duration::from_secs(5);
    let url = layout.database_url("postgres");
    let began = Instant::now();
    let mut recovering = false;
    loop {
        if let Some(end) = service.ended() {
            let words = fs::read_to_string(first_words).unwrap_or_default();
            let words = if words.trim().is_empty() {
                end
            } else {
                last_line(&words).to_owned()
            };
            bail!(
                "PostgreSQL does not start: {words} (more in {}).",
                layout.log.display()
            );
        }
        let last = match tokio::time::timeout(TRY, tokio_postgres::connect(&url, NoTls)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => {
                let starting = error.code() == Some(&SqlState::CANNOT_CONNECT_NOW);
                if starting && !recovering && began.elapsed() > Duration::from_secs(3) {
                    recovering = true;
                    tracing::info!("PostgreSQL is recovering after a crash; this can take minutes");
                }
                error.to_string()
            }
            Err(_) => "no answer".to_owned(),
        };
        if began.elapsed() > if recovering { RECOVERY } else { START } {
            bail!(
                "PostgreSQL does not answer after {} s ({last}): see {}.",
                began.elapsed().as_secs(),
                layout.log.display()
            );
        }
        sleep(STEP).await;
    }
}

async fn make_database(layout: &Layout) -> Result<()> {
    let words = "The private database cannot be made";
    let url = layout.database_url("postgres");
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.context(words)?;
    let driver = tokio::spawn(connection);
    let exists = client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&DATABASE])
        .await
        .context(words)?;
    if exists.is_none() {
        client
            .batch_execute(&format!("CREATE DATABASE {DATABASE}"))
            .await
            .context(words)?;
    }
    drop(client);
    // It ends by itself when the client is gone; how does not matter any more.
    let _ = driver.await;
    Ok(())
}

/// The last line that says something, without the level in front and the stop behind.
fn last_line(text: &str) -> &str {
    let told = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && !line.contains("HINT:") && !line.starts_with("initdb: removing")
    };
    let line = text
        .lines()
        .rev()
        .find(told)
        .unwrap_or("it did not say why");
    let line = line.split_once("FATAL:").map_or(line, |(_, rest)| rest);
    let line = line.trim().trim_start_matches("initdb: error:");
    line.trim().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_fit_the_machine() {
        let small = settings(512 << 20, Path::new("/data/log"));
        assert!(
            small.contains("shared_buffers = 64MB") && small.contains("synchronous_commit = on")
        );
        let large = settings(64 << 30, Path::new("/data/log"));
        assert!(large.contains("shared_buffers = 512MB"));
    }

    #[test]
    fn the_last_words_are_found() {
        let log = "2026 LOG:  starting\n2026-01-01 FATAL:  could not create lock file: Denied.\nHINT: x\n";
        assert_eq!(last_line(log), "could not create lock file: Denied");
        assert_eq!(last_line(""), "it did not say why");
    }

    #[test]
    fn a_folder_without_a_version_is_no_cluster() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(made_by(&folder.path().join("postgres")).unwrap(), None);
        assert!(
            made_by(folder.path())
                .unwrap_err()
                .to_string()
                .contains("no PostgreSQL data")
        );
        fs::write(folder.path().join("PG_VERSION"), "15\n").unwrap();
        assert_eq!(made_by(folder.path()).unwrap(), Some(15));
    }
}
