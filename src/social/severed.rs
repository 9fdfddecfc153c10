//! Follows of the member that ended with a server, theirs alone to see.

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::store;
pub use crate::store::severances::{Severance, Severed};
use crate::text::csv;

/// Acts, or follows, on a page.
pub const PAGE: i64 = 50;
/// Follows that a file is read in at a time.
const AT_ONCE: i64 = 1_000;

/// Acts that ended follows of the member, newest first, below `before`; [`PAGE`] at the most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn acts(app: &App, who: &Member, before: Option<Id>) -> Result<Vec<Severance>> {
    let mut conn = app.pool.get().await?;
    let before = before.unwrap_or(Id::MAX);
    store::severances::of_member(&mut conn, who.account_id(), before, PAGE).await
}

/// One of them.
///
/// # Errors
/// `NotFound` where nothing of the member ended.
pub async fn act(app: &App, who: &Member, id: Id) -> Result<Severance> {
    let mut conn = app.pool.get().await?;
    let found = store::severances::for_member(&mut conn, who.account_id(), vec![id]).await?;
    found
        .into_iter()
        .find(|act| act.following + act.followers > 0)
        .ok_or(Error::NotFound)
}

/// A page of whom the member followed (`following`) or who followed them, behind `after`;
/// [`PAGE`] at the most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn follows(
    app: &App,
    who: &Member,
    id: Id,
    following: bool,
    after: Id,
) -> Result<Vec<Severed>> {
    let mut conn = app.pool.get().await?;
    store::severances::severed(&mut conn, id, who.account_id(), following, after, PAGE).await
}

/// The same, whole, as a file that any server of the kind imports.
///
/// # Errors
/// `NotFound` where nothing of the member ended.
pub async fn file(app: &App, who: &Member, id: Id, following: bool) -> Result<String> {
    act(app, who, id).await?;
    let mut conn = app.pool.get().await?;
    let mut out = match following {
        true => csv::line([
            "Account address",
            "Show boosts",
            "Notify on new posts",
            "Languages",
        ]),
        false => csv::line(["Account address"]),
    };
    let mut after = 0;
    loop {
        let account = who.account_id();
        let rows =
            store::severances::severed(&mut conn, id, account, following, after, AT_ONCE).await?;
        let Some(last) = rows.last() else {
            return Ok(out);
        };
        after = last.id;
        for row in &rows {
            let word = |yes: bool| if yes { "true" } else { "false" };
            out.push_str(&match following {
                true => csv::line([
                    row.handle.as_str(),
                    word(row.reblogs),
                    word(row.notify),
                    &row.languages.join(", "),
                ]),
                false => csv::line([row.handle.as_str()]),
            });
        }
    }
}
