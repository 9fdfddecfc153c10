//! Which ceilings are in force: brings the facts to [`super::ceilings`] and takes the
//! strictest. Changing them is the business of [`super::doorkeeper`].
//!
//! Deciding paths call [`current`] in their own transaction; showing paths call [`shown`].

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use super::applications::line;
use super::ceilings::absence::{self, Absence};
use super::ceilings::opening_hours::OpeningHours;
use super::ceilings::{capacity, configured, deadman, opening_hours, outdated};
use super::effective_mode::{Ceiling, EffectiveMode, strictest};
use super::switch::stage::{Facts, Standing};
use super::switch::{self, stage};
use super::who::GRACE;
use crate::app::App;
use crate::domain::Result;
use crate::domain::event::{Event, EventKind};
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::release::RELEASED;
use crate::domain::switch::Cause;
use crate::model::audit::DoorChange;
use crate::model::switch::Episode;
use crate::store::door::DoorFacts;
use crate::store::{self, Conn};

/// The settings that ceilings are made of.
const SETTINGS: [&str; 6] = [
    absence::SETTING,
    deadman::SETTING,
    switch::PRESENCE,
    configured::SETTING,
    opening_hours::SETTING,
    outdated::SETTING,
];
/// Rows of the history that a page or an app gets.
const HISTORY: i64 = 200;

/// The facts with what they come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// What the admin chose.
    pub configured: Ceiling,
    /// When the door is open, where hours are kept.
    pub hours: Option<OpeningHours>,
    /// Nobody is home at this moment, as was planned.
    pub absence: Option<Absence>,
    /// When this release counts as outdated.
    pub outdated_from: DateTime<Utc>,
    /// Where the dead-man switch stands.
    pub switch: Arc<Standing>,
    /// What the switch was judged by.
    pub facts: Arc<Facts>,
    /// The mode of a guarded door, as it was chosen.
    pub guarded_mode: RegistrationMode,
    /// Days without a sign of life until then, as they were chosen.
    pub presence_days: i64,
    /// Confirmed applications without a decision.
    pub waiting: i64,
    /// The strictest of it all.
    pub effective: EffectiveMode,
    /// The same as the world is told it: nobody is told when to strike ([`told`]).
    pub told: Arc<EffectiveMode>,
}

impl Weighed {
    /// Whether somebody looks after the door, as the world is told: late, and who said beforehand
    /// that they would be away is not missing.
    pub fn attended(&self) -> bool {
        !self.switch.sealed() || self.absence.is_some()
    }
}

