//! Somebody on another server: an actor of a [`Peer`], what they say, and the letters that
//! carry it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use porchlight::secrets::actor_key::{self, NewActorKey, SigningKey};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::Answer;
use super::peer::{Page, Peer};
use super::place::Place;

/// The audience that means everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// An actor of a peer.
pub struct Actor {
    /// The bare name.
    pub name: String,
    /// `name@host`.
    pub handle: String,
    /// The address of the actor.
    pub id: String,
    /// Scheme and name of the peer.
    pub origin: String,
    /// The keypair.
    pub key: NewActorKey,
}

impl Actor {
    pub(super) fn new(peer: &Peer, name: &str) -> Actor {
        let key = actor_key::generate().expect("a key");
        let actor = Actor {
            name: name.to_owned(),
            handle: format!("{name}@{}", peer.host),
            id: peer.url(&format!("/users/{name}")),
            origin: peer.origin(),
            key,
        };
        peer.publish(actor.document());
        actor.serve_webfinger(peer, &actor.id);
        peer.publish(json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": actor.path("/outbox"), "type": "OrderedCollection",
            "totalItems": 0, "orderedItems": [],
        }));
        actor
    }

    /// Its document, as it was at first.
    pub fn document(&self) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.name,
            "summary": format!("<p>I am {}.</p>", self.name),
            "url": format!("{}/@{}", self.origin, self.name),
            "inbox": self.path("/inbox"),
            "outbox": self.path("/outbox"),
            "followers": self.path("/followers"),
            "following": self.path("/following"),
            "endpoints": { "sharedInbox": format!("{}/inbox", self.origin) },
            "manuallyApprovesFollowers": false,
            "discoverable": true,
            "published": "2024-03-01T12:00:00Z",
            "publicKey": {
                "id": self.key_id(),
                "owner": self.id,
                "publicKeyPem": self.key.public_pem,
            },
        })
    }

    /// The address of its key.
    pub fn key_id(&self) -> String {
        format!("{}#main-key", self.id)
    }

    /// An address below the actor's.
    pub fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.id)
    }

    /// Serves WebFinger for its handle, which points to `target`.
    pub fn serve_webfinger(&self, peer: &Peer, target: &str) {
        let subject = format!("acct:{}", self.handle);
        let found = json!({
            "subject": subject,
            "aliases": [target],
            "links": [{ "rel": "self", "type": "application/activity+json", "href": target }],
        });
        let page = Page::typed("application/jrd+json; charset=utf-8", found.to_string());
        let host = self.handle.split_once('@').expect("a handle").1;
        let escaped = format!("acct%3A{}%40{host}", self.name);
        peer.serve(
            &format!("/.well-known/webfinger?resource={escaped}"),
            page.clone(),
        );
        let plain = format!("/.well-known/webfinger?resource=acct:{}@{host}", self.name);
        peer.serve(&plain, page);
    }

    /// A public note of HTML, served by the peer, said now.
    pub fn note(&self, peer: &Peer, now: DateTime<Utc>, html: &str) -> Value {
        self.note_with(peer, now, json!({ "content": html }))
    }

    /// The same with other properties in place of the usual ones; `null` leaves one out.
    pub fn note_with(&self, peer: &Peer, now: DateTime<Utc>, changes: Value) -> Value {
        let id = self.path(&format!("/notes/{}", peer.number()));
        let mut note = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": id,
            "type": "Note",
            "attributedTo": self.id,
            "content": "<p>Hello.</p>",
            "published": now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "url": id,
            "to": [PUBLIC],
            "cc": [self.path("/followers")],
            "tag": [],
            "attachment": [],
        });
        change(&mut note, changes);
        peer.publish(note)
    }

    /// An activity of this actor with a new id.
    pub fn activity(&self, peer: &Peer, kind: &str, object: Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.path(&format!("/activities/{}", peer.number())),
            "type": kind,
            "actor": self.id,
            "object": object,
        })
    }

    /// The Create of a note, to whom the note is.
    pub fn create(&self, peer: &Peer, note: &Value) -> Value {
        let mut activity = self.activity(peer, "Create", note.clone());
        for property in ["to", "cc", "published"] {
            activity[property] = note[property].clone();
        }
        activity
    }

    /// An activity in an envelope, signed honestly, for the inbox that everybody shares.
    pub fn letter(&self, place: &Place, activity: &Value) -> Letter {
        Letter::new(place, self, "/ap/inbox", activity)
    }

    /// Sends an activity; what the inbox says.
    pub async fn send(&self, place: &Place, activity: &Value) -> Answer {
        self.letter(place, activity).send(place).await
    }

    /// GETs a document of the place, signed.
    pub async fn fetch(&self, place: &Place, path: &str) -> Answer {
        let mut letter = Letter::new(place, self, path, &Value::Null);
        letter.method = Method::GET;
        letter.body = Vec::new();
        letter.digest = None;
        letter.send(place).await
    }
}

