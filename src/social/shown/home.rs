//! The member's home timeline.

use super::{Listed, notices};
use crate::app::App;
use crate::domain::{Id, Page, Result};
use crate::gate::Member;
use crate::social::{page, timelines};
use crate::store;
use crate::store::markers;

/// A page of home.
#[derive(Debug, Clone)]
pub struct Home {
    /// The statuses.
    pub listed: Listed,
    /// Nothing is left beyond what was read for it.
    pub whole: bool,
    /// The newest that was read before; `None` for somebody who never said.
    pub seen: Option<Id>,
    /// Drafts from before the member was let in, while the welcome page was not left yet.
    pub drafts_waiting: i64,
}

/// A page of home.
pub async fn home(app: &App, who: &Member, wanted: &Page) -> Result<Home> {
    let mut conn = app.pool.get().await?;
    let own = who.account_id();
    let read = timelines::home_page(app, &mut conn, own, wanted).await?;
    let listed = Listed {
        cursors: read.ids.clone(),
        ids: read.ids,
        items: page::shown(&mut conn, read.rows).await?,
    };
    let seen = notices::marker(&mut conn, who, markers::HOME).await?;
    let drafts_waiting = match who.user().welcomed_at {
        None => store::drafts::count(&mut conn, who.user().id).await?,
        Some(_) => 0,
    };
    Ok(Home {
        listed,
        whole: read.whole,
        seen,
        drafts_waiting,
    })
}

/// Notes that the member has read up to `id`; never backwards.
pub async fn note_home_seen(app: &App, who: &Member, id: Id) -> Result<()> {
    notices::move_marker(app, who, markers::HOME, id).await
}
