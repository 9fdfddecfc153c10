//! `Undo`: of a follow, a favourite, a boost, a block. By the address of what is undone, else
//! by what that was done to. Always the actor's own.

use super::{Activity, Handled};
use crate::activitypub::read::value;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::social::accounts::receive;
use crate::social::statuses::receive_deeds;

pub(super) async fn handle(fed: &Federation, activity: Activity<'_>) -> Result<Handled> {
    let (actor, undone) = (activity.actor, activity.object);
    // Undoing in somebody else's name (I23).
    let by = value::id(undone, "actor");
    if by.is_some_and(|by| by != activity.actor_uri) {
        return Ok(Handled::Ignored("not their own"));
    }
    let address = activity.object_id();
    let address = address.as_deref();
    let object = value::id(undone, "object");
    let object = object.as_deref();
    match value::kind(undone) {
        Some("Follow") => receive::unfollow(fed, actor, address, object).await,
        Some("Like" | "EmojiReact") => {
            receive_deeds::unfavourite(fed, actor, address, object).await
        }
        Some("Announce") => receive_deeds::unboost(fed, actor, address, object).await,
        Some("Block") => receive::unblock(fed, actor, address, object).await,
        Some(_) => Ok(Handled::Ignored("not a kind that can be undone")),
        // A mere address: it is one of these.
        None => {
            for done in [
                receive_deeds::unboost(fed, actor, address, None).await?,
                receive_deeds::unfavourite(fed, actor, address, None).await?,
                receive::unfollow(fed, actor, address, None).await?,
                receive::unblock(fed, actor, address, None).await?,
            ] {
                if done == Handled::Done {
                    return Ok(done);
                }
            }
            Ok(Handled::Ignored("nothing to undo"))
        }
    }
}
