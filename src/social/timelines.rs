//! Timelines: home, public, by hashtag, of an account, favourites and bookmarks.
//!
//! Home is one Redis call and one round trip to Postgres (hot-path 1): Redis gives ids, and
//! the page statement goes out together with the question whether the token is still good.
//! Redis away, a feed absent or too short: Postgres gives the same ids, only slower.

use crate::app::App;
use crate::cache::feeds::{self, Answer};
use crate::domain::{Error, Id, Page, Result};
use crate::gate::Member;
use crate::secrets::token;
use crate::social::page::{self, PageRow, Parts, Renderer, Wanted};
use crate::store::access::TokenHolder;
pub use crate::store::timelines::{MarkedBy, Of, Public, Tagged};
use crate::store::{self, Conn};

/// Hashtags that one timeline takes in each of its lists.
const MAX_TAGS: usize = 4;

/// Home for the bearer of a token that nobody has looked up yet. `admit` judges what the
/// look-up found: it gives the member, or refuses.
///
/// # Errors
/// What `admit` says; `SignIn` when the token is not good.
pub async fn home_of_bearer(
    app: &App,
    digest: [u8; 32],
    page: &Page,
    renderer: &impl Renderer,
    admit: impl Fn(TokenHolder) -> Result<Member>,
) -> Result<Parts> {
    let now = app.clock.now();
    let judge = |found: Option<TokenHolder>| -> Result<Member> {
        admit(found.ok_or(Error::SignIn("The access token is invalid"))?)
    };
    let Some(account) = app.known.owner(&digest) else {
        let mut conn = app.pool.get().await?;
        let member = judge(store::access::by_token(&mut *conn, &digest, now).await?)?;
        app.known.note_owner(digest, member.account_id());
        return home_parts(app, &mut conn, member.account_id(), page, renderer).await;
    };
    let generation = app.known.feeds_generation();
    // Before a connection is taken: those are few.
    let answer = feeds::read(&app.cache, generation, account, page).await;
    let mut conn = app.pool.get().await?;
    let Answer::Page(ids) = answer else {
        judge(store::access::by_token(&mut *conn, &digest, now).await?)?;
        let read = from_postgres(app, &mut conn, account, page).await?;
        let read = filled(app, &mut conn, account, page, read).await?;
        return finish(app, &conn, read.rows, read.ids, renderer).await;
    };
    let (found, rows, good) = {
        let (mut for_token, mut for_page) = (&*conn, &*conn);
        if ids.is_empty() {
            let token = store::access::by_token(&mut for_token, &digest, now);
            let (found, (good, _)) =
                futures::try_join!(token, store::feeds::generation(&mut for_page))?;
            (found, Vec::new(), good)
        } else {
            let token = store::access::by_token(&mut for_token, &digest, now);
            let wanted = Wanted {
                ids: ids.clone(),
                viewer: Some(account),
                as_list: true,
                at: now,
            };
            let (found, rows) =
                futures::try_join!(token, store::status_page::page(&mut for_page, wanted))?;
            // No row tells no generation; then Postgres is asked for the page.
            let good = rows.first().map_or(-1, |row| row.feeds_generation);
            (found, rows, good)
        }
    };
    judge(found)?;
    if good != generation {
        app.known.note_feeds_generation(good);
        let read = from_postgres(app, &mut conn, account, page).await?;
        let read = filled(app, &mut conn, account, page, read).await?;
        return finish(app, &conn, read.rows, read.ids, renderer).await;
    }
    let read = filled(app, &mut conn, account, page, (rows, ids)).await?;
    finish(app, &conn, read.rows, read.ids, renderer).await
}

/// Pages that are asked for at the most to make one full.
const MORE: usize = 3;

/// A page of home.
pub(super) struct Filled {
    /// What may be shown.
    pub rows: Vec<PageRow>,
    /// The ids that were read for it, newest first.
    pub ids: Vec<Id>,
    /// Nothing is left beyond them.
    pub whole: bool,
}

