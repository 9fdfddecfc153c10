//! A person's invites put to rest by staff, and taken up again: a restraint like others (D15).

use diesel_async::AsyncConnection;
use serde_json::json;

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::signs;
use crate::gate::who::Moderator;
use crate::store::audit::NewLine;
use crate::store::restraints::{self, FROZEN_INVITES};
use crate::store::{self};

/// Why, in the row.
const WHY: &str = "Their invites were put to rest.";

/// Puts a member's invites to rest, or takes them up again. Doing it twice changes nothing.
///
/// # Errors
/// `NotFound` for who is no member; `Denied` for staff whose role is not below one's own.
pub async fn set(app: &App, who: &Moderator, user: Id, rests: bool) -> Result<()> {
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let found = store::users::find(conn, user).await?;
        let member = found.filter(|user| user.approved_at.is_some());
        let member = member.ok_or(Error::NotFound)?;
        if member.role >= who.user().role {
            return Err(Error::denied(
                "Nobody does that to staff of their own rank or above.",
            ));
        }
        let account = member.account_id;
        let changed = match rests {
            true => restraints::lay(conn, account, FROZEN_INVITES, WHY, now).await?,
            false => restraints::lift(conn, account, FROZEN_INVITES, by, now).await?,
        };
        if !changed {
            return Ok(());
        }
        let (act, inverse) = match rests {
            true => ("account.freeze_invites", "account.unfreeze_invites"),
            false => ("account.unfreeze_invites", "account.freeze_invites"),
        };
        let line = NewLine {
            actor: Some(by),
            act,
            subject_kind: "account",
            subject: Some(account),
            detail: json!({}),
            inverse: Some(json!({ "act": inverse, "account": account.to_string() })),
        };
        store::audit::append(conn, line, now).await?;
        signs::act(conn, who, now).await
    })
    .await
}
