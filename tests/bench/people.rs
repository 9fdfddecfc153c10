//! Who lives in the bench's place.

use porchlight::domain::Id;
use porchlight::secrets::token;

/// One who can be signed in as.
#[derive(Debug, Clone)]
pub struct Member {
    /// The account.
    pub account: Id,
    /// An access token with all scopes of a client.
    pub token: String,
}

impl Member {
    /// The SHA-256 of the token, as it lies in the database.
    pub fn digest(&self) -> [u8; 32] {
        token::digest(&self.token)
    }
}

/// All of them.
#[derive(Debug, Clone)]
pub struct People {
    /// Everybody. The first is the one with many followers, the second has none.
    pub members: Vec<Member>,
    /// The accounts that follow the first.
    pub followers: Vec<Id>,
}

impl People {
    /// Whom many follow.
    pub fn star(&self) -> &Member {
        &self.members[0]
    }

    /// Whom nobody follows.
    pub fn hermit(&self) -> &Member {
        &self.members[1]
    }
}