/// The mode that holds at `now`, from the facts as this connection sees them: one statement. Its
/// reason is the one that the world is told: what is said of it is said to strangers.
pub async fn current(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<EffectiveMode> {
    Ok(Arc::unwrap_or_clone(weighed(app, conn, now).await?.told))
}

/// The same with what it was made of.
pub async fn weighed(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<Weighed> {
    let facts = store::door::facts(conn, &SETTINGS, now).await?;
    Ok(weigh(app, &facts, now))
}

fn weigh(app: &App, facts: &DoorFacts, now: DateTime<Utc>) -> Weighed {
    let registration = &app.config.registration;
    let configured = configured::ceiling(facts.setting(configured::SETTING), registration.mode);
    let hours = facts
        .setting(opening_hours::SETTING)
        .and_then(OpeningHours::read);
    let absence = facts.setting(absence::SETTING).and_then(Absence::read);
    let absence = absence.filter(|away| away.lasts(now));
    let outdated_from = outdated::due(RELEASED, facts.setting(outdated::SETTING));
    let of_switch = switch::facts(app, facts, configured.mode, now);
    let switch = stage::judge(&of_switch, &switch::written(facts), now);
    let guarded_mode = deadman::guarded_mode(facts.setting(deadman::SETTING));
    let ceilings = [
        Some(configured),
        deadman::ceiling(&switch, guarded_mode),
        capacity::ceiling(facts.waiting, registration.max_waiting, app.disk_is_low()),
        hours.as_ref().and_then(|hours| hours.ceiling(now)),
        absence.as_ref().and_then(|away| away.ceiling(now)),
        outdated::ceiling(outdated_from, now),
    ];
    let mut effective = strictest(ceilings.into_iter().flatten());
    let mut told = match switch.is_public() {
        true => effective.clone(),
        false => told(&configured, &effective),
    };
    // A cause that cannot tell its beginning has it in the history.
    for held in [&mut effective, &mut told] {
        if let (None, Some((mode, reason, at))) = (held.since, facts.last)
            && (mode, reason) == (held.mode, held.reason)
        {
            held.since = Some(at);
            let (mode, reason) = (held.mode, held.reason);
            let same = |c: &&mut Ceiling| (c.mode, c.reason) == (mode, reason);
            for ceiling in held.ceilings.iter_mut().filter(same) {
                ceiling.since = ceiling.since.or(Some(at));
            }
        }
    }
    Weighed {
        configured,
        hours,
        absence,
        outdated_from,
        switch: Arc::new(switch),
        facts: Arc::new(of_switch),
        guarded_mode,
        presence_days: switch::presence_days(facts.setting(switch::PRESENCE)),
        waiting: facts.waiting,
        effective,
        told: Arc::new(told),
    }
}

/// What the world is told while the switch has guarded the door and not sealed it: `attended` is
/// late and coarse on purpose, and a tighter mode looks like the admin's choice (C1, Secrets).
fn told(configured: &Ceiling, effective: &EffectiveMode) -> EffectiveMode {
    let ceilings = effective.ceilings.iter().filter_map(|ceiling| {
        if ceiling.reason != ModeReason::Deadman {
            return Some(*ceiling);
        }
        // Where it changes nothing, not even its time may be seen.
        let changes = ceiling.mode > configured.mode || configured.bypass;
        changes.then_some(Ceiling {
            reason: ModeReason::Admin,
            ..*ceiling
        })
    });
    strictest(ceilings)
}

/// Its name in the app's memory.
const SHOWN: &str = "shown mode";

/// The mode for pages, the instance entity and other surfaces that only show it, as the world is
/// told it: 30 s old at the most.
pub async fn shown(app: &App) -> Result<Arc<EffectiveMode>> {
    Ok(remembered(app).await?.told.clone())
}

/// All that is known of the door, 30 s old at the most: for pages of staff, and for what is shown
/// of the switch.
pub async fn remembered(app: &App) -> Result<Arc<Weighed>> {
    app.memory
        .get(SHOWN, async {
            let mut conn = app.desk.get().await?;
            weighed(app, &mut conn, app.clock.now()).await
        })
        .await
}

/// Forgets what [`shown`] remembers: after something that changed the facts here.
pub async fn forget(app: &App) {
    app.memory.forget(SHOWN).await;
}

/// Writes down what became true by itself, and draws from the line into the queue. For the
/// timers; of several processes one does it, and what it finds done it leaves alone.
pub async fn watch(app: &App) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        if !store::door::try_lock(conn).await? {
            return Ok(());
        }
        let now = app.clock.decide(conn).await?;
        let weighed = weighed(app, conn, now).await?;
        note(conn, &weighed.told, now).await?;
        line::draw(conn, now).await?;
        Ok(())
    })
    .await
}

/// Adds a row to the history when the world is told another mode or another cause than before. Under
/// [`store::door::lock`]: two who notice the same change write one row.
pub(super) async fn note(conn: &mut Conn, told: &EffectiveMode, now: DateTime<Utc>) -> Result<()> {
    let last = store::door::last_change(conn).await?;
    let before = last.as_ref().map(|last| (last.to_mode, last.reason));
    if before == Some((told.mode, told.reason)) {
        return Ok(());
    }
    // When it became true, not when somebody looked; but never before what was told last.
    let after = last.as_ref().map(|last| last.at);
    let at = told
        .since
        .filter(|at| after.is_none_or(|after| *at > after));
    let from = last.map(|last| last.to_mode);
    let at = at.unwrap_or(now).min(now);
    store::door::insert_change(conn, from, told.mode, told.reason, at).await?;
    let event = Event::by_people(EventKind::DoorChanged, 0, 0);
    store::events::insert(conn, &event, at).await
}

