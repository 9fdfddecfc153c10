//! `porchlight hosts block|limit|hold|lift|allow|import|export`: what holds for other servers, for
//! whoever has a shell. The running server carries it out.

use std::path::Path;

use anyhow::{Context, Result, bail};
use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Error;
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::moderation::policies::{self, Laid, Severity, Terms};
use crate::moderation::{By, allow_lists, allows, holds, lists, preview};

use super::arguments::{HostsCommand, PolicyArguments};
use super::sentence::tell;
use super::terminal;

/// Does what the subcommand says.
pub(super) async fn act(app: &App, command: &HostsCommand) -> Result<()> {
    match command {
        HostsCommand::Block(arguments) => lay(app, PolicyKind::Suspended, arguments).await,
        HostsCommand::Limit(arguments) => lay(app, PolicyKind::Limited, arguments).await,
        HostsCommand::Hold { host, hours } => hold(app, host, *hours).await,
        HostsCommand::Lift { host, restore } => lift(app, host, *restore).await,
        HostsCommand::Allow { host } => {
            let (allow, is_new) = allows::allow(app, By::Host, host).await.map_err(tell)?;
            terminal::say(match is_new {
                true => format!("{} is allowed.", allow.domain),
                false => format!("{} was allowed already.", allow.domain),
            });
            Ok(())
        }
        HostsCommand::Import {
            file,
            allowed: true,
            ..
        } => import_allowed(app, file).await,
        HostsCommand::Import { file, dry_run, .. } => import(app, file, *dry_run).await,
        HostsCommand::Export { allowed } => {
            let list = match allowed {
                true => allow_lists::export(app).await,
                false => lists::export(app).await,
            };
            terminal::say(list.map_err(tell)?.trim_end());
            Ok(())
        }
        // These are of the list itself.
        HostsCommand::Show { .. } | HostsCommand::Post { .. } | HostsCommand::Retry { .. } => {
            Ok(())
        }
    }
}

/// What a suspension would cut: counts, then the latest follows by name.
async fn preview(app: &App, host: &str) -> Result<()> {
    let seen = preview::look(app, host).await.map_err(tell)?;
    let cut = seen.cut;
    for (what, count) in [
        ("servers", cut.hosts),
        ("people", cut.accounts),
        ("posts", cut.posts),
        ("follows of people there", cut.following),
        ("follows by people there", cut.followers),
    ] {
        terminal::say(format!("{}\t{what}\t{count}", seen.domain));
    }
    for (who, pairs) in [(true, &seen.following), (false, &seen.followers)] {
        for pair in pairs {
            let (here, there) = (pair.here.acct(), pair.there.acct());
            terminal::say(match who {
                true => format!("{here}\tfollows\t{there}"),
                false => format!("{there}\tfollows\t{here}"),
            });
        }
    }
    Ok(())
}

/// Lays it; where there is one already, changes that: what is not said anew stays as it was, but
/// for the end, which is of the new one alone.
async fn lay(app: &App, kind: PolicyKind, arguments: &PolicyArguments) -> Result<()> {
    if arguments.dry_run {
        return preview(app, &arguments.host).await;
    }
    let until = arguments
        .days
        .map(|days| app.clock.now() + TimeDelta::days(i64::from(days)));
    let terms = Terms {
        kind,
        reject_media: arguments.reject_media,
        reject_reports: arguments.reject_reports,
        public_comment: arguments.comment.clone(),
        private_comment: arguments.note.clone(),
        obfuscate: arguments.obfuscate,
        until,
    };
    let (host, source) = (&arguments.host, PolicySource::Staff);
    let laid = policies::lay(app, By::Host, host, source, terms.clone()).await;
    let policy = match laid.map_err(tell)? {
        Laid::New(policy) => policy,
        Laid::Exists(before) => {
            let terms = added(before.terms, terms);
            let changed = policies::change(app, By::Host, before.id, terms).await;
            changed.map_err(tell)?
        }
    };
    terminal::say(format!(
        "{} is {} from now on, with all under it.",
        policy.domain,
        match kind {
            PolicyKind::Suspended => "suspended",
            _ => "limited",
        }
    ));
    Ok(())
}

