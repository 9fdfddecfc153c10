//! Who is established (registration.md C1): in for thirty days, posts on five days of the last
//! ninety, answered or followed by three established people here or by people on three hosts.
//!
//! Reckoned by time for everybody; being known once stays, the rest must hold. Staff may grant it
//! or take it, with a line in the log, and may leave it to the facts again. Staff themselves are
//! established by their role.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::who::Moderator;
use crate::app::App;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::store::audit::NewLine;
pub use crate::store::author_standing::{Known, Said};
use crate::store::{self};

/// Days that somebody must be in.
pub const DAYS_IN: i64 = 30;
/// Days with posts, of the last ninety.
pub const DAYS_POSTED: i64 = 5;
/// Established people here, or hosts of others, who answered or follow.
pub const KNOWN_TO: i64 = 3;

/// The acts, as the log names them.
const GRANT: &str = "author.establish";
const TAKE: &str = "author.doubt";
const LEAVE: &str = "author.leave_to_facts";

/// What staff say of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Established, whatever the facts say.
    Granted,
    /// Not established, whatever the facts say.
    Taken,
    /// The facts decide.
    Facts,
}

impl Word {
    /// What a form or the inverse of a line means.
    pub fn from_word(word: &str) -> Option<Word> {
        Some(match word {
            "grant" | GRANT => Word::Granted,
            "take" | TAKE => Word::Taken,
            "facts" | LEAVE => Word::Facts,
            _ => return None,
        })
    }

    fn act(self) -> &'static str {
        match self {
            Word::Granted => GRANT,
            Word::Taken => TAKE,
            Word::Facts => LEAVE,
        }
    }

    fn of(said: Option<bool>) -> Word {
        match said {
            Some(true) => Word::Granted,
            Some(false) => Word::Taken,
            None => Word::Facts,
        }
    }

    fn stored(self) -> Option<bool> {
        match self {
            Word::Granted => Some(true),
            Word::Taken => Some(false),
            Word::Facts => None,
        }
    }
}

/// What is known of a member, by name.
///
/// # Errors
/// `NotFound` for who is no member.
pub async fn find(app: &App, _who: &Moderator, name: &str) -> Result<Known> {
    let mut conn = app.desk.get().await?;
    let name = name.trim().trim_start_matches('@').to_lowercase();
    store::author_standing::find(&mut conn, &name, app.clock.now())
        .await?
        .ok_or(Error::NotFound)
}

/// About whom staff said something, the newest first; 200 at the most.
pub async fn said(app: &App, _who: &Moderator) -> Result<Vec<Said>> {
    let mut conn = app.desk.get().await?;
    store::author_standing::said(&mut conn).await
}

/// Grants it, takes it, or leaves it to the facts; saying the same again changes nothing. What
/// waits of somebody who is established by it goes out.
///
/// # Errors
/// `NotFound` for who is no member; `Denied` for staff: they are established by their role.
pub async fn say(app: &App, who: &Moderator, name: &str, word: Word) -> Result<()> {
    let by = who.user().id;
    let name = name.trim().trim_start_matches('@').to_lowercase();
    let mut conn = app.desk.get().await?;
    let released = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let known = store::author_standing::find(conn, &name, now)
                .await?
                .ok_or(Error::NotFound)?;
            if known.role > Role::Member as i16 {
                return Err(Error::denied("Staff are established by their role."));
            }
            let before = Word::of(known.word);
            if before == word {
                return Ok(0);
            }
            store::author_standing::say(conn, known.account, word.stored(), by, now).await?;
            let released = match word {
                Word::Granted => release(conn, vec![known.account], now).await?,
                Word::Taken | Word::Facts => 0,
            };
            let line = NewLine {
                actor: Some(by),
                act: word.act(),
                subject_kind: "account",
                subject: Some(known.account),
                detail: json!({ "released": (released > 0).then_some(released) }),
                inverse: Some(json!({ "act": before.act(), "name": known.username })),
            };
            store::audit::append(conn, line, now).await?;
            super::signs::act(conn, who, now).await?;
            Ok(released)
        })
        .await?;
    if released > 0 {
        app.wake_relay();
    }
    Ok(())
}

async fn release(
    conn: &mut store::Conn,
    accounts: Vec<Id>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<usize> {
    store::holds::release_of(conn, accounts, now).await
}

/// Reckons everybody anew, in portions, and lets out what waits of those who are established now;
/// gives how many those are. For the timers.
///
/// # Errors
/// When the database cannot be asked.
pub async fn reckon(app: &App) -> Result<usize> {
    let mut after = Some(0);
    let mut many = 0;
    while let Some(from) = after {
        let mut conn = app.pool.get().await?;
        let now = app.clock.now();
        let found = conn
            .transaction(async |conn| {
                let found = store::author_standing::reckon(conn, from, now).await?;
                release(conn, found.established.clone(), now).await?;
                Ok::<_, Error>(found)
            })
            .await?;
        if !found.established.is_empty() {
            app.wake_relay();
        }
        many += found.established.len();
        after = found.next;
    }
    Ok(many)
}
