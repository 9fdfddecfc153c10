//! The heir (registration.md C1): to whom the place goes when nobody comes back.
//!
//! ```text
//! an owner offers ── 14 d ──> lapsed
//!       │ yes: the letter, shown once; only its SHA-256 is kept
//!       v
//!    the heir ── 60 quiet days of distress, the code ──> notice, 14 days, all are told
//!       ^                                                  │  │ and 7 days of uptime in it
//!       └── an owner or admin is seen, the switch is lifted ┘  v
//!                                                        owner of the place
//! ```
//!
//! One at most is offered or named. The owner may take it back, the heir may give it up; another
//! role, a suspension or a farewell void it: each time the letter is void, too. Until a notice
//! begins, nobody but owners and the heir is shown any of it.
//!
//! # What was decided here
//!
//! - *Quiet*: a sign of life of an owner or admin begins the 60 days anew, so that the letter
//!   cannot be opened again the day after somebody was seen. The heir's own signs do not count.
//! - *Uptime*: the letter opens only after a week of uptime in distress, and the notice runs out
//!   only after a week of uptime within it: a server that was off could have been told nothing,
//!   and a clock that was set ahead gives nothing away.
//! - *Former owners keep their roles.* They were away, not dismissed: who comes home in a year
//!   finds a place that lives, and somebody to talk to. The new owner may change their roles.
//! - *The switch stays latched*: that somebody is the owner now says nothing about who waits at
//!   the door. The new owner lifts it, alone although the role is young: the offer by an owner
//!   and the fortnight in which all could object were the second pair of eyes that C1 asks for
//!   (`switch/lift.rs`).

mod letters;
mod offer;
mod opening;
mod watch;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::deputies::FRESH;
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::heir::{HeirEnding, NoticeEnding};
use crate::domain::switch::Stage;
use crate::domain::{Error, Id, Result};
use crate::gate::switch;
use crate::gate::switch::stage::{Standing, UPTIME_TO_DISTRESS};
use crate::gate::who::{self, Member, Owner, SignedIn};
use crate::store::audit::NewLine;
pub use crate::store::heirs::{Heir, Notice};
use crate::store::{self, Conn};

pub use letters::{ERRAND, go_on};
pub use offer::{accept, decline, give_up, offer, take_back};
pub use opening::open;
pub use watch::watch;

/// So long an offer stands.
pub const OFFER: TimeDelta = TimeDelta::days(14);
/// So long it has to be distress, and no owner or admin seen, before the letter opens.
pub const QUIET: TimeDelta = TimeDelta::days(60);
/// So long beforehand everybody is told.
pub const NOTICE: TimeDelta = TimeDelta::days(14);
/// So long the server has to be up in distress, and again within the notice.
pub const UPTIME: TimeDelta = UPTIME_TO_DISTRESS;
/// Wrong codes in a day.
pub const TRIES: i16 = 5;

/// What an owner sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The one who is asked or named, or what became of the last one.
    pub heir: Option<Heir>,
    /// The notice that runs.
    pub notice: Option<Notice>,
    /// An offer that stands lapses then.
    pub lapses: Option<DateTime<Utc>>,
}

/// Looks at it.
pub async fn look(app: &App, _who: &Owner) -> Result<Overview> {
    let mut conn = app.desk.get().await?;
    let conn = &mut *conn;
    let heir = store::heirs::last(conn).await?;
    let lapses = heir
        .as_ref()
        .filter(|heir| heir.ending.is_none() && heir.accepted_at.is_none())
        .map(|heir| heir.offered_at + OFFER);
    Ok(Overview {
        heir,
        notice: store::heirs::running(conn).await?,
        lapses,
    })
}

/// For whoever has a shell on the server: whether there is an heir, and the notice that runs.
pub async fn status(app: &App) -> Result<(bool, Option<Notice>)> {
    let mut conn = app.desk.get().await?;
    let heir = store::heirs::open(&mut conn).await?;
    let named = heir.is_some_and(|heir| heir.accepted_at.is_some() && heir.good);
    Ok((named, store::heirs::running(&mut conn).await?))
}

/// What somebody finds who is asked, or is the heir.
#[derive(Debug, Clone, PartialEq)]
pub struct Mine {
    /// The row.
    pub heir: Heir,
    /// They signed in lately, and since they were asked.
    pub fresh: bool,
    /// When the letter opens at the earliest, in distress.
    pub opens_at: Option<DateTime<Utc>>,
    /// It opens now.
    pub opens: bool,
    /// The notice that runs.
    pub notice: Option<Notice>,
}

/// Looks at what is one's own.
///
/// # Errors
/// `NotFound` for everybody else: nobody learns whether there is an heir.
pub async fn mine(app: &App, who: &SignedIn) -> Result<Mine> {
    let member = who::admit(who).map_err(|_| Error::NotFound)?;
    let mut conn = app.desk.get().await?;
    let conn = &mut *conn;
    let now = app.clock.now();
    let heir = own(conn, &member, now).await?;
    let standing = switch::standing(app, conn, now).await?;
    let sign = store::heirs::last_sign(conn, heir.user).await?;
    Ok(Mine {
        fresh: is_fresh(conn, &member, &heir, now).await?,
        opens_at: opens_at(&standing, sign),
        opens: opens(&standing, sign),
        notice: store::heirs::running(conn).await?,
        heir,
    })
}

