//! Deleting one's own status, with what is needed to write it anew (quirk 94).

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::files::MediaPath;
use crate::gate::Member;
use crate::social::page::{self, Shown};
use crate::store;
use crate::store::statuses::Source;

/// A status as it was.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// As it was shown.
    pub shown: Shown,
    /// As it was typed; of a boost nothing was.
    pub source: Source,
}

/// Deletes. Boosts of it go with it; its media can be attached again unless `with_media`.
/// Deleting one's own boost takes the boost back.
///
/// # Errors
/// `NotFound` unless it is the member's own.
pub async fn delete(app: &App, who: &Member, id: Id, with_media: bool) -> Result<Deleted> {
    let account = who.account_id();
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let rows = page::rows(app, &mut conn, vec![id], Some(account), false).await?;
    let shown = page::shown(&mut conn, rows).await?.pop();
    let Some(shown) = shown.filter(|s| s.row.author.id == account) else {
        return Err(Error::NotFound);
    };
    let source = if shown.row.boosted.is_some() {
        store::boosts::unboost(&mut conn, id, account, now).await?;
        Source::default()
    } else {
        let notes = app.url("/ap/notes/");
        store::statuses::delete(&mut conn, id, account, &notes, now)
            .await?
            .ok_or(Error::NotFound)?
    };
    app.wake_relay();
    if with_media && shown.row.boosted.is_none() {
        let media = shown.parts.media.iter().map(|m| m.id).collect();
        let files = store::media::delete_all_loose(&mut conn, media, account).await?;
        drop(conn);
        let files: Vec<MediaPath> = files.iter().filter_map(|f| MediaPath::parse(f)).collect();
        app.storage.delete_all(&files).await?;
    }
    Ok(Deleted { shown, source })
}

/// What the member typed of their own status.
///
/// # Errors
/// `NotFound` unless it is the member's own.
pub async fn source(app: &App, who: &Member, id: Id) -> Result<Source> {
    let mut conn = app.pool.get().await?;
    store::statuses::source(&mut conn, id, who.account_id())
        .await?
        .ok_or(Error::NotFound)
}
