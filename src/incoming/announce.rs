//! `Announce`: a boost. A group announces what its people did: of that, new posts count.

use serde_json::Value;

use super::{Activity, Handled};
use crate::activitypub::read::{note, value};
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::domain::visibility::Visibility;
use crate::social::statuses::receive_deeds::{self, Boost};

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    let Some(object) = boosted(activity.object) else {
        return Ok(Handled::Ignored("not a post"));
    };
    let public = |name| {
        value::ids(activity.json, name, 50)
            .iter()
            .any(|address| value::is_public(address))
    };
    let visibility = match (public("to"), public("cc")) {
        (true, _) => Visibility::Public,
        (false, true) => Visibility::Unlisted,
        (false, false) => Visibility::Private,
    };
    let boost = Boost {
        address: activity.address(),
        object,
        visibility,
        published: value::moment(activity.json, "published"),
    };
    receive_deeds::boost(fed, activity.actor, boost).await
}

/// The address of the post that an `Announce` is about.
fn boosted(object: &Value) -> Option<String> {
    match value::kind(object) {
        Some("Create") => value::id(object, "object"),
        Some(kind) if note::kind(kind).is_none() => None,
        _ => value::id_of(object),
    }
}
