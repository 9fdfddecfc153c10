//! The first owner's first visit, by a link that the start prints.
//!
//! Nobody is pending here, and nobody is asked (H11): who reads the server's terminal owns
//! the place. The link works once, and never again when somebody is in.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::Value;

use super::accounts::{self, Fields, Prepared};
use super::sign_in::{self, Browser, Opened};
use crate::app::App;
use crate::app::instance::TITLE;
use crate::domain::error::Invalid;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::role::Role;
use crate::domain::{Error, Result};
use crate::secrets::{Secret, link};
use crate::store;
use crate::store::Conn;

/// The longest name of a place, in characters.
pub const MAX_PLACE: usize = 80;

const DEAD_LINK: &str = "This link was used already, or is too old. \
                         `porchlight accounts owner-link` prints a new one.";

/// What the owner typed.
#[derive(Debug, Clone)]
pub struct Founding {
    /// What the place is called; 1 to [`MAX_PLACE`] characters.
    pub place: String,
    /// The owner's name.
    pub username: String,
    /// Where word of applications goes.
    pub email: String,
    /// The owner's password.
    pub password: Secret,
    /// Where they are signed in afterwards.
    pub browser: Browser,
}

/// A link with which the first owner can be made, the whole address, good for seven days;
/// links made before stop working. `None` when the place has people already.
pub async fn first_link(app: &App) -> Result<Option<String>> {
    let now = app.clock.now();
    let new = link::fresh(&app.keys, LinkPurpose::FirstOwner, None, None);
    let mut conn = app.pool.get().await?;
    let stored = conn
        .transaction(async |conn| {
            if store::users::any_member(conn).await? {
                return Ok(None);
            }
            store::links::void(conn, LinkPurpose::FirstOwner, None, now).await?;
            store::links::insert(conn, &new, now).await.map(Some)
        })
        .await?;
    Ok(stored.map(|stored| {
        let token = link::token_of(&app.keys, &stored);
        app.url(&format!("/owner/{}", token.reveal()))
    }))
}

/// Whether the link would work; looks only.
///
/// # Errors
/// `NotFound` for what is no link, `Conflict` for one that was used or is too old.
pub async fn look(app: &App, token: &str) -> Result<()> {
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let mut conn = app.pool.get().await?;
    let stored = store::links::find_by_digest(&mut conn, &digest)
        .await?
        .filter(|l| l.purpose == LinkPurpose::FirstOwner)
        .ok_or(Error::NotFound)?;
    if !stored.is_good(app.clock.now()) || store::users::any_member(&mut conn).await? {
        return Err(Error::Conflict(DEAD_LINK.into()));
    }
    Ok(())
}

/// Makes the first owner, names the place, and signs in.
///
/// # Errors
/// As [`look`]; `Invalid` by field (the link stays good).
pub async fn found(app: &App, token: &str, cmd: Founding) -> Result<Opened> {
    look(app, token).await?;
    let place = cmd.place.split_whitespace().collect::<Vec<_>>().join(" ");
    let fields = check(&place, &cmd)?;
    let key = app.actor_keys.generate();
    let ready = Prepared::new(app, fields, Role::Owner, &cmd.password, key).await?;
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let user = conn
        .transaction(async |conn| {
            spend(conn, &digest, now).await?;
            let title = Value::from(place.as_str());
            store::settings::set(conn, TITLE, &title, now).await?;
            accounts::write(conn, app, &ready, now).await
        })
        .await?;
    drop(conn);
    app.forget_instance().await;
    // Somebody is there now who can read applications.
    crate::gate::mode::forget(app).await;
    sign_in::open(app, user, cmd.browser, now).await
}

async fn spend(conn: &mut Conn, digest: &[u8; 32], now: DateTime<Utc>) -> Result<()> {
    let spent = store::links::spend(conn, digest, LinkPurpose::FirstOwner, now).await?;
    if spent.is_none() || store::users::any_member(conn).await? {
        return Err(Error::Conflict(DEAD_LINK.into()));
    }
    Ok(())
}

fn check(place: &str, cmd: &Founding) -> Result<Fields> {
    let mut wrong = Invalid::new();
    if place.is_empty() {
        wrong.add("place", "ERR_BLANK", "can't be blank");
    }
    if place.chars().count() > MAX_PLACE {
        wrong.add(
            "place",
            "ERR_TOO_LONG",
            "is too long (maximum is 80 characters)",
        );
    }
    match Fields::read(&cmd.username, Some(&cmd.email), &cmd.password) {
        Ok(fields) => wrong.into_result().map(|()| fields),
        Err(Error::Invalid(more)) => {
            wrong.fields.extend(more.fields);
            Err(Error::Invalid(wrong))
        }
        Err(other) => Err(other),
    }
}
