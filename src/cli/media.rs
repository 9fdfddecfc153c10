//! `porchlight media …`: how full the cache of other servers' files is, and emptying it. Fields of
//! a line are separated by tabs, for people and scripts.

use anyhow::Result;

use super::arguments::MediaCommand;
use super::connect::with_app;
use super::sentence::tell;
use super::settle::Settled;
use super::terminal;
use crate::app::App;
use crate::social::remote_media::upkeep;
use crate::text::size_words;

/// Does what the subcommand says.
pub fn media(settled: Settled, command: &MediaCommand) -> Result<()> {
    with_app(settled, async |app| match command {
        MediaCommand::Usage => usage(&app).await,
        MediaCommand::Prune => prune(&app).await,
    })
}

async fn usage(app: &App) -> Result<()> {
    let fill = upkeep::look(app).await.map_err(tell)?;
    let largest = upkeep::largest(app).await.map_err(tell)?;
    for (domain, bytes, files) in largest {
        let size = size_words::bytes(bytes);
        terminal::say(format!("{domain}\t{size}\t{files} files"));
    }
    terminal::say(format!(
        "{} of {} in {} files of other servers; {} could not be had lately.",
        size_words::bytes(fill.usage.bytes),
        size_words::bytes(fill.quota),
        fill.usage.files,
        fill.usage.failed
    ));
    Ok(())
}

async fn prune(app: &App) -> Result<()> {
    let gone = upkeep::prune(app).await.map_err(tell)?;
    terminal::say(format!(
        "{} files of other servers are gone, {}. What somebody looks at is fetched again.",
        gone.files,
        size_words::bytes(gone.bytes)
    ));
    Ok(())
}
