//! Files of other servers, shown from here: pictures, film and sound of posts, pictures of
//! accounts, emoji.
//!
//! Why at all: whoever looks at a post must not tell the author's server that they do, from
//! where and with what; and a page of ours shows only what we vetted.
//!
//! # Who may make this server fetch something
//!
//! A file is fetched when somebody looks at it, never ahead: a post that enters a thousand homes
//! costs the other server nothing until one of them is opened, and then one request (N11).
//!
//! - A pending user never (H1): for them the door calls [`look`], which is handed no way out.
//!   What others have looked at they see like any visitor.
//! - Members, within a budget each.
//! - Strangers too, within a smaller budget a network and one for all of them: public posts are
//!   for everybody, and apps load pictures without a token, so a stranger may well be a member.
//!   The worst that a crowd of strangers can do is to spend those budgets on files that posts
//!   here link already; what a page asks for beyond them is answered 503 and looks again later.
//!
//! Whatever an address names is read from rows of ours ([`crate::files::remote`]): nobody can
//! make this server fetch a URL by asking for it. Servers that are suspended or whose media are
//! refused are neither asked nor shown, be it the author's server or the one the file lies on.
//!
//! # What is kept
//!
//! Pictures are decoded and encoded anew as uploads are ([`crate::files::image`]): no EXIF, no
//! SVG, animations become their first frame. Film and sound is kept as it came, if its first
//! bytes are of a kind that browsers play and it has 40 MiB at the most; of larger ones the page
//! shows a link to the original, and apps have `remote_url`. Nobody is redirected there.
//!
//! One fetch however many ask: those of this process wait for each other, other processes see a
//! lease in the row. A failure is remembered, longer each time. What was not used for the
//! longest time goes when the cache is full ([`upkeep`]).

mod fetch;
pub mod upkeep;

use std::time::Duration;

use chrono::TimeDelta;
use url::Url;

use crate::app::App;
use crate::app::federation::Network;
use crate::app::remote_media::{self as handles, Asker, Boarding, busy};
use crate::domain::remote_media::Kind;
use crate::domain::{Error, Id, Result};
use crate::files::MediaPath;
use crate::model::{account, host};
use crate::secrets::signature::authority;
use crate::store;
use crate::store::cached_media::{Cached, Original, State};

/// How long somebody who asks waits for a picture that is being fetched.
const PATIENCE: Duration = Duration::from_secs(25);
/// The same for film and sound.
const FILM_PATIENCE: Duration = Duration::from_secs(80);
/// How often a fetch is waited for that turns out to have been somebody else's.
const ROUNDS: usize = 3;
/// When to come back if there are too many fetches.
const FULL: TimeDelta = TimeDelta::seconds(5);

/// An address of ours, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it is.
    pub kind: Kind,
    /// `media.id` of attachments, `accounts.id` of all others.
    pub id: Id,
    /// Of an emoji: the URL that the address carries.
    pub url: Option<String>,
    /// The signature.
    pub signature: String,
    /// Of a picture attached: the small one.
    pub small: bool,
}

/// What is to be shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// It lies here, and has so many bytes.
    Here(MediaPath, u64),
    /// It may be fetched.
    Missing(Box<Original>),
    /// There is no such thing, it is refused, or it could not be had lately.
    No,
}

/// What the cache has, without a way to anything else.
///
/// # Errors
/// When the database or the disk cannot be asked.
pub async fn look(app: &App, wanted: &Wanted) -> Result<Shown> {
    let addresses = &app.remote_media.addresses;
    let holds = |url: &str| addresses.holds(wanted.kind, wanted.id, url, &wanted.signature);
    // Checked before anything is asked of the database by it.
    if wanted.url.as_deref().is_some_and(|url| !holds(url))
        || (wanted.kind == Kind::Emoji) != wanted.url.is_some()
    {
        return Ok(Shown::No);
    }
    let mut conn = app.pool.get().await?;
    let found =
        store::cached_media::find(&mut conn, wanted.kind, wanted.id, wanted.url.clone()).await?;
    drop(conn);
    let Some(original) = found.filter(|original| holds(&original.url)) else {
        return Ok(Shown::No);
    };
    if !is_kept(&original, wanted.small) || is_refused(app, &original).await? {
        return Ok(Shown::No);
    }
    let now = app.clock.now();
    match &original.cached {
        Some(cached) if cached.state == State::Here => {
            if let Some((path, size)) = on_disk(app, cached, wanted.small).await? {
                return Ok(Shown::Here(path, size));
            }
        }
        Some(cached)
            if cached.state == State::Failed && cached.until.is_some_and(|at| at > now) =>
        {
            return Ok(Shown::No);
        }
        _ => {}
    }
    Ok(Shown::Missing(Box::new(original)))
}

