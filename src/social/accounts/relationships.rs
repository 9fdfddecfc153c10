//! How the member stands to others.

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::store;
pub use crate::store::relationships::Relationship;

/// Accounts that one question may be about.
pub const MOST: usize = 80;

/// How the member stands to each of `ids`; unknown ones are left out, as are those beyond
/// [`MOST`].
pub async fn list(app: &App, who: &Member, mut ids: Vec<Id>) -> Result<Vec<Relationship>> {
    ids.truncate(MOST);
    let mut conn = app.pool.get().await?;
    store::relationships::list(&mut conn, who.account_id(), ids, app.clock.now()).await
}

/// How the member stands to one account: the answer of every deed between two.
pub(super) async fn one(
    app: &App,
    conn: &mut store::Conn,
    who: &Member,
    other: Id,
) -> Result<Relationship> {
    store::relationships::list(conn, who.account_id(), vec![other], app.clock.now())
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// Refuses what nobody can do to themselves.
pub(super) fn not_oneself(who: &Member, other: Id) -> Result<()> {
    if who.account_id() == other {
        return Err(Error::denied("This action is not allowed"));
    }
    Ok(())
}
