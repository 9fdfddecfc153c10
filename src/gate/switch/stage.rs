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
            Stage::Warned if !self.armed => (over(self.distress_at())
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::hours(hours)
    }

    fn days(n: i64) -> i64 {
        n * 24
    }

    /// A place of some people, whose owner was seen at hour 0.
    fn facts() -> Facts {
        Facts {
            presence: Some(TimeDelta::days(7)),
            kept: true,
            seen: Some(at(0)),
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

    fn written(stage: Stage, since: i64, uptime: i64) -> Written {
        Written {
            episode: Some(OpenEpisode {
                id: 1,
                cause: Cause::Absent,
                stage,
                version: 1,
                since: at(since),
                stage_since: at(since),
                warned: 2,
                uptime: TimeDelta::hours(uptime),
                sealed: stage >= Stage::Sealed,
            }),
            clockwork: None,
        }
    }

    fn stage(facts: &Facts, hours: i64) -> (Stage, Option<Warning>) {
        let standing = judge(facts, &Written::default(), at(hours));
        (standing.stage, standing.warning)
    }

    #[test]
    fn a_week_has_two_warnings_and_then_the_door_is_guarded() {
        let facts = facts();
        assert_eq!(stage(&facts, days(5) - 1), (Stage::Calm, None));
        assert_eq!(
            stage(&facts, days(5)),
            (Stage::Warned, Some(Warning::First))
        );
        let second = days(7) - 12;
        assert_eq!(stage(&facts, second - 1).1, Some(Warning::First));
        assert_eq!(stage(&facts, second).1, Some(Warning::Second));
        assert_eq!(stage(&facts, days(7)), (Stage::Guarded, None));
        let judged = judge(&facts, &Written::default(), at(days(8)));
        assert_eq!(judged.since, Some(at(days(7))), "when it became true");
    }

    #[test]
    fn a_short_clock_is_warned_of_in_its_second_half() {
        let facts = Facts {
            presence: Some(TimeDelta::days(2)),
            ..facts()
        };
        assert_eq!(stage(&facts, 23), (Stage::Calm, None));
        assert_eq!(stage(&facts, 24).1, Some(Warning::First));
        assert_eq!(stage(&facts, 36).1, Some(Warning::Second));
        assert_eq!(stage(&facts, 48).0, Stage::Guarded);
    }

    #[test]
    fn dead_workers_guard_a_door_and_seal_none() {
        for months in 1..40 {
            assert_eq!(stage(&facts(), days(30 * months)).0, Stage::Guarded);
        }
    }

    #[test]
    fn a_door_is_sealed_after_twice_the_time_and_two_days_of_uptime() {
        let sealed = |hours, uptime| {
            judge(
                &facts(),
                &written(Stage::Guarded, days(7), uptime),
                at(hours),
            )
            .stage
        };
        assert_eq!(sealed(days(14), 47), Stage::Guarded);
        assert_eq!(sealed(days(14) - 1, 300), Stage::Guarded);
        assert_eq!(sealed(days(14), 48), Stage::Sealed);
    }

    #[test]
    fn members_hear_of_it_after_thirty_days_and_a_week_of_uptime() {
        let distress = |hours, uptime| {
            judge(
                &facts(),
                &written(Stage::Sealed, days(14), uptime),
                at(hours),
            )
            .stage
        };
        assert_eq!(distress(days(30), 167), Stage::Sealed);
        assert_eq!(distress(days(30) - 1, 400), Stage::Sealed);
        assert_eq!(distress(days(30), 168), Stage::Distress);
        let planned = Facts {
            absent_until: Some(at(days(40))),
            ..facts()
        };
        let judged = judge(
            &planned,
            &written(Stage::Sealed, days(14), 400),
            at(days(31)),
        );
        assert_eq!(judged.stage, Stage::Sealed, "stage 4 waits for the return");
    }

    #[test]
    fn a_sign_of_life_ends_a_warning_and_nothing_more() {
        let seen = Facts {
            seen: Some(at(days(20))),
            ..facts()
        };
        let judged = |stage| judge(&seen, &written(stage, days(6), 400), at(days(20) + 1)).stage;
        assert_eq!(judged(Stage::Warned), Stage::Calm);
        assert_eq!(judged(Stage::Guarded), Stage::Guarded);
        assert_eq!(judged(Stage::Sealed), Stage::Sealed);
        assert_eq!(judged(Stage::Distress), Stage::Distress);
    }

    #[test]
    fn the_queue_alone_guards_and_seals_only_where_nobody_decides() {
        let waiting = Facts {
            seen: Some(at(days(28))),
            waiting: true,
            oldest_application: Some(at(0)),
            ..facts()
        };
        assert_eq!(stage(&waiting, days(14) - 1).0, Stage::Calm);
        let judged = judge(&waiting, &Written::default(), at(days(14)));
        assert_eq!(
            (judged.stage, judged.cause),
            (Stage::Guarded, Cause::Unanswered)
        );
        let kept = written(Stage::Guarded, days(14), 400);
        assert_eq!(judge(&waiting, &kept, at(days(28))).stage, Stage::Sealed);
        let at_work = Facts {
            decided: Some(at(days(25))),
            ..waiting
        };
        assert_eq!(judge(&at_work, &kept, at(days(31))).stage, Stage::Guarded);
        assert_eq!(judge(&at_work, &kept, at(days(32))).stage, Stage::Sealed);
    }

    #[test]
    fn a_report_waits_for_a_week() {
        let reported = Facts {
            seen: Some(at(days(7))),
            oldest_report: Some(at(0)),
            ..facts()
        };
        assert_eq!(stage(&reported, days(7) - 1).0, Stage::Calm);
        assert_eq!(stage(&reported, days(7)).0, Stage::Guarded);
    }

    #[test]
    fn where_nobody_can_come_in_nothing_is_guarded_and_members_hear_late() {
        let shut = Facts {
            way_in: false,
            ..facts()
        };
        assert_eq!(stage(&shut, days(59)).0, Stage::Calm);
        assert_eq!(
            stage(&shut, days(60)),
            (Stage::Warned, Some(Warning::First))
        );
        assert_eq!(stage(&shut, days(89)).1, Some(Warning::First));
        let kept = written(Stage::Warned, days(60), 168);
        assert_eq!(judge(&shut, &kept, at(days(90) - 1)).stage, Stage::Warned);
        assert_eq!(judge(&shut, &kept, at(days(90))).stage, Stage::Distress);
        let waiting = Facts {
            waiting: true,
            ..shut.clone()
        };
        assert_eq!(stage(&waiting, days(7)).0, Stage::Guarded);
        let alone = Facts {
            alone: true,
            ..facts()
        };
        assert_eq!(stage(&alone, days(4000)).0, Stage::Calm);
    }

    #[test]
    fn who_opens_a_door_that_nobody_watches_finds_it_guarded() {
        // Nobody of the staff: a member's invite is a way in.
        let opened = Facts {
            way_in: true,
            ..facts()
        };
        let clockwork = Clockwork {
            high_water: at(days(20)),
            ticked_at: at(days(20)),
            behind: TimeDelta::zero(),
            jump_wait: TimeDelta::zero(),
        };
        let ticked = Written {
            episode: None,
            clockwork: Some(clockwork),
        };
        let judged = judge(&opened, &ticked, at(days(20) + 1));
        assert_eq!(judged.stage, Stage::Guarded);
        assert_eq!(judged.since, Some(at(days(20))), "not before it was opened");
    }

    #[test]
    fn trusted_reporters_and_emergencies_shorten_the_second_stage_alone() {
        let reported = Facts {
            trusted_reports: Some(at(10)),
            ..facts()
        };
        assert_eq!(stage(&reported, 47).0, Stage::Calm);
        assert_eq!(stage(&reported, 48).0, Stage::Guarded);
        let late = Facts {
            trusted_reports: Some(at(100)),
            ..facts()
        };
        assert_eq!(
            judge(&late, &Written::default(), at(101)).since,
            Some(at(100))
        );
        let emergency = Facts {
            emergency: Some(at(1)),
            ..facts()
        };
        assert_eq!(stage(&emergency, 24).0, Stage::Guarded);
        let kept = written(Stage::Guarded, 24, 400);
        assert_eq!(
            judge(&emergency, &kept, at(days(14) - 1)).stage,
            Stage::Guarded
        );
    }

    #[test]
    fn without_anybody_the_door_is_guarded_at_once_and_sealed_after_a_day_of_uptime() {
        // E7
        let nobody = Facts {
            kept: false,
            seen: None,
            alone: true,
            ..facts()
        };
        let judged = judge(&nobody, &Written::default(), at(0));
        assert_eq!(
            (judged.stage, judged.cause),
            (Stage::Guarded, Cause::Nobody)
        );
        let kept = |uptime| {
            let mut kept = written(Stage::Guarded, 0, uptime);
            kept.episode.as_mut().unwrap().cause = Cause::Nobody;
            kept
        };
        assert_eq!(judge(&nobody, &kept(23), at(23)).stage, Stage::Guarded);
        assert_eq!(judge(&nobody, &kept(24), at(24)).stage, Stage::Sealed);
        // The first owner is there.
        let owner = Facts {
            kept: true,
            seen: Some(at(30)),
            ..nobody
        };
        assert_eq!(judge(&owner, &kept(24), at(30)).stage, Stage::Calm);
    }

    #[test]
    fn a_bot_with_the_role_keeps_the_light_on_only_while_somebody_comes_in_person() {
        // E18
        let bot = |by_app| Facts {
            seen_by_app: Some(at(by_app)),
            ..facts()
        };
        let seen = |by_app, now| judge(&bot(by_app), &Written::default(), at(now)).stage;
        assert_eq!(seen(days(20), days(26)), Stage::Warned);
        assert_eq!(
            seen(days(27), days(27)),
            Stage::Warned,
            "seen at 21 d, as far as it counts"
        );
        assert_eq!(
            seen(days(27), days(28)),
            Stage::Guarded,
            "every 4 T somebody in person"
        );
        let nobody = Facts {
            seen: None,
            ..bot(days(20))
        };
        assert_eq!(stage(&nobody, days(20)).0, Stage::Guarded);
    }

    #[test]
    fn a_clock_that_jumped_guards_and_does_not_seal() {
        let mut jumped = written(Stage::Guarded, days(7), 400);
        let mut clockwork = Clockwork {
            high_water: at(days(365)),
            ticked_at: at(days(365)),
            behind: TimeDelta::zero(),
            jump_wait: TimeDelta::hours(1),
        };
        jumped.clockwork = Some(clockwork);
        assert_eq!(
            judge(&facts(), &jumped, at(days(365))).stage,
            Stage::Guarded
        );
        // Set back: no deadline is extended (E5).
        assert_eq!(judge(&facts(), &jumped, at(0)).now, at(days(365)));
        clockwork.jump_wait = TimeDelta::zero();
        jumped.clockwork = Some(clockwork);
        assert_eq!(judge(&facts(), &jumped, at(0)).stage, Stage::Sealed);
    }

    #[test]
    fn what_comes_next_is_told_in_its_order() {
        let judged = judge(&facts(), &Written::default(), at(1));
        let told: Vec<_> = judged
            .next
            .iter()
            .map(|next| (next.stage, next.at))
            .collect();
        assert_eq!(
            told,
            [
                (Stage::Warned, at(days(5))),
                (Stage::Warned, at(days(7) - 12)),
                (Stage::Guarded, at(days(7))),
                (Stage::Sealed, at(days(14))),
                (Stage::Distress, at(days(30))),
            ]
        );
    }

    fn some_facts() -> impl Strategy<Value = Facts> {
        let hour = || proptest::option::of((0..1_000i64).prop_map(at));
        (
            (
                proptest::option::of((2..15i64).prop_map(TimeDelta::days)),
                any::<bool>(),
                hour(),
                hour(),
            ),
            (any::<bool>(), any::<bool>(), any::<bool>()),
            (hour(), hour(), hour(), hour(), hour(), hour()),
        )
            .prop_map(|(who, door, times)| Facts {
                presence: who.0,
                kept: who.1,
                seen: who.2,
                seen_by_app: who.3,
                way_in: door.0,
                waiting: door.1,
                alone: door.2,
                oldest_application: times.0,
                oldest_report: times.1,
                decided: times.2,
                trusted_reports: times.3,
                emergency: times.4,
                absent_until: times.5,
            })
    }

    fn some_written() -> impl Strategy<Value = Written> {
        (0..5i16, 0..3i16, 0..1_000i64, 0..400i64, any::<bool>()).prop_map(
            |(stage, cause, since, uptime, jumped)| {
                let mut kept = written(Stage::from_number(stage).unwrap(), since, uptime);
                kept.episode = kept.episode.filter(|e| e.stage > Stage::Calm).map(|e| {
                    let cause = Cause::from_number(cause).unwrap();
                    OpenEpisode { cause, ..e }
                });
                kept.clockwork = jumped.then(|| Clockwork {
                    high_water: at(since),
                    ticked_at: at(since),
                    behind: TimeDelta::zero(),
                    jump_wait: TimeDelta::hours(uptime % 25),
                });
                kept
            },
        )
    }

    proptest! {
        #[test]
        fn more_absence_never_loosens(
            facts in some_facts(), kept in some_written(), now in 0..3_000i64, later in 0..3_000i64,
        ) {
            let (before, after) = (judge(&facts, &kept, at(now)), judge(&facts, &kept, at(now + later)));
            prop_assert!(after.stage >= before.stage);
        }

        #[test]
        fn an_earlier_sign_of_life_is_never_looser(
            facts in some_facts(), kept in some_written(), now in 0..3_000i64, earlier in 0..3_000i64,
        ) {
            let less = Facts { seen: facts.seen.map(|s| s - TimeDelta::hours(earlier)), ..facts.clone() };
            // What began because nobody could keep the light on ends by a sign after it.
            prop_assume!(kept.episode.is_none_or(|e| e.cause != Cause::Nobody));
            prop_assert!(judge(&less, &kept, at(now)).stage >= judge(&facts, &kept, at(now)).stage);
        }

        #[test]
        fn a_stage_began_in_the_past(facts in some_facts(), kept in some_written(), now in 1_000..3_000i64) {
            let judged = judge(&facts, &kept, at(now));
            prop_assert_eq!(judged.since.is_none(), judged.stage == Stage::Calm);
            prop_assert!(judged.since.is_none_or(|since| since <= judged.now));
            prop_assert!(judged.next.iter().all(|next| next.at >= judged.now || next.stage == Stage::Guarded));
        }

        #[test]
        fn what_is_written_agrees_after_a_few_steps(
            facts in some_facts(), kept in some_written(), now in 1_000..3_000i64,
        ) {
            let mut kept = kept;
            for _ in 0..8 {
                let judged = judge(&facts, &kept, at(now));
                let Some(change) = judged.change() else {
                    prop_assert_eq!(judged.stage, kept.episode.map_or(Stage::Calm, |e| e.stage));
                    return Ok(());
                };
                kept.episode = apply(kept.episode, change);
            }
            prop_assert!(false, "it never comes to rest");
        }
    }
}
