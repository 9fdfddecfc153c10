//! People of other servers as documents alone: kept without a request, speaking without a
//! signature. What signatures and fetches do has tests of its own.

use porchlight::activitypub::actors;
use porchlight::activitypub::keys::Signer;
use porchlight::domain::Result;
use porchlight::incoming::{self, Handled};
use serde_json::{Value, json};

use crate::support::people::Person;
use crate::support::place::Place;

/// The collection that means everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Somebody elsewhere.
#[derive(Clone)]
pub struct Stranger {
    /// Their address.
    pub uri: String,
    /// `accounts.id`.
    pub id: i64,
}

/// The address of somebody here.
pub fn uri_of(place: &Place, person: &Person) -> String {
    format!("{}/ap/actors/{}", place.origin, person.id)
}

/// The address of a post here.
pub fn note_uri(place: &Place, id: &str) -> String {
    format!("{}/ap/notes/{id}", place.origin)
}

/// An actor's document.
pub fn actor(host: &str, name: &str) -> Value {
    let uri = format!("https://{host}/users/{name}");
    json!({
        "id": uri,
        "type": "Person",
        "preferredUsername": name,
        "inbox": format!("{uri}/inbox"),
        "followers": format!("{uri}/followers"),
        "featured": format!("{uri}/featured"),
        "endpoints": {"sharedInbox": format!("https://{host}/inbox")},
        "publicKey": {"id": format!("{uri}#main-key"), "owner": uri,
            "publicKeyPem": "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n"},
    })
}

impl Place {
    /// Somebody of another server, known here.
    pub async fn stranger_at(&self, host: &str, name: &str) -> Stranger {
        self.known(actor(host, name)).await
    }

    /// The same from a document.
    pub async fn known(&self, document: Value) -> Stranger {
        let account = actors::store(&self.federation(), &document)
            .await
            .unwrap_or_else(|error| panic!("{document}: {error:?}"));
        Stranger {
            uri: account.uri.expect("an address"),
            id: account.id,
        }
    }

    /// Takes in what somebody says, and lets it be told.
    pub async fn hears(&self, from: &Stranger, activity: Value) -> Handled {
        let handled = self.tries(from, activity.clone()).await;
        let handled = handled.unwrap_or_else(|error| panic!("{activity}: {error:?}"));
        self.settle().await;
        handled
    }

    /// The same where it may fail.
    pub async fn tries(&self, from: &Stranger, activity: Value) -> Result<Handled> {
        let signer = Signer {
            account: from.id,
            actor: from.uri.clone(),
        };
        incoming::handle(&self.federation(), &activity, &signer).await
    }

    /// How many rows a table has under a condition.
    pub async fn rows(&self, of: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {of}")).await
    }
}

impl Stranger {
    /// The server.
    pub fn host(&self) -> &str {
        self.uri.split('/').nth(2).expect("a host")
    }

    /// A public post.
    pub fn note(&self, number: u32, changes: Value) -> Value {
        let mut note = json!({
            "id": format!("https://{}/notes/{number}", self.host()),
            "type": "Note",
            "attributedTo": self.uri,
            "content": format!("<p>Post {number}</p>"),
            "to": [PUBLIC],
            "cc": [format!("{}/followers", self.uri)],
        });
        for (name, value) in changes.as_object().expect("an object") {
            note[name] = value.clone();
        }
        note
    }

    /// Any activity of theirs.
    pub fn does(&self, kind: &str, object: Value) -> Value {
        let about = serde_json::to_string(&object).expect("JSON");
        let number = about
            .bytes()
            .fold(7_u64, |sum, b| sum.wrapping_mul(31) + u64::from(b));
        json!({
            "id": format!("https://{}/activities/{kind}-{number}", self.host()),
            "type": kind,
            "actor": self.uri,
            "object": object,
            "to": [PUBLIC],
        })
    }

    /// A new post.
    pub fn says(&self, note: Value) -> Value {
        self.does("Create", note)
    }
}

/// The name of `note`.
pub fn uri(note: &Value) -> String {
    note["id"].as_str().expect("an id").to_owned()
}
