//! Takes what another server sends: sifted, verified, written down; done later.
//!
//! ```text
//! knock: signature read ─ blocked? ─ budget? ─> body ─> receive: id ─ seen? ─ Delete of nobody?
//!        (headers alone)                                  ─> key ─> verified ─> written ─> 202
//! ```

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::sync::Cache as Moka;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::forwarded;
use super::sift::{Budgets, Head, Refusal};
use super::writer::Writer;
use crate::activitypub::keys;
use crate::activitypub::read::Document;
use crate::activitypub::{actors, uri};
use crate::app::federation::Network;
use crate::domain::Result;
use crate::model::host;
use crate::secrets::signature::{self, Claim, Request};
use crate::store;
use crate::store::inbox::Received;

/// The longest activity, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// Bodies that are in memory at one time, all together, in KiB.
const ROOM: usize = 64 * 1024;
/// Ids that were taken lately and need not be asked for again; Postgres has all of them.
const SEEN: u64 = 50_000;
/// For so long.
const SEEN_FOR: Duration = Duration::from_secs(600);
/// How long after it sent too much a server counts as flooding: what its people tell strangers
/// here waits in request boxes (I26).
const FLOODS_FOR: chrono::TimeDelta = chrono::TimeDelta::hours(1);
/// How often that is written down while it goes on.
const NOTED_FOR: Duration = Duration::from_secs(60);
/// When somebody comes again for whom there was no room.
const LATER: chrono::TimeDelta = chrono::TimeDelta::seconds(10);

/// The inbox of this process.
pub struct Inbox {
    network: Network,
    writer: Writer,
    budgets: Budgets,
    seen: Moka<Uuid, ()>,
    /// Servers that were noted as flooding lately, by their canonical domains.
    flooding: Moka<String, ()>,
    room: Arc<Semaphore>,
}

/// Somebody who may send a body.
pub struct Knock {
    claim: Claim,
    /// Where the key is said to be: whom to blame.
    authority: String,
    /// The network it came from.
    from: String,
    _room: OwnedSemaphorePermit,
}

impl Inbox {
    /// Opens it, and starts its writer on the calling runtime.
    pub fn open(network: Network) -> Inbox {
        Inbox {
            writer: Writer::start(network.app().clone()),
            network,
            budgets: Budgets::default(),
            seen: Moka::builder()
                .max_capacity(SEEN)
                .time_to_live(SEEN_FOR)
                .build(),
            flooding: Moka::builder()
                .max_capacity(SEEN)
                .time_to_live(NOTED_FOR)
                .build(),
            room: Arc::new(Semaphore::new(ROOM)),
        }
    }

    /// Looks at the headers of a request with a body of `length` bytes ([`MAX_BODY`] where
    /// nobody knows), and refuses what needs no body to be refused. `from`: the network it
    /// came from.
    ///
    /// # Errors
    /// Any [`Refusal`].
    pub async fn knock(
        &self,
        request: &Request<'_>,
        length: usize,
        from: String,
    ) -> Result<Knock, Refusal> {
        let app = self.network.app();
        let now = app.clock.now();
        if length > MAX_BODY {
            return Err(Refusal::TooLarge);
        }
        let claim = signature::read(request, now)?;
        let key_id = keys::address(&claim)?;
        let authority = uri::authority(&key_id).ok_or(Refusal::Unbelieved("The key is nowhere"))?;
        if actors::is_ours(app, &key_id) {
            return Err(Refusal::Unbelieved("The key is said to be one of ours"));
        }
        if host::is_suspended(app.host_flags(&authority).await?) {
            return Err(Refusal::Blocked);
        }
        if let Err(spent) = self.budgets.look(&authority, now) {
            self.floods(&authority).await?;
            return Err(spent);
        }
        let size = u32::try_from(length / 1024 + 1).unwrap_or(u32::MAX);
        let room = self.room.clone().try_acquire_many_owned(size);
        Ok(Knock {
            claim,
            authority,
            from,
            _room: room.map_err(|_| Refusal::Later(now + LATER))?,
        })
    }

