//! Logging: lines on standard error, for people or for machines.

use std::io::IsTerminal;

use anyhow::{Context, Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Logging};

/// Starts logging for the whole process; once. A command that answers and ends (`lasting` is
/// false) logs warnings only: its answer is what people want to see.
pub fn start(logging: &Logging, lasting: bool) -> Result<()> {
    let level = if lasting {
        logging.level.as_str()
    } else {
        "warn"
    };
    let filter = EnvFilter::try_new(level).context("logging.level cannot be used")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match logging.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| anyhow!("Logging cannot be started: {error}"))
}
