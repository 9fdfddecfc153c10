//! What an applicant does with an invite: looks at it, and spends a use of it.

use chrono::{DateTime, Utc};

use super::code;
use crate::app::App;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Id, Result};
use crate::gate::mode;
use crate::store::invite_tree::Person;
use crate::store::{self, Conn};

/// An invite that works now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The code.
    pub code: String,
    /// The inviter's display name, or their local name where none is set.
    pub name: String,
    /// The inviter's local name.
    pub username: String,
}

/// The invite of that code, for pages: `None` where it does not work now, for whatever reason, or
/// never was. Nobody learns which.
pub async fn look(app: &App, typed: &str) -> Result<Option<Invitation>> {
    let Some(code) = code::normalise(typed) else {
        return Ok(None);
    };
    if mode::shown(app).await?.mode == RegistrationMode::Closed {
        return Ok(None);
    }
    let mut conn = app.desk.get().await?;
    let found = store::invites::find_live(&mut conn, &code, app.clock.now()).await?;
    Ok(found.map(|inviter| Invitation {
        code,
        name: match inviter.display_name.is_empty() {
            true => inviter.username.clone(),
            false => inviter.display_name,
        },
        username: inviter.username,
    }))
}

/// The code, where it works now: before anything dear.
pub(in crate::gate) async fn find(
    conn: &mut Conn,
    typed: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let Some(code) = code::normalise(typed) else {
        return Ok(None);
    };
    let found = store::invites::find_live(conn, &code, now).await?;
    Ok(found.map(|_| code))
}

/// A use that was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gate) struct Spent {
    invite: i64,
    maker: Id,
}

/// Spends a use; `None` where somebody was faster, or it does not work any more.
pub(in crate::gate) async fn spend(
    conn: &mut Conn,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<Spent>> {
    let spent = store::invites::spend(conn, code, now).await?;
    Ok(spent.map(|(invite, maker)| Spent { invite, maker }))
}

/// Writes down by whom somebody came. `bypass`: invites approve at this moment.
pub(in crate::gate) async fn remember(
    app: &App,
    conn: &mut Conn,
    spent: Spent,
    user: Id,
    bypass: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let (inviter, invited) = (person(app, spent.maker), person(app, user));
    store::invite_tree::plant(conn, (&inviter, &invited), spent.invite, bypass, now).await
}

fn person(app: &App, user: Id) -> Person {
    let keyed = app.keys.decisions.hash("user", &user.to_string());
    Person {
        user,
        key_id: keyed.key_id,
        keyed: keyed.hash.to_vec(),
    }
}
