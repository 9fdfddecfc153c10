//! Following: at once where the other is not locked, by request where they are.

use super::relationships::{self, Relationship, not_oneself};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::social::backfill;
use crate::social::timelines::forget_feeds;
use crate::store;
pub use crate::store::follows::Wishes;
use crate::store::follows::{MOST, Outcome, State};
use crate::text::language;

/// Languages of one follow.
const MAX_LANGUAGES: usize = 50;

/// Follows, or asks to; following again changes how.
///
/// # Errors
/// `NotFound`; `Denied` for oneself, where one blocks the other, and when the member moved away;
/// `Invalid` beyond the limit.
pub async fn follow(app: &App, who: &Member, target: Id, wishes: Wishes) -> Result<Relationship> {
    who.lives_here()?;
    not_oneself(who, target)?;
    let wishes = Wishes {
        languages: wishes.languages.map(languages),
        ..wishes
    };
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    match store::follows::follow(&mut conn, who.account_id(), target, wishes, now).await? {
        Outcome::Done { is_new, .. } => {
            if is_new {
                forget_feeds(app, &[who.account_id()]).await;
                app.wake_relay();
                backfill::opened_profile(app, who, target);
            }
            relationships::one(app, &mut conn, who, target).await
        }
        Outcome::NoAccount => Err(Error::NotFound),
        Outcome::Blocked => Err(Error::denied("This action is not allowed")),
        Outcome::TooMany => Err(Error::invalid(format!(
            "Validation failed: You cannot follow more than {MOST} people"
        ))),
    }
}

/// Stops following, or asking to; what is not followed is no error.
///
/// # Errors
/// `NotFound`.
pub async fn unfollow(app: &App, who: &Member, target: Id) -> Result<Relationship> {
    end(app, who, who.account_id(), target, target).await
}

/// Makes somebody stop following the member; who does not follow is no error.
///
/// # Errors
/// `NotFound`.
pub async fn remove_follower(app: &App, who: &Member, follower: Id) -> Result<Relationship> {
    end(app, who, follower, who.account_id(), follower).await
}

async fn end(
    app: &App,
    who: &Member,
    follower: Id,
    followed: Id,
    other: Id,
) -> Result<Relationship> {
    let now = app.clock.now();
    let state = match follower == who.account_id() {
        true => State::Any,
        false => State::Accepted,
    };
    let mut conn = app.pool.get().await?;
    if store::follows::end(&mut conn, follower, followed, state, now).await? {
        forget_feeds(app, &[follower]).await;
        app.wake_relay();
    }
    relationships::one(app, &mut conn, who, other).await
}

/// Codes as they are stored, each once; what is no language is dropped.
fn languages(asked: Vec<String>) -> Vec<String> {
    let mut codes: Vec<String> = asked
        .iter()
        .filter_map(|c| language::normalise(c))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes.truncate(MAX_LANGUAGES);
    codes
}