    /// Takes a body; when this returns, it is kept, or there is nothing to do about it.
    ///
    /// # Errors
    /// Any [`Refusal`]; then nothing is kept, and nothing is remembered of its id.
    pub async fn receive(&self, knock: Knock, body: &[u8]) -> Result<(), Refusal> {
        let app = self.network.app();
        let text = std::str::from_utf8(body)
            .map_err(|_| Refusal::Malformed("The activity is not UTF-8"))?;
        let activity = Document::parse(body)
            .map_err(|_| Refusal::Malformed("The activity is not JSON, or not plain JSON"))?;
        let head = Head::read(&activity.0, body)?;
        if uri::authority(&head.actor).as_deref() != Some(knock.authority.as_str()) {
            let passed = forwarded::read(&activity.0, &head.actor);
            drop(activity);
            let passed = passed.ok_or(Refusal::Unbelieved(
                "The key is on another server than the actor",
            ))?;
            return self
                .receive_of_another(knock, head, passed, body, text)
                .await;
        }
        drop(activity);
        // Only what was verified is remembered, so nobody closes the way for another's id.
        if self.seen.contains_key(&head.hash) {
            return Ok(());
        }
        let key_id = keys::address(&knock.claim)?;
        if keys::find(app, &key_id, &head.actor).await?.is_none() {
            // The bulk of what is sent: somebody whom nobody here knows is gone. There is
            // nothing of theirs to be taken away, and nobody to be asked.
            if head.is_delete && !self.is_known(&head.actor).await? {
                return Ok(());
            }
            self.budgets.ask(&knock.from, app.clock.now())?;
        }
        let fed = self.network.federation();
        let known = keys::believe(&fed, &knock.claim, &head.actor, body).await?;
        self.draw(&knock.authority, known.host_since).await?;
        self.writer
            .keep(Received {
                account: known.account,
                host: known.host,
                uri_hash: head.hash,
                document: text.to_owned(),
            })
            .await?;
        self.seen.insert(head.hash, ());
        Ok(())
    }

    /// Draws on the budget of a server that signed; one that has none left floods.
    async fn draw(&self, authority: &str, since: DateTime<Utc>) -> Result<(), Refusal> {
        let drawn = self
            .budgets
            .take(authority, since, self.network.app().clock.now());
        if drawn.is_err() {
            self.floods(authority).await?;
        }
        drawn
    }

    /// Notes that a server has spent its budget: what it signed spent it.
    async fn floods(&self, authority: &str) -> Result<()> {
        if !self
            .flooding
            .entry_by_ref(authority)
            .or_insert(())
            .is_fresh()
        {
            return Ok(());
        }
        let app = self.network.app();
        let mut conn = app.pool.get().await?;
        store::hosts::note_flood(&mut conn, authority, app.clock.now() + FLOODS_FOR).await
    }

    /// The same of what somebody passes on: kept under another name than its own, and asked for
    /// at its own server when its turn comes.
    async fn receive_of_another(
        &self,
        knock: Knock,
        head: Head,
        passed: forwarded::Passed,
        body: &[u8],
        text: &str,
    ) -> Result<(), Refusal> {
        let app = self.network.app();
        let hash = forwarded::hash(&knock.authority, head.hash);
        if self.seen.contains_key(&hash) || !forwarded::concerns_us(app, &passed).await? {
            return Ok(());
        }
        let key_id = keys::address(&knock.claim)?;
        if !app.signers.known.contains_key(&key_id) {
            self.budgets.ask(&knock.from, app.clock.now())?;
        }
        let fed = self.network.federation();
        let known = keys::believe_anybody(&fed, &knock.claim, Some(body)).await?;
        let now = app.clock.now();
        self.budgets.pass_on(&knock.authority, now)?;
        self.draw(&knock.authority, known.host_since).await?;
        self.writer
            .keep(Received {
                account: known.account,
                host: known.host,
                uri_hash: hash,
                document: text.to_owned(),
            })
            .await?;
        self.seen.insert(hash, ());
        Ok(())
    }

    async fn is_known(&self, actor: &str) -> Result<bool> {
        let app = self.network.app();
        let mut conn = app.pool.get().await?;
        Ok(actors::find(app, &mut conn, actor).await?.is_some())
    }
}
