//! For staff: how other servers take what is sent, by host and by post.

use chrono::{DateTime, Utc};
use url::Url;

use crate::activitypub::addresses::{self, Local};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Reviewer;
use crate::store;
use crate::store::activities::Told;
pub use crate::store::delivery_hosts::{Line, Standing, Sums, Which};

/// Hosts on a page.
pub const PAGE: usize = 40;

/// One page of hosts.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// How many stand how.
    pub sums: Sums,
    /// By name.
    pub rows: Vec<Standing>,
    /// There are more.
    pub more: bool,
}

/// Hosts of a kind, whose names hold `query`, after the one called `after`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn overview(
    app: &App,
    _who: &Reviewer,
    which: Which,
    query: &str,
    after: &str,
) -> Result<Overview> {
    let mut conn = app.desk.get().await?;
    let sums = store::delivery_hosts::sums(&mut conn).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let query = query.trim().to_lowercase();
    let mut rows = store::delivery_hosts::list(&mut conn, which, &query, after, most).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    Ok(Overview { sums, rows, more })
}

/// One host, with what waits for it and what it refused; 50 of each at the most.
#[derive(Debug, Clone, PartialEq)]
pub struct Host {
    /// How it stands.
    pub standing: Standing,
    /// In the order in which it will be sent.
    pub waiting: Vec<Line>,
    /// Newest first.
    pub refused: Vec<Line>,
}

/// A host by its name.
///
/// # Errors
/// `NotFound` when nothing was ever heard of it.
pub async fn host(app: &App, _who: &Reviewer, domain: &str) -> Result<Host> {
    look(app, domain).await
}

/// The same for whoever has a shell on the server.
///
/// # Errors
/// As [`host`].
pub async fn look(app: &App, domain: &str) -> Result<Host> {
    let mut conn = app.desk.get().await?;
    let domain = domain.trim().to_lowercase();
    let standing = store::delivery_hosts::find(&mut conn, &domain)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(Host {
        waiting: store::delivery_hosts::waiting_at(&mut conn, standing.host).await?,
        refused: store::delivery_hosts::refused_at(&mut conn, standing.host).await?,
        standing,
    })
}

/// Hosts for whoever has a shell on the server; `most` at the most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(app: &App, which: Which, most: i64) -> Result<(Sums, Vec<Standing>)> {
    let mut conn = app.desk.get().await?;
    let sums = store::delivery_hosts::sums(&mut conn).await?;
    let rows = store::delivery_hosts::list(&mut conn, which, "", "", most).await?;
    Ok((sums, rows))
}

/// Where what is about a post went.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Its id.
    pub id: Id,
    /// Who wrote it; `None` when it is gone.
    pub author: Option<String>,
    /// What was said, newest first; 50 at the most.
    pub told: Vec<Told>,
    /// Where it still waits; 200 at the most.
    pub waiting: Vec<Line>,
    /// Where it was refused; 200 at the most.
    pub refused: Vec<Line>,
}

/// A post by its id, its address or the address of its page.
///
/// # Errors
/// `NotFound` when that names no post of ours.
pub async fn post(app: &App, _who: &Reviewer, named: &str) -> Result<Post> {
    look_at_post(app, named).await
}

/// The same for whoever has a shell on the server.
///
/// # Errors
/// As [`post`].
pub async fn look_at_post(app: &App, named: &str) -> Result<Post> {
    let id = post_id(&app.origin(), named).ok_or(Error::NotFound)?;
    let mut conn = app.desk.get().await?;
    let told = store::activities::about(&mut conn, id).await?;
    let author = store::delivery_hosts::author_of(&mut conn, id).await?;
    if told.is_empty() && author.is_none() {
        return Err(Error::NotFound);
    }
    Ok(Post {
        id,
        author,
        told,
        waiting: store::delivery_hosts::waiting_for(&mut conn, id).await?,
        refused: store::delivery_hosts::refused_for(&mut conn, id).await?,
    })
}

/// Tries a host now, and holds a dead one for alive again.
///
/// # Errors
/// `NotFound` when nothing was ever sent there.
pub async fn retry(app: &App, _who: &Reviewer, domain: &str) -> Result<()> {
    retry_now(app, domain).await.map(|_| ())
}

/// The same for whoever has a shell on the server; whether there was anything to try.
///
/// # Errors
/// As [`retry`].
pub async fn retry_now(app: &App, domain: &str) -> Result<bool> {
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    let domain = domain.trim().to_lowercase();
    let standing = store::delivery_hosts::find(&mut conn, &domain)
        .await?
        .ok_or(Error::NotFound)?;
    let tried = store::delivery_hosts::retry(&mut conn, standing.host, now).await?;
    app.outbound.notify_one();
    Ok(tried)
}

/// A server asked for something and signed for it: where it was given up, or fails, it is tried
/// again soon. Costs a statement once in ten minutes for each server and process; what cannot be
/// noted now is noted the next time.
pub async fn heard_from(app: &App, host: Id) {
    if app.signers.heard.contains_key(&host) {
        return;
    }
    let noted = async {
        let mut conn = app.pool.get().await?;
        store::delivery_hosts::sign_of_life(&mut conn, vec![host], app.clock.now()).await
    };
    match noted.await {
        Ok(_) => app.signers.heard.insert(host, ()),
        Err(error) => tracing::debug!(host, ?error, "a sign of life could not be noted"),
    }
}

/// How a host stands, in a few words.
pub fn in_words(standing: &Standing, now: DateTime<Utc>) -> &'static str {
    match standing {
        s if s.dead_since.is_some() => "given up",
        s if s.fails > 0 => "failing",
        s if s.waiting > 0 && s.due_at.is_some_and(|at| at > now) => "waiting",
        s if s.waiting > 0 => "being sent to",
        s if s.tried_at.is_none() && s.delivered_at.is_none() => "not sent to yet",
        _ => "fine",
    }
}

fn post_id(origin: &str, named: &str) -> Option<Id> {
    let named = named.trim();
    if let Ok(id) = named.parse::<Id>() {
        return Some(id).filter(|id| *id > 0);
    }
    match addresses::local(origin, named) {
        Some(Local::Note(id) | Local::Boost(id)) => return Some(id),
        Some(_) => return None,
        None => {}
    }
    let page = Url::parse(named).ok()?;
    if page.origin() != Url::parse(origin).ok()?.origin() {
        return None;
    }
    let mut parts = page.path_segments()?;
    let (name, id) = (parts.next()?, parts.next()?);
    (name.starts_with('@') && parts.next().is_none())
        .then(|| id.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_named_in_three_ways() {
        let here = "https://porch.example";
        for named in [
            "77",
            " 77 ",
            "https://porch.example/ap/notes/77",
            "https://porch.example/@ann/77",
        ] {
            assert_eq!(post_id(here, named), Some(77), "{named}");
        }
        for named in [
            "",
            "-1",
            "https://other.example/@ann/77",
            "https://porch.example/@ann",
            "https://porch.example/ap/actors/77",
        ] {
            assert_eq!(post_id(here, named), None, "{named}");
        }
    }
}