fn added(before: Terms, said: Terms) -> Terms {
    let words = |before: String, said: String| if said.is_empty() { before } else { said };
    Terms {
        kind: said.kind,
        reject_media: before.reject_media || said.reject_media,
        reject_reports: before.reject_reports || said.reject_reports,
        public_comment: words(before.public_comment, said.public_comment),
        private_comment: words(before.private_comment, said.private_comment),
        obfuscate: before.obfuscate || said.obfuscate,
        until: said.until,
    }
}

async fn hold(app: &App, host: &str, hours: u16) -> Result<()> {
    let policy = holds::hold(app, By::Host, host, hours).await;
    let policy = policy.map_err(tell)?;
    terminal::say(format!(
        "What {} sends is kept unread for {hours} hours, and received then.",
        policy.domain
    ));
    Ok(())
}

/// Lifts what people decided; a hold where there is nothing else.
async fn lift(app: &App, host: &str, restore: bool) -> Result<()> {
    let policy = match policies::of_domain(app, host).await {
        Err(Error::NotFound) if holds::end(app, By::Host, host).await.is_ok() => {
            terminal::say(format!("{host} is not held any more."));
            return Ok(());
        }
        found => found.map_err(tell),
    };
    let policy = policy.with_context(|| format!("Nothing holds for {host}"))?;
    let lifted = policies::lift(app, By::Host, policy.id, restore).await;
    let lifted = lifted.map_err(tell)?;
    terminal::say(match lifted.restoring {
        true => format!("Lifted from {}. Its follows come back.", lifted.domain),
        false if lifted.parting => format!(
            "Lifted from {}. It is told that the follows which ended are over.",
            lifted.domain
        ),
        false => format!("Lifted from {}.", lifted.domain),
    });
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    let size = std::fs::metadata(file).with_context(|| file.display().to_string())?;
    if size.len() > lists::MAX_BYTES as u64 {
        bail!("A list has one megabyte at the most");
    }
    std::fs::read_to_string(file).with_context(|| file.display().to_string())
}

async fn import_allowed(app: &App, file: &Path) -> Result<()> {
    let done = allow_lists::import(app, By::Host, &read(file)?).await;
    let done = done.map_err(tell)?;
    for domain in &done.added {
        terminal::say(format!("new\t{domain}"));
    }
    for (name, why) in &done.skipped {
        terminal::say(format!("left\t{name}\t{why}"));
    }
    terminal::say(done.in_words());
    Ok(())
}

async fn import(app: &App, file: &Path, dry_run: bool) -> Result<()> {
    let text = read(file)?;
    let plan = match dry_run {
        true => lists::plan(app, &text).await,
        false => lists::import(app, By::Host, &text).await,
    };
    let plan = plan.map_err(tell)?;
    let ends = |domain: &str| {
        let ends = plan.ends_at.get(domain).copied().unwrap_or_default();
        let words = preview::follows_in_words(ends);
        words.map_or_else(String::new, |follows| format!("\tends {follows}"))
    };
    for (domain, terms) in &plan.added {
        let (severity, ends) = (Severity::of(terms).as_str(), ends(domain));
        terminal::say(format!("new\t{domain}\t{severity}{ends}"));
    }
    for (before, terms) in &plan.changed {
        let (was, is) = (Severity::of(&before.terms), Severity::of(terms));
        let (was, is, ends) = (was.as_str(), is.as_str(), ends(&before.domain));
        terminal::say(format!("changed\t{}\t{was} to {is}{ends}", before.domain));
    }
    for (domain, why) in &plan.skipped {
        terminal::say(format!("left\t{domain}\t{why}"));
    }
    terminal::say(format!(
        "{} new, {} changed, {} left as they were{}.",
        plan.added.len(),
        plan.changed.len(),
        plan.skipped.len(),
        if dry_run { ", if it were done" } else { "" }
    ));
    Ok(())
}