/// The same; what is missing is fetched, and waited for. `TooMany` when it is not its turn. To be
/// called from a request: the fetch goes on in the local tasks of its thread.
///
/// # Errors
/// `TooMany` with the time to come back; else as [`look`].
pub async fn fetched(network: &Network, asker: &Asker, wanted: &Wanted) -> Result<Shown> {
    let app = network.app();
    for _ in 0..ROUNDS {
        let original = match look(app, wanted).await? {
            Shown::Missing(original) => original,
            shown => return Ok(shown),
        };
        let patience = match is_film(&original) {
            true => FILM_PATIENCE,
            false => PATIENCE,
        };
        let now = app.clock.now();
        let Some(host) = host_of(&original.url) else {
            return Ok(Shown::No);
        };
        let key = handles::Original {
            kind: original.kind,
            source: original.source,
            url: original.url.clone(),
        };
        match app.remote_media.board(key, &host) {
            Boarding::Full => return Err(busy(now, FULL)),
            Boarding::Other(mut end) => {
                // An error is the end of it, too.
                let _ = tokio::time::timeout(patience, end.changed()).await;
            }
            Boarding::First(flight) => {
                handles::spend(app, asker, &host, now).await?;
                // On its own, on this thread as requests are: whoever asked may go away, and
                // others wait for the same.
                let fetching = fetch::run(network.clone(), *original, flight);
                let task = tokio::task::spawn_local(fetching);
                match tokio::time::timeout(patience, task).await {
                    Ok(ended) => ended??,
                    Err(_) => return Err(busy(app.clock.now(), FULL)),
                }
            }
        }
    }
    match look(app, wanted).await? {
        Shown::Missing(_) => Err(busy(app.clock.now(), FULL)),
        shown => Ok(shown),
    }
}

/// What is never kept: files of no known kind, small versions of what is no picture.
fn is_kept(original: &Original, small: bool) -> bool {
    match original.medium {
        0 => true,
        1..=3 => !small,
        _ => false,
    }
}

fn is_film(original: &Original) -> bool {
    matches!(original.medium, 1..=3)
}

/// Whether the server whose people show it, or the one where it lies, is none whose files are
/// shown; or the account is shown to nobody.
async fn is_refused(app: &App, original: &Original) -> Result<bool> {
    if original.account_flags & account::flags::SUSPENDED != 0 {
        return Ok(true);
    }
    let mut flags = app.host_flags(&original.domain).await?;
    if let Some(lies_at) = host_of(&original.url) {
        flags |= app.host_flags(&lies_at).await?;
    }
    Ok(flags & (host::flags::SUSPENDED | host::flags::NO_MEDIA) != 0)
}

/// Host and port, as `hosts.domain` has them.
fn host_of(url: &str) -> Option<String> {
    Some(authority(&Url::parse(url).ok()?))
}

/// Where it lies and how large it is; `None` when it should be there and is not, which is noted.
async fn on_disk(app: &App, cached: &Cached, small: bool) -> Result<Option<(MediaPath, u64)>> {
    let path = match small {
        true => cached.preview_path.as_ref().or(cached.path.as_ref()),
        false => cached.path.as_ref(),
    };
    let Some(path) = path.and_then(|path| MediaPath::parse(path)) else {
        return Ok(None);
    };
    let now = app.clock.now();
    match app.storage.size(&path).await {
        Ok(size) => {
            if cached.last_used_on < now.date_naive() {
                let mut conn = app.pool.get().await?;
                store::cached_media::used(&mut conn, cached.id, now.date_naive()).await?;
            }
            Ok(Some((path, size)))
        }
        Err(Error::NotFound) => {
            tracing::warn!(%path, "a file of the cache is lost; it is fetched again");
            let mut conn = app.pool.get().await?;
            store::cached_media::lost(&mut conn, cached.id, path.as_str(), now).await?;
            Ok(None)
        }
        Err(other) => Err(other),
    }
}
