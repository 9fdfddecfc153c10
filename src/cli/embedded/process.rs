//! Start programs so that they die with us, and recognise those that did not.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{programs, user::ServiceUser};

/// Prepares `program` to run as `run_as` (or as we do), with an empty environment but for
/// language and search path, in a process group of its own so that a Ctrl-C in the terminal
/// reaches us alone.
///
/// The kernel interrupts it (SIGINT: PostgreSQL stops fast, Redis stops) when the *thread* that
/// spawned it ends: spawn from a thread that lives as long as the child should.
pub fn command(program: &Path, run_as: Option<&ServiceUser>) -> Result<Command> {
    let mut command = Command::new(programs::setpriv()?);
    command.args(["--pdeathsig", "INT"]);
    if let Some(user) = run_as {
        command.args([
            "--reuid",
            &user.uid.to_string(),
            "--regid",
            &user.gid.to_string(),
        ]);
        command.arg("--clear-groups");
    }
    command.arg("--").arg(program);
    command.env_clear();
    command.envs([
        ("LC_ALL", "C.UTF-8"),
        ("TZ", "UTC"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ]);
    {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    Ok(command)
}

/// Whether process `pid` is a running program whose command line holds every one of `marks`.
/// A zombie has no command line and is not.
pub fn is_running(pid: i32, marks: &[&str]) -> bool {
    let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else {
        return false;
    };
    let line = String::from_utf8_lossy(&line);
    !line.is_empty() && marks.iter().all(|mark| line.contains(mark))
}

/// Stops a process that an earlier instance left alive: asks with `gentle` and waits `patience`,
/// then with `firm`.
pub async fn stop_leftover(
    name: &str,
    pid: i32,
    marks: &[&str],
    (gentle, patience): (Signal, Duration),
    firm: Signal,
) -> Result<()> {
    const STEP: Duration = Duration::from_millis(50);
    const FIRM_PATIENCE: Duration = Duration::from_secs(10);
    tracing::warn!(pid, "{name} of an earlier run is still alive; stopping it");
    for (signal, patience) in [(gentle, patience), (firm, FIRM_PATIENCE)] {
        // It may be gone already, which the loop below sees.
        let _ = kill(Pid::from_raw(pid), signal);
        let mut waited = Duration::ZERO;
        while waited < patience {
            if !is_running(pid, marks) {
                return Ok(());
            }
            tokio::time::sleep(STEP).await;
            waited += STEP;
        }
    }
    bail!("{name} of an earlier run (process {pid}) does not stop: stop it with `kill -9 {pid}`.")
}
