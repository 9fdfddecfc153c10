//! Our addresses of what lies on other servers, so that readers ask us and not them.
//!
//! ```text
//! /media/remote/files/ID/SIGNATURE          an attachment, ID of its row in `media`
//! /media/remote/previews/ID/SIGNATURE       the same, small
//! /media/remote/avatars/ID/SIGNATURE        ID of the account
//! /media/remote/headers/ID/SIGNATURE
//! /media/remote/emoji/ID/SIGNATURE/URL      ID of the account whose words name it
//! ```
//!
//! The signature is made with a key of this instance over the kind, the id and the original's
//! URL. So an address exists only where this server drew one from a row of its own, nobody can
//! guess or enumerate them (F5), nobody can have another URL fetched, and when the original's
//! URL changes so does the address: what it answers may be kept for ever. An attachment, avatar
//! or header is asked for by the URL in its row as it is then; an emoji has no row of its own,
//! so its URL stands in the address, in base64url, under the signature.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::Id;
use crate::domain::remote_media::Kind;
use crate::secrets::keyed::Key;

/// The first part of all of them.
const PREFIX: &str = "/media/remote";
/// Bytes of a signature: 128 bits, as of the random names of files.
const SIGNATURE: usize = 16;
/// The longest URL of an emoji that gets an address, in bytes; one that is longer stays words.
const MAX_EMOJI_URL: usize = 1_000;

/// Makes and checks the addresses. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Addresses(Arc<Key>);

impl Addresses {
    /// With the key of the instance (`Keyring::remote_media`).
    pub fn new(key: Key) -> Addresses {
        Addresses(Arc::new(key))
    }

    /// The path of an attachment; `id` is that of its row.
    pub fn file(&self, id: Id, url: &str) -> String {
        self.path("files", Kind::Attachment, id, url)
    }

    /// The path of a picture attached, small.
    pub fn preview(&self, id: Id, url: &str) -> String {
        self.path("previews", Kind::Attachment, id, url)
    }

    /// The path of an account's picture.
    pub fn avatar(&self, account: Id, url: &str) -> String {
        self.path("avatars", Kind::Avatar, account, url)
    }

    /// The path of an account's wide picture.
    pub fn header(&self, account: Id, url: &str) -> String {
        self.path("headers", Kind::Header, account, url)
    }

    /// The path of an emoji in words of that account; `None` for a URL that is too long.
    pub fn emoji(&self, account: Id, url: &str) -> Option<String> {
        (url.len() <= MAX_EMOJI_URL).then(|| {
            let path = self.path("emoji", Kind::Emoji, account, url);
            format!("{path}/{}", URL_SAFE_NO_PAD.encode(url))
        })
    }

    /// Whether an address with this signature is one of ours for that URL.
    pub fn holds(&self, kind: Kind, id: Id, url: &str, signature: &str) -> bool {
        // In constant time over what is compared; its length is no secret.
        crate::secrets::token::equal(self.sign(kind, id, url).as_bytes(), signature.as_bytes())
    }

    fn path(&self, folder: &str, kind: Kind, id: Id, url: &str) -> String {
        format!("{PREFIX}/{folder}/{id}/{}", self.sign(kind, id, url))
    }

    fn sign(&self, kind: Kind, id: Id, url: &str) -> String {
        let mac = self
            .0
            .mac(&[kind.as_str().as_bytes(), &id.to_be_bytes(), url.as_bytes()]);
        URL_SAFE_NO_PAD.encode(&mac[..SIGNATURE])
    }
}

/// The URL in the last part of an emoji's address; `None` where there is none.
pub fn emoji_url(part: &str) -> Option<String> {
    if part.len() > MAX_EMOJI_URL.div_ceil(3) * 4 {
        return None;
    }
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::keyed::{Master, Purpose};

    fn addresses() -> Addresses {
        Addresses::new(Master::random().key(Purpose::RemoteMedia))
    }

    fn signature(path: &str) -> &str {
        path.split('/').nth(5).unwrap()
    }

    #[test]
    fn an_address_holds_for_what_it_was_made_for_and_nothing_else() {
        let ours = addresses();
        let url = "https://far.example/a.png";
        let path = ours.avatar(7, url);
        assert!(path.starts_with("/media/remote/avatars/7/"), "{path}");
        let sign = signature(&path);
        assert!(ours.holds(Kind::Avatar, 7, url, sign));
        assert!(!ours.holds(Kind::Header, 7, url, sign));
        assert!(!ours.holds(Kind::Avatar, 8, url, sign));
        assert!(!ours.holds(Kind::Avatar, 7, "https://far.example/b.png", sign));
        assert!(!ours.holds(Kind::Avatar, 7, url, &sign[1..]));
        assert!(!ours.holds(Kind::Avatar, 7, url, ""));
        assert!(!addresses().holds(Kind::Avatar, 7, url, sign));
        assert_eq!(
            signature(&ours.file(7, url)),
            signature(&ours.preview(7, url))
        );
    }

    #[test]
    fn an_emoji_carries_its_url_unless_that_is_very_long() {
        let ours = addresses();
        let url = "https://far.example/é/cat.png?a=b";
        let path = ours.emoji(7, url).unwrap();
        let last = path.rsplit('/').next().unwrap();
        assert_eq!(emoji_url(last).as_deref(), Some(url));
        assert_eq!(emoji_url("%%%"), None);
        assert_eq!(emoji_url(&"a".repeat(10_000)), None);
        assert_eq!(
            ours.emoji(7, &format!("https://far.example/{}", "a".repeat(1_000))),
            None
        );
    }
}
