//! `Create`: a new post, or a vote.

use super::{Activity, Handled};
use crate::activitypub::notes;
use crate::activitypub::read::note;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::statuses::receive;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    if activity.object.is_object() && !note::is_one(activity.object) {
        return Ok(Handled::Ignored("not a kind of post that is understood"));
    }
    let note = notes::believe_or_fetch(fed, activity.object, activity.actor_uri).await?;
    // Fetched, it may turn out to be by somebody else: only its author creates.
    if note.attributed_to != activity.actor_uri {
        return Ok(Handled::Ignored("not the author"));
    }
    receive::post(fed, activity.actor, note).await
}
