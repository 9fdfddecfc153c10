//! `Like`, with or without an emoji: a favourite.

use super::{Activity, Handled};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::statuses::receive_deeds;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match activity.object_id() {
        Some(object) => {
            let address = activity.address();
            receive_deeds::favourite(fed, activity.actor, Some(&address), &object).await
        }
        None => Ok(Handled::Ignored("of nothing")),
    }
}
