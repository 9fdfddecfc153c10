//! `Accept`: of a follow that somebody here asked for. By its address, or by who asked whom:
//! some give back another address than they got.

use serde_json::Value;

use super::{Activity, Handled};
use crate::activitypub::addresses::{self, Local};
use crate::activitypub::read::value;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::accounts::receive::{self, Asked};

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    match asked(fed, activity) {
        Some(asked) => receive::accepted(fed, activity.actor, asked).await,
        None => Ok(Handled::Ignored("not an answer to a follow")),
    }
}

/// Which follow is answered; `None` when it is none of ours.
pub(super) fn asked(fed: &Federation, activity: Activity<'_>) -> Option<Asked> {
    let follow = match activity
        .object_id()
        .map(|id| addresses::local(&fed.origin(), &id))
    {
        Some(Some(Local::Follow(id))) => Some(id),
        _ => None,
    };
    let account = match activity.object {
        Value::Object(_) if value::kind(activity.object) == Some("Follow") => {
            // An embedded follow names both: the answer must be by whom it asks.
            let target = value::id(activity.object, "object");
            if target
                .as_deref()
                .is_some_and(|target| target != activity.actor_uri)
            {
                return None;
            }
            value::id(activity.object, "actor").and_then(|who| receive::here(fed, &who))
        }
        _ => None,
    };
    (follow.is_some() || account.is_some()).then_some(Asked { follow, account })
}
