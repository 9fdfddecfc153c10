//! Servers that are spoken with where only those are.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::policies::server_name;
use super::setting::read;
use super::{By, changed, note};
use crate::app::App;
use crate::domain::{Error, Page, Result};
use crate::gate::who::Moderator;
use crate::store;
pub use crate::store::domain_allows::Allow;

/// Allows a server; again is no error. Whether it is new.
///
/// # Errors
/// `Invalid` for what is no name of a server.
pub async fn allow(app: &App, by: By<'_>, domain: &str) -> Result<(Allow, bool)> {
    let domain = server_name(app, domain)?;
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let done = conn
        .transaction(async |conn| {
            let (allow, is_new) =
                store::domain_allows::insert(conn, &domain, by.user(), now).await?;
            if is_new {
                let detail = json!({ "domain": domain });
                let inverse = json!({ "act": "policy.disallow", "allow": allow.id });
                note(conn, by, "policy.allow", None, detail, inverse, now).await?;
            }
            Ok::<_, Error>((allow, is_new))
        })
        .await?;
    changed(app);
    Ok(done)
}

/// Allows a server no longer.
///
/// # Errors
/// `NotFound`.
pub async fn disallow(app: &App, by: By<'_>, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    conn.transaction(async |conn| {
        let domain = store::domain_allows::delete(conn, id).await?;
        let domain = domain.ok_or(Error::NotFound)?;
        if read(conn).await?.allow_list {
            store::domain_allows::drop_deliveries(conn).await?;
        }
        let detail = json!({ "domain": domain });
        let inverse = json!({ "act": "policy.allow", "domain": domain });
        note(conn, by, "policy.disallow", None, detail, inverse, now).await
    })
    .await?;
    changed(app);
    Ok(())
}

/// One of them.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, _who: &Moderator, id: i64) -> Result<Allow> {
    let mut conn = app.desk.get().await?;
    let found = store::domain_allows::find(&mut conn, id).await?;
    found.ok_or(Error::NotFound)
}

/// A page of them, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(app: &App, _who: &Moderator, page: &Page) -> Result<Vec<Allow>> {
    let mut conn = app.desk.get().await?;
    let (above, below) = (page.above().unwrap_or(0), page.max_id.unwrap_or(i64::MAX));
    store::domain_allows::list(&mut conn, above, below, page.limit).await
}