/// The open row of somebody, as far as it is good.
async fn own(conn: &mut Conn, who: &Member, now: DateTime<Utc>) -> Result<Heir> {
    let found = store::heirs::open(conn).await?.filter(|heir| {
        heir.user == Some(who.user().id)
            && heir.good
            && (heir.accepted_at.is_some() || heir.offered_at + OFFER > now)
    });
    found.ok_or(Error::NotFound)
}

async fn is_fresh(conn: &mut Conn, who: &Member, heir: &Heir, now: DateTime<Utc>) -> Result<bool> {
    let begun = super::signed_in_at(conn, who, now).await?;
    Ok(begun.is_some_and(|at| at >= heir.offered_at && at + FRESH > now))
}

/// A session that lay open somewhere takes nothing over; a fresh one had the second factor.
fn afresh() -> Error {
    Error::denied("Please sign out and in once more first: this needs a fresh sign-in.")
}

/// When the letter opens at the earliest; `None` where it is no distress.
fn opens_at(standing: &Standing, sign: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    let episode = standing
        .episode
        .filter(|episode| episode.stage >= Stage::Distress && standing.stage >= Stage::Distress)?;
    let quiet_since = sign.map_or(episode.stage_since, |at| at.max(episode.stage_since));
    Some(quiet_since + QUIET)
}

/// Whether it opens now: the server has to have been up for a while, too, and the clock not have
/// jumped just now.
fn opens(standing: &Standing, sign: Option<DateTime<Utc>>) -> bool {
    let up = standing.episode.is_some_and(|open| open.uptime >= UPTIME);
    let calm = standing
        .clockwork
        .is_some_and(|clock| clock.jump_wait <= TimeDelta::zero());
    up && calm && opens_at(standing, sign).is_some_and(|at| at <= standing.now)
}

/// What everybody may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// To whom it is offered, who has not said yes or no.
    pub asked: Option<Id>,
    /// The notice that runs: who, and from when on.
    pub notice: Option<(String, DateTime<Utc>)>,
}

/// Its name in the app's memory.
const SHOWN: &str = "shown heir";

/// What pages show of it, 30 s old at the most. `asked` is for the one it names alone.
pub async fn shown(app: &App) -> Result<Shown> {
    let shown = app.memory.get(SHOWN, async {
        let mut conn = app.desk.get().await?;
        let now = app.clock.now();
        let asked = store::heirs::open(&mut conn).await?.filter(|heir| {
            heir.good && heir.accepted_at.is_none() && heir.offered_at + OFFER > now
        });
        let notice = store::heirs::running(&mut conn).await?;
        Ok(Shown {
            asked: asked.and_then(|heir| heir.user),
            notice: notice.map(|notice| (notice.name, notice.until)),
        })
    });
    Ok((*shown.await?).clone())
}

/// When heirs became owners, the last first: for everybody.
pub async fn successions(app: &App) -> Result<Vec<DateTime<Utc>>> {
    let mut conn = app.desk.get().await?;
    store::heirs::successions(&mut conn).await
}

/// Ends what is open of it: the row, and the notice that runs. Under the lock of the door.
async fn close(
    conn: &mut Conn,
    heir: &Heir,
    ending: HeirEnding,
    of_notice: NoticeEnding,
    now: DateTime<Utc>,
) -> Result<bool> {
    if !store::heirs::end(conn, heir.id, ending, now).await? {
        return Ok(false);
    }
    if let Some(notice) = store::heirs::running(conn).await? {
        stop(conn, notice.id, of_notice, now).await?;
    }
    Ok(true)
}

/// Ends a notice, and tells; `false` where it was over.
async fn stop(
    conn: &mut Conn,
    notice: i64,
    ending: NoticeEnding,
    now: DateTime<Utc>,
) -> Result<bool> {
    if !store::heirs::end_notice(conn, notice, ending, now).await? {
        return Ok(false);
    }
    let event = Event::by_people(EventKind::HeirNoticeEnded, notice, 0).with(ending as i64);
    store::events::insert(conn, &event, now).await?;
    Ok(true)
}

/// A line of the log. It names nobody before a notice begins: what the heir does has no actor.
async fn line(
    conn: &mut Conn,
    act: &'static str,
    actor: Option<Id>,
    subject: Option<Id>,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = NewLine {
        actor,
        act,
        subject_kind: match subject {
            Some(_) => "user",
            None => "registration",
        },
        subject,
        detail,
        inverse: None,
    };
    store::audit::append(conn, line, now).await
}

/// The same about nobody.
async fn quiet_line(
    conn: &mut Conn,
    act: &'static str,
    actor: Option<Id>,
    now: DateTime<Utc>,
) -> Result<()> {
    line(conn, act, actor, None, json!({}), now).await
}
