//! What members did to somebody elsewhere, under the addresses that were told there: follows,
//! favourites and blocks. Only the server of whom it was done to is shown them, whoever of it
//! signs; it has heard of them, and nobody else has.

use super::{Asker, Document, given};
use crate::activitypub::write::{Here, activity};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::store;
pub use crate::store::deeds::Deed;

/// A deed of a local account that stands.
///
/// # Errors
/// `NotFound` for all but the other's server, and once it is undone.
pub async fn deed(app: &App, asker: &Asker, which: Deed, id: Id) -> Result<Document> {
    let host = asker.host.ok_or(Error::NotFound)?;
    let mut conn = app.pool.get().await?;
    let (by, to) = store::deeds::done_to(&mut conn, which, id, host)
        .await?
        .ok_or(Error::NotFound)?;
    let here = Here::of(app);
    let document = match which {
        Deed::Follow => activity::follow(&here, id, &by, &to),
        Deed::Favourite => activity::like(&here, id, &by, here.note(&to)),
        Deed::Block => activity::block(&here, id, &by, &to),
    };
    given(app, &mut conn, asker, by.id, None, &document).await
}
