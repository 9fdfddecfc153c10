//! The addresses of our own things (D2): ids of rows, never names, so that a name may change
//! hands before it federates. Pure; `origin` is scheme and host without a slash at the end.

use crate::domain::Id;

/// The path of the server's own actor: it signs fetches and reports.
pub const INSTANCE_ACTOR: &str = "/ap/actor";
/// The path of the inbox that all local actors share.
pub const SHARED_INBOX: &str = "/ap/inbox";

/// Something of ours that another server may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// The server's own actor.
    Instance,
    /// An account.
    Actor(Id),
    /// The collection of those who follow an account.
    Followers(Id),
    /// The collection of those an account follows.
    Following(Id),
    /// A status.
    Note(Id),
    /// A boost, by its own id: the `Announce`.
    Boost(Id),
    /// A follow that one of ours asked for, by `follows.id`.
    Follow(Id),
    /// A favourite, by `reactions.id`: the `Like`.
    Like(Id),
    /// A block, by `blocks.id`.
    Block(Id),
}

/// `{origin}/ap/actors/{id}`
pub fn actor(origin: &str, id: Id) -> String {
    format!("{origin}/ap/actors/{id}")
}

/// `{actor}#main-key`
pub fn key(origin: &str, id: Id) -> String {
    format!("{origin}/ap/actors/{id}#main-key")
}

/// The actor's own inbox.
pub fn inbox(origin: &str, id: Id) -> String {
    format!("{origin}/ap/actors/{id}/inbox")
}

/// The actor's outbox.
pub fn outbox(origin: &str, id: Id) -> String {
    format!("{origin}/ap/actors/{id}/outbox")
}

/// Who follows the actor.
pub fn followers(origin: &str, id: Id) -> String {
    format!("{origin}/ap/actors/{id}/followers")
}

/// Whom the actor follows.
pub fn following(origin: &str, id: Id) -> String {
    format!("{origin}/ap/actors/{id}/following")
}

/// What the actor pinned.
pub fn featured(origin: &str, id: Id) -> String {
    format!("{origin}/ap/actors/{id}/featured")
}

/// `{origin}/ap/notes/{id}`
pub fn note(origin: &str, id: Id) -> String {
    format!("{origin}/ap/notes/{id}")
}

/// The `Create` of a note.
pub fn create(origin: &str, note: Id) -> String {
    format!("{origin}/ap/notes/{note}/create")
}

/// The answers to a note.
pub fn replies(origin: &str, note: Id) -> String {
    format!("{origin}/ap/notes/{note}/replies")
}

/// The `Announce`; `id` is the boost's own.
pub fn boost(origin: &str, id: Id) -> String {
    format!("{origin}/ap/boosts/{id}")
}

/// The `Follow`; `id` is that of the row in `follows`.
pub fn follow(origin: &str, id: Id) -> String {
    format!("{origin}/ap/follows/{id}")
}

/// The `Like`; `id` is that of the row in `reactions`.
pub fn like(origin: &str, id: Id) -> String {
    format!("{origin}/ap/likes/{id}")
}

/// The `Block`; `id` is that of the row in `blocks`.
pub fn block(origin: &str, id: Id) -> String {
    format!("{origin}/ap/blocks/{id}")
}

/// Reads an address of ours; `None` for those of others and for what we never made. A
/// fragment is ignored: keys and activities hang on their actor or note by one.
pub fn local(origin: &str, uri: &str) -> Option<Local> {
    let path = uri.strip_prefix(origin)?;
    let path = path.split('#').next().unwrap_or(path);
    if path == INSTANCE_ACTOR {
        return Some(Local::Instance);
    }
    let mut parts = path.strip_prefix("/ap/")?.split('/');
    let (what, id, rest) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || id.starts_with('+') {
        return None;
    }
    let id: Id = id.parse().ok().filter(|id: &Id| *id > 0)?;
    match (what, rest) {
        ("actors", None) => Some(Local::Actor(id)),
        ("actors", Some("followers")) => Some(Local::Followers(id)),
        ("actors", Some("following")) => Some(Local::Following(id)),
        ("notes", None) => Some(Local::Note(id)),
        ("boosts", None) => Some(Local::Boost(id)),
        ("follows", None) => Some(Local::Follow(id)),
        ("likes", None) => Some(Local::Like(id)),
        ("blocks", None) => Some(Local::Block(id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://porch.example";

    #[test]
    fn what_we_write_we_can_read() {
        assert_eq!(local(HERE, &actor(HERE, 7)), Some(Local::Actor(7)));
        assert_eq!(local(HERE, &key(HERE, 7)), Some(Local::Actor(7)));
        assert_eq!(local(HERE, &followers(HERE, 7)), Some(Local::Followers(7)));
        assert_eq!(local(HERE, &note(HERE, 7)), Some(Local::Note(7)));
        assert_eq!(local(HERE, &boost(HERE, 7)), Some(Local::Boost(7)));
        assert_eq!(local(HERE, &follow(HERE, 7)), Some(Local::Follow(7)));
        assert_eq!(local(HERE, &like(HERE, 7)), Some(Local::Like(7)));
        assert_eq!(local(HERE, &block(HERE, 7)), Some(Local::Block(7)));
        let instance = format!("{HERE}{INSTANCE_ACTOR}");
        assert_eq!(local(HERE, &instance), Some(Local::Instance));
    }

    #[test]
    fn what_others_made_up_is_not_ours() {
        for uri in [
            "https://porch.example.evil.example/ap/actors/7",
            "https://porch.example/ap/actors/0",
            "https://porch.example/ap/actors/-7",
            "https://porch.example/ap/actors/+7",
            "https://porch.example/ap/actors/7/followers/8",
            "https://porch.example/ap/notes/7/create",
            "https://porch.example/ap/notes/x",
            "http://porch.example/ap/notes/7",
            "https://porch.example",
        ] {
            assert_eq!(local(HERE, uri), None, "{uri}");
        }
    }
}
