//! Accounts made by the command line from a file of names, beside what cannot be saved: the
//! passwords' hashes and the keys.

use std::ffi::OsStr;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use futures::stream::{self, StreamExt};
use porchlight::secrets::actor_key::ActorKeys;
use porchlight::secrets::password::Passwords;

use super::place::Place;
use super::report::{Report, Row, seconds};
use super::scale::Scale;
use super::server::Server;

/// A thousand in two minutes.
const EACH: Duration = Duration::from_millis(120);

/// Makes them beside the running server.
pub async fn run(place: &Place, server: &Server, scale: Scale, report: &mut Report) -> Result<()> {
    report.section("Accounts by the command line");
    let names: Vec<String> = (0..scale.accounts).map(|n| format!("made_{n}")).collect();
    let file = place.folder("names")?.join("names");
    std::fs::write(&file, names.join("\n"))?;
    let words = ["accounts", "create", "--role", "member", "--file"].map(OsStr::new);
    let began = Instant::now();
    let arguments: Vec<&OsStr> = words.into_iter().chain([file.as_os_str()]).collect();
    server.command(&arguments).await?;
    let took = began.elapsed();

    let alone = bare(scale.accounts).await?;
    let most = EACH.as_secs_f64() * scale.accounts as f64;
    let what = format!("{} accounts, start and end included", scale.accounts);
    let row = Row::new(what, seconds(took)).beside("their hashes and keys alone", seconds(alone));
    report.row(row.at_most(most));
    Ok(())
}

/// Hashes and keys for so many, as many at a time as there are cores.
async fn bare(accounts: usize) -> Result<Duration> {
    let passwords = Passwords::new(Default::default()).map_err(|e| anyhow!("{e:?}"))?;
    let keys = ActorKeys::default();
    let cores = std::thread::available_parallelism()?.get();
    let began = Instant::now();
    let one = async |_| {
        keys.generate().await?;
        passwords
            .hash("light on the porch", chrono::Utc::now())
            .await
    };
    let mut all = stream::iter(0..accounts).map(one).buffer_unordered(cores);
    while let Some(made) = all.next().await {
        made.map_err(|e| anyhow!("{e:?}"))?;
    }
    drop(all);
    Ok(began.elapsed())
}
