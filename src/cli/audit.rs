//! `porchlight audit …`: the log of what staff did.

use anyhow::{Result, bail};

use super::arguments::AuditCommand;
use super::connect::with_app;
use super::sentence::tell;
use super::settle::Settled;
use super::terminal;
use crate::moderation::audit::{self, Verdict};

/// Does what the subcommand says.
pub fn audit(settled: Settled, command: &AuditCommand) -> Result<()> {
    match command {
        AuditCommand::Verify => with_app(settled, async |app| {
            match audit::verify(&app).await.map_err(tell)? {
                Verdict::Whole(lines) => {
                    terminal::say(format!(
                        "All {lines} lines are as they were written, and none is missing."
                    ));
                    Ok(())
                }
                Verdict::Broken(id) => {
                    bail!("Line {id} is not as it was written, or one before it is missing.")
                }
            }
        }),
    }
}
