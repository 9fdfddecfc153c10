//! What pages for people show: the same reads as those of apps, as rows instead of rendered
//! fragments.
//!
//! A page of statuses is three statements whatever its size: what may be seen with its counters
//! ([`page::rows`]), then the statuses and their accounts ([`page::shown`]).

mod home;
mod notices;
mod people;
mod profile;
mod thread;
mod timelines;
mod waiting;

pub use home::{Home, home, note_home_seen};
pub use notices::{Notices, ShownNotice, note_notices_seen, notices};
pub use people::{
    Found, People, Person, Side, account, follows, requests, residents, search, staff, these,
};
pub use profile::{Profile, Tab, profile};
pub use thread::{Thread, thread};
pub use timelines::{bookmarks, favourites, latest, local, tag};
pub use waiting::{ShownRequest, WaitingPage, waiting};

use std::collections::HashSet;
use std::ops::Range;

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::social::page::{self, Shown};
use crate::store::Conn;

/// A page of statuses.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// The ids that the list goes by, newest first: of the statuses, or of hidden rows.
    pub cursors: Vec<Id>,
    /// For each cursor the id of its status.
    ids: Vec<Id>,
    /// What may be shown of it, in the same order; may be fewer.
    items: Vec<Shown>,
}

impl Listed {
    /// For each cursor whether anything is shown of it.
    pub fn is_shown(&self) -> Vec<bool> {
        let shown: HashSet<Id> = self.items.iter().map(|item| item.row.id).collect();
        self.ids.iter().map(|id| shown.contains(id)).collect()
    }

    /// What is shown of a range of the cursors.
    pub fn within(&self, range: &Range<usize>) -> &[Shown] {
        let wanted = self.ids.get(range.clone()).unwrap_or_default();
        let is_wanted = |item: &Shown| wanted.contains(&item.row.id);
        let start = self.items.iter().position(is_wanted).unwrap_or(0);
        let end = self
            .items
            .iter()
            .rposition(is_wanted)
            .map_or(start, |at| at + 1);
        &self.items[start..end]
    }

    /// A list that goes by the statuses' own ids.
    async fn load(app: &App, conn: &mut Conn, ids: Vec<Id>, viewer: Option<Id>) -> Result<Listed> {
        Listed::load_marked(app, conn, ids.iter().map(|id| (*id, *id)).collect(), viewer).await
    }

    /// A list that goes by hidden rows: pairs of (cursor, status).
    async fn load_marked(
        app: &App,
        conn: &mut Conn,
        marked: Vec<(Id, Id)>,
        viewer: Option<Id>,
    ) -> Result<Listed> {
        let (cursors, ids): (Vec<Id>, Vec<Id>) = marked.into_iter().unzip();
        let items = load(app, conn, ids.clone(), viewer, true).await?;
        Ok(Listed {
            cursors,
            ids,
            items,
        })
    }
}

/// Statuses by id, in their order, as far as the viewer may see them. `as_list` leaves out
/// those whom the viewer blocks or mutes.
async fn load(
    app: &App,
    conn: &mut Conn,
    ids: Vec<Id>,
    viewer: Option<Id>,
    as_list: bool,
) -> Result<Vec<Shown>> {
    let rows = page::rows(app, conn, ids, viewer, as_list).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    page::shown(conn, rows).await
}

/// One status.
///
/// # Errors
/// `NotFound`, the same for what is hidden from the viewer.
pub async fn one(app: &App, viewer: Option<Id>, id: Id) -> Result<Shown> {
    let mut conn = app.pool.get().await?;
    load(app, &mut conn, vec![id], viewer, false)
        .await?
        .pop()
        .ok_or(Error::NotFound)
}
