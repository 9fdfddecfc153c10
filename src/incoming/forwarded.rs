//! What somebody passes on of another's: a reply in their thread, its edit, its deletion, as
//! Mastodon and others send to the servers of whoever follows the thread.
//!
//! The signature says who passes it on and nothing of who wrote it. So nothing of it is
//! believed: it is a hint to ask the author's own server for the object, which says what is so
//! (I6). Only what belongs to something here is asked for, only what everybody may read is kept,
//! and whoever passes on has a budget. We pass nothing on ourselves: without signatures inside
//! of documents nobody could believe us either.

use serde_json::Value;

use super::Handled;
use crate::activitypub::read::{note, value};
use crate::activitypub::{actors, notes, uri};
use crate::app::App;
use crate::app::federation::Federation;
use crate::domain::Result;
use crate::model::host;
use crate::social::statuses::receive;
use crate::store::{remote_accounts, remote_statuses};

/// What is passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passed {
    kind: Kind,
    /// The address of the post, canonical; on its actor's server.
    object: String,
    /// What it says to answer.
    answers: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Created,
    Edited,
    Deleted,
}

/// Reads an activity of `actor` (canonical) that somebody else sent; `None` for what only its
/// own actor may send.
pub(super) fn read(activity: &Value, actor: &str) -> Option<Passed> {
    let object = activity.get("object")?;
    let kind = match value::kind(activity)? {
        "Create" if note::is_one(object) => Kind::Created,
        "Update" if note::is_one(object) || object.is_string() => Kind::Edited,
        "Delete" => Kind::Deleted,
        _ => return None,
    };
    let address = value::id_of(object)?;
    (uri::same_authority(&address, actor) && address != actor).then(|| Passed {
        kind,
        object: address,
        answers: value::id(object, "inReplyTo"),
    })
}

/// Whether it is worth a question: it answers something that is here, or is about a post of
/// somebody elsewhere that is.
pub(super) async fn concerns_us(app: &App, passed: &Passed) -> Result<bool> {
    let Some(server) = uri::authority(&passed.object) else {
        return Ok(false);
    };
    if actors::is_ours(app, &passed.object) || host::is_suspended(app.host_flags(&server).await?) {
        return Ok(false);
    }
    let mut conn = app.pool.get().await?;
    let known = notes::find(app, &mut conn, &passed.object).await?;
    match (passed.kind, &passed.answers) {
        (Kind::Created, Some(parent)) if known.is_none() => {
            Ok(notes::find(app, &mut conn, parent).await?.is_some())
        }
        (Kind::Created, _) => Ok(false),
        (Kind::Edited | Kind::Deleted, _) => match known.filter(|found| !found.local) {
            // Of what is not for everybody its server would say that it is not there.
            Some(found) => remote_statuses::may_be_boosted(&mut conn, found.id).await,
            None => Ok(false),
        },
    }
}

/// Asks the author's server, and does what it says.
///
/// # Errors
/// `TooMany` and `Broken` are worth another try later; all other errors are not.
pub(super) async fn handle(fed: &Federation, activity: &Value, actor: &str) -> Result<Handled> {
    let Some(passed) = read(activity, actor) else {
        return Ok(Handled::Ignored("in somebody else's name"));
    };
    if !concerns_us(fed, &passed).await? {
        return Ok(Handled::Ignored("passed on, and of no concern here"));
    }
    if passed.kind == Kind::Deleted {
        return deleted(fed, &passed.object).await;
    }
    let note = notes::fetch(fed, &passed.object).await?;
    if !note.is_public() && !note.is_unlisted() {
        return Ok(Handled::Ignored("passed on, and not for everybody"));
    }
    let author = actors::find_or_fetch(fed, &note.attributed_to).await?;
    if author.is_suspended() {
        return Ok(Handled::Ignored("the author is suspended"));
    }
    match passed.kind {
        Kind::Edited => receive::edit(fed, &author, note).await,
        _ if note.in_reply_to != passed.answers => Ok(Handled::Ignored(
            "its server says that it answers something else",
        )),
        _ => receive::post(fed, &author, note).await,
    }
}

async fn deleted(fed: &Federation, address: &str) -> Result<Handled> {
    if !notes::is_gone(fed, address).await? {
        return Ok(Handled::Ignored("its server still has it"));
    }
    let mut conn = fed.pool.get().await?;
    let author = match notes::find(fed, &mut conn, address).await? {
        Some(found) => remote_accounts::by_id(&mut conn, found.account).await?,
        None => None,
    };
    drop(conn);
    match author.filter(|author| !author.is_local()) {
        Some(author) => receive::delete(fed, &author, address).await,
        None => Ok(Handled::Ignored("not known here")),
    }
}

/// What it is told apart by. Not by its own id: whoever passes something on that is not so must
/// not close the way for who says it themselves (I7).
pub(super) fn hash(by: &str, activity: uuid::Uuid) -> uuid::Uuid {
    uri::hash(&format!("{by} passes on {activity}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ANN: &str = "https://a.example/ann";

    #[test]
    fn posts_are_passed_on_and_deeds_are_not() {
        let note = json!({ "id": "https://a.example/1", "type": "Note", "inReplyTo": "https://b.example/2" });
        let of = |kind: &str, object: &Value| {
            read(
                &json!({ "type": kind, "actor": ANN, "object": object }),
                ANN,
            )
        };
        let reply = of("Create", &note).expect("a reply");
        assert_eq!(reply.answers.as_deref(), Some("https://b.example/2"));
        assert!(of("Update", &note).is_some());
        assert!(of("Delete", &json!("https://a.example/1")).is_some());
        assert!(
            of(
                "Delete",
                &json!({ "type": "Tombstone", "id": "https://a.example/1" })
            )
            .is_some()
        );
        for kind in ["Like", "Announce", "Follow", "Undo", "Move", "Add", "Block"] {
            assert_eq!(of(kind, &note), None, "{kind}");
        }
        // Somebody whole, and what is on another server than its actor.
        assert_eq!(of("Delete", &json!(ANN)), None);
        assert_eq!(of("Delete", &json!("https://c.example/1")), None);
    }

    #[test]
    fn passing_on_closes_no_way() {
        let id = uri::hash("https://a.example/1");
        assert_ne!(hash("b.example", id), id);
        assert_ne!(hash("b.example", id), hash("c.example", id));
    }
}
