//! An actor's document.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::emoji::{self, Emoji};
use super::{Unreadable, value};
use crate::activitypub::uri;
use crate::text::{clean, sanitise};

/// Pairs of a profile that are kept.
const MAX_FIELDS: usize = 16;
/// Characters of a display name that are kept.
const MAX_NAME: usize = 300;
/// Bytes of a bio that are read.
const MAX_NOTE: usize = 30_000;
/// Characters that the bio's column holds.
const NOTE_COLUMN: usize = 40_000;
/// Characters of a field's name, bytes of its value that are read.
const MAX_FIELD: usize = 2_047;
/// Other names of the same person that are kept.
const MAX_ALIASES: usize = 20;
/// Bytes of a public key in PEM.
const MAX_PEM: usize = 4_096;

/// An actor as its server describes it: safe to store, not yet believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// Canonical address.
    pub id: String,
    /// `accounts.kind`.
    pub kind: i16,
    /// `preferredUsername`.
    pub username: String,
    /// One clean line, or empty.
    pub display_name: String,
    /// Safe HTML, or empty.
    pub note_html: String,
    /// Name (one clean line) and value (safe HTML of one line).
    pub fields: Vec<(String, String)>,
    /// The profile for people.
    pub url: Option<String>,
    /// Where it is written to; on its own server.
    pub inbox: String,
    /// The inbox of its whole server; on its own server.
    pub shared_inbox: Option<String>,
    /// What it said.
    pub outbox: Option<String>,
    /// Who follows it.
    pub followers: Option<String>,
    /// Whom it follows.
    pub following: Option<String>,
    /// What it pinned.
    pub featured: Option<String>,
    /// Follows need a yes.
    pub locked: bool,
    /// May be recommended.
    pub discoverable: bool,
    /// Public posts may be searched.
    pub indexable: bool,
    /// A picture, and its alternative text.
    pub avatar: Option<(String, String)>,
    /// A wide picture, and its alternative text.
    pub header: Option<(String, String)>,
    /// When it was made.
    pub published: Option<DateTime<Utc>>,
    /// Its other names.
    pub also_known_as: Vec<String>,
    /// Where it went.
    pub moved_to: Option<String>,
    /// Emoji of name, bio and fields, as stored.
    pub emojis: Option<Value>,
    /// Its key.
    pub key: Option<Key>,
}

/// The key that an actor signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Canonical address, fragment included.
    pub id: String,
    /// SubjectPublicKeyInfo in PEM, not parsed yet.
    pub pem: String,
}

/// `accounts.kind` of a type of actor.
pub fn kind(name: &str) -> Option<i16> {
    Some(match name {
        "Person" => 0,
        "Service" => 1,
        "Application" => 2,
        "Group" => 3,
        "Organization" => 4,
        _ => return None,
    })
}

/// Whether an object is an actor.
pub fn is_one(object: &Value) -> bool {
    value::kind(object).and_then(kind).is_some()
}

