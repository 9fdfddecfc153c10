//! One request: the document as it was written, signed now for this host.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use moka::sync::Cache;
use url::Url;

use super::outcome::{self, Outcome};
use crate::activitypub::addresses;
use crate::app::federation::{Federation, Network};
use crate::app::http::retry_after;
use crate::domain::{Id, Result};
use crate::secrets::actor_key::SigningKey;
use crate::secrets::signature::{BodyDigest, Dialect, sign_cavage, sign_rfc9421};
use crate::store::deliveries::Done;
use crate::store::{self, Conn};

/// Documents kept for the next host, in bytes.
const DOCUMENTS: u64 = 16 * 1024 * 1024;
/// Parsed private keys kept: parsing one costs more than signing.
const KEYS: u64 = 1_000;
/// For how long; a key that was made anew is used after it.
const KEY_LIVES: Duration = Duration::from_secs(600);
/// Pairs of an account and a host that are known to be in `reach`.
const REACHED: u64 = 50_000;

/// A document that is sent to many: digested once.
pub struct Document {
    body: Bytes,
    digest: BodyDigest,
}

/// A key that signs.
pub struct Key {
    id: String,
    key: SigningKey,
}

/// What a process needs to send. One per process.
pub struct Sender {
    network: Network,
    documents: Cache<i64, Arc<Document>>,
    keys: Cache<Id, Arc<Key>>,
    reached: Cache<(Id, i64), ()>,
}

impl Sender {
    /// One that knows nothing yet.
    pub fn new(network: Network) -> Sender {
        Sender {
            network,
            documents: Cache::builder()
                .max_capacity(DOCUMENTS)
                .weigher(|_, document: &Arc<Document>| {
                    u32::try_from(document.body.len() + 128).unwrap_or(u32::MAX)
                })
                .build(),
            keys: Cache::builder()
                .max_capacity(KEYS)
                .time_to_live(KEY_LIVES)
                .build(),
            reached: Cache::new(REACHED),
        }
    }

    /// The way out. Deliveries are not counted against a budget.
    pub fn federation(&self) -> Federation {
        self.network.federation()
    }

    /// Reads documents that are not in memory, all in one statement. Those that are not there
    /// at all are missing afterwards.
    pub async fn load(&self, conn: &mut Conn, ids: &[i64]) -> Result<()> {
        let mut missing: Vec<i64> = ids
            .iter()
            .copied()
            .filter(|id| !self.documents.contains_key(id))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        for (id, text) in store::activities::documents(conn, missing).await? {
            self.documents.insert(id, Arc::new(Document::new(text)));
        }
        Ok(())
    }

    /// A document, from memory or else from the database.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn document(&self, id: i64) -> Result<Option<Arc<Document>>> {
        if let Some(known) = self.documents.get(&id) {
            return Ok(Some(known));
        }
        // It was pushed out by newer ones since it was loaded.
        let mut conn = self.network.app().pool.get().await?;
        let found = store::activities::documents(&mut conn, vec![id])
            .await?
            .pop();
        Ok(found.map(|(_, text)| {
            let document = Arc::new(Document::new(text));
            self.documents.insert(id, document.clone());
            document
        }))
    }

    /// The key of a local account; 0 is the server's own actor. `None` when it has none.
    ///
    /// # Errors
    /// When the database cannot be asked, or the stored key is broken.
    pub async fn key(&self, actor: Id) -> Result<Option<Arc<Key>>> {
        if let Some(known) = self.keys.get(&actor) {
            return Ok(Some(known));
        }
        let app = self.network.app();
        let key = if actor == 0 {
            let own = app.instance_key().await?;
            Key {
                id: format!("{}#main-key", app.url(addresses::INSTANCE_ACTOR)),
                key: SigningKey::from_der(&own.private_der)?,
            }
        } else {
            let mut conn = app.pool.get().await?;
            let Some(signer) = store::activities::signer(&mut conn, actor).await? else {
                return Ok(None);
            };
            let own = || addresses::actor(&app.origin(), actor);
            Key {
                id: format!("{}#main-key", signer.uri.unwrap_or_else(own)),
                key: SigningKey::from_der(&signer.private_der)?,
            }
        };
        let key = Arc::new(key);
        self.keys.insert(actor, key.clone());
        Ok(Some(key))
    }

    /// Whether it is written down that something of `actor` reached `host`, as far as this
    /// process knows.
    pub fn knows(&self, actor: Id, host: i64) -> bool {
        self.reached.contains_key(&(actor, host))
    }

    /// It is written down.
    pub fn note_reached(&self, done: &Done) {
        for actor in &done.reached {
            self.reached.insert((*actor, done.host), ());
        }
    }
}

impl Document {
    fn new(text: String) -> Document {
        Document {
            digest: BodyDigest::of(text.as_bytes()),
            body: Bytes::from(text),
        }
    }
}

/// Sends one document to one inbox, in one dialect of signatures.
pub async fn send(
    fed: &Federation,
    inbox: &str,
    document: &Document,
    key: &Key,
    dialect: Dialect,
    now: DateTime<Utc>,
) -> Outcome {
    let outcome = try_to_send(fed, inbox, document, key, dialect, now).await;
    fed.metrics.deliveries.add_word(outcome.word());
    outcome
}

async fn try_to_send(
    fed: &Federation,
    inbox: &str,
    document: &Document,
    key: &Key,
    dialect: Dialect,
    now: DateTime<Utc>,
) -> Outcome {
    let Ok(url) = Url::parse(inbox) else {
        return Outcome::Missing(404);
    };
    let headers = match headers(&url, document, key, dialect, now) {
        Ok(headers) => headers,
        Err(error) => {
            tracing::error!(?error, inbox, "a delivery could not be signed");
            return Outcome::Trouble(None, "It could not be signed here.".into());
        }
    };
    match fed.post(&url, headers, document.body.clone()).await {
        Ok(reply) => {
            let wish = retry_after(&reply.headers);
            let wish = wish.and_then(|wish| TimeDelta::from_std(wish).ok());
            outcome::of_status(reply.status.as_u16(), wish)
        }
        Err(error) => outcome::of_error(&error),
    }
}

fn headers(
    url: &Url,
    document: &Document,
    key: &Key,
    dialect: Dialect,
    now: DateTime<Utc>,
) -> Result<HeaderMap> {
    let sign = match dialect {
        Dialect::Cavage => sign_cavage,
        Dialect::Rfc9421 => sign_rfc9421,
    };
    let signed = sign(&key.key, &key.id, "POST", url, now, Some(&document.digest))?;
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT,
        HeaderValue::from_static("application/activity+json, application/json"),
    );
    for (name, value) in signed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(&value)?,
        );
    }
    Ok(headers)
}
