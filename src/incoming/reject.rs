//! `Reject`: of a follow that somebody here asked for, or has had for long.

use super::{Activity, Handled, accept};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::accounts::receive;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match accept::asked(fed, activity) {
        Some(asked) => receive::rejected(fed, activity.actor, asked).await,
        None => Ok(Handled::Ignored("not an answer to a follow")),
    }
}
