//! One mail to each member that a notice begun: in slices, behind all other mails, as those of
//! distress ([`super::super::letters`]).

use diesel_async::AsyncConnection;
use serde_json::json;

use crate::app::App;
use crate::domain::{Error, Result};
use crate::store;
use crate::store::jobs::{LAST, MAIL};

/// The word of the errand.
pub const ERRAND: &str = "tell_heir";
/// People of one turn.
const TURN: i64 = 500;

/// A turn for a notice; `false` when nobody is left to tell, or it is over.
///
/// # Errors
/// When the database cannot be asked; doing it again goes on where it was.
pub async fn go_on(app: &App, notice: i64) -> Result<bool> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let found = store::heirs::find_notice(conn, notice).await?;
        if found.is_none_or(|notice| notice.ending.is_some()) {
            return Ok(false);
        }
        let told = store::heirs::take_members(conn, notice, TURN).await?;
        let jobs = told.iter().map(|user| {
            let job = json!({ "mail": "heir_notice", "id": user, "notice": notice });
            (format!("heir_notice:{notice}:{user}"), job)
        });
        store::jobs::insert_ranked(conn, MAIL, LAST, jobs.collect(), now).await?;
        Ok::<_, Error>(told.len() as i64 == TURN)
    })
    .await
}
