//! Posts that wait before they go out, for staff: looking at them, and letting them go.
//!
//! Some were meant for few eyes. Whoever looks at those is written down.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::reads;
use super::who::Moderator;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::model::status_parts::StatusParts;
use crate::store::audit::NewLine;
pub use crate::store::holds::Held;
use crate::store::{self, visibility};

/// Posts of one page.
pub const PAGE: i64 = 20;

/// A page of what waits.
#[derive(Debug, Clone, Default)]
pub struct HeldPosts {
    /// Newest first, each with the post.
    pub posts: Vec<(Held, StatusParts)>,
    /// Who has how many of them: 100 authors at the most, the busiest first.
    pub authors: Vec<(Id, String, i64)>,
    /// There are older ones below this id.
    pub older: Option<Id>,
}

/// What waits, below an id, of one account or of all.
pub async fn list(
    app: &App,
    who: &Moderator,
    account: Option<Id>,
    below: Option<Id>,
) -> Result<HeldPosts> {
    let mut conn = app.desk.get().await?;
    let mut held = store::holds::list(&mut conn, account, below, PAGE + 1).await?;
    let more = held.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    held.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let older = held.last().filter(|_| more).map(|last| last.status);
    let ids: Vec<Id> = held.iter().map(|h| h.status).collect();
    let parts = store::status_parts::load(&mut *conn, ids).await?;
    let authors = store::holds::by_author(&mut conn).await?;
    let posts: Vec<(Held, StatusParts)> = held
        .into_iter()
        .filter_map(|held| {
            let parts = parts.iter().find(|p| p.id == held.status).cloned()?;
            Some((held, parts))
        })
        .collect();
    let private: Vec<String> = posts
        .iter()
        .filter(|(_, parts)| !visibility::is_open(parts.visibility))
        .map(|(held, _)| held.status.to_string())
        .collect();
    if !private.is_empty() {
        let detail = json!({ "posts": private });
        reads::note(app, &mut conn, who, reads::HELD, ("list", None), detail).await?;
    }
    Ok(HeldPosts {
        posts,
        authors,
        older,
    })
}

/// Lets one go out; `false` when it does not wait any more.
///
/// # Errors
/// When the database cannot be asked.
pub async fn release(app: &App, who: &Moderator, post: Id) -> Result<bool> {
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let Some((account, reason)) = store::holds::find(conn, post).await? else {
                return Ok::<_, Error>(false);
            };
            if !store::holds::release(conn, post, now).await? {
                return Ok(false);
            }
            store::author_standing::note_look(conn, account, now).await?;
            let line = NewLine {
                actor: Some(by),
                act: "post.release",
                subject_kind: "account",
                subject: Some(account),
                detail: json!({ "post": post.to_string(), "why_held": reason.to_staff() }),
                inverse: None,
            };
            store::audit::append(conn, line, now).await?;
            super::signs::act(conn, who, now).await?;
            Ok(true)
        })
        .await?;
    if done {
        app.wake_relay();
    }
    Ok(done)
}

/// Lets all of an account go out, the oldest 2,000; gives how many they were.
///
/// # Errors
/// When the database cannot be asked.
pub async fn release_all(app: &App, who: &Moderator, account: Id) -> Result<usize> {
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    let many = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let many = store::holds::release_of(conn, vec![account], now).await?;
            if many == 0 {
                return Ok::<_, Error>(0);
            }
            store::author_standing::note_look(conn, account, now).await?;
            let line = NewLine {
                actor: Some(by),
                act: "post.release_all",
                subject_kind: "account",
                subject: Some(account),
                detail: json!({ "posts": many }),
                inverse: None,
            };
            store::audit::append(conn, line, now).await?;
            super::signs::act(conn, who, now).await?;
            Ok(many)
        })
        .await?;
    if many > 0 {
        app.wake_relay();
    }
    Ok(many)
}
