//! Vouches: an applicant names a member, who gets one private question (registration.md C3).
//!
//! Naming tells the applicant nothing: the same words and the same statements, whether or not
//! anybody has that name, was asked, or said anything. The question is the one thing that an
//! application may cause for somebody who is not of the staff: it goes to the member who was
//! named, once the address is confirmed, and stands on their pages alone. It is no row among the
//! notifications, pushes nothing and mails nothing. Whoever is not a member in good standing is
//! not asked.
//!
//! A yes lets the application wait before the others and is a hint; a no is a hint; who would
//! rather not say has said nothing. The applicant never learns any of it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use super::who::{Applicant, Member, SignedIn};
use crate::app::App;
use crate::domain::vouch_answer::VouchAnswer;
use crate::domain::{Error, Id, Result};
pub use crate::store::vouches::Question;
use crate::store::{self, Conn};
use crate::text::names;

/// Members that one application may name.
pub const MOST_NAMES: i64 = 3;
/// Questions that one member gets in a [`WEEK`].
const MOST_ASKED: i64 = 5;
/// Seven days.
const WEEK: TimeDelta = TimeDelta::days(7);
/// Questions that one page shows.
const SHOWN: i64 = 20;

/// A name as it was typed, `@` and this place's domain aside; `None` for an empty field.
///
/// # Errors
/// `Invalid` with the field `vouch` for what cannot be a name here.
pub(super) fn name_of(app: &App, raw: &str) -> Result<Option<String>> {
    let typed = raw.trim();
    let typed = typed.strip_prefix('@').unwrap_or(typed);
    let typed = match typed.split_once('@') {
        Some((name, domain)) if domain.eq_ignore_ascii_case(&app.config.server.handle_domain) => {
            name
        }
        _ => typed,
    };
    match names::grammatical_username(typed) {
        Ok(name) => Ok(Some(name)),
        Err(_) if typed.is_empty() => Ok(None),
        Err(_) => Err(Error::field(
            "vouch",
            "ERR_INVALID",
            "must be a name of this place: letters, digits and underscores",
        )),
    }
}

/// Writes down a name that came with the application, and asks them where it waits already.
pub(super) async fn note(
    conn: &mut Conn,
    application: Id,
    name: &str,
    waits: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    store::vouches::insert(conn, application, name, MOST_NAMES, now).await?;
    match waits {
        true => ask(conn, application, now).await,
        false => Ok(()),
    }
}

/// Asks those whom an application names: when it begins to wait.
pub(super) async fn ask(conn: &mut Conn, application: Id, now: DateTime<Utc>) -> Result<()> {
    store::vouches::ask(conn, application, (now - WEEK, MOST_ASKED), now).await
}

/// Names a member, while waiting. The same name twice is one.
///
/// # Errors
/// `Invalid` with the field `vouch`: for no name, for what cannot be one, and beyond
/// [`MOST_NAMES`]; `NotFound` for who does not wait.
pub async fn name(app: &App, who: &Applicant, raw: &str) -> Result<()> {
    let name = name_of(app, raw)?;
    let name = name.ok_or_else(|| Error::field("vouch", "ERR_BLANK", "can't be blank"))?;
    if !who.is_waiting() {
        return Err(Error::NotFound);
    }
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let application = store::applications::lock_latest(conn, who.user().id).await?;
        let application = application.ok_or(Error::NotFound)?;
        let before = store::vouches::names(conn, application.id).await?;
        if before.contains(&name) {
            return Ok(());
        }
        if before.len() as i64 >= MOST_NAMES {
            let words = format!("cannot be added: you named {MOST_NAMES} already");
            return Err(Error::field("vouch", "ERR_TOO_MANY", words));
        }
        // After a silent no it goes on for the applicant, and nobody is asked.
        note(
            conn,
            application.id,
            &name,
            application.state.is_waiting(),
            now,
        )
        .await
    })
    .await
}

/// Whom somebody named, for their own page.
pub async fn named(app: &App, who: &SignedIn) -> Result<Vec<String>> {
    let Some(application) = &who.application else {
        return Ok(Vec::new());
    };
    let mut conn = app.desk.get().await?;
    store::vouches::names(&mut conn, application.id).await
}

/// What waits for a member's word.
pub async fn open(app: &App, who: &Member) -> Result<Vec<Question>> {
    let mut conn = app.desk.get().await?;
    store::vouches::open(&mut conn, who.user().id, SHOWN).await
}

/// Says it, once.
///
/// # Errors
/// `NotFound` where nothing (more) is asked; `Denied` for who moved away.
pub async fn answer(app: &App, who: &Member, id: i64, answer: VouchAnswer) -> Result<()> {
    who.lives_here()?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let said = store::vouches::answer(conn, id, who.user().id, answer, now).await?;
        let application = said.ok_or(Error::NotFound)?;
        match answer {
            VouchAnswer::Yes => store::vouches::raise(conn, application).await,
            VouchAnswer::No | VouchAnswer::RatherNotSay => Ok(()),
        }
    })
    .await
}
