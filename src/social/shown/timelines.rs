//! Lists of statuses that are not somebody's home.

use super::{Listed, load};
use crate::app::App;
use crate::domain::{Id, Page, Result};
use crate::gate::Member;
use crate::social::page::Shown;
use crate::store::timelines::{self, MarkedBy, Public, Tagged};

const HERE: Public = Public {
    local: true,
    remote: false,
    only_media: false,
};

/// What people here post in public.
pub async fn local(app: &App, viewer: Option<Id>, page: &Page) -> Result<Listed> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let ids = timelines::public(&mut conn, HERE, viewer, page, now).await?;
    Listed::load(app, &mut conn, ids, viewer).await
}

/// The newest of them as strangers see them: for the front page.
pub async fn latest(app: &App, limit: i64) -> Result<Vec<Shown>> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let ids = timelines::public(&mut conn, HERE, None, &Page::newest(limit), now).await?;
    load(app, &mut conn, ids, None, true).await
}

/// Public posts with a hashtag; its name is normalised.
pub async fn tag(app: &App, viewer: Option<Id>, name: &str, page: &Page) -> Result<Listed> {
    let mut conn = app.pool.get().await?;
    let wanted = Tagged {
        any: vec![name.to_owned()],
        ..Tagged::default()
    };
    let now = app.clock.now();
    let ids = timelines::tagged(&mut conn, wanted, viewer, page, now).await?;
    Listed::load(app, &mut conn, ids, viewer).await
}

/// What the member kept.
pub async fn bookmarks(app: &App, who: &Member, page: &Page) -> Result<Listed> {
    marked(app, who, MarkedBy::Bookmarks, page).await
}

/// What the member favourited.
pub async fn favourites(app: &App, who: &Member, page: &Page) -> Result<Listed> {
    marked(app, who, MarkedBy::Favourites, page).await
}

async fn marked(app: &App, who: &Member, by: MarkedBy, page: &Page) -> Result<Listed> {
    let mut conn = app.pool.get().await?;
    let account = who.account_id();
    let rows = timelines::marked(&mut conn, by, account, page).await?;
    Listed::load_marked(app, &mut conn, rows, Some(account)).await
}
