//! Reading statuses by their ids.

use crate::app::App;
use crate::domain::{Id, Result};
use crate::social::page::{self, Item, Renderer};

/// One status.
///
/// # Errors
/// `NotFound` when it is not there, or not for the viewer.
pub async fn one(app: &App, viewer: Option<Id>, id: Id, renderer: &impl Renderer) -> Result<Item> {
    let mut conn = app.pool.get().await?;
    page::one(app, &mut conn, id, viewer, renderer).await
}

/// Those of `ids` that are there for the viewer, in that order.
pub async fn several(
    app: &App,
    viewer: Option<Id>,
    ids: Vec<Id>,
    renderer: &impl Renderer,
) -> Result<Vec<Item>> {
    let mut conn = app.pool.get().await?;
    let rows = page::rows(app, &mut conn, ids, viewer, false).await?;
    page::assemble(app, &conn, rows, renderer).await
}
