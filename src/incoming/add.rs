//! `Add`: a post to what the actor features.

use super::{Activity, Handled};
use crate::activitypub::read::value;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::statuses::receive_deeds;
use crate::store;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match (is_featured(fed, activity).await?, activity.object_id()) {
        (true, Some(object)) => receive_deeds::pin(fed, activity.actor, &object).await,
        _ => Ok(Handled::Ignored("not to what is featured")),
    }
}

/// Whether the target is the actor's own collection of pins.
pub(super) async fn is_featured(fed: &Federation, activity: Activity<'_>) -> Result<bool> {
    let Some(target) = value::id(activity.json, "target") else {
        return Ok(false);
    };
    let mut conn = fed.pool.get().await?;
    let endpoints = store::remote_accounts::endpoints(&mut conn, activity.actor.id).await?;
    Ok(endpoints.and_then(|e| e.featured).as_deref() == Some(target.as_str()))
}
