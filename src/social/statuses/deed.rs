//! What a deed gives: the status it left behind, with counts that include the deed at once
//! (quirk 96), although the relay counts a moment later.

use crate::app::App;
use crate::cache::fragments::Key;
use crate::domain::{Id, Result};
use crate::gate::Member;
use crate::model::status_parts::StatusParts;
use crate::social::page::{self, AccountFacts, Item, Renderer};

/// A status after a deed.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// What to show: the status, or the boost that was made.
    pub status: Id,
    count: Option<Count>,
    fresh: Option<Box<Fresh>>,
}

/// A status that was written a moment ago, and its author.
#[derive(Debug, Clone, PartialEq)]
struct Fresh {
    author: AccountFacts,
    parts: StatusParts,
}

/// A count that includes the deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Favourites(i64),
    Reblogs(i64),
}

impl Deed {
    /// One that changed no count.
    pub(super) fn on(status: Id) -> Deed {
        Deed {
            status,
            count: None,
            fresh: None,
        }
    }

    /// One that changed a count.
    pub(super) fn counted(status: Id, count: Count) -> Deed {
        Deed {
            count: Some(count),
            ..Deed::on(status)
        }
    }

    /// A new status: all of it is known already.
    pub(super) fn fresh(author: AccountFacts, parts: StatusParts) -> Deed {
        Deed {
            status: parts.id,
            count: None,
            fresh: Some(Box::new(Fresh { author, parts })),
        }
    }
}

/// The status as parts, for whoever did the deed.
///
/// # Errors
/// `NotFound` when they may not see it (any more).
pub async fn show(app: &App, who: &Member, deed: Deed, renderer: &impl Renderer) -> Result<Item> {
    if let Some(fresh) = deed.fresh {
        let Fresh { author, parts } = *fresh;
        let key = Key::status(parts.id, parts.version);
        let bytes = renderer.status(&parts);
        app.fragments
            .all(&[key], async |_| Ok(vec![(key, bytes.clone())]))
            .await?;
        // An answer may stand in a thread that its author has muted: that must be asked.
        if parts.in_reply_to_id.is_none() {
            return page::fresh(app, author, &parts, bytes, renderer).await;
        }
    }
    let mut conn = app.pool.get().await?;
    let viewer = Some(who.account_id());
    let mut item = page::one(app, &mut conn, deed.status, viewer, renderer).await?;
    match deed.count {
        Some(Count::Favourites(count)) => item.row.counters.favourites = count,
        Some(Count::Reblogs(count)) => item.row.counters.reblogs = count,
        None => {}
    }
    Ok(item)
}