/// The history of the door, newest first: times, modes, reasons, never names. What the switch did
/// is named once it may be known: when the door was sealed, or when somebody came back.
pub async fn history(app: &App) -> Result<Vec<DoorChange>> {
    let mut conn = app.desk.get().await?;
    let changes = store::door::list_changes(&mut conn, HISTORY).await?;
    let episodes = store::switch::guarded(&mut conn, HISTORY).await?;
    Ok(named(changes, &episodes))
}

/// A row that was written within this after the door became guarded tells of that.
const SAME_MOMENT: TimeDelta = TimeDelta::minutes(2);

/// Names the switch as the cause where it was (newest first; episodes that guarded the door).
fn named(mut changes: Vec<DoorChange>, episodes: &[Episode]) -> Vec<DoorChange> {
    let known = |episode: &&Episode| episode.sealed_at.is_some() || episode.ended_at.is_some();
    for episode in episodes.iter().filter(known) {
        let Some(at) = episode.guarded_at else {
            continue;
        };
        if episode.kind == Cause::Nobody {
            continue;
        }
        let written = changes.iter_mut().find(|change| {
            (at..at + SAME_MOMENT).contains(&change.at) && change.reason == ModeReason::Admin
        });
        if let Some(change) = written {
            change.reason = ModeReason::Deadman;
            continue;
        }
        // A door that asked for a person anyway: nothing was written then.
        let later = changes.iter().take_while(|change| change.at > at).count();
        let Some(before) = changes.get(later) else {
            continue;
        };
        let change = DoorChange {
            id: before.id,
            at,
            from_mode: Some(before.to_mode),
            to_mode: before.to_mode.max(RegistrationMode::Approval),
            reason: ModeReason::Deadman,
        };
        changes.insert(later, change);
    }
    changes
}

/// What the door tells a stranger about who reads, and how long it takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readers {
    /// Names to show, five at the most.
    pub names: Vec<String>,
    /// The middle wait of the last 90 days, in hours; `None` without decisions.
    pub median_hours: Option<f64>,
    /// When an application was last decided.
    pub last_decision: Option<DateTime<Utc>>,
}

impl Readers {
    /// The usual wait in words, such as `a day` or `3 days`: what an answer comes within.
    pub fn usual_wait(&self) -> Option<String> {
        let words = crate::text::time_words::usually_within(self.median_hours?)?;
        Some(match words.strip_prefix("usually within ") {
            Some(span) => span.to_owned(),
            None => "some months".to_owned(),
        })
    }

    /// The usual wait as coarsely as apps are told: `hours`, `days`, `week`, `longer`.
    pub fn review_time(&self) -> Option<&'static str> {
        Some(match self.median_hours? {
            h if h < 24.0 => "hours",
            h if h < 5.0 * 24.0 => "days",
            h if h < 8.0 * 24.0 => "week",
            _ => "longer",
        })
    }
}

/// The usual wait is measured over so long.
pub const MEASURED: chrono::TimeDelta = chrono::TimeDelta::days(90);

/// Who reads applications here: nobody while the door is sealed.
pub async fn readers(app: &App) -> Result<Readers> {
    let attended = remembered(app).await?.attended();
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let (since, grace) = (now - MEASURED, now - GRACE);
    Ok(Readers {
        names: match attended {
            true => store::door::readers(&mut conn, grace, 5).await?,
            false => Vec::new(),
        },
        median_hours: store::door::median_hours(&mut conn, since).await?,
        last_decision: store::door::last_decision(&mut conn).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_wait_is_told_coarsely() {
        let told = |hours| {
            let readers = Readers {
                median_hours: Some(hours),
                ..Readers::default()
            };
            readers.review_time()
        };
        for (hours, words) in [
            (23.9, "hours"),
            (24.0, "days"),
            (119.0, "days"),
            (120.0, "week"),
            (191.0, "week"),
            (192.0, "longer"),
        ] {
            assert_eq!(told(hours), Some(words), "{hours}");
        }
        assert_eq!(Readers::default().review_time(), None);
    }
}
