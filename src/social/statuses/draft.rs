//! Publishing drafts (D7). The status is a new one, with a time and an id of its own; its
//! pictures are copied to new public paths, so that nothing private was ever public.

use diesel_async::AsyncConnection;

use super::compose::{Post, compose};
use super::deed::Deed;
use super::post;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::files::{MediaPath, Place};
use crate::gate::Member;
use crate::model::draft::DraftPicture;
use crate::store;
use crate::store::media::NewPicture;

/// Drafts that [`publish_all`] publishes in one go.
const AT_ONCE: i64 = 20;

/// Publishes one of the member's drafts. The draft is gone afterwards, or nothing happened.
///
/// # Errors
/// `NotFound` for what is no draft of theirs, or not any more; `Invalid` when its words would
/// not do as a post.
pub async fn publish(app: &App, who: &Member, id: Id) -> Result<Deed> {
    who.lives_here()?;
    let user = who.user().id;
    let mut conn = app.pool.get().await?;
    let pictures = store::draft_media::of_drafts(&mut conn, user, &[id]).await?;
    drop(conn);
    let copies = copy_out(app, &pictures).await?;
    let written = write(app, who, id, &pictures, &copies).await;
    let needless: Vec<MediaPath> = match &written {
        Ok(_) => pictures
            .iter()
            .filter_map(|p| MediaPath::parse(&p.path))
            .collect(),
        Err(_) => copies,
    };
    if let Err(cause) = app.storage.delete_all(&needless).await {
        tracing::warn!(?cause, "pictures of a draft were left behind");
    }
    let deed = written?;
    post::announce(app, who, &deed).await;
    Ok(deed)
}

/// Publishes all of the member's drafts, the oldest first. Those that will not do as posts
/// stay; the first such reason is the error, after the others were published.
pub async fn publish_all(app: &App, who: &Member) -> Result<Vec<Deed>> {
    let mut conn = app.pool.get().await?;
    let mut drafts = store::drafts::list(&mut conn, who.user().id, AT_ONCE).await?;
    drop(conn);
    drafts.reverse();
    let mut deeds = Vec::with_capacity(drafts.len());
    let mut trouble = None;
    for draft in drafts {
        match publish(app, who, draft.id).await {
            Ok(deed) => deeds.push(deed),
            // Published meanwhile, in another tab.
            Err(Error::NotFound) => {}
            Err(error) => trouble = trouble.or(Some(error)),
        }
    }
    match trouble {
        Some(error) => Err(error),
        None => Ok(deeds),
    }
}

async fn copy_out(app: &App, pictures: &[DraftPicture]) -> Result<Vec<MediaPath>> {
    let mut copies = Vec::with_capacity(pictures.len());
    for picture in pictures {
        let from = MediaPath::parse(&picture.path)
            .ok_or_else(|| Error::broken("a draft's picture has a path of no known shape"))?;
        copies.push(app.storage.copy_to(&from, Place::Public).await?);
    }
    Ok(copies)
}

async fn write(
    app: &App,
    who: &Member,
    id: Id,
    pictures: &[DraftPicture],
    copies: &[MediaPath],
) -> Result<Deed> {
    let now = app.clock.now();
    let user = who.user().id;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let draft = store::drafts::take(conn, user, id)
            .await?
            .ok_or(Error::NotFound)?;
        let mut media = Vec::with_capacity(copies.len());
        for (picture, copy) in pictures.iter().zip(copies) {
            let new = NewPicture {
                account: who.account_id(),
                path: copy.as_str().to_owned(),
                mime: picture.mime.clone(),
                size: i64::from(picture.size),
                width: picture.width.unwrap_or_default(),
                height: picture.height.unwrap_or_default(),
                blurhash: picture.blurhash.clone(),
                description: picture.description.clone(),
                focus: picture.focus_x.zip(picture.focus_y),
                ..NewPicture::default()
            };
            let made = store::media::insert(conn, new, now).await?;
            media.push(made.ok_or_else(crate::social::media::too_many)?.id);
        }
        let words = Post {
            poll: draft.asks(),
            text: draft.text,
            spoiler_text: draft.spoiler_text,
            sensitive: Some(draft.sensitive),
            visibility: Some(draft.visibility),
            language: draft.language,
            media,
            ..Post::default()
        };
        let words = compose(&words, who.user(), now)?;
        post::write(app, conn, who, words, None, now).await
    })
    .await
}
