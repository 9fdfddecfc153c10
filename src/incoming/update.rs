//! `Update`: a post's new version, or a profile's.

use super::{Activity, Handled};
use crate::activitypub::read::{actor, note};
use crate::activitypub::{actors, notes};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::statuses::receive;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    if activity.object_id().as_deref() == Some(activity.actor_uri) {
        // The actor's own signature is under it; a mere address is asked.
        match actor::is_one(activity.object) {
            true => actors::store(fed, activity.object).await?,
            false => actors::refresh(fed, activity.actor).await?,
        };
        return Ok(Handled::Done);
    }
    if activity.object.is_object() && !note::is_one(activity.object) {
        return Ok(Handled::Ignored("not a kind of post that is understood"));
    }
    let note = notes::believe_or_fetch(fed, activity.object, activity.actor_uri).await?;
    if note.attributed_to != activity.actor_uri {
        return Ok(Handled::Ignored("not the author"));
    }
    receive::edit(fed, activity.actor, note).await
}
