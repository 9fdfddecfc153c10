//! Checking in: saying "I'm here" on purpose.
//!
//! By the button at the desk, by a link in a mail, by the command line, by favouriting or
//! answering the post "Still there?" that the server sends. All of it is in the audit log.
//!
//! A mailed link shows a button; only POST acts (E16). Its token is 32 random bytes of which
//! only the SHA-256 is kept; it belongs to one user, episode and stage, works for 72 hours, once,
//! and not after the role is gone. Without signing in it goes twice running at the most: whoever
//! reads somebody's mail must not hold the light on for ever.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::super::mode;
use super::super::switch;
use super::super::who::{Member, Reviewer, SignedIn, Via};
use crate::app::App;
use crate::domain::switch::Stage;
use crate::domain::{Error, Id, Result};
use crate::model::audit::SignOfLife;
use crate::model::switch_notice::CheckInLink;
use crate::model::user::User;
use crate::secrets::{Secret, link};
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// How often running a link does without signing in.
pub const WITHOUT_SIGN_IN: i64 = 2;

const DEAD_LINK: &str = "This link was used already, is too old, or belonged to an earlier notice. \
                         A newer mail may hold another one; signing in works always.";

/// What a link would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Whom it would check in.
    pub name: String,
    /// They have to sign in first: it was done by mail alone twice running.
    pub must_sign_in: bool,
}

/// Checks in by the button at the desk; gives how far the switch is then.
pub async fn by_button(app: &App, who: &Reviewer) -> Result<Stage> {
    let mut conn = app.desk.get().await?;
    let stage = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            note(app, conn, who.user().id, "button", now).await
        })
        .await;
    // Pages of this process know at once.
    mode::forget(app).await;
    stage
}

/// Checks somebody in for the host, who has a shell on the server; gives who it is.
///
/// # Errors
/// `Invalid` for nobody, and for who cannot keep the light on.
pub async fn by_host(app: &App, name: &str) -> Result<(User, Stage)> {
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let name = name.trim().trim_start_matches('@').to_ascii_lowercase();
            let keepers = store::switch_notices::keepers(conn).await?;
            let user = keepers.into_iter().find(|user| user.username == name);
            let user = user.ok_or_else(|| {
                Error::invalid(format!(
                    "{name} cannot keep the light on: that takes an active member who reads \
                     applications or reports."
                ))
            })?;
            let stage = note(app, conn, user.id, "command line", now).await?;
            Ok((user, stage))
        })
        .await;
    // Pages of this process know at once.
    mode::forget(app).await;
    done
}

/// A new link for this user, of this episode and stage: its address. The token is in no table.
pub async fn new_link(
    app: &App,
    conn: &mut Conn,
    user: Id,
    (episode, stage): (Id, Stage),
    at: DateTime<Utc>,
) -> Result<String> {
    let token = Secret::random();
    store::check_in_links::insert(conn, &token.digest(), user, (episode, stage), at).await?;
    Ok(app.url(&format!("/check-in/{}", token.reveal())))
}

/// Whether a link of this user would ask for signing in.
pub async fn must_sign_in(conn: &mut Conn, user: Id) -> Result<bool> {
    Ok(store::check_in_links::running(conn, user).await? >= WITHOUT_SIGN_IN)
}

/// Looks at a link, and changes nothing: scanners of mails do that too.
///
/// # Errors
/// `NotFound` for what is no link; `Conflict` for one that does not work (any more).
pub async fn look(app: &App, token: &str, who: Option<&SignedIn>) -> Result<Looked> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let (link, user) = good(app, &mut conn, token, now).await?;
    let signed_in = is_them(who, &link);
    Ok(Looked {
        name: user.username,
        must_sign_in: !signed_in && must_sign_in(&mut conn, link.user_id).await?,
    })
}

/// Checks in by a link; gives how far the switch is then.
///
/// # Errors
/// As [`look`]; `Denied` where they have to sign in first.
pub async fn by_link(app: &App, token: &str, who: Option<&SignedIn>) -> Result<Stage> {
    let mut conn = app.desk.get().await?;
    let stage = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let (link, user) = good(app, conn, token, now).await?;
            // Two links used at one time count as two.
            store::users::lock(conn, user.id).await?;
            let signed_in = is_them(who, &link);
            if !signed_in && must_sign_in(conn, user.id).await? {
                return Err(Error::denied(
                    "You said so by mail alone twice in a row. Please sign in this time: it \
                     shows that it is you.",
                ));
            }
            if !store::check_in_links::spend(conn, link.id, signed_in, now).await? {
                return Err(Error::Conflict(DEAD_LINK.into()));
            }
            note(app, conn, user.id, "mailed link", now).await
        })
        .await;
    // Pages of this process know at once.
    mode::forget(app).await;
    stage
}

/// Checks in whoever favourites or answers a post of the server to them about an open episode;
/// anything else is nothing. For staff alone: members cost no statement. A token marked as
/// automation does not count.
pub async fn by_answer(
    app: &App,
    conn: &mut Conn,
    who: &Member,
    status: Id,
    at: DateTime<Utc>,
) -> Result<()> {
    if !can_answer(who) {
        return Ok(());
    }
    let user = who.user().id;
    if store::switch_notices::is_post_to(conn, status, user).await? {
        note(app, conn, user, "answer", at).await?;
    }
    Ok(())
}

/// Whether what this member favourites or answers may be a check-in.
pub fn can_answer(who: &Member) -> bool {
    who.user().role.reviews_applications()
        && !matches!(
            who.via(),
            Via::Token {
                automation: true,
                ..
            }
        )
}

/// The link and whom it checks in, while it works.
async fn good(
    app: &App,
    conn: &mut Conn,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(CheckInLink, User)> {
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let link = store::check_in_links::find(conn, &digest).await?;
    let link = link.ok_or(Error::NotFound)?;
    let dead = || Error::Conflict(DEAD_LINK.into());
    if link.used_at.is_some() || link.expires_at <= now {
        return Err(dead());
    }
    let keepers = store::switch_notices::keepers(conn).await?;
    let user = keepers.into_iter().find(|user| user.id == link.user_id);
    let user = user.ok_or_else(dead)?;
    let standing = switch::standing(app, conn, now).await?;
    let episode = standing.episode.as_ref().map(|episode| episode.id);
    match episode == Some(link.episode_id) && standing.stage == link.stage {
        true => Ok((link, user)),
        false => Err(dead()),
    }
}

fn is_them(who: Option<&SignedIn>, link: &CheckInLink) -> bool {
    who.is_some_and(|who| who.user.id == link.user_id && matches!(who.via, Via::Session { .. }))
}

/// The audit line and the sign of life; gives how far the switch is with it.
async fn note(
    app: &App,
    conn: &mut Conn,
    user: Id,
    how: &'static str,
    now: DateTime<Utc>,
) -> Result<Stage> {
    store::signs_of_life::insert(conn, user, SignOfLife::CheckIn, now).await?;
    let stage = switch::standing(app, conn, now).await?.stage;
    let line = NewLine {
        actor: Some(user),
        act: "switch.check_in",
        subject_kind: "user",
        subject: Some(user),
        detail: json!({ "how": how }),
        inverse: None,
    };
    store::audit::append(conn, line, now).await?;
    Ok(stage)
}
