//! A boost as it comes in.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{note, value};
use crate::domain::visibility::Visibility;

/// Addressees that are looked at.
const MAX_AUDIENCE: usize = 50;

/// What an `Announce` says of itself; what it says of the post is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announce {
    /// The address of the post.
    pub object: String,
    /// Who it is for.
    pub visibility: Visibility,
    /// It is for everybody, listed or not.
    pub is_open: bool,
    /// When it was done.
    pub published: Option<DateTime<Utc>>,
}

impl Announce {
    /// Reads one; `None` for one of something else than a post. A group announces what its people
    /// did: of that, new posts count.
    pub fn read(json: &Value) -> Option<Announce> {
        let public = |name| {
            value::ids(json, name, MAX_AUDIENCE)
                .iter()
                .any(|address| value::is_public(address))
        };
        let (listed, unlisted) = (public("to"), public("cc"));
        Some(Announce {
            object: boosted(json.get("object")?)?,
            visibility: match (listed, unlisted) {
                (true, _) => Visibility::Public,
                (false, true) => Visibility::Unlisted,
                (false, false) => Visibility::Private,
            },
            is_open: listed || unlisted,
            published: value::moment(json, "published"),
        })
    }
}

/// The address of the post that an `Announce` is about.
fn boosted(object: &Value) -> Option<String> {
    match value::kind(object) {
        Some("Create") => value::id(object, "object"),
        Some(kind) if note::kind(kind).is_none() => None,
        _ => value::id_of(object),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_boost_is_of_a_post_by_address_embedded_or_made_just_now() {
        let address = "https://b.example/1";
        let of = |object: Value| {
            let json = json!({ "type": "Announce", "object": object, "cc": ["as:Public"] });
            Announce::read(&json)
        };
        for object in [
            json!(address),
            json!({ "id": address, "type": "Note" }),
            json!({ "type": "Create", "object": { "id": address, "type": "Page" } }),
        ] {
            let read = of(object).unwrap();
            assert_eq!(
                (read.object.as_str(), read.visibility),
                (address, Visibility::Unlisted)
            );
        }
        assert_eq!(of(json!({ "id": address, "type": "Like" })), None);
        assert_eq!(of(json!(7)), None);
        assert_eq!(Announce::read(&json!({ "type": "Announce" })), None);
    }
}
