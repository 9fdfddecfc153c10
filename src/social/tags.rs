//! Hashtags: how one was used, and who follows it.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::app::App;
use crate::domain::{Error, Id, Page, Result, ids};
use crate::gate::Member;
use crate::social::timelines::forget_feeds;
use crate::store::search::FoundTag;
use crate::store::{self, Conn, tag_follows};
use crate::text::hashtags;

pub use crate::store::tag_follows::MOST;

/// Days of use that a hashtag tells.
const DAYS: i64 = 7;

/// A hashtag with its last days.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// Its id; 0 for one that nobody used or follows.
    pub id: i64,
    /// Normalised.
    pub name: String,
    /// As it is usually written.
    pub display: String,
    /// Midnight, uses, accounts: today first, seven days.
    pub history: Vec<(DateTime<Utc>, i64, i64)>,
    /// Whether the viewer follows it; `None` for a stranger.
    pub following: Option<bool>,
}

/// A hashtag by its name; one that nobody used is there too, empty.
///
/// # Errors
/// `NotFound` for what can be no hashtag.
pub async fn find(app: &App, name: &str, viewer: Option<Id>) -> Result<Tag> {
    let normalised = checked(name)?;
    let mut conn = app.pool.get().await?;
    let found = store::search::tag(&mut conn, &normalised).await?;
    let found = found.unwrap_or(FoundTag {
        id: 0,
        display: name.to_owned(),
        name: normalised,
    });
    let mut shown = with_history(app, &mut conn, vec![found], viewer).await?;
    shown.pop().ok_or(Error::NotFound)
}

/// Follows a hashtag: public posts that carry it enter home, those of the last days at once.
/// Again is no error; nobody has to have used it.
///
/// # Errors
/// `NotFound` for what can be no hashtag, `Denied` for who moved away, `Invalid` beyond
/// [`MOST`].
pub async fn follow(app: &App, who: &Member, name: &str) -> Result<Tag> {
    who.lives_here()?;
    let normalised = checked(name)?;
    let (account, now) = (who.account_id(), app.clock.now());
    let mut conn = app.pool.get().await?;
    if !tag_follows::follow(&mut conn, account, &normalised, name, now).await? {
        return Err(Error::invalid(format!(
            "Validation failed: You cannot follow more than {MOST} hashtags"
        )));
    }
    drop(conn);
    forget_feeds(app, &[account]).await;
    find(app, name, Some(account)).await
}

/// Follows it no longer; what is not followed is no error.
///
/// # Errors
/// `NotFound` for what can be no hashtag.
pub async fn unfollow(app: &App, who: &Member, name: &str) -> Result<Tag> {
    let (account, normalised) = (who.account_id(), checked(name)?);
    let mut conn = app.pool.get().await?;
    let gone = tag_follows::unfollow(&mut conn, account, &normalised).await?;
    drop(conn);
    if gone {
        forget_feeds(app, &[account]).await;
    }
    find(app, name, Some(account)).await
}

/// A page of what a member follows, newest first, and the cursors of the page.
pub async fn followed(app: &App, who: &Member, page: &Page) -> Result<(Vec<Tag>, Vec<Id>)> {
    let mut conn = app.pool.get().await?;
    let found = tag_follows::list(&mut conn, who.account_id(), page).await?;
    let (cursors, found): (Vec<Id>, Vec<FoundTag>) = found.into_iter().unzip();
    let mut tags = with_history(app, &mut conn, found, None).await?;
    for tag in &mut tags {
        tag.following = Some(true);
    }
    Ok((tags, cursors))
}

/// Which of some names a member follows: in their order.
pub async fn are_followed(app: &App, who: &Member, names: &[String]) -> Result<Vec<bool>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let normalised: Vec<String> = names.iter().map(|n| hashtags::normalise(n)).collect();
    let mut conn = app.pool.get().await?;
    let followed = tag_follows::named(&mut conn, who.account_id(), normalised.clone()).await?;
    Ok(normalised.iter().map(|n| followed.contains(n)).collect())
}

fn checked(name: &str) -> Result<String> {
    match hashtags::is_valid(name) {
        true => Ok(hashtags::normalise(name)),
        false => Err(Error::NotFound),
    }
}

/// What was found, with how it was used.
pub(super) async fn with_history(
    app: &App,
    conn: &mut Conn,
    found: Vec<FoundTag>,
    viewer: Option<Id>,
) -> Result<Vec<Tag>> {
    let now = app.clock.now();
    let today = now
        .with_nanosecond(0)
        .unwrap_or(now)
        .date_naive()
        .and_time(chrono::NaiveTime::MIN)
        .and_utc();
    let since = today - TimeDelta::days(DAYS - 1);
    let ids: Vec<i64> = found.iter().map(|tag| tag.id).collect();
    let uses = store::search::history(conn, ids.clone(), ids::first_at(since), since).await?;
    let followed = match viewer {
        Some(viewer) if !ids.is_empty() => Some(tag_follows::followed_of(conn, viewer, ids).await?),
        _ => None,
    };
    let days = |tag: i64| {
        (0..DAYS)
            .map(|back| {
                let day = today - TimeDelta::days(back);
                let of_day = uses.iter().find(|u| u.tag == tag && u.day == day);
                (
                    day,
                    of_day.map_or(0, |u| u.uses),
                    of_day.map_or(0, |u| u.accounts),
                )
            })
            .collect()
    };
    Ok(found
        .into_iter()
        .map(|tag| Tag {
            history: days(tag.id),
            following: followed.as_ref().map(|f| f.contains(&tag.id)),
            id: tag.id,
            name: tag.name,
            display: tag.display,
        })
        .collect())
}
