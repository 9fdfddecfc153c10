//! Search: accounts by name, hashtags by their beginning. Statuses are not searched yet.

use crate::app::App;
use crate::domain::{Id, Result};
use crate::social::page::{self, AccountItem, Renderer};
use crate::social::tags::{self, Tag};
use crate::store;
use crate::text::hashtags;

/// Characters of a query that are looked at.
const MAX_QUERY: usize = 100;

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
pub async fn tags(app: &App, query: &Query, viewer: Option<Id>) -> Result<Vec<Tag>> {
    let start = hashtags::normalise(query.text.trim().trim_start_matches('#'));
    if start.is_empty() || start.chars().count() > MAX_QUERY {
        return Ok(Vec::new());
    }
    let mut conn = app.pool.get().await?;
    let found = store::search::tags(&mut conn, &start, query.limit, query.offset).await?;
    tags::with_history(app, &mut conn, found, viewer).await
}