/// Puts the properties of `changes` into an object; `null` takes one out.
pub fn change(object: &mut Value, changes: Value) {
    let object = object.as_object_mut().expect("an object");
    for (name, value) in changes.as_object().expect("an object").clone() {
        match value {
            Value::Null => object.remove(&name),
            value => object.insert(name, value),
        };
    }
}

/// A request about to be signed (draft-cavage): each part may be changed into a lie.
pub struct Letter {
    /// POST, or GET for a signed fetch.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The `Host` header, and what is signed as such.
    pub host: String,
    /// The `Date` header.
    pub date: String,
    /// The `Digest` header; none where empty.
    pub digest: Option<String>,
    /// The `Content-Type` header.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// What is signed, in order.
    pub covered: Vec<&'static str>,
    /// The `keyId`.
    pub key_id: String,
    /// The private key, PKCS#8 in DER.
    pub private_der: Vec<u8>,
    /// More headers, and other values for those above, put in after signing.
    pub after: Vec<(&'static str, String)>,
    /// `false`: no signature at all.
    pub signed: bool,
}

impl Letter {
    fn new(place: &Place, from: &Actor, path: &str, activity: &Value) -> Letter {
        let body = activity.to_string().into_bytes();
        let host = place.origin.split_once("//").expect("a scheme").1;
        Letter {
            method: Method::POST,
            path: path.to_owned(),
            host: host.to_owned(),
            date: http_date(place.app.clock.now()),
            digest: Some(digest(&body)),
            content_type: "application/activity+json".to_owned(),
            body,
            covered: vec!["(request-target)", "host", "date", "digest", "content-type"],
            key_id: from.key_id(),
            private_der: from.key.private_der.clone(),
            after: Vec::new(),
            signed: true,
        }
    }

    /// The `Signature` header.
    pub fn signature(&self) -> String {
        let line = |name: &&str| -> Option<String> {
            let value = match *name {
                "(request-target)" => {
                    format!("{} {}", self.method.as_str().to_lowercase(), self.path)
                }
                "host" => self.host.clone(),
                "date" => self.date.clone(),
                "digest" => self.digest.clone()?,
                "content-type" if self.method == Method::POST => self.content_type.clone(),
                _ => return None,
            };
            Some(format!("{name}: {value}"))
        };
        let covered: Vec<&str> = self
            .covered
            .iter()
            .copied()
            .filter(|n| line(n).is_some())
            .collect();
        let lines: Vec<String> = covered.iter().filter_map(line).collect();
        let key = SigningKey::from_der(&self.private_der).expect("a key");
        let signature = key.sign(lines.join("\n").as_bytes()).expect("a signature");
        format!(
            "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{}\",signature=\"{}\"",
            self.key_id,
            covered.join(" "),
            STANDARD.encode(signature)
        )
    }

    /// Signs and sends it.
    pub async fn send(&self, place: &Place) -> Answer {
        let api = place.stranger();
        let mut request = api
            .request(self.method.clone(), &self.path)
            .header("Host", &self.host)
            .header("Date", &self.date)
            .header("Accept", "application/activity+json");
        if self.method == Method::POST {
            request = request.header("Content-Type", &self.content_type);
        }
        if let Some(digest) = &self.digest {
            request = request.header("Digest", digest);
        }
        if self.signed {
            request = request.header("Signature", self.signature());
        }
        if self.method == Method::POST {
            request = request.body(self.body.clone());
        }
        let mut request = request.build().expect("a request");
        for (name, value) in &self.after {
            request
                .headers_mut()
                .insert(*name, value.parse().expect("a header"));
        }
        api.execute(request).await
    }
}

/// A time as `Date` headers write it.
pub fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The `Digest` header of a body.
pub fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}
