//! What other servers tell us: one file per activity, each calling one use case.
//!
//! Whoever calls [`handle`] has verified the signature; here is asked whether the signer may
//! say what the activity says. Each deed is the signer's own: an activity in somebody else's
//! name is at most a hint to ask that one's server (I6, [`forwarded`]), and what is about a post
//! is believed from the post's own server alone (I8). What is not understood is dropped without a word.

mod accept;
mod add;
mod announce;
mod block;
mod create;
mod delete;
mod flag;
mod follow;
mod forwarded;
mod like;
mod move_;
mod reject;
mod remove;
mod undo;
mod update;

/// What is sent to us, until it is kept.
pub mod inbox;
/// Cheap refusals.
pub mod sift;
/// Activities, written down in groups.
mod writer;

use serde_json::Value;

use crate::activitypub::keys::Signer;
use crate::activitypub::read::value;
use crate::activitypub::uri;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::model::account::Account;
pub use crate::social::received::Received as Handled;
use crate::store;

/// An activity whose signer is known and may speak.
#[derive(Clone, Copy)]
struct Activity<'a> {
    /// All of it.
    json: &'a Value,
    /// Who signed, and acts.
    actor: &'a Account,
    /// The actor's address, canonical.
    actor_uri: &'a str,
    /// The activity's own address, where it has one.
    id: Option<&'a str>,
    /// What it is about.
    object: &'a Value,
}

impl Activity<'_> {
    /// The address of what it is about, canonical.
    fn object_id(&self) -> Option<String> {
        value::id_of(self.object)
    }

    /// Its own address; where it has none, one that is the same for the same thing.
    fn address(&self) -> String {
        match self.id {
            Some(id) => id.to_owned(),
            None => {
                let about = uri::hash(&self.json.to_string());
                format!("{}#unnamed-{about}", self.actor_uri)
            }
        }
    }
}

/// Does what an activity says, signed by `signer`. Doing it again changes nothing.
///
/// # Errors
/// `TooMany` and `Broken` are worth another try later; all other errors are not.
pub async fn handle(fed: &Federation, activity: &Value, signer: &Signer) -> Result<Handled> {
    let handled = judge(fed, activity, signer).await;
    let counts = match &handled {
        Ok(Handled::Done) => &fed.metrics.done,
        Ok(Handled::Ignored(_)) => &fed.metrics.ignored,
        Err(_) => &fed.metrics.failed,
    };
    counts.add_word(value::kind(activity).unwrap_or_default());
    handled
}

async fn judge(fed: &Federation, activity: &Value, signer: &Signer) -> Result<Handled> {
    let Some(kind) = value::kind(activity) else {
        return Ok(Handled::Ignored("no activity"));
    };
    let Some(author) = value::id(activity, "actor") else {
        return Ok(Handled::Ignored("in nobody's name"));
    };
    if author != signer.actor {
        return forwarded::handle(fed, activity, &author).await;
    }
    let id = value::text(activity, "id");
    if id.is_some_and(|id| !uri::same_authority(id, &signer.actor)) {
        return Ok(Handled::Ignored("named on another server"));
    }
    let mut conn = fed.pool.get().await?;
    let actor = store::remote_accounts::by_id(&mut conn, signer.account).await?;
    drop(conn);
    let Some(actor) = actor.filter(|actor| !actor.is_local()) else {
        return Ok(Handled::Ignored("the signer is gone"));
    };
    if actor.is_suspended() {
        return Ok(Handled::Ignored("the signer is suspended"));
    }
    let activity = Activity {
        json: activity,
        actor: &actor,
        actor_uri: &signer.actor,
        id,
        object: activity.get("object").unwrap_or(&Value::Null),
    };
    match kind {
        "Create" => create::handle(fed, activity).await,
        "Update" => update::handle(fed, activity).await,
        "Delete" => delete::handle(fed, activity).await,
        "Announce" => announce::handle(fed, activity).await,
        "Like" | "EmojiReact" => like::handle(fed, activity).await,
        "Follow" => follow::handle(fed, activity).await,
        "Accept" | "TentativeAccept" => accept::handle(fed, activity).await,
        "Reject" | "TentativeReject" => reject::handle(fed, activity).await,
        "Undo" => undo::handle(fed, activity).await,
        "Block" => block::handle(fed, activity).await,
        "Flag" => flag::handle(fed, activity).await,
        "Move" => move_::handle(fed, activity).await,
        "Add" => add::handle(fed, activity).await,
        "Remove" => remove::handle(fed, activity).await,
        _ => Ok(Handled::Ignored("not a kind that is understood")),
    }
}
