//! Pins: a few of one's own posts on top of the profile.

use diesel_async::AsyncConnection;

use super::deed::Deed;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::store;
use crate::store::pins::Pinning;

/// Pins of one account.
pub const MAX_PINS: i64 = 5;

/// Pins one of the member's own posts; again is no error.
///
/// # Errors
/// `NotFound` when the member may not see it; `Invalid` when it cannot be pinned.
pub async fn pin(app: &App, who: &Member, id: Id) -> Result<Deed> {
    let now = app.clock.now();
    let account = who.account_id();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        // Two pins at once must not both be the fifth.
        store::drafts::lock_owner(conn, who.user().id).await?;
        let facts = store::pins::facts(conn, id, account)
            .await?
            .ok_or(Error::NotFound)?;
        may_pin(&facts)?;
        store::pins::insert(conn, id, account, now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    app.wake_relay();
    Ok(Deed::on(id))
}

/// Unpins; what is not pinned is no error.
///
/// # Errors
/// `NotFound` when the member may not see it; `Invalid` for somebody else's.
pub async fn unpin(app: &App, who: &Member, id: Id) -> Result<Deed> {
    let now = app.clock.now();
    let account = who.account_id();
    let mut conn = app.pool.get().await?;
    let facts = store::pins::facts(&mut conn, id, account)
        .await?
        .ok_or(Error::NotFound)?;
    if !facts.own {
        return Err(not_own());
    }
    if store::pins::delete(&mut conn, id, account, now).await? {
        app.wake_relay();
    }
    Ok(Deed::on(id))
}

fn may_pin(facts: &Pinning) -> Result<()> {
    if !facts.own {
        return Err(not_own());
    }
    if !facts.pinnable {
        return Err(Error::invalid(
            "Validation failed: Boosts and posts for those mentioned alone cannot be pinned",
        ));
    }
    if !facts.pinned && facts.count >= MAX_PINS {
        return Err(Error::invalid(
            "Validation failed: You have already pinned the maximum number of posts",
        ));
    }
    Ok(())
}

fn not_own() -> Error {
    Error::invalid("Validation failed: Someone else's post cannot be pinned")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_posts_of_the_right_kind_and_no_more_than_five() {
        let free = Pinning {
            own: true,
            pinnable: true,
            pinned: false,
            count: 4,
        };
        assert!(may_pin(&free).is_ok());
        assert!(may_pin(&Pinning { count: 5, ..free }).is_err());
        assert!(
            may_pin(&Pinning {
                count: 5,
                pinned: true,
                ..free
            })
            .is_ok()
        );
        assert!(may_pin(&Pinning { own: false, ..free }).is_err());
        assert!(
            may_pin(&Pinning {
                pinnable: false,
                ..free
            })
            .is_err()
        );
    }
}
