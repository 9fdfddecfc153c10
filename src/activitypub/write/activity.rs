//! What local accounts do, as activities. Ids are addresses of ours; those of deeds without a
//! row of their own hang on their actor or note by a fragment.
// Fields are in ActivityStreams' words.
#![allow(missing_docs)]

use serde::Serialize;

use super::{Actor, Here, Note, PUBLIC, audience, time};
use crate::activitypub::addresses;
use crate::domain::Id;
use crate::model::document_rows::{Addressed, BoostRows, NoteRows};

/// A deed of one of ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Activity<Object = String> {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub actor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    pub object: Object,
    /// Of `Add`, `Remove` and `Move`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Of `Flag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// What is left of a deleted note.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tombstone {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// A vote: a note that only names what was chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The option, word for word.
    pub name: String,
    pub attributed_to: String,
    pub to: Vec<String>,
    pub in_reply_to: String,
}

impl<Object> Activity<Object> {
    fn new(id: String, kind: &'static str, actor: String, object: Object) -> Activity<Object> {
        Activity {
            id,
            kind,
            actor,
            published: None,
            to: Vec::new(),
            cc: Vec::new(),
            object,
            target: None,
            content: None,
        }
    }

    fn to(mut self, to: Vec<String>) -> Activity<Object> {
        self.to = to;
        self
    }
}

/// A note is there.
pub fn create(here: &Here, rows: &NoteRows) -> Activity<Note> {
    let note = super::note::note(here, rows);
    let id = addresses::create(&here.origin, rows.note.id);
    Activity {
        published: Some(note.published.clone()),
        to: note.to.clone(),
        cc: note.cc.clone(),
        ..Activity::new(id, "Create", note.attributed_to.clone(), note)
    }
}

/// A note was edited, or its poll counted (`deed` numbers those, 0 is an edit). Each version
/// and each count is an activity of its own.
pub fn update(here: &Here, rows: &NoteRows, deed: Id) -> Activity<Note> {
    let note = super::note::note(here, rows);
    let id = match deed {
        0 => format!("{}#updates/{}", note.id, rows.version),
        deed => format!("{}#counts/{deed}", note.id),
    };
    Activity {
        published: note.updated.clone(),
        to: note.to.clone(),
        cc: note.cc.clone(),
        ..Activity::new(id, "Update", note.attributed_to.clone(), note)
    }
}

/// A profile was changed; `version` is that of the account.
pub fn update_actor(actor: Actor, version: i32) -> Activity<Actor> {
    let id = format!("{}#updates/{version}", actor.id);
    let followers = actor.followers.clone();
    Activity {
        published: actor.updated.clone(),
        cc: followers.into_iter().collect(),
        ..Activity::new(id, "Update", actor.id.clone(), actor).to(vec![PUBLIC.to_owned()])
    }
}

/// A note is gone. It is said to everybody: who never had it learns only a number.
pub fn delete(here: &Here, author: &Addressed, note: &Addressed) -> Activity<Tombstone> {
    let note = here.note(note);
    let stone = Tombstone {
        id: note.clone(),
        kind: "Tombstone",
    };
    Activity::new(
        format!("{note}#delete"),
        "Delete",
        here.actor(author),
        stone,
    )
    .to(vec![PUBLIC.to_owned()])
}

/// An account is gone, with all that was its.
pub fn delete_actor(here: &Here, account: &Addressed) -> Activity {
    let actor = here.actor(account);
    Activity::new(format!("{actor}#delete"), "Delete", actor.clone(), actor)
        .to(vec![PUBLIC.to_owned()])
}

/// A boost.
pub fn announce(here: &Here, rows: &BoostRows) -> Activity {
    let audience::Audience { to, cc } = audience::of_boost(here, rows);
    Activity {
        published: Some(time(rows.created_at)),
        to,
        cc,
        ..Activity::new(
            addresses::boost(&here.origin, rows.id),
            "Announce",
            here.actor(&rows.booster),
            here.note(&rows.boosted),
        )
    }
}

/// A favourite: `id` is that of the row in `reactions`, `note` the address of the status.
pub fn like(here: &Here, id: Id, actor: &Addressed, note: String) -> Activity {
    let like = addresses::like(&here.origin, id);
    Activity::new(like, "Like", here.actor(actor), note)
}

/// One of ours wants to follow: `id` is that of the row in `follows`.
pub fn follow(here: &Here, id: Id, follower: &Addressed, target: &Addressed) -> Activity {
    let follow = addresses::follow(&here.origin, id);
    Activity::new(follow, "Follow", here.actor(follower), here.actor(target))
}

