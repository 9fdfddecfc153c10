//! How far somebody has read, shared between their apps. Also of those who wait: their apps
//! keep a place in what they may read.

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Applicant;
use crate::store;
pub use crate::store::markers::{HOME, NOTIFICATIONS, Position};

/// All positions that are known.
pub async fn all(app: &App, who: &Applicant) -> Result<Vec<Position>> {
    let mut conn = app.pool.get().await?;
    store::markers::all(&mut conn, who.user().id).await
}

/// Moves positions; gives those that were moved.
///
/// # Errors
/// `Conflict` when another app moved one in the same moment.
pub async fn set(app: &App, who: &Applicant, moves: &[(i16, Id)]) -> Result<Vec<Position>> {
    let mut conn = app.pool.get().await?;
    let user = who.user().id;
    let known = store::markers::all(&mut conn, user).await?;
    let mut moved = Vec::new();
    for (timeline, last_read_id) in moves {
        let seen = known
            .iter()
            .find(|p| p.timeline == *timeline)
            .map_or(0, |p| p.version);
        let position = store::markers::set(
            &mut conn,
            user,
            *timeline,
            *last_read_id,
            seen,
            app.clock.now(),
        )
        .await?
        .ok_or(Error::Conflict(
            "Conflict during update, please try again".into(),
        ))?;
        moved.push(position);
    }
    Ok(moved)
}
