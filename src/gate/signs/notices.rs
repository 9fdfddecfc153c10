//! What those who keep the light on are told as the switch moves: whether it is still news, and
//! the words, which mails and posts share.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::super::switch;
use super::super::switch::stage::Standing;
use crate::app::App;
use crate::domain::Result;
use crate::domain::switch::{Cause, Stage};
use crate::domain::switch_notice::SwitchNotice;
use crate::model::switch::Episode;
use crate::model::switch_notice::Notice;
use crate::model::user::User;
use crate::store::{self, Conn};
use crate::text::catalogue::{Value, Words};

/// Where the page *While you were away* is.
pub const AWAY: &str = "/desk/away";
/// Where the light can be seen.
const DESK: &str = "/desk";
/// What moved so soon after the server was back moved because it was off.
const BACK: TimeDelta = TimeDelta::minutes(10);

/// A notice that is still news.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling {
    /// The row.
    pub notice: Notice,
    /// What it is about.
    pub episode: Episode,
    /// Where the switch stands now.
    pub standing: Standing,
    /// Who ended it, where somebody did.
    pub by: Option<String>,
    /// From when to when the server was off, where the switch moved as it came back (E3).
    pub off: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// The notice of that row; `None` when it has left already, or is no news any more: what waited
/// while mail was dead says nothing that is over.
pub async fn due(
    app: &App,
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
) -> Result<Option<Telling>> {
    let Some(notice) = store::switch_notices::find(conn, id).await? else {
        return Ok(None);
    };
    let Some(episode) = store::switch::episode(conn, notice.episode_id).await? else {
        return Ok(None);
    };
    if notice.begun_at.is_some() || notice.sent_at.is_some() || !is_news(&notice, &episode) {
        return Ok(None);
    }
    // Nobody is told of themselves that they are back.
    let by = match episode.ended_by.filter(|by| *by != notice.recipient) {
        Some(by) => store::users::find(conn, by).await?.map(|u| u.username),
        None => None,
    };
    let off = store::switch::last_off(conn).await?;
    Ok(Some(Telling {
        off: off.filter(|(_, until)| (notice.moved_at - *until).abs() < BACK),
        standing: switch::standing(app, conn, now).await?,
        notice,
        episode,
        by,
    }))
}

fn is_news(notice: &Notice, episode: &Episode) -> bool {
    if episode.ended_at.is_some() {
        return notice.notice == SwitchNotice::Over;
    }
    match notice.notice {
        SwitchNotice::FirstWarning => episode.stage == Stage::Warned && episode.warned < 2,
        SwitchNotice::SecondWarning => episode.stage == Stage::Warned,
        SwitchNotice::Guarded => episode.stage == Stage::Guarded,
        SwitchNotice::Sealed => episode.stage >= Stage::Sealed,
        SwitchNotice::Over => false,
    }
}

/// Somebody who keeps the light on, of that id; `None` for who does not (any more).
pub async fn keeper(conn: &mut Conn, user: i64) -> Result<Option<User>> {
    let keepers = store::switch_notices::keepers(conn).await?;
    Ok(keepers.into_iter().find(|keeper| keeper.id == user))
}

impl Telling {
    /// Which episode and stage a link in it belongs to; `None` where there is nothing to check in
    /// for.
    pub fn link_of(&self) -> Option<(i64, Stage)> {
        let stage = self.notice.notice.stage();
        (stage > Stage::Calm).then_some((self.episode.id, self.standing.stage.max(stage)))
    }

    /// Where at the desk there is more to see.
    pub fn desk(&self) -> &'static str {
        match self.notice.notice {
            SwitchNotice::Guarded | SwitchNotice::Sealed => AWAY,
            _ => DESK,
        }
    }

    /// What is told, a paragraph each: what happened, what it means, what comes next.
    pub fn paragraphs(&self, words: Words, place: &str, zone: Tz) -> Vec<String> {
        let at = |time: Option<DateTime<Utc>>| time.map(|time| words.moment(time, zone));
        let say = |key: &str, more: Option<(&'static str, String)>| {
            let place = [("place", Value::from(place.to_owned()))];
            let more = more.map(|(name, value)| (name, Value::from(value)));
            words.say(key, place.into_iter().chain(more))
        };
        let mut said = Vec::new();
        match self.notice.notice {
            SwitchNotice::FirstWarning | SwitchNotice::SecondWarning => {
                said.push(match at(self.standing.seen) {
                    Some(seen) => say("switch-unseen", Some(("seen", seen))),
                    None => say("switch-unseen-ever", None),
                });
                let guarded = at(self.next(Stage::Guarded));
                said.extend(guarded.map(|when| say("switch-guard-comes", Some(("when", when)))));
            }
            SwitchNotice::Guarded => {
                if let Some((from, until)) = self.off {
                    let span = [("from", from), ("until", until)]
                        .map(|(name, at)| (name, Value::from(words.moment(at, zone))));
                    let place = [("place", Value::from(place.to_owned()))];
                    said.push(words.say("switch-was-off", place.into_iter().chain(span)));
                }
                said.push(match (self.episode.kind, at(self.standing.seen)) {
                    (Cause::Nobody, _) => say("switch-guarded-nobody", None),
                    (Cause::Unanswered, _) => say("switch-guarded-waits", None),
                    (Cause::Absent, Some(seen)) => {
                        say("switch-guarded-unseen", Some(("seen", seen)))
                    }
                    (Cause::Absent, None) => say("switch-guarded-never", None),
                });
                said.push(say("switch-guarded-means", None));
                let sealed = at(self.next(Stage::Sealed));
                said.extend(sealed.map(|when| say("switch-seal-comes", Some(("when", when)))));
            }
            SwitchNotice::Sealed => {
                said.push(say("switch-sealed-told", None));
                said.push(say("switch-sealed-means", None));
                let distress = at(self.next(Stage::Distress));
                said.extend(
                    distress.map(|when| say("switch-distress-comes", Some(("when", when)))),
                );
            }
            SwitchNotice::Over => said.push(match &self.by {
                Some(who) => say("switch-over-by", Some(("who", format!("@{who}")))),
                None => say("switch-over-told", None),
            }),
        }
        said
    }

    fn next(&self, stage: Stage) -> Option<DateTime<Utc>> {
        let next = self.standing.next.iter().find(|next| next.stage == stage);
        next.map(|next| next.at)
    }
}
