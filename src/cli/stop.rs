//! Ctrl-C and SIGTERM.

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit code of a process that a second Ctrl-C ended.
const IMPATIENT: i32 = 130;

/// A token that is cancelled by the first Ctrl-C or SIGTERM. The second ends the process at
/// once; the embedded services then stop by themselves.
pub fn on_signals() -> Result<CancellationToken> {
    let words = "Signals cannot be received";
    let mut interrupt = signal(SignalKind::interrupt()).context(words)?;
    let mut terminate = signal(SignalKind::terminate()).context(words)?;
    let token = CancellationToken::new();
    let for_task = token.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if for_task.is_cancelled() {
                std::process::exit(IMPATIENT);
            }
            tracing::info!("stopping; once more to stop at once");
            for_task.cancel();
        }
    });
    Ok(token)
}
