//! Readings that are written down (registration.md C6): who of the staff saw addresses, networks,
//! reported posts, and posts for few that wait.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use serde_json::Value;

use super::who::Member;
use crate::app::App;
use crate::domain::{Id, Result};
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// The same reading again within this time writes no second line.
const GROUPED: TimeDelta = TimeDelta::minutes(10);

/// An address, or the network that somebody came from.
pub const ADDRESS: &str = "address.read";
/// Posts that were reported, as they stood; some may have been for few eyes.
pub const REPORTED: &str = "report.read";
/// Posts that wait before they go out, and were not for everybody.
pub const HELD: &str = "post.read";

/// Writes a reading down; before what was read is given out.
pub async fn note(
    app: &App,
    conn: &mut Conn,
    who: &Member,
    act: &'static str,
    (subject_kind, subject): (&'static str, Option<Id>),
    detail: Value,
) -> Result<()> {
    let reader = who.user().id;
    conn.transaction(async |conn| {
        let now = app.clock.now();
        let since = now - GROUPED;
        if store::audit_read::was_read(conn, reader, act, subject, &detail, since).await? {
            return Ok(());
        }
        let line = NewLine {
            actor: Some(reader),
            act,
            subject_kind,
            subject,
            detail,
            inverse: None,
        };
        store::audit::append(conn, line, now).await
    })
    .await
}
