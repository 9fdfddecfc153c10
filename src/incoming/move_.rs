//! `Move`: the actor itself goes to another account.

use super::{Activity, Handled};
use crate::activitypub::read::value;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::accounts::receive;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    if activity.object_id().as_deref() != Some(activity.actor_uri) {
        return Ok(Handled::Ignored("of somebody else"));
    }
    match value::id(activity.json, "target") {
        Some(target) => receive::moved(fed, activity.actor, &target).await,
        None => Ok(Handled::Ignored("to nobody")),
    }
}