impl Actor {
    /// Reads it.
    ///
    /// # Errors
    /// When it is none, or lacks what an actor cannot do without: id, name, inbox.
    pub fn read(object: &Value) -> Result<Actor, Unreadable> {
        let kind = value::kind(object)
            .and_then(kind)
            .ok_or(Unreadable("not an actor"))?;
        let id = value::text(object, "id")
            .and_then(uri::canonical)
            .ok_or(Unreadable("an actor without an id"))?;
        let username = value::text(object, "preferredUsername")
            .filter(|name| is_username(name))
            .ok_or(Unreadable("an actor without a name"))?;
        // Elsewhere than at home nobody may have others' letters delivered.
        let at_home = |address: &String| uri::same_authority(&id, address);
        let inbox = value::id(object, "inbox")
            .filter(at_home)
            .ok_or(Unreadable("an actor without an inbox of its own"))?;
        let endpoint = |name: &str| value::id(object, name).filter(at_home);
        let shared_inbox = object
            .get("endpoints")
            .and_then(|endpoints| value::id(endpoints, "sharedInbox"))
            .filter(at_home);

        let emoji = emoji::read(object);
        let display_name = value::in_language(object, "name").0.unwrap_or_default();
        let display_name = clean::single_line(&sanitise::plain(value::cut(display_name, 4_000)));
        let display_name = value::cut(&display_name, MAX_NAME).trim().to_owned();
        let note = value::in_language(object, "summary").0.unwrap_or_default();
        let note_html = bounded(sanitise::content(prefix(note, MAX_NOTE)), NOTE_COLUMN);
        let fields = fields(object);
        let emojis = shown_emoji(&emoji, &display_name, &note_html, &fields);
        Ok(Actor {
            kind,
            username: username.to_owned(),
            display_name,
            note_html,
            fields,
            url: value::page(object, "url"),
            inbox,
            shared_inbox,
            outbox: endpoint("outbox"),
            followers: endpoint("followers"),
            following: endpoint("following"),
            featured: endpoint("featured"),
            locked: value::flag(object, "manuallyApprovesFollowers").unwrap_or(false),
            discoverable: value::flag(object, "discoverable").unwrap_or(false),
            indexable: value::flag(object, "indexable").unwrap_or(false),
            avatar: picture(object, "icon"),
            header: picture(object, "image"),
            published: value::moment(object, "published"),
            also_known_as: value::ids(object, "alsoKnownAs", MAX_ALIASES),
            moved_to: value::id(object, "movedTo"),
            emojis,
            key: key(object, &id),
            id,
        })
    }
}

/// The key whose owner is the actor, on the actor's own server (I1).
fn key(object: &Value, actor: &str) -> Option<Key> {
    value::list(object, "publicKey", 10)
        .into_iter()
        .find_map(|key| {
            let id = value::text(key, "id").and_then(uri::canonical)?;
            let pem = value::text(key, "publicKeyPem").filter(|pem| pem.len() <= MAX_PEM)?;
            let owner = value::id(key, "owner").or_else(|| value::id(key, "controller"));
            let own = owner.is_none_or(|owner| owner == actor) && uri::same_authority(&id, actor);
            own.then(|| Key {
                id,
                pem: pem.to_owned(),
            })
        })
}

/// Whether a name can stand before the @ of a handle.
pub fn is_username(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 100
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '~'))
}

fn fields(object: &Value) -> Vec<(String, String)> {
    value::list(object, "attachment", 100)
        .into_iter()
        .filter(|pair| value::kind(pair) == Some("PropertyValue"))
        .filter_map(|pair| {
            let name = sanitise::plain(value::cut(value::text(pair, "name")?, MAX_FIELD));
            let value = prefix(value::text(pair, "value")?, MAX_FIELD);
            Some((value::cut(&name, 255).to_owned(), sanitise::line(value)))
        })
        .take(MAX_FIELDS)
        .collect()
}

/// A mark in a name that looks like the server's own is not shown as a picture (X3).
fn shown_emoji(
    emoji: &[Emoji],
    name: &str,
    note: &str,
    fields: &[(String, String)],
) -> Option<Value> {
    let kept: Vec<Emoji> = emoji
        .iter()
        .filter(|e| !emoji::pretends(&e.shortcode))
        .cloned()
        .collect();
    let mut texts = vec![name, note];
    for (name, value) in fields {
        texts.extend([name.as_str(), value.as_str()]);
    }
    emoji::to_json(&kept, &texts)
}

fn picture(object: &Value, name: &str) -> Option<(String, String)> {
    let picture = *value::list(object, name, 1).first()?;
    let url = uri::canonical(value::link(picture)?)?;
    let described = value::text(picture, "summary")
        .or_else(|| value::text(picture, "name"))
        .unwrap_or_default();
    let described = clean::text(value::cut(described, 1_500)).trim().to_owned();
    Some((url, described))
}