/// Makes a page of home full again: boosts of what was deleted leave ids in feeds, and mutes
/// leave posts out. Asks on, below (or above) what was read, where something is missing.
async fn filled(
    app: &App,
    conn: &mut Conn,
    account: Id,
    page: &Page,
    (mut rows, mut ids): (Vec<PageRow>, Vec<Id>),
) -> Result<Filled> {
    let limit = usize::try_from(page.limit).unwrap_or(0);
    let mut whole = ids.len() < limit;
    for _ in 0..MORE {
        let missing = limit.saturating_sub(rows.len());
        let (Some(newest), Some(oldest)) = (ids.first().copied(), ids.last().copied()) else {
            break;
        };
        if missing == 0 || whole {
            break;
        }
        let mut next = Page {
            limit: missing as i64,
            ..*page
        };
        match page.ascends() {
            true => next.min_id = Some(newest),
            false => next.max_id = Some(oldest),
        }
        let (more, read) = home_rows(app, conn, account, &next).await?;
        whole = read.len() < missing;
        if page.ascends() {
            rows.splice(0..0, more);
            ids.splice(0..0, read);
        } else {
            rows.extend(more);
            ids.extend(read);
        }
    }
    Ok(Filled { rows, ids, whole })
}

/// Drops home feeds that the member's deed made stale, before it is answered. The relay drops
/// them once more, so where Redis is away nothing is lost.
pub(super) async fn forget_feeds(app: &App, accounts: &[Id]) {
    let _ = feeds::forget(&app.cache, app.known.feeds_generation(), accounts).await;
}

async fn home_parts(
    app: &App,
    conn: &mut Conn,
    account: Id,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let read = home_page(app, conn, account, page).await?;
    finish(app, conn, read.rows, read.ids, renderer).await
}

/// A page of home, full where it can be.
pub(super) async fn home_page(
    app: &App,
    conn: &mut Conn,
    account: Id,
    page: &Page,
) -> Result<Filled> {
    let read = home_rows(app, conn, account, page).await?;
    filled(app, conn, account, page, read).await
}

/// A page of home: what may be shown, and the ids that were read, newest first.
async fn home_rows(
    app: &App,
    conn: &mut Conn,
    account: Id,
    page: &Page,
) -> Result<(Vec<PageRow>, Vec<Id>)> {
    let generation = app.known.feeds_generation();
    if let Answer::Page(ids) = feeds::read(&app.cache, generation, account, page).await {
        let rows = page::rows(app, conn, ids.clone(), Some(account), true).await?;
        let good = match rows.first() {
            Some(row) => row.feeds_generation,
            None if ids.is_empty() => store::feeds::generation(&mut *conn).await?.0,
            None => -1,
        };
        if good == generation {
            return Ok((rows, ids));
        }
    }
    from_postgres(app, conn, account, page).await
}

/// The page from Postgres; and, where Redis is there, the feed for the next time.
async fn from_postgres(
    app: &App,
    conn: &mut Conn,
    account: Id,
    page: &Page,
) -> Result<(Vec<PageRow>, Vec<Id>)> {
    let (generation, _) = store::feeds::generation(&mut *conn).await?;
    app.known.note_feeds_generation(generation);
    build(app, conn, account, generation).await?;
    let ids = store::feeds::home(conn, account, page).await?;
    let rows = page::rows(app, conn, ids.clone(), Some(account), true).await?;
    Ok((rows, ids))
}

/// Builds a feed that is absent. What is posted between its two calls to Redis is added to
/// the feed by the relay, so nothing falls between.
async fn build(app: &App, conn: &mut Conn, account: Id, generation: i64) -> Result<()> {
    let nonce: [u8; 8] = token::random_bytes();
    if feeds::begin(&app.cache, generation, account, &nonce).await != Some(true) {
        return Ok(());
    }
    let most = feeds::MOST as i64;
    let ids = store::feeds::home(conn, account, &Page::newest(most)).await?;
    let whole = (ids.len() as i64) < most;
    // If this fails the feed stays absent.
    let _ = feeds::fill(&app.cache, generation, account, &nonce, &ids, whole).await;
    Ok(())
}

