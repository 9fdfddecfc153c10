//! What the menu of every page says of the person who looks.

use crate::app::App;
use crate::domain::{Id, Result};
use crate::store;

pub use crate::store::menu::Menu;

/// Name, picture and how many notifications are newer than the marker. One statement.
pub async fn read(app: &App, account_id: Id) -> Result<Menu> {
    let mut conn = app.pool.get().await?;
    Ok(store::menu::find(&mut conn, account_id)
        .await?
        .unwrap_or_default())
}
