//! How far the switch has gone: a pure function of facts and time (registration.md C1).
//!
//! ```text
//! presence   ──seen──┬── warned ──┬─ T: guarded ─────┬─ 2T: sealed ────┬─ 30 d: distress
//! response   ──oldest┴────────────┴─ R: guarded ─────┴─ 2R: sealed
//! uptime                            48 h in guarded ─┘  7 d in sealed ─┘
//! ```
//!
//! Up to stage 2 everything follows from the facts alone, so that dead workers cannot hold a
//! door open. Stages 3 and 4 need time in which the server was up, which the ticks write down:
//! a server that was switched off for a month comes back guarded, not sealed.

use chrono::{DateTime, TimeDelta, Utc};

use super::clockwork::Clockwork;
use crate::domain::Id;
use crate::domain::switch::{Cause, Stage, Warning};

/// Days without a sign of life until the door is guarded, as a place begins.
pub const PRESENCE_DAYS: i64 = 7;
/// What an admin may choose.
pub const PRESENCE_RANGE: std::ops::RangeInclusive<i64> = 2..=14;
/// How long the oldest application may wait for an answer.
pub const RESPONSE: TimeDelta = TimeDelta::days(14);
/// How long the oldest report from here may.
pub const RESPONSE_TO_REPORTS: TimeDelta = TimeDelta::days(7);
/// Somebody who decided within this is at work, however long the queue.
pub const AT_WORK: TimeDelta = TimeDelta::days(7);
/// The presence clock while several trusted people wait for a moderator.
pub const PRESENCE_WITH_REPORTS: TimeDelta = TimeDelta::hours(48);
/// The presence clock while an emergency rule is in force.
pub const PRESENCE_IN_EMERGENCY: TimeDelta = TimeDelta::hours(24);
/// How often at least somebody has to be there in person, while an app's token does the work:
/// so many times the presence clock (E18).
const IN_PERSON: i32 = 4;
/// Uptime in stage 2 before the door is sealed, and where nobody could keep the light on (E7).
pub const UPTIME_TO_SEAL: TimeDelta = TimeDelta::hours(48);
/// The same where nobody could (E7).
pub const UPTIME_TO_SEAL_UNKEPT: TimeDelta = TimeDelta::hours(24);
/// Uptime in stage 3 before members are told.
pub const UPTIME_TO_DISTRESS: TimeDelta = TimeDelta::days(7);
/// Days without a sign of life until members are told.
pub const DISTRESS: TimeDelta = TimeDelta::days(30);
/// Who is made an owner while a tick finds nobody was not absent: the two overlap by less.
const AT_ONCE: TimeDelta = TimeDelta::minutes(5);
/// Where there is no way in: one mail to the contact address.
pub const UNARMED_WARNING: TimeDelta = TimeDelta::days(60);
/// Where there is no way in: members are told.
pub const UNARMED_DISTRESS: TimeDelta = TimeDelta::days(90);

/// Everything that the stage follows from.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// T; `None` where the configuration switches the presence clock off.
    pub presence: Option<TimeDelta>,
    /// Whether anybody's role keeps the light on.
    pub kept: bool,
    /// The last sign of life in person by somebody who keeps the light on now.
    pub seen: Option<DateTime<Utc>>,
    /// The last act of theirs by an app's token.
    pub seen_by_app: Option<DateTime<Utc>>,
    /// Somebody may come in, as far as the admin's choice goes.
    pub way_in: bool,
    /// Somebody waits at the door.
    pub waiting: bool,
    /// At most one person lives here.
    pub alone: bool,
    /// Since when the application waits that waits longest for an answer.
    pub oldest_application: Option<DateTime<Utc>>,
    /// Since when the report from here waits that waits longest.
    pub oldest_report: Option<DateTime<Utc>>,
    /// When something was decided last.
    pub decided: Option<DateTime<Utc>>,
    /// Since when three trusted people wait for a moderator.
    pub trusted_reports: Option<DateTime<Utc>>,
    /// Since when an emergency rule is in force.
    pub emergency: Option<DateTime<Utc>>,
    /// Until when the present absence was planned.
    pub absent_until: Option<DateTime<Utc>>,
}

