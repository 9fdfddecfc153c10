//! Posts of other servers: found here, or fetched and kept.
//!
//! A post is believed when it comes from its own address, or signed by its author, and its
//! author is on the server that its address is on (I8). What it answers is fetched too, a few
//! steps up, so that a thread is not read from its middle; beyond that it is an orphan that
//! joins when its parent comes (D11).

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use super::actors::{self, unavailable, unreadable};
use super::addresses::{self, Local};
use super::read::media::Medium;
use super::read::{Document, Note, value};
use super::uri;
use crate::app::App;
use crate::app::federation::{Federation, FetchError};
use crate::app::wishes::Around;
use crate::domain::event::{EventKind, Lane};
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::model::account::Account;
use crate::store::remote_statuses::{self, Found, RemoteMedium, RemotePoll, RemoteStatus, Words};
use crate::store::statuses::Parent;
use crate::store::{Conn, remote_accounts, statuses};
use crate::text::{html, length, sanitise};

/// Steps up a thread that are fetched with a post (N8).
const STEPS_UP: usize = 4;
/// A post that was published so long before it was sent to us stands where it arrived: an app
/// that has read further down would never see it (D28).
const LATE: TimeDelta = TimeDelta::hours(1);
/// How long an address that its owner deleted stays deleted.
pub const GONE_FOR: TimeDelta = TimeDelta::days(180);

/// How a post came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It was sent to us: people hear of it.
    Sent,
    /// We went for it: nobody does.
    Fetched,
}

/// The post (or boost) of an address, here or elsewhere, if it is known. No fetch.
pub async fn find(app: &App, conn: &mut Conn, address: &str) -> Result<Option<Found>> {
    let Some(address) = uri::canonical(address) else {
        return Ok(None);
    };
    match addresses::local(&app.origin(), &address) {
        Some(Local::Note(id) | Local::Boost(id)) => remote_statuses::local(conn, id).await,
        Some(_) => Ok(None),
        None => remote_statuses::by_uri(conn, &address, uri::hash(&address)).await,
    }
}

/// The same; one elsewhere that is not known is fetched and kept, with a little of what it
/// answers.
///
/// # Errors
/// As [`actors::find_or_fetch`]; `NotFound` too for what was deleted.
pub async fn find_or_fetch(fed: &Federation, address: &str) -> Result<Found> {
    climb(fed, address, 0).await
}

/// Fetches a post from its own address.
///
/// # Errors
/// As [`find_or_fetch`]; `Invalid` for what is no post, or of an author on another server.
pub async fn fetch(fed: &Federation, address: &str) -> Result<Note> {
    let address = uri::canonical(address).ok_or(Error::NotFound)?;
    if actors::is_ours(fed, &address) {
        return Err(Error::NotFound);
    }
    actors::refuse_blocked(fed, &address).await?;
    let url = Url::parse(&address).map_err(|_| Error::NotFound)?;
    let fetched = fed
        .document::<Document>(&url)
        .await
        .map_err(|error| unavailable(fed, error))?;
    let note = Note::read(&fetched.object.0).map_err(unreadable)?;
    // The client saw to it that the id is where it was found.
    believable(&note)?;
    Ok(note)
}

/// Whether the server of an address says that nothing is there any more: by 404, by 410, or by a
/// tombstone of that address.
///
/// # Errors
/// `TooMany` where it cannot be asked now; `Denied` for servers that are blocked.
pub async fn is_gone(fed: &Federation, address: &str) -> Result<bool> {
    actors::refuse_blocked(fed, address).await?;
    let url = Url::parse(address).map_err(|_| Error::NotFound)?;
    match fed.document::<Document>(&url).await {
        Ok(found) => Ok(value::kind(&found.object.0) == Some("Tombstone")),
        Err(FetchError::NotFound | FetchError::Gone) => Ok(true),
        Err(error) if error.may_pass() => Err(unavailable(fed, error)),
        Err(_) => Ok(false),
    }
}

