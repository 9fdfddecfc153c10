//! While nobody looks after the place: what stands still, who is told, and how the place is
//! handed back (registration.md C1).
//!
//! What stage the switch is in is the business of [`super::switch`]; this is what follows from
//! it. Nothing here decides about an application, and nothing keeps anybody who wants to leave.

pub mod absence;
pub mod back;
pub mod deputies;
pub mod heir;
pub mod letters;

use chrono::{DateTime, Utc};

use super::switch;
use super::who::{Member, Via};
use crate::app::App;
use crate::domain::Result;
use crate::store::{self, Conn};

/// Whether time stands still at the door (E12): the place is sealed, or was until a moment ago
/// and what it held has not been moved on yet.
pub async fn time_stands(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool> {
    if store::seals::open(conn).await?.is_some() {
        return Ok(true);
    }
    Ok(switch::standing(app, conn, now).await?.sealed())
}

/// When the session began in which a member asks: for what needs a fresh sign-in. `None` for who
/// did not come by the web.
async fn signed_in_at(
    conn: &mut Conn,
    who: &Member,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let Via::Session { id } = *who.via() else {
        return Ok(None);
    };
    let sessions = store::sessions::list(conn, who.user().id, now).await?;
    let session = sessions.iter().find(|session| session.id == id);
    Ok(session.map(|session| session.created_at))
}