impl Facts {
    /// Of a place with a way in where nothing waits, and somebody was there then: to rehearse
    /// and to try with.
    pub fn quiet(presence: TimeDelta, seen: DateTime<Utc>) -> Facts {
        Facts {
            presence: Some(presence),
            kept: true,
            seen: Some(seen),
            seen_by_app: None,
            way_in: true,
            waiting: false,
            alone: false,
            oldest_application: None,
            oldest_report: None,
            decided: None,
            trusted_reports: None,
            emergency: None,
            absent_until: None,
        }
    }
}

/// What the ticks wrote down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Written {
    /// The episode that is open.
    pub episode: Option<OpenEpisode>,
    /// The clock.
    pub clockwork: Option<Clockwork>,
}

/// An episode that is open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpenEpisode {
    /// `episodes.id`.
    pub id: Id,
    /// What began it.
    pub cause: Cause,
    /// How far it has gone.
    pub stage: Stage,
    /// For compare-and-set.
    pub version: i32,
    /// When it began.
    pub since: DateTime<Utc>,
    /// When this stage began.
    pub stage_since: DateTime<Utc>,
    /// How many of the two warnings were given.
    pub warned: i16,
    /// How long the server was up in this stage.
    pub uptime: TimeDelta,
    /// The door was sealed in it: the history may say so.
    pub sealed: bool,
}

/// Something that comes if nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// What comes.
    pub stage: Stage,
    /// When, at the earliest.
    pub at: DateTime<Utc>,
}

/// Where the switch stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// How far it has gone.
    pub stage: Stage,
    /// What it is about; of no weight while calm.
    pub cause: Cause,
    /// When this stage became true; `None` while calm.
    pub since: Option<DateTime<Utc>>,
    /// Which warning holds, at stage 1.
    pub warning: Option<Warning>,
    /// The open episode as it is written.
    pub episode: Option<OpenEpisode>,
    /// That episode ended by itself, and has to be closed.
    pub over: bool,
    /// The clock as it is written.
    pub clockwork: Option<Clockwork>,
    /// The time by which this was judged: never before one that was seen.
    pub now: DateTime<Utc>,
    /// When somebody was there last, as the presence clock counts it.
    pub seen: Option<DateTime<Utc>>,
    /// Whether stages 2 and 3 can come at all.
    pub armed: bool,
    /// When the presence clock is over; `None` where it is switched off or never ran.
    pub presence_ends: Option<DateTime<Utc>>,
    /// When the response clock is over; `None` while nothing waits.
    pub response_ends: Option<DateTime<Utc>>,
    /// What comes when, if nothing happens: soonest first.
    pub next: Vec<Next>,
}

impl Standing {
    /// What newer accounts send to strangers waits.
    pub fn probation(&self) -> bool {
        self.stage >= Stage::Guarded
    }

    /// Nobody comes in, and time stands still for those who wait.
    pub fn sealed(&self) -> bool {
        self.stage >= Stage::Sealed
    }

    /// What the world may know already: not before the door is sealed (registration.md C1).
    pub fn is_public(&self) -> bool {
        self.stage >= Stage::Sealed || self.episode.is_some_and(|episode| episode.sealed)
    }

    /// An application or a report waits for longer than it should: a look alone is no sign of
    /// life then.
    pub fn response_is_over(&self) -> bool {
        self.response_ends.is_some_and(|ends| self.now >= ends)
    }
}