/// A follow of one of ours as its asker sent it: what `Accept` and `Reject` answer. `uri` is
/// the asker's own name for it, where one was kept.
fn asked(here: &Here, follow: &Addressed, follower: &Addressed, target: &Addressed) -> Activity {
    let own = || addresses::follow(&here.origin, follow.id);
    Activity::new(
        follow.uri.clone().unwrap_or_else(own),
        "Follow",
        here.actor(follower),
        here.actor(target),
    )
}

/// `target`, one of ours, lets `follower` follow.
pub fn accept(
    here: &Here,
    follow: &Addressed,
    follower: &Addressed,
    target: &Addressed,
) -> Activity<Activity> {
    let follow_activity = asked(here, follow, follower, target);
    let actor = here.actor(target);
    let id = format!("{actor}#accepts/{}", follow.id);
    Activity::new(id, "Accept", actor, follow_activity).to(vec![here.actor(follower)])
}

/// `target`, one of ours, does not let `follower` follow, or no longer.
pub fn reject(
    here: &Here,
    follow: &Addressed,
    follower: &Addressed,
    target: &Addressed,
) -> Activity<Activity> {
    let follow_activity = asked(here, follow, follower, target);
    let actor = here.actor(target);
    let id = format!("{actor}#rejects/{}", follow.id);
    Activity::new(id, "Reject", actor, follow_activity).to(vec![here.actor(follower)])
}

/// A block: `id` is that of the row in `blocks`.
pub fn block(here: &Here, id: Id, actor: &Addressed, target: &Addressed) -> Activity {
    let block = addresses::block(&here.origin, id);
    Activity::new(block, "Block", here.actor(actor), here.actor(target))
}

/// Takes back a `Follow`, `Like`, `Announce` or `Block`.
pub fn undo(done: Activity) -> Activity<Activity> {
    Activity {
        to: done.to.clone(),
        cc: done.cc.clone(),
        ..Activity::new(
            format!("{}#undo", done.id),
            "Undo",
            done.actor.clone(),
            done,
        )
    }
}

/// A report, by the server itself so that nobody is named: the account, then its posts.
/// `report` numbers it.
pub fn flag(here: &Here, report: Id, comment: &str, about: Vec<String>) -> Activity<Vec<String>> {
    let actor = here.instance();
    let id = format!("{actor}#flags/{report}");
    Activity {
        content: Some(comment.to_owned()),
        ..Activity::new(id, "Flag", actor, about)
    }
}

/// `account` lives elsewhere now; its followers are told.
pub fn move_to(here: &Here, account: &Addressed, target: &Addressed) -> Activity {
    let actor = here.actor(account);
    let id = format!("{actor}#moves/{}", target.id);
    let followers = addresses::followers(&here.origin, account.id);
    Activity {
        target: Some(here.actor(target)),
        ..Activity::new(id, "Move", actor.clone(), actor).to(vec![followers])
    }
}

/// A post was pinned. `deed` makes the id one of its own: posts can be pinned again.
pub fn add(here: &Here, account: &Addressed, note: &Addressed, deed: Id) -> Activity {
    pinning(here, "Add", "pins", account, note, deed)
}

/// A post was unpinned; as [`add`].
pub fn remove(here: &Here, account: &Addressed, note: &Addressed, deed: Id) -> Activity {
    pinning(here, "Remove", "unpins", account, note, deed)
}

fn pinning(
    here: &Here,
    kind: &'static str,
    name: &str,
    account: &Addressed,
    note: &Addressed,
    deed: Id,
) -> Activity {
    let actor = here.actor(account);
    let id = format!("{actor}#{name}/{deed}");
    let followers = addresses::followers(&here.origin, account.id);
    Activity {
        target: Some(addresses::featured(&here.origin, account.id)),
        ..Activity::new(id, kind, actor, here.note(note)).to(vec![followers])
    }
}

/// A vote of one of ours. `deed` numbers it; `question` and `asker` are addresses.
pub fn vote(
    here: &Here,
    voter: &Addressed,
    deed: Id,
    question: &str,
    asker: &str,
    choice: &str,
) -> Activity<Vote> {
    let actor = here.actor(voter);
    let note = format!("{actor}#votes/{deed}");
    let to = vec![asker.to_owned()];
    let vote = Vote {
        id: note.clone(),
        kind: "Note",
        name: choice.to_owned(),
        attributed_to: actor.clone(),
        to: to.clone(),
        in_reply_to: question.to_owned(),
    };
    Activity::new(format!("{note}/activity"), "Create", actor, vote).to(to)
}