/// # Errors
/// `Invalid` for a post whose author is on another server than the post.
fn believable(note: &Note) -> Result<()> {
    match uri::same_authority(&note.id, &note.attributed_to) {
        true => Ok(()),
        false => Err(Error::invalid("a post in the name of another server")),
    }
}

/// A document that came with an activity, when its sender wrote it and it is on the sender's
/// server; else what its own server says (I8).
///
/// # Errors
/// As [`fetch`].
pub async fn believe_or_fetch(fed: &Federation, object: &Value, sender: &str) -> Result<Note> {
    if object.is_object()
        && let Ok(note) = Note::read(object)
        && note.attributed_to == sender
        && believable(&note).is_ok()
    {
        return Ok(note);
    }
    let address = value::id_of(object).ok_or(Error::NotFound)?;
    fetch(fed, &address).await
}

async fn climb(fed: &Federation, address: &str, steps: usize) -> Result<Found> {
    let mut conn = fed.pool.get().await?;
    if let Some(found) = find(fed, &mut conn, address).await? {
        return Ok(found);
    }
    drop(conn);
    let note = fetch(fed, address).await?;
    keep_fetched(fed, note, steps).await
}

/// Keeps a post whose document was fetched from its own address just now, known or not.
///
/// # Errors
/// As [`find_or_fetch`].
pub async fn found(fed: &Federation, document: &Value) -> Result<Found> {
    let note = Note::read(document).map_err(unreadable)?;
    believable(&note)?;
    let mut conn = fed.pool.get().await?;
    if let Some(found) = find(fed, &mut conn, &note.id).await? {
        return Ok(found);
    }
    drop(conn);
    keep_fetched(fed, note, 0).await
}

async fn keep_fetched(fed: &Federation, note: Note, steps: usize) -> Result<Found> {
    let author = actors::find_or_fetch(fed, &note.attributed_to).await?;
    if author.is_suspended() {
        return Err(Error::NotFound);
    }
    let address = note.id.clone();
    Box::pin(keep_after(fed, note, &author, Arrival::Fetched, steps)).await?;
    let mut conn = fed.pool.get().await?;
    find(fed, &mut conn, &address).await?.ok_or(Error::NotFound)
}

/// Keeps a post, after a little of what it answers. `None` when it is known already, or was
/// deleted.
///
/// # Errors
/// When the database cannot be asked. What cannot be fetched is no error.
pub async fn keep(
    fed: &Federation,
    note: Note,
    author: &Account,
    arrival: Arrival,
) -> Result<Option<Id>> {
    keep_after(fed, note, author, arrival, 0).await
}

async fn keep_after(
    fed: &Federation,
    note: Note,
    author: &Account,
    arrival: Arrival,
    steps: usize,
) -> Result<Option<Id>> {
    if let Some(parent) = &note.in_reply_to
        && steps < STEPS_UP
        && !actors::is_ours(fed, parent)
        && *parent != note.id
        // What is not there or not for us leaves an orphan.
        && let Err(error) = Box::pin(climb(fed, parent, steps + 1)).await
    {
        tracing::debug!(%parent, ?error, "what a post answers could not be had");
    }
    // Nobody meant us to have what is not for everybody, unless they sent it (I21).
    if arrival == Arrival::Fetched && !note.is_public() && !note.is_unlisted() {
        return Ok(None);
    }
    let now = fed.clock.now();
    let around = around(&note);
    let mut conn = fed.pool.get().await?;
    let row = row(fed, &mut conn, note, author, arrival, now).await?;
    let hash = row.uri_hash;
    let Some(id) = remote_statuses::insert(&mut conn, row, now).await? else {
        return Ok(None);
    };
    fed.wake_relay();
    if arrival == Arrival::Fetched {
        // Its deletion may have been told while it was being written: who deletes buries first
        // and looks then, who fetches writes first and looks then; one of the two sees the other.
        if remote_statuses::is_buried(&mut conn, hash, author.id).await? {
            let notes = fed.url("/ap/notes/");
            statuses::delete(&mut conn, id, author.id, &notes, now).await?;
            return Ok(None);
        }
        fed.wishes.note(id, around);
    }
    Ok(Some(id))
}

