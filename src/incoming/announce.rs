//! `Announce`: a boost.

use super::{Activity, Handled};
use crate::activitypub::notes::Arrival;
use crate::activitypub::read::Announce;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::statuses::receive_deeds::{self, Boost};

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    let Some(says) = Announce::read(activity.json) else {
        return Ok(Handled::Ignored("not a post"));
    };
    let boost = Boost {
        address: activity.address(),
        says,
        arrival: Arrival::Sent,
    };
    receive_deeds::boost(fed, activity.actor, boost).await
}