async fn finish(
    app: &App,
    conn: &Conn,
    rows: Vec<PageRow>,
    cursors: Vec<Id>,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let items = page::assemble(app, conn, rows, renderer).await?;
    Ok(Parts { items, cursors })
}

async fn parts(
    app: &App,
    conn: &mut Conn,
    ids: Vec<Id>,
    viewer: Option<Id>,
    as_list: bool,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let rows = page::rows(app, conn, ids.clone(), viewer, as_list).await?;
    finish(app, conn, rows, ids, renderer).await
}

/// The public timeline: posts that are no boosts and no replies to others.
pub async fn public(
    app: &App,
    wanted: Public,
    viewer: Option<Id>,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let mut conn = app.pool.get().await?;
    let ids = store::timelines::public(&mut conn, wanted, viewer, page, app.clock.now()).await?;
    parts(app, &mut conn, ids, viewer, true, renderer).await
}

/// The timeline of hashtags, four in each list at the most; names in any spelling.
pub async fn tagged(
    app: &App,
    wanted: Tagged,
    viewer: Option<Id>,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let mut conn = app.pool.get().await?;
    let ids =
        store::timelines::tagged(&mut conn, normalised(wanted), viewer, page, app.clock.now())
            .await?;
    parts(app, &mut conn, ids, viewer, true, renderer).await
}

fn normalised(wanted: Tagged) -> Tagged {
    let names = |names: Vec<String>| {
        let mut names: Vec<String> = names
            .iter()
            .map(|name| crate::text::hashtags::normalise(name))
            .filter(|name| !name.is_empty())
            .take(MAX_TAGS + 1)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    Tagged {
        any: names(wanted.any),
        all: names(wanted.all),
        none: names(wanted.none),
        of: wanted.of,
    }
}

/// What an account posted and boosted. Empty for a suspended one.
///
/// # Errors
/// `NotFound` when there is no such account, or it blocks the viewer.
pub async fn of_account(
    app: &App,
    wanted: Of,
    viewer: Option<Id>,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let mut conn = app.pool.get().await?;
    exists(&mut conn, wanted.account).await?;
    let wanted = Of {
        tagged: wanted
            .tagged
            .as_deref()
            .map(crate::text::hashtags::normalise),
        ..wanted
    };
    let ids = store::timelines::of_account(&mut conn, wanted, viewer, page).await?;
    parts(app, &mut conn, ids, viewer, false, renderer).await
}

/// What an account pinned, the last one first; one page is all there is.
pub async fn pinned(
    app: &App,
    account: Id,
    viewer: Option<Id>,
    limit: i64,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let mut conn = app.pool.get().await?;
    exists(&mut conn, account).await?;
    let ids = store::timelines::pinned(&mut conn, account, limit).await?;
    parts(app, &mut conn, ids, viewer, false, renderer).await
}

async fn exists(conn: &mut Conn, account: Id) -> Result<()> {
    let found = store::accounts_shown::facts(conn, vec![account]).await?;
    if found.is_empty() {
        Err(Error::NotFound)
    } else {
        Ok(())
    }
}

/// What the member favourited or bookmarked, the last one first; paged by hidden rows.
pub async fn own_list(
    app: &App,
    member: &Member,
    by: MarkedBy,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Parts> {
    let mut conn = app.pool.get().await?;
    let viewer = member.account_id();
    let marked = store::timelines::marked(&mut conn, by, viewer, page).await?;
    let (cursors, ids) = marked.into_iter().unzip::<Id, Id, Vec<Id>, Vec<Id>>();
    let listed = parts(app, &mut conn, ids, Some(viewer), false, renderer).await?;
    Ok(Parts { cursors, ..listed })
}