/// What has to be written down, so that what is written agrees with a standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Somebody was not seen for long enough that an episode begins.
    Begin {
        /// What it is about.
        cause: Cause,
        /// How far it has gone already.
        stage: Stage,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It goes further.
    Advance {
        /// How far.
        stage: Stage,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is over by itself.
    End,
    /// This warning is due.
    Warn(Warning),
}

impl Standing {
    /// The change that brings what is written one step nearer; `None` where nothing is missing.
    pub fn change(&self) -> Option<Change> {
        match (self.episode, self.since) {
            (None, None) => None,
            (None, Some(since)) => Some(Change::Begin {
                cause: self.cause,
                stage: self.stage,
                since,
            }),
            // What comes after an end is an episode of its own.
            (Some(episode), _) if self.over || self.stage < episode.stage => Some(Change::End),
            (Some(episode), Some(since)) if self.stage > episode.stage => Some(Change::Advance {
                stage: self.stage,
                since,
            }),
            (Some(episode), _) => self
                .warning
                .filter(|warning| *warning as i16 > episode.warned)
                .map(Change::Warn),
        }
    }
}

/// What a change makes of the episode, as the store writes it: for rehearsals.
pub fn apply(episode: Option<OpenEpisode>, change: Change) -> Option<OpenEpisode> {
    match (change, episode) {
        (
            Change::Begin {
                cause,
                stage,
                since,
            },
            _,
        ) => Some(OpenEpisode {
            id: 1,
            cause,
            stage,
            version: 1,
            since,
            stage_since: since,
            warned: 0,
            uptime: TimeDelta::zero(),
            sealed: false,
        }),
        (Change::Advance { stage, since }, Some(episode)) => Some(OpenEpisode {
            stage,
            stage_since: since,
            version: episode.version + 1,
            uptime: TimeDelta::zero(),
            sealed: episode.sealed || stage >= Stage::Sealed,
            ..episode
        }),
        (Change::Warn(warning), Some(episode)) => Some(OpenEpisode {
            warned: warning as i16,
            ..episode
        }),
        (Change::End, _) | (_, None) => None,
    }
}

/// Judges the facts at `wall`, by what was written down.
pub fn judge(facts: &Facts, written: &Written, wall: DateTime<Utc>) -> Standing {
    let now = written
        .clockwork
        .map_or(wall, |kept| kept.high_water.max(wall));
    let clocks = Clocks::of(facts, written, now);
    let by_facts = clocks.by_facts();
    let (mut stage, mut cause) = by_facts;
    if let Some(episode) = written.episode.filter(|e| e.stage >= Stage::Guarded)
        && !clocks.ends_by_itself(&episode)
    {
        // Latched: who comes home is shown what happened, and lifts it.
        stage = stage.max(episode.stage);
        cause = episode.cause;
    }
    if let Some(further) = clocks.further() {
        stage = stage.max(further);
    }
    let over = written
        .episode
        .is_some_and(|episode| clocks.ends_by_itself(&episode));
    let since = match written.episode {
        _ if stage == Stage::Calm => None,
        Some(episode) if episode.stage == stage && !over => Some(episode.stage_since),
        _ => Some(clocks.since(stage)),
    };
    Standing {
        stage,
        cause,
        since,
        warning: (stage == Stage::Warned).then(|| clocks.warning()),
        episode: written.episode,
        over,
        clockwork: written.clockwork,
        now,
        seen: clocks.seen,
        armed: clocks.armed,
        presence_ends: clocks.seen.and(clocks.presence_ends),
        response_ends: clocks.response_ends,
        next: clocks.next(stage),
    }
}

/// The clocks, as the facts set them.
struct Clocks<'f> {
    facts: &'f Facts,
    written: &'f Written,
    now: DateTime<Utc>,
    seen: Option<DateTime<Utc>>,
    armed: bool,
    /// Stage 2 by presence; the beginning of time where nobody was ever seen.
    presence_ends: Option<DateTime<Utc>>,
    response_ends: Option<DateTime<Utc>>,
}

