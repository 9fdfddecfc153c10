//! What other servers may read of us: actors, notes, collections, and who is called what.
//!
//! What a server may not have is not found, as what never was: posts that are private, local
//! or of suspended accounts, and whoever still waits at the door, of whom there is no account
//! (D5). A suspended account itself is a name that says so: who keeps something of it has to know. Whom an account blocks finds none of its posts (I24); the actor they still find, or
//! they could not check the signature under the block.

pub mod actors;
pub mod deeds;
pub mod discovery;
pub mod notes;

use bytes::Bytes;
use serde::Serialize;

use crate::activitypub::{uri, write};
use crate::app::App;
pub use crate::cache::served::Document;
use crate::domain::{Error, Id, Result};
use crate::store;

/// Who asks for a document, as far as a signature showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asker {
    /// The account elsewhere that signed; `None` for a stranger.
    pub account: Option<Id>,
    /// Its server.
    pub host: Option<Id>,
}

impl Asker {
    /// Somebody who did not sign.
    pub const STRANGER: Asker = Asker {
        account: None,
        host: None,
    };

    /// Whether nobody knows who asks: then the answer is for everybody.
    pub fn is_stranger(&self) -> bool {
        self.account.is_none()
    }
}

/// Somebody elsewhere who signed.
///
/// # Errors
/// `NotFound` for whom staff removed from sight: nothing is shown to them either.
pub async fn asker(app: &App, account: Id, host: Id) -> Result<Asker> {
    let mut conn = app.pool.get().await?;
    match store::shown_to_servers::may_ask(&mut conn, account).await? {
        true => Ok(Asker {
            account: Some(account),
            host: Some(host),
        }),
        false => Err(Error::NotFound),
    }
}

/// Whether what was not found at an address of ours was deleted, and nobody ever had to be
/// kept from it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_gone(app: &App, address: &str) -> Result<bool> {
    let mut conn = app.pool.get().await?;
    store::shown_to_servers::is_gone(&mut conn, uri::hash(address)).await
}

/// A document of an account, as it goes out. Whose server asks for it by name has seen the
/// account from now on (D17).
async fn given(
    app: &App,
    conn: &mut store::Conn,
    asker: &Asker,
    account: Id,
    page: Option<String>,
    document: &impl Serialize,
) -> Result<Document> {
    if let Some(host) = asker.host {
        store::reach::note(conn, account, host, app.clock.now()).await?;
    }
    Ok(Document {
        body: Bytes::from(write::text(document)),
        page,
        account,
    })
}