/// Where the thread of a post is looked for.
pub fn around(note: &Note) -> Around {
    Around {
        address: note.id.clone(),
        in_reply_to: note.in_reply_to.clone(),
        replies: note.replies.clone(),
    }
}

async fn row(
    app: &App,
    conn: &mut Conn,
    note: Note,
    author: &Account,
    arrival: Arrival,
    now: DateTime<Utc>,
) -> Result<RemoteStatus> {
    let endpoints = remote_accounts::endpoints(conn, author.id).await?;
    let followers = endpoints.and_then(|e| e.followers);
    let visibility = visibility(&note, followers.as_deref());
    let mut answers = note.in_reply_to.as_deref();
    let mut parent = match answers {
        Some(parent) => find(app, conn, parent).await?,
        None => None,
    };
    // Whoever goes for it: nobody gets into the thread of one who does not want them (I24).
    if let Some(found) = &parent
        && found.local
        && remote_statuses::is_shut_out(conn, author.id, found.account).await?
    {
        (answers, parent) = (None, None);
    }
    let named = known(app, conn, &note.mentions).await?;
    let mut addressed = note.to.clone();
    addressed.extend(note.cc.iter().cloned());
    let addressed = known(app, conn, &addressed).await?;
    // Of those who are here: whom the author may not reach, hears nothing (I24).
    let hears =
        remote_statuses::who_hears(conn, author.id, [&named[..], &addressed].concat()).await?;
    let elsewhere = elsewhere(conn, &named).await?;
    let mentions: Vec<Id> = named
        .iter()
        .copied()
        .filter(|id| hears.contains(id) || elsewhere.contains(id))
        .collect();
    let silent: Vec<Id> = addressed
        .into_iter()
        .filter(|id| hears.contains(id) && !mentions.contains(id))
        .collect();
    let created_at = note.published.filter(|at| *at <= now).unwrap_or(now);
    let late = arrival == Arrival::Sent && now - created_at > LATE;
    let (event, lane) = match arrival {
        Arrival::Sent => (EventKind::StatusPosted, Lane::Inbound),
        Arrival::Fetched => (EventKind::StatusFetched, Lane::Bulk),
    };
    Ok(RemoteStatus {
        account: author.id,
        uri_hash: uri::hash(&note.id),
        orphan_of: match &parent {
            Some(_) => None,
            None => answers.map(uri::hash),
        },
        parent: parent.map(|parent| Parent {
            id: parent.reblog_of.unwrap_or(parent.id),
            account: parent.account,
            conversation: parent.conversation,
        }),
        conversation: note.conversation.as_deref().map(uri::hash),
        visibility,
        created_at,
        edited_at: note.updated.filter(|at| *at > created_at && *at <= now),
        stands_at: if late { now } else { created_at },
        silent,
        totals: (
            note.totals.boosts.unwrap_or(0),
            note.totals.favourites.unwrap_or(0),
        ),
        event,
        lane,
        fetched: arrival == Arrival::Fetched,
        kind: note.kind,
        url: note.url.clone(),
        uri: note.id.clone(),
        words: words(note, author, mentions),
    })
}