/// At most `most` bytes, cut between characters.
pub(crate) fn prefix(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What does not fit a column although its source was short enough is left out whole: half a
/// piece of HTML is none.
pub(crate) fn bounded(html: String, most: usize) -> String {
    match html.len() <= most || html.chars().count() <= most {
        true => html,
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ann() -> Value {
        json!({
            "id": "https://a.example/users/ann",
            "type": "Person",
            "preferredUsername": "ann",
            "inbox": "https://a.example/users/ann/inbox",
            "publicKey": {
                "id": "https://a.example/users/ann#main-key",
                "owner": "https://a.example/users/ann",
                "publicKeyPem": "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
            },
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut ann = ann();
        ann[name] = value;
        ann
    }

    #[test]
    fn the_least_is_enough() {
        let read = Actor::read(&ann()).unwrap();
        assert_eq!(read.username, "ann");
        assert!(read.key.is_some());
        assert!(!read.locked);
        for name in ["id", "type", "preferredUsername", "inbox"] {
            let mut lacks = ann();
            lacks.as_object_mut().unwrap().remove(name);
            assert!(Actor::read(&lacks).is_err(), "{name}");
        }
    }

    #[test]
    fn nothing_of_it_may_lie_on_another_server() {
        assert!(Actor::read(&with("inbox", json!("https://victim.example/inbox"))).is_err());
        let shared = with(
            "endpoints",
            json!({"sharedInbox": "https://victim.example/inbox"}),
        );
        assert_eq!(Actor::read(&shared).unwrap().shared_inbox, None);
        let mut foreign_key = ann();
        foreign_key["publicKey"]["owner"] = json!("https://a.example/users/bob");
        assert_eq!(Actor::read(&foreign_key).unwrap().key, None);
        foreign_key["publicKey"]["owner"] = json!("https://a.example/users/ann");
        foreign_key["publicKey"]["id"] = json!("https://b.example/key");
        assert_eq!(Actor::read(&foreign_key).unwrap().key, None);
    }

    #[test]
    fn names_and_texts_are_harmless() {
        let read =
            Actor::read(&with("name", json!("<b>Ann</b>\u{202e} :verified: :cat:"))).unwrap();
        assert_eq!(
            read.display_name.replace(['\u{202e}', '\u{202c}'], ""),
            "Ann :verified: :cat:"
        );
        let mut marked = with("name", json!("Ann :verified: :cat:"));
        marked["tag"] = json!([
            {"type": "Emoji", "name": ":verified:", "icon": {"url": "https://a.example/v.png"}},
            {"type": "Emoji", "name": ":cat:", "icon": {"url": "https://a.example/c.png"}},
        ]);
        let emojis = Actor::read(&marked).unwrap().emojis.unwrap();
        assert_eq!(
            emojis,
            json!([{"shortcode": "cat", "url": "https://a.example/c.png"}])
        );
        for bad in ["", "ann bob", "ann@b", "<b>", "a/b", "a:b"] {
            assert!(
                Actor::read(&with("preferredUsername", json!(bad))).is_err(),
                "{bad}"
            );
        }
        let megabyte = Actor::read(&with("name", json!("x".repeat(1_000_000)))).unwrap();
        assert_eq!(megabyte.display_name.len(), MAX_NAME);
        let many: Vec<Value> = (0..100_000)
            .map(|n| json!({"type": "PropertyValue", "name": format!("{n}"), "value": "<script>x</script>y"}))
            .collect();
        let read = Actor::read(&with("attachment", json!(many))).unwrap();
        assert_eq!(read.fields.len(), MAX_FIELDS);
        assert_eq!(read.fields[0].1, "y");
        let aliases: Vec<String> = (0..100_000)
            .map(|n| format!("https://a.example/{n}"))
            .collect();
        let read = Actor::read(&with("alsoKnownAs", json!(aliases))).unwrap();
        assert_eq!(read.also_known_as.len(), MAX_ALIASES);
    }
}
