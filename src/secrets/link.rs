//! The tokens of one-time links.
//!
//! A token is an HMAC of a random nonce: the nonce and the token's digest are kept, the
//! token is not, and is made again when the mail is written. Who has the table alone can
//! open no link; who has a link can make no other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::keyed::{Key, Keyring};
use super::token::{Secret, random_bytes};
use crate::domain::Id;
use crate::domain::link_purpose::LinkPurpose;
use crate::model::link::OneTimeLink;
use crate::store::links::NewLink;

/// The longest token that is looked up: ours have 43 characters.
pub const MAX_TOKEN: usize = 64;

/// A link to be stored: for `user` (nobody's for the first owner), about and to `email`.
pub fn fresh(
    keys: &Keyring,
    purpose: LinkPurpose,
    user: Option<Id>,
    email: Option<String>,
) -> NewLink {
    let nonce: [u8; 16] = random_bytes();
    NewLink {
        purpose,
        digest: token(&keys.mail_link, purpose, &nonce).digest(),
        nonce: nonce.to_vec(),
        user_id: user,
        email,
    }
}

/// What opens a stored link.
pub fn token_of(keys: &Keyring, link: &OneTimeLink) -> Secret {
    token(&keys.mail_link, link.purpose, &link.nonce)
}

/// The digest to look a token up by; `None` for what cannot be one.
pub fn digest_of(token: &str) -> Option<[u8; 32]> {
    (token.len() <= MAX_TOKEN).then(|| super::token::digest(token))
}

fn token(key: &Key, purpose: LinkPurpose, nonce: &[u8]) -> Secret {
    let mac = key.mac(&[purpose.as_str().as_bytes(), nonce]);
    Secret::new(URL_SAFE_NO_PAD.encode(mac))
}

#[cfg(test)]
mod tests {
    use super::super::keyed::Master;
    use super::*;
    use chrono::DateTime;

    fn row(new: &NewLink) -> OneTimeLink {
        OneTimeLink {
            id: 1,
            purpose: new.purpose,
            nonce: new.nonce.clone(),
            user_id: new.user_id,
            email: new.email.clone(),
            created_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH,
            used_at: None,
        }
    }

    #[test]
    fn the_mailed_token_opens_the_stored_link() {
        let keys = Keyring::new(1, &Master::random(), &[]);
        let new = fresh(&keys, LinkPurpose::ResetPassword, Some(1), None);
        let mailed = token_of(&keys, &row(&new));
        assert_eq!(mailed.reveal().len(), 43);
        assert_eq!(digest_of(mailed.reveal()), Some(new.digest));
        let mut other = row(&new);
        other.purpose = LinkPurpose::ConfirmAddress;
        assert_ne!(token_of(&keys, &other).digest(), new.digest);
        let again = fresh(&keys, LinkPurpose::ResetPassword, Some(1), None);
        assert_ne!(again.digest, new.digest);
        assert_eq!(digest_of(&"x".repeat(65)), None);
    }
}
