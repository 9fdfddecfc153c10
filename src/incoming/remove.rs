//! `Remove`: a post from what the actor features.

use super::add::is_featured;
use super::{Activity, Handled};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::statuses::receive_deeds;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match (is_featured(fed, activity).await?, activity.object_id()) {
        (true, Some(object)) => receive_deeds::unpin(fed, activity.actor, &object).await,
        _ => Ok(Handled::Ignored("not from what is featured")),
    }
}
