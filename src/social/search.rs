//! Search: accounts by name, hashtags by their beginning. Statuses are not searched yet.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::app::App;
use crate::domain::{Error, Id, Result, ids};
use crate::social::page::{self, AccountItem, Renderer};
use crate::store::{self, Conn};
use crate::text::hashtags;

/// Characters of a query that are looked at.
const MAX_QUERY: usize = 100;
/// Days of use that a hashtag tells.
const DAYS: i64 = 7;

/// A hashtag with its last days.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// Its id; 0 for one that nobody used.
    pub id: i64,
    /// Normalised.
    pub name: String,
    /// As it is usually written.
    pub display: String,
    /// Midnight, uses, accounts: today first, seven days.
    pub history: Vec<(DateTime<Utc>, i64, i64)>,
}

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// As typed.
    pub text: String,
    /// Only accounts that the viewer follows.
    pub following: bool,
    /// How many of a kind.
    pub limit: i64,
    /// How many to leave out first.
    pub offset: i64,
}

/// Accounts whose name or display name fits. `@name` and `@name@here` are names.
pub async fn accounts(
    app: &App,
    query: &Query,
    viewer: Option<Id>,
    renderer: &impl Renderer,
) -> Result<Vec<AccountItem>> {
    let Some(text) = account_text(&query.text, app) else {
        return Ok(Vec::new());
    };
    let mut conn = app.pool.get().await?;
    let followed = query.following && viewer.is_some();
    let found = store::search::accounts(
        &mut conn,
        &text,
        viewer,
        followed,
        query.limit,
        query.offset,
    )
    .await?;
    let facts = store::accounts_shown::facts(&mut *conn, found).await?;
    page::accounts(app, &conn, facts, renderer).await
}

/// `None` when no account here can fit.
fn account_text(typed: &str, app: &App) -> Option<String> {
    let text: String = typed
        .trim()
        .trim_start_matches('@')
        .chars()
        .take(MAX_QUERY)
        .collect();
    let (name, domain) = match text.split_once('@') {
        Some((name, domain)) => (name.to_owned(), Some(domain.to_owned())),
        None => (text, None),
    };
    let here = domain.is_none_or(|d| app.origin().ends_with(&format!("//{}", d.to_lowercase())));
    (here && !name.is_empty()).then_some(name)
}

/// Hashtags that begin like the text, with or without `#`.
pub async fn tags(app: &App, query: &Query) -> Result<Vec<Tag>> {
    let start = hashtags::normalise(query.text.trim().trim_start_matches('#'));
    if start.is_empty() || start.chars().count() > MAX_QUERY {
        return Ok(Vec::new());
    }
    let mut conn = app.pool.get().await?;
    let found = store::search::tags(&mut conn, &start, query.limit, query.offset).await?;
    with_history(app, &mut conn, found).await
}

/// A hashtag by its name; one that nobody used is there too, empty.
///
/// # Errors
/// `NotFound` for what can be no hashtag.
pub async fn tag(app: &App, name: &str) -> Result<Tag> {
    if !hashtags::is_valid(name) {
        return Err(Error::NotFound);
    }
    let normalised = hashtags::normalise(name);
    let mut conn = app.pool.get().await?;
    let found =
        store::search::tag(&mut conn, &normalised)
            .await?
            .unwrap_or(store::search::FoundTag {
                id: 0,
                display: name.to_owned(),
                name: normalised,
            });
    with_history(app, &mut conn, vec![found])
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

async fn with_history(
    app: &App,
    conn: &mut Conn,
    found: Vec<store::search::FoundTag>,
) -> Result<Vec<Tag>> {
    let now = app.clock.now();
    let today = now
        .with_nanosecond(0)
        .unwrap_or(now)
        .date_naive()
        .and_time(chrono::NaiveTime::MIN)
        .and_utc();
    let since = today - TimeDelta::days(DAYS - 1);
    let tags = found.iter().map(|tag| tag.id).collect();
    let uses = store::search::history(conn, tags, ids::first_at(since), since).await?;
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
            id: tag.id,
            name: tag.name,
            display: tag.display,
        })
        .collect())
}
