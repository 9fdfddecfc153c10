//! A member wants nothing of a whole server: its people are met in no list and no notification,
//! and follows between them and the member end.

use crate::activitypub::uri;
use crate::app::App;
use crate::domain::severance::SeveranceKind;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::Member;
use crate::social::timelines::forget_feeds;
use crate::store;
use crate::store::account_domain_blocks::{self as blocks, MOST};

fn canonical(domain: &str) -> Result<String> {
    let name = uri::domain(domain.trim()).filter(|name| name.contains('.'));
    name.ok_or_else(|| Error::invalid("Validation failed: Domain is not a valid domain name"))
}

/// Blocks a server; again is no error. What ends with it is kept for the member to look at.
///
/// # Errors
/// `Invalid` for what is no name of another server, and beyond [`MOST`].
pub async fn block(app: &App, who: &Member, domain: &str) -> Result<()> {
    let domain = canonical(domain)?;
    let server = &app.config.server;
    if domain == server.domain || domain == server.handle_domain {
        return Err(Error::invalid("Validation failed: Domain is this server"));
    }
    let now = app.clock.now();
    let account = who.account_id();
    let mut conn = app.pool.get().await?;
    if !blocks::block(&mut conn, account, &domain, now).await? {
        return Err(Error::invalid(format!(
            "Validation failed: You cannot block more than {MOST} servers"
        )));
    }
    let (following, followers) = blocks::bonds(&mut conn, account, &domain).await?;
    if following + followers > 0 {
        let kind = SeveranceKind::UserDomainBlock;
        // A batch a transaction; who is stopped in the middle blocks once more.
        let act =
            store::severances::insert(&mut conn, kind, &domain, Some(account), None, now).await?;
        while blocks::cut(&mut conn, act, account, &domain, now).await? > 0 {}
        // The member did it and need not be told.
        store::severances::note_told(&mut conn, act, now).await?;
    }
    drop(conn);
    forget_feeds(app, &[account]).await;
    app.wake_relay();
    Ok(())
}

/// Ends such a block; what is not blocked is no error.
///
/// # Errors
/// `Invalid` for what is no name of a server.
pub async fn unblock(app: &App, who: &Member, domain: &str) -> Result<()> {
    let domain = canonical(domain)?;
    let mut conn = app.pool.get().await?;
    blocks::unblock(&mut conn, who.account_id(), &domain).await?;
    Ok(())
}

/// What blocking a server would end: how many the member follows there, how many follow them.
///
/// # Errors
/// `Invalid` for what is no name of a server.
pub async fn preview(app: &App, who: &Member, domain: &str) -> Result<(i64, i64)> {
    let domain = canonical(domain)?;
    let mut conn = app.pool.get().await?;
    blocks::bonds(&mut conn, who.account_id(), &domain).await
}

/// A page of what the member blocks, newest first, as (cursor, domain).
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(app: &App, who: &Member, page: &Page) -> Result<Vec<(Id, String)>> {
    let mut conn = app.pool.get().await?;
    blocks::list(&mut conn, who.account_id(), page).await
}
