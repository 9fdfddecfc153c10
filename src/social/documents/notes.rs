//! Notes, their activities, their collections; boosts.

use super::{Asker, Document, given};
use crate::activitypub::addresses;
use crate::activitypub::write::{Here, activity, collection, note};
use crate::app::App;
use crate::cache::served::Of;
use crate::domain::{Error, Id, Result};
use crate::model::document_rows::NoteRows;
use crate::store::{self, shown_to_servers};

/// Addresses on a page of replies.
const REPLIES_PAGE: usize = 40;

/// A local status.
pub async fn note(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    match asker.is_stranger() {
        true => app.served.get(Of::Note, id, make(app, asker, id)).await,
        false => make(app, asker, id).await,
    }
}

async fn make(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let rows = find(&mut conn, asker, id).await?;
    let page = format!("/@{}/{id}", rows.author_name);
    let document = note::note(&Here::of(app), &rows);
    given(app, &mut conn, asker, rows.author.id, Some(page), &document).await
}

/// A local status, by the path of its page.
pub async fn on_page(app: &App, asker: &Asker, name: &str, id: Id) -> Result<Document> {
    let document = note(app, asker, id).await?;
    let asked = format!("/@{name}/{id}");
    match document.page.as_deref() {
        Some(page) if page.eq_ignore_ascii_case(&asked) => Ok(document),
        _ => Err(Error::NotFound),
    }
}

/// The `Create` of a local status.
pub async fn create(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let rows = find(&mut conn, asker, id).await?;
    let document = activity::create(&Here::of(app), &rows);
    given(app, &mut conn, asker, rows.author.id, None, &document).await
}

/// The `Announce` of a local account's boost.
pub async fn boost(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    shown_to_servers::status(&mut conn, id, true, asker.account)
        .await?
        .ok_or(Error::NotFound)?;
    let rows = store::documents::boost(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    let document = activity::announce(&Here::of(app), &rows);
    given(app, &mut conn, asker, rows.booster.id, None, &document).await
}

/// Replies to a local status: where the pages begin.
pub async fn replies(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let found = may_have(&mut conn, asker, id).await?;
    let address = addresses::replies(&app.origin(), id);
    let first = format!("{address}?page=true");
    let document = collection::unordered(address, first);
    given(app, &mut conn, asker, found.account, None, &document).await
}

/// A page of them, oldest first: addresses of replies after the status `min_id` that anybody
/// may read.
pub async fn replies_page(
    app: &App,
    asker: &Asker,
    id: Id,
    min_id: Option<Id>,
) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let parent = may_have(&mut conn, asker, id).await?;
    let above = min_id.unwrap_or(0);
    let most = REPLIES_PAGE as i64 + 1;
    let mut found = shown_to_servers::replies(&mut conn, id, above, most).await?;
    let more = found.len() > REPLIES_PAGE;
    found.truncate(REPLIES_PAGE);
    let here = Here::of(app);
    let replies = addresses::replies(&here.origin, id);
    let page = match min_id {
        None => format!("{replies}?page=true"),
        Some(min) => format!("{replies}?page=true&min_id={min}"),
    };
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| format!("{replies}?page=true&min_id={}", last.id));
    let items = found.iter().map(|reply| here.note(reply)).collect();
    let document = collection::unordered_page(page, replies, next, items);
    given(app, &mut conn, asker, parent.account, None, &document).await
}

/// How often a status was liked, or shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Favourites.
    Likes,
    /// Boosts.
    Shares,
}

/// How often a local status was favourited or boosted; by whom is for people here.
pub async fn counted(app: &App, asker: &Asker, id: Id, which: Counted) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let rows = find(&mut conn, asker, id).await?;
    let author = rows.author.id;
    let note = note::note(&Here::of(app), &rows);
    let document = match which {
        Counted::Likes => note.likes,
        Counted::Shares => note.shares,
    };
    given(app, &mut conn, asker, author, None, &document).await
}

async fn may_have(
    conn: &mut store::Conn,
    asker: &Asker,
    id: Id,
) -> Result<shown_to_servers::Given> {
    shown_to_servers::status(conn, id, false, asker.account)
        .await?
        .ok_or(Error::NotFound)
}

async fn find(conn: &mut store::Conn, asker: &Asker, id: Id) -> Result<NoteRows> {
    may_have(conn, asker, id).await?;
    store::documents::note(conn, id)
        .await?
        .ok_or(Error::NotFound)
}
