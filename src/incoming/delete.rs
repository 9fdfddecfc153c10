//! `Delete`: of a post, a boost, or the actor itself.

use super::{Activity, Handled};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::{accounts, statuses};

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match activity.object_id() {
        Some(object) if object == activity.actor_uri => {
            accounts::receive::gone(fed, activity.actor).await
        }
        Some(object) => statuses::receive::delete(fed, activity.actor, &object).await,
        None => Ok(Handled::Ignored("of nothing")),
    }
}