impl<'f> Clocks<'f> {
    fn of(facts: &'f Facts, written: &'f Written, now: DateTime<Utc>) -> Clocks<'f> {
        let seen = seen(facts).filter(|_| facts.kept);
        let presence_ends = facts.presence.map(|t| match seen {
            None => DateTime::<Utc>::MIN_UTC,
            Some(seen) => {
                let sooner = |span: TimeDelta, since: Option<DateTime<Utc>>| {
                    since.map(|since| (seen + span).max(since))
                };
                [
                    sooner(PRESENCE_WITH_REPORTS, facts.trusted_reports),
                    sooner(PRESENCE_IN_EMERGENCY, facts.emergency),
                ]
                .into_iter()
                .flatten()
                .fold(seen + t, DateTime::min)
            }
        });
        Clocks {
            facts,
            written,
            now,
            seen,
            armed: !facts.alone && (facts.way_in || facts.waiting),
            presence_ends,
            response_ends: earliest([
                facts.oldest_application.map(|at| at + RESPONSE),
                facts.oldest_report.map(|at| at + RESPONSE_TO_REPORTS),
            ]),
        }
    }

    /// The stage that follows without looking at uptime: 2 at the most where there is a way
    /// in.
    fn by_facts(&self) -> (Stage, Cause) {
        if !self.facts.kept {
            return (Stage::Guarded, Cause::Nobody);
        }
        let over = |at: Option<DateTime<Utc>>| at.is_some_and(|at| self.now >= at);
        if self.armed && over(self.presence_ends) {
            return (Stage::Guarded, Cause::Absent);
        }
        if self.armed && over(self.response_ends) {
            return (Stage::Guarded, Cause::Unanswered);
        }
        if over(self.warned_at(Warning::First)) {
            return (Stage::Warned, Cause::Absent);
        }
        (Stage::Calm, Cause::Absent)
    }

    /// When a warning is due. Where there is no way in, one, much later; of one who lives
    /// alone nothing depends.
    fn warned_at(&self, warning: Warning) -> Option<DateTime<Utc>> {
        let (seen, t) = (self.seen?, self.facts.presence?);
        let after = match (self.armed, warning) {
            (true, Warning::First) => (t - TimeDelta::hours(48)).max(t / 2),
            (true, Warning::Second) => (t - TimeDelta::hours(12)).max(t * 3 / 4),
            (false, Warning::First) if !self.facts.alone => UNARMED_WARNING,
            (false, _) => return None,
        };
        Some(seen + after)
    }

    fn warning(&self) -> Warning {
        match self.warned_at(Warning::Second) {
            Some(at) if self.now >= at => Warning::Second,
            _ => Warning::First,
        }
    }

    /// An episode that began because nobody could keep the light on is over as soon as
    /// somebody can and does: there is no absence to look back at (E7).
    fn ends_by_itself(&self, episode: &OpenEpisode) -> bool {
        episode.cause == Cause::Nobody
            && self
                .seen
                .is_some_and(|seen| seen + AT_ONCE >= episode.since)
    }

    /// Stages 3 and 4, which need an earlier stage that is written, and uptime in it.
    fn further(&self) -> Option<Stage> {
        let episode = self.written.episode?;
        if self.ends_by_itself(&episode) || self.jump_wait() > TimeDelta::zero() {
            return None;
        }
        let over = |at: Option<DateTime<Utc>>| at.is_some_and(|at| self.now >= at);
        match episode.stage {
            Stage::Guarded => (over(self.sealed_at()) && episode.uptime >= self.uptime_to_seal())
                .then_some(Stage::Sealed),
            Stage::Sealed => (over(self.distress_at()) && episode.uptime >= UPTIME_TO_DISTRESS)
                .then_some(Stage::Distress),
            // Where nobody could keep the light on, it is guarded and sealed first (E7).
            Stage::Warned if !self.armed && self.facts.kept => (over(self.distress_at())
                && episode.uptime >= UPTIME_TO_DISTRESS)
                .then_some(Stage::Distress),
            Stage::Calm | Stage::Warned | Stage::Distress => None,
        }
    }

    fn jump_wait(&self) -> TimeDelta {
        let kept = self.written.clockwork;
        kept.map_or(TimeDelta::zero(), |kept| kept.jump_wait)
    }

    fn uptime_to_seal(&self) -> TimeDelta {
        if self.facts.kept {
            UPTIME_TO_SEAL
        } else {
            UPTIME_TO_SEAL_UNKEPT
        }
    }

    /// When stage 3 is due, uptime aside.
    fn sealed_at(&self) -> Option<DateTime<Utc>> {
        if !self.facts.kept {
            return Some(DateTime::<Utc>::MIN_UTC);
        }
        if !self.armed {
            return None;
        }
        let by_presence = self.facts.presence.map(|t| match self.seen {
            None => DateTime::<Utc>::MIN_UTC,
            Some(seen) => seen + t * 2,
        });
        // The queue alone goes no further while somebody works on it.
        let at_work = self.facts.decided.map(|decided| decided + AT_WORK);
        let by_response = earliest([
            self.facts.oldest_application.map(|at| at + RESPONSE * 2),
            self.facts
                .oldest_report
                .map(|at| at + RESPONSE_TO_REPORTS * 2),
        ])
        .map(|at| at_work.map_or(at, |work| at.max(work)));
        earliest([by_presence, by_response])
    }

    /// When stage 4 is due, uptime aside: counted from the last sign of life, or from the
    /// beginning of the episode where there never was one.
    fn distress_at(&self) -> Option<DateTime<Utc>> {
        let from = match (self.facts.kept, self.seen, self.facts.presence) {
            (true, Some(_), None) => return None,
            (true, Some(seen), Some(_)) => seen,
            _ => self.written.episode?.since,
        };
        let after = match self.armed || !self.facts.kept {
            true => DISTRESS,
            false if self.facts.alone => return None,
            false => UNARMED_DISTRESS,
        };
        Some(
            self.facts
                .absent_until
                .map_or(from + after, |until| until.max(from + after)),
        )
    }

    /// When that stage became true: when it was due, or at the last tick where it needed more
    /// than that (the door was opened, the server had been up long enough).
    fn since(&self, stage: Stage) -> DateTime<Utc> {
        let due = match stage {
            Stage::Calm => None,
            Stage::Warned => self.warned_at(Warning::First),
            Stage::Guarded => earliest([self.presence_ends, self.response_ends])
                .filter(|_| self.facts.kept && self.seen.is_some()),
            Stage::Sealed => self.sealed_at(),
            Stage::Distress => self.distress_at(),
        };
        let due = due.unwrap_or(self.now);
        // The last tick found it untrue; with a clock set back, it says nothing.
        let ticked = self.written.clockwork.map(|kept| kept.ticked_at);
        ticked.map_or(due, |tick| due.max(tick)).min(self.now)
    }

    fn next(&self, stage: Stage) -> Vec<Next> {
        let guarded = earliest([self.presence_ends, self.response_ends]);
        let still = |needed: TimeDelta, of: Stage| match self.written.episode {
            Some(episode) if episode.stage == of => (needed - episode.uptime).max(self.jump_wait()),
            _ => needed.max(self.jump_wait()),
        };
        // A stage begins after the one before it, and after the uptime that it asks for.
        let mut next = Vec::new();
        let mut after = self.now;
        let armed = self.armed || !self.facts.kept;
        let second = self.warned_at(Warning::Second);
        for (of, at, uptime) in [
            (
                Stage::Warned,
                self.warned_at(Warning::First),
                TimeDelta::zero(),
            ),
            (Stage::Warned, second, TimeDelta::zero()),
            (Stage::Guarded, guarded.filter(|_| armed), TimeDelta::zero()),
            (
                Stage::Sealed,
                self.sealed_at(),
                still(self.uptime_to_seal(), Stage::Guarded),
            ),
            (
                Stage::Distress,
                self.distress_at(),
                still(UPTIME_TO_DISTRESS, Stage::Sealed),
            ),
        ] {
            let Some(at) = at else { continue };
            if of < stage || (of == stage && of != Stage::Warned) {
                continue;
            }
            if of == Stage::Warned && (at <= self.now || stage > Stage::Warned) {
                continue;
            }
            let at = at.max(after + uptime);
            next.push(Next { stage: of, at });
            if of >= Stage::Guarded {
                after = at;
            }
        }
        next
    }
}

/// When somebody was there, as the presence clock counts it: what an app's token did counts
/// for a while after somebody was there in person (E18).
fn seen(facts: &Facts) -> Option<DateTime<Utc>> {
    let seen = facts.seen?;
    let Some((by_app, t)) = facts.seen_by_app.zip(facts.presence) else {
        return Some(seen);
    };
    Some(seen.max(by_app.min(seen + t * (IN_PERSON - 1))))
}

fn earliest<const N: usize>(times: [Option<DateTime<Utc>>; N]) -> Option<DateTime<Utc>> {
    times.into_iter().flatten().min()
}

#[cfg(test)]
mod tests;
