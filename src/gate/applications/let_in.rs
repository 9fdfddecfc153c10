//! Who came in through an open door is read afterwards (registration.md C0): nobody decided about
//! them, so what they wrote stays in a part of the desk until somebody says that it is read. Who
//! is limited, suspended or taken back was read by that; after 90 days, there is nothing to read.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::conflict;
use crate::app::App;
use crate::domain::{Error, Id, Result, ids};
use crate::gate::signs;
use crate::gate::who::Reviewer;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// Says that these were read: an act of its own, which can be taken back. Gives how many were;
/// those that somebody else read meanwhile are left out, and so are those that this reviewer is
/// bound to.
///
/// # Errors
/// `Denied` where there is none but those that the reviewer is bound to; `Conflict` where nobody
/// is left to be read.
pub async fn mark_read(app: &App, who: &Reviewer, wanted: &[Id]) -> Result<usize> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let bonds = conflict::of(conn, who, wanted, now).await?;
        let free: Vec<Id> = wanted
            .iter()
            .copied()
            .filter(|id| bonds.bars(*id).is_none())
            .collect();
        let done = store::let_in::mark_read(conn, &free, who.user().id, now).await?;
        if done.is_empty() {
            let barred = wanted.iter().find_map(|id| bonds.bars(*id));
            return Err(match barred {
                Some(why) => Error::denied(why),
                None => Error::Conflict("Somebody read this already.".into()),
            });
        }
        let inverse = Some(of(&done));
        let detail = bonds.noted_all(&done, of(&done));
        note(
            conn,
            who,
            "application.mark_read",
            &done,
            detail,
            inverse,
            now,
        )
        .await?;
        Ok(done.len())
    })
    .await
}

/// Puts these back among those that nobody read.
///
/// # Errors
/// `Conflict` where none of them was read, or something was decided about all of them since.
pub async fn mark_unread(app: &App, who: &Reviewer, wanted: &[Id]) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let done = store::let_in::mark_unread(conn, wanted).await?;
        if done.is_empty() {
            return Err(Error::Conflict("There is nothing to be read again.".into()));
        }
        let inverse = Some(of(&done));
        note(
            conn,
            who,
            "application.mark_unread",
            &done,
            of(&done),
            inverse,
            now,
        )
        .await
    })
    .await
}

async fn note(
    conn: &mut Conn,
    who: &Reviewer,
    act: &'static str,
    done: &[Id],
    detail: Value,
    inverse: Option<Value>,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = NewLine {
        actor: Some(who.user().id),
        act,
        subject_kind: "application",
        subject: (done.len() == 1).then(|| done[0]),
        detail,
        inverse,
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}

/// Which ones, as an audit line has it.
fn of(done: &[Id]) -> Value {
    let done: Vec<String> = done.iter().map(Id::to_string).collect();
    json!({ "applications": done })
}

/// The same read back; `None` for what is no such line.
pub fn of_kept(kept: &Value) -> Option<Vec<Id>> {
    let all = kept["applications"].as_array()?;
    all.iter().map(|id| ids::parse(id.as_str()?)).collect()
}
