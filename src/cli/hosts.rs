//! `porchlight hosts …`: how other servers take what is sent to them, for whoever has a shell.
//! Fields of a line are separated by tabs, for people and scripts.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::delivery::hosts::{self, Line, Standing, Which};

use super::arguments::{HostsArguments, HostsCommand};
use super::connect::with_app;
use super::sentence::tell;
use super::settle::Settled;
use super::{policies, terminal};

/// Servers that are listed at the most.
const MOST: i64 = 100_000;

/// Does what the subcommand says; without one, lists.
pub fn hosts(settled: Settled, arguments: &HostsArguments) -> Result<()> {
    with_app(settled, async |app| act(&app, arguments).await)
}

async fn act(app: &App, arguments: &HostsArguments) -> Result<()> {
    match &arguments.command {
        None => list(app, which(arguments)).await,
        Some(HostsCommand::Show { host }) => show(app, host).await,
        Some(HostsCommand::Post { post }) => show_post(app, post).await,
        Some(HostsCommand::Retry { host }) => {
            let tried = hosts::retry_now(app, host).await.map_err(tell);
            let tried = tried.with_context(|| nobody(host))?;
            terminal::say(match tried {
                true => format!("{host} is tried as soon as somebody works on deliveries."),
                false => format!("Nothing waits for {host}."),
            });
            Ok(())
        }
        Some(other) => policies::act(app, other).await,
    }
}

fn which(arguments: &HostsArguments) -> Which {
    match arguments {
        HostsArguments { waiting: true, .. } => Which::Waiting,
        HostsArguments { failing: true, .. } => Which::Failing,
        HostsArguments { dead: true, .. } => Which::Dead,
        _ => Which::All,
    }
}

async fn list(app: &App, which: Which) -> Result<()> {
    let now = app.clock.now();
    let (sums, rows) = hosts::list(app, which, MOST).await.map_err(tell)?;
    for standing in &rows {
        terminal::say(in_a_line(standing, now));
    }
    terminal::say(format!(
        "{} servers: {} have something waiting ({} in all), {} fail, {} are given up.",
        sums.all, sums.waiting, sums.rows, sums.failing, sums.dead
    ));
    Ok(())
}

/// Name, state, rows that wait, what was delivered in all, and the last error while it fails.
fn in_a_line(standing: &Standing, now: DateTime<Utc>) -> String {
    let error = standing
        .last_error
        .as_deref()
        .filter(|_| standing.failing_since.is_some());
    format!(
        "{}\t{}\t{} waiting\t{} delivered\t{}",
        standing.domain,
        hosts::in_words(standing, now),
        standing.waiting,
        standing.delivered,
        error.unwrap_or_default(),
    )
    .trim_end()
    .to_owned()
}

async fn show(app: &App, name: &str) -> Result<()> {
    let now = app.clock.now();
    let found = hosts::look(app, name).await.map_err(tell);
    let found = found.with_context(|| nobody(name))?;
    let standing = &found.standing;
    terminal::say(in_a_line(standing, now));
    if let Some(software) = &standing.software {
        terminal::say(format!("runs\t{software}"));
    }
    for (what, at) in [
        ("last delivered", standing.delivered_at),
        ("last tried", standing.tried_at),
        ("next try", standing.due_at),
        ("fails since", standing.failing_since),
        ("given up", standing.dead_since),
    ] {
        if let Some(at) = at {
            terminal::say(format!("{what}\t{}", time(at)));
        }
    }
    lines("waiting", &found.waiting);
    lines("refused", &found.refused);
    Ok(())
}

async fn show_post(app: &App, named: &str) -> Result<()> {
    let found = hosts::look_at_post(app, named).await.map_err(tell);
    let found = found.with_context(|| format!("{named} is no post of this place"))?;
    for told in &found.told {
        terminal::say(format!(
            "{}\t{}\t{} inboxes\t{} delivered\t{} dropped",
            time(told.at),
            told.kind,
            told.recipients,
            told.delivered,
            told.dropped
        ));
    }
    if found.told.is_empty() {
        terminal::say("Nothing about it was sent to anybody in the last two weeks.");
    }
    lines("waiting", &found.waiting);
    lines("refused", &found.refused);
    Ok(())
}

fn lines(state: &str, lines: &[Line]) {
    for line in lines {
        let number = match state {
            "refused" => format!("answered {}", line.number),
            _ => format!("{} tries", line.number),
        };
        terminal::say(format!(
            "{state}\t{}\t{}\t{}\t{number}\t{}",
            time(line.at),
            line.kind,
            line.subject,
            line.inbox
        ));
    }
}

fn nobody(name: &str) -> String {
    format!("Nobody here has ever heard of a server called {name}")
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