/// What a post says, as it is stored; `mentions` are accounts that are known.
/// Pictures of people whose media is kept out are none.
pub fn words(mut note: Note, author: &Account, mentions: Vec<Id>) -> Words {
    if author.is_without_media() {
        note.media.clear();
        note.emojis = None;
    }
    let characters = length::graphemes(&html::html_to_text(&note.html));
    Words {
        sensitive: note.sensitive,
        spoiler_text: note.spoiler_text,
        length: i32::try_from(characters).unwrap_or(i32::MAX),
        html: note.html,
        language: note.language,
        emojis: note.emojis,
        sanitiser_version: sanitise::VERSION,
        mentions,
        tags: note.hashtags,
        media: note.media.into_iter().map(medium).collect(),
        poll: note.poll.map(|poll| RemotePoll {
            options: poll
                .options
                .into_iter()
                .map(|o| (o.title, o.votes))
                .collect(),
            multiple: poll.multiple,
            ends_at: poll.ends_at,
            closed: poll.closed,
            voters: poll.voters.unwrap_or(0),
        }),
    }
}

fn medium(medium: Medium) -> RemoteMedium {
    RemoteMedium {
        kind: medium.kind,
        url: medium.url,
        mime: medium.mime,
        size: (medium.width, medium.height),
        blurhash: medium.blurhash,
        focus: medium.focus,
        description: medium.description,
    }
}

/// Who a post is for. What names nobody is for those it mentions: the fewest.
pub fn visibility(note: &Note, followers: Option<&str>) -> Visibility {
    if note.is_public() {
        Visibility::Public
    } else if note.is_unlisted() {
        Visibility::Unlisted
    } else if note.is_for_followers(followers) {
        Visibility::Private
    } else {
        Visibility::Direct
    }
}

/// Accounts of those addresses that are known, each once; no fetch.
pub async fn known(app: &App, conn: &mut Conn, addresses: &[String]) -> Result<Vec<Id>> {
    let origin = app.origin();
    let mut ids = Vec::new();
    let mut hashes = Vec::new();
    // Everybody and somebody's followers are no accounts.
    let people = addresses
        .iter()
        .filter(|address| !value::is_public(address) && !address.ends_with("/followers"));
    for address in people {
        match addresses::local(&origin, address) {
            Some(Local::Actor(id)) => ids.push(id),
            Some(_) => {}
            None => hashes.push(uri::hash(address)),
        }
    }
    let remote = remote_accounts::known(conn, hashes).await?;
    for address in addresses {
        if let Some((.., id)) = remote.iter().find(|(_, uri, _)| uri == address) {
            ids.push(*id);
        }
    }
    let ids = remote_accounts::existing(conn, ids).await?;
    Ok(ids)
}

async fn elsewhere(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Id>> {
    remote_accounts::remote_among(conn, ids.to_vec()).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn note(to: Value, cc: Value) -> Note {
        Note::read(&json!({
            "id": "https://a.example/1", "type": "Note", "content": "x",
            "attributedTo": "https://a.example/ann", "to": to, "cc": cc,
        }))
        .unwrap()
    }

    #[test]
    fn who_a_post_is_for() {
        let all = "https://www.w3.org/ns/activitystreams#Public";
        let followers = "https://a.example/ann/followers";
        let of = |to, cc| visibility(&note(to, cc), Some(followers));
        assert_eq!(of(json!([all]), json!([followers])), Visibility::Public);
        assert_eq!(
            of(json!([followers]), json!(["as:Public"])),
            Visibility::Unlisted
        );
        assert_eq!(of(json!(followers), json!([])), Visibility::Private);
        assert_eq!(
            of(json!("https://b.example/bob"), json!(null)),
            Visibility::Direct
        );
        assert_eq!(of(json!(null), json!(null)), Visibility::Direct);
        // Somebody else's followers are not the author's.
        assert_eq!(
            of(json!("https://a.example/bob/followers"), json!(null)),
            Visibility::Direct
        );
    }

    #[test]
    fn a_post_in_the_name_of_another_server_is_not_believed() {
        let forged = Note::read(&json!({
            "id": "https://evil.example/1", "type": "Note", "content": "x",
            "attributedTo": "https://a.example/ann",
        }))
        .unwrap();
        assert!(believable(&forged).is_err());
        assert!(believable(&note(json!(null), json!(null))).is_ok());
    }
}
