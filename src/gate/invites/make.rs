//! A member's own invites: made, listed, revoked.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use super::allowance::{self, Allowance};
use super::code;
use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Result};
use crate::gate::mode;
use crate::gate::who::Member;
pub use crate::model::invite::Invite;
use crate::store::invites::NewInvite;
use crate::store::{self};
use crate::text::clean;

/// Invites that are shown.
const SHOWN: i64 = 50;
/// Members who came by them that are named.
const NAMED: i64 = 200;
/// Invites that one person may make in a day, revoked ones too.
const MADE_A_DAY: i64 = 25;
/// The longest note, in characters.
pub const MAX_NOTE: usize = 200;

/// What a member wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How often it may be used.
    pub uses: i32,
    /// For how many days.
    pub days: i64,
    /// A note for themselves.
    pub note: String,
}

/// One invite, as its maker sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    /// The row.
    pub invite: Invite,
    /// It is neither over, nor used up, nor revoked.
    pub is_live: bool,
    /// Members who came by it, newest first.
    pub came: Vec<String>,
}

/// A member's invites.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Newest first.
    pub invites: Vec<Own>,
    /// How many of them are alive.
    pub live: i64,
    /// What they may.
    pub allowance: Allowance,
    /// Days that one is good for at the most.
    pub days: i64,
    /// Why none of them works now, in a sentence.
    pub rests: Option<&'static str>,
}

/// Reads them.
pub async fn list(app: &App, who: &Member) -> Result<Overview> {
    let closed = mode::shown(app).await?.mode == RegistrationMode::Closed;
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let user = who.user();
    let invites = store::invites::list(&mut conn, user.id, SHOWN).await?;
    let ids: Vec<i64> = invites.iter().map(|invite| invite.id).collect();
    let came = store::invite_tree::came_by(&mut conn, &ids, NAMED).await?;
    // While nobody is home, time stands still for them (E11).
    let at = store::seals::open(&mut conn).await?;
    let (stands, at) = (at.is_some(), at.map_or(now, |since| since.min(now)));
    let (live, _) = store::invites::counts(&mut conn, user.id, at, at).await?;
    let (allowance, days) = allowance::of(&mut conn, user).await?;
    let rests = match () {
        () if user.moved_at.is_some() => Some("Your account has moved, so your invites rest."),
        () if store::restraints::invites_rest(&mut conn, who.account_id()).await? => {
            Some("The people who look after this place have put your invites to rest.")
        }
        () if stands => Some(
            "Nobody has looked after the door for a while, so no invite works. Yours keep: their \
             time stands still until somebody is back.",
        ),
        () if closed => Some("The door is closed: no invite works while it is."),
        () => None,
    };
    Ok(Overview {
        invites: invites
            .into_iter()
            .map(|invite| Own {
                is_live: invite.is_live(at),
                came: came
                    .iter()
                    .filter(|(id, _)| *id == invite.id)
                    .map(|(_, name)| name.clone())
                    .collect(),
                invite,
            })
            .collect(),
        live,
        allowance,
        days,
        rests,
    })
}

/// Makes an invite.
///
/// # Errors
/// `Invalid` with the fields `uses`, `days`, `note`, or in one sentence where they have as many as
/// they may; `Denied` for who moved away, whose invites rest, or who may make none.
pub async fn create(app: &App, who: &Member, wanted: &Wanted) -> Result<Invite> {
    who.lives_here()?;
    let user = who.user();
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        store::invites::lock_maker(conn, user.id).await?;
        if store::restraints::invites_rest(conn, who.account_id()).await? {
            return Err(Error::denied(
                "The people who look after this place have put your invites to rest.",
            ));
        }
        let (allowance, days) = allowance::of(conn, user).await?;
        if allowance.live == 0 {
            return Err(Error::denied("You cannot invite anybody here."));
        }
        let note = check(wanted, allowance, days)?;
        let day = now - TimeDelta::days(1);
        let (live, made) = store::invites::counts(conn, user.id, day, now).await?;
        if live >= i64::from(allowance.live) {
            return Err(Error::invalid(format!(
                "You have {live} invites that still work, and more is not possible. Revoke one \
                 that you do not need."
            )));
        }
        if made >= MADE_A_DAY {
            return Err(Error::invalid(
                "You made so many invites today that the next has to wait until tomorrow.",
            ));
        }
        let new = NewInvite {
            code: code::fresh(),
            user: user.id,
            uses: wanted.uses,
            note,
            expires_at: ends(now, wanted.days),
        };
        let made = store::invites::insert(conn, &new, now).await?;
        made.ok_or_else(|| Error::broken("two codes of 60 random bits are the same"))
    })
    .await
}

fn ends(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    now + TimeDelta::days(days)
}

fn check(wanted: &Wanted, allowance: Allowance, days: i64) -> Result<String> {
    let mut invalid = Invalid::new();
    if !(1..=allowance.uses).contains(&wanted.uses) {
        let words = format!("must be a number from 1 to {}", allowance.uses);
        invalid.add("uses", "ERR_INVALID", words);
    }
    if !(1..=days).contains(&wanted.days) {
        let words = format!("must be a number from 1 to {days}");
        invalid.add("days", "ERR_INVALID", words);
    }
    let note = clean::text(&wanted.note).trim().replace('\n', " ");
    if note.chars().count() > MAX_NOTE {
        let words = format!("is too long (maximum is {MAX_NOTE} characters)");
        invalid.add("note", "ERR_TOO_LONG", words);
    }
    invalid.into_result()?;
    Ok(note)
}

/// Revokes one's own invite. Who applied with it goes on waiting; nobody is let in by it any more
/// without being read.
///
/// # Errors
/// `NotFound` where it is not theirs, or revoked already.
pub async fn revoke(app: &App, who: &Member, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    match store::invites::revoke(&mut conn, id, who.user().id, now).await? {
        true => Ok(()),
        false => Err(Error::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invite_ends_after_its_days_and_not_before() {
        let at = |hours: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        let invite = Invite {
            id: 1,
            code: "ABCDEFGHJKLM".into(),
            user_id: 1,
            uses: 2,
            used: 1,
            note: String::new(),
            created_at: at(0),
            expires_at: ends(at(0), 2),
            revoked_at: None,
        };
        assert!(invite.is_live(at(0)) && invite.is_live(at(47)));
        assert!(!invite.is_live(at(48)) && !invite.is_live(at(1000)));
        let used_up = Invite {
            used: 2,
            ..invite.clone()
        };
        let revoked = Invite {
            revoked_at: Some(at(1)),
            ..invite
        };
        assert!(!used_up.is_live(at(1)) && !revoked.is_live(at(1)));
    }
}
