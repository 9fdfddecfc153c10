//! Actors and their collections.

use serde::Serialize;

use super::{Asker, Document, given};
use crate::activitypub::addresses;
use crate::activitypub::write::activity::{self, Activity};
use crate::activitypub::write::note::{self, Note};
use crate::activitypub::write::{Here, actor, collection};
use crate::app::App;
use crate::cache::served::Of;
use crate::domain::{Error, Id, Result};
use crate::model::document_rows::{BoostRows, NoteRows};
use crate::social::statuses::pin::MAX_PINS;
use crate::store::{self, departures, shown_to_servers};

/// Posts on a page of an outbox.
const OUTBOX_PAGE: usize = 20;

/// A local account; of a suspended one little more than that it is.
///
/// # Errors
/// `NotFound` for all that is none, and for one that was deleted.
pub async fn actor(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    match asker.is_stranger() {
        true => app.served.get(Of::Actor, id, make(app, asker, id)).await,
        false => make(app, asker, id).await,
    }
}

async fn make(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let rows = store::documents::actor(&mut conn, id).await?;
    let rows = rows.ok_or(Error::NotFound)?;
    if rows.account.is_suspended() && departures::closed_at(&mut conn, id).await?.is_some() {
        return Err(Error::NotFound);
    }
    let page = format!("/@{}", rows.account.username);
    let document = actor::actor(&Here::of(app), &rows);
    given(app, &mut conn, asker, id, Some(page), &document).await
}

/// A local account, by its name in whatever case.
pub async fn named(app: &App, asker: &Asker, name: &str) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let id = store::profiles::find_local(&mut conn, name)
        .await?
        .ok_or(Error::NotFound)?;
    drop(conn);
    actor(app, asker, id).await
}

/// The server itself.
pub async fn instance(app: &App) -> Result<String> {
    let key = app.instance_key().await?;
    let title = &app.instance().await?.title;
    let document = actor::instance(&Here::of(app), title, &key.public_pem);
    Ok(crate::activitypub::write::text(&document))
}

/// The server itself posts nothing.
pub fn instance_outbox(app: &App) -> String {
    let id = format!("{}/outbox", Here::of(app).instance());
    crate::activitypub::write::text(&collection::whole(id, Vec::<String>::new()))
}

/// Who follows, or is followed: only how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bonds {
    /// Those who follow the account.
    Followers,
    /// Those whom it follows.
    Following,
}

/// How many follow a local account, or are followed by it. Their names are for people here.
pub async fn bonds(app: &App, asker: &Asker, id: Id, which: Bonds) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let totals = totals(&mut conn, asker, id).await?;
    let origin = app.origin();
    let (address, count) = match which {
        Bonds::Followers => (addresses::followers(&origin, id), totals.followers),
        Bonds::Following => (addresses::following(&origin, id), totals.following),
    };
    let document = collection::total(address, count);
    given(app, &mut conn, asker, id, None, &document).await
}

/// What stands in an outbox.
#[derive(Serialize)]
#[serde(untagged)]
enum Posted {
    Create(Box<Activity<Note>>),
    Announce(Box<Activity>),
}

/// What a local account posts: how many, and where the pages begin.
pub async fn outbox(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    let totals = totals(&mut conn, asker, id).await?;
    let outbox = addresses::outbox(&app.origin(), id);
    let first = format!("{outbox}?page=true");
    let document = collection::paged(outbox, totals.statuses, first);
    given(app, &mut conn, asker, id, None, &document).await
}

/// A page of it, newest first: what was posted before the status `max_id`.
pub async fn outbox_page(app: &App, asker: &Asker, id: Id, max_id: Option<Id>) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    totals(&mut conn, asker, id).await?;
    let below = max_id.unwrap_or(Id::MAX);
    let most = OUTBOX_PAGE as i64 + 1;
    let mut found = shown_to_servers::outbox(&mut conn, id, asker.account, below, most).await?;
    let more = found.len() > OUTBOX_PAGE;
    found.truncate(OUTBOX_PAGE);
    let ids = |boosts: bool| {
        let wanted = found.iter().filter(move |(_, boost)| *boost == boosts);
        wanted.map(|(id, _)| *id).collect::<Vec<Id>>()
    };
    let notes = store::documents::notes(&mut conn, ids(false)).await?;
    let boosts = store::documents::boosts(&mut conn, ids(true)).await?;
    let here = Here::of(app);
    let items = found
        .iter()
        .filter_map(|(id, _)| posted(&here, *id, &notes, &boosts))
        .collect();
    let outbox = addresses::outbox(&here.origin, id);
    let page = match max_id {
        None => format!("{outbox}?page=true"),
        Some(max) => format!("{outbox}?page=true&max_id={max}"),
    };
    let next = found
        .last()
        .filter(|_| more)
        .map(|(last, _)| format!("{outbox}?page=true&max_id={last}"));
    let document = collection::page::<Posted>(page, outbox, next, items);
    given(app, &mut conn, asker, id, None, &document).await
}

fn posted(here: &Here, id: Id, notes: &[NoteRows], boosts: &[BoostRows]) -> Option<Posted> {
    if let Some(rows) = notes.iter().find(|rows| rows.note.id == id) {
        return Some(Posted::Create(Box::new(activity::create(here, rows))));
    }
    let rows = boosts.iter().find(|rows| rows.id == id)?;
    Some(Posted::Announce(Box::new(activity::announce(here, rows))))
}

/// What a local account pinned, all of it.
pub async fn featured(app: &App, asker: &Asker, id: Id) -> Result<Document> {
    let mut conn = app.pool.get().await?;
    totals(&mut conn, asker, id).await?;
    let ids = shown_to_servers::featured(&mut conn, id, asker.account, MAX_PINS).await?;
    let rows = store::documents::notes(&mut conn, ids.clone()).await?;
    let here = Here::of(app);
    let notes: Vec<Note> = ids
        .iter()
        .filter_map(|id| rows.iter().find(|rows| rows.note.id == *id))
        .map(|rows| note::note(&here, rows))
        .collect();
    let document = collection::whole(addresses::featured(&here.origin, id), notes);
    given(app, &mut conn, asker, id, None, &document).await
}

/// The numbers of a local account that may be asked for its posts.
async fn totals(conn: &mut store::Conn, asker: &Asker, id: Id) -> Result<shown_to_servers::Totals> {
    shown_to_servers::totals(conn, id, asker.account)
        .await?
        .filter(|totals| !totals.blocks)
        .ok_or(Error::NotFound)
}
