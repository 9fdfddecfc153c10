//! Reports: made by members, read and closed by moderators.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::{Member, Moderator, reads, signs};
use crate::model::account::Account;
use crate::store::audit::NewLine;
use crate::store::reports::LocalReport;
pub use crate::store::reports::{Category, Open};
use crate::store::{self, Conn};
use crate::text::clean;

/// Posts that one report names.
const MAX_STATUSES: usize = 100;
/// Characters of a comment, as Mastodon's apps allow.
const MAX_COMMENT: usize = 1_000;
/// Reports of one page of the desk.
pub const PAGE: i64 = 30;

/// What a member reports.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Whom.
    pub target: Id,
    /// Posts of theirs.
    pub statuses: Vec<Id>,
    /// In the member's words.
    pub comment: String,
    /// What is wrong.
    pub category: Category,
    /// Their own server shall hear of it too, without the member's name.
    pub forward: bool,
}

/// A report that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its id.
    pub id: Id,
    /// The posts that were kept with it.
    pub statuses: Vec<Id>,
    /// As it was kept.
    pub comment: String,
}

/// Reports somebody to the moderators.
///
/// # Errors
/// `NotFound` when there is nobody of that id; `Invalid` for oneself and for words that are
/// too long.
pub async fn report(app: &App, who: &Member, cmd: Report) -> Result<Made> {
    if cmd.target == who.account_id() {
        return Err(Error::invalid(
            "Validation failed: You cannot report yourself",
        ));
    }
    let comment = clean::text(&cmd.comment).trim().to_owned();
    if comment.chars().count() > MAX_COMMENT {
        return Err(Error::field(
            "comment",
            "ERR_TOO_LONG",
            format!("is too long (maximum is {MAX_COMMENT} characters)"),
        ));
    }
    let now = app.clock.now();
    let report = LocalReport {
        account: who.account_id(),
        target: cmd.target,
        statuses: cmd.statuses.into_iter().take(MAX_STATUSES).collect(),
        comment: comment.clone(),
        category: cmd.category,
        forward: cmd.forward,
    };
    let mut conn = app.pool.get().await?;
    let (id, statuses) = store::reports::insert_local(&mut conn, report, now)
        .await?
        .ok_or(Error::NotFound)?;
    app.wake_relay();
    Ok(Made {
        id,
        statuses,
        comment,
    })
}

/// A report with the accounts it is about and from.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What was reported.
    pub report: Open,
    /// Whom it is about.
    pub target: Account,
    /// Who reported; `None` when they are gone.
    pub from: Option<Account>,
}

/// Reports that nobody has closed, newest first, below `below`. `by_hand` says that a person opened
/// the page: that is a sign of life.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open(
    app: &App,
    who: &Moderator,
    below: Option<Id>,
    by_hand: bool,
) -> Result<Vec<Shown>> {
    let mut conn = app.desk.get().await?;
    if by_hand {
        signs::visit(app, &mut conn, who, app.clock.now()).await?;
    }
    let reports = store::reports::open(&mut conn, below, PAGE).await?;
    let with_posts = reports
        .iter()
        .filter(|r| r.posts.as_array().is_some_and(|posts| !posts.is_empty()));
    let read: Vec<String> = with_posts.map(|r| r.id.to_string()).collect();
    if !read.is_empty() {
        let detail = json!({ "reports": read });
        reads::note(app, &mut conn, who, reads::REPORTED, ("list", None), detail).await?;
    }
    let mut ids: Vec<Id> = reports
        .iter()
        .flat_map(|r| [Some(r.target), r.account])
        .flatten()
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let accounts = store::accounts_shown::load(&mut *conn, ids).await?;
    let account = |id: Id| accounts.iter().find(|a| a.id == id).cloned();
    let shown = |report: Open| {
        Some(Shown {
            target: account(report.target)?,
            from: report.account.and_then(account),
            report,
        })
    };
    Ok(reports.into_iter().filter_map(shown).collect())
}

/// Closes a report, with a line in the audit log; a closed one is no error.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn close(app: &App, who: &Moderator, id: Id) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    let by = who.user().id;
    conn.transaction(async |conn| {
        let closed = store::reports::close(conn, id, by, now)
            .await?
            .ok_or(Error::NotFound)?;
        if closed {
            let inverse = json!({ "act": "report.reopen" });
            note(conn, who, "report.close", id, inverse, now).await?;
        }
        Ok(())
    })
    .await
}

/// Opens a closed report again, with a line in the audit log.
///
/// # Errors
/// `NotFound` where there is none that is closed.
pub async fn reopen(app: &App, who: &Moderator, id: Id) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        if !store::reports::reopen(conn, id).await? {
            return Err(Error::NotFound);
        }
        let inverse = json!({ "act": "report.close" });
        note(conn, who, "report.reopen", id, inverse, now).await
    })
    .await
}

async fn note(
    conn: &mut Conn,
    who: &Moderator,
    act: &'static str,
    report: Id,
    inverse: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = NewLine {
        actor: Some(who.user().id),
        act,
        subject_kind: "report",
        subject: Some(report),
        detail: json!({}),
        inverse: Some(inverse),
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}
