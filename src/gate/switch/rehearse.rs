//! What would happen if nobody came: the same rules on the same facts, some days ahead. Pure;
//! nothing is written, and nobody is told.

use chrono::{DateTime, TimeDelta, Utc};

use super::stage::{Change, Facts, Written, apply, judge};

/// How far anybody may look ahead.
pub const MOST_DAYS: i64 = 120;
/// From one look to the next.
const STEP: TimeDelta = TimeDelta::minutes(30);

/// Something that would happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scene {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub change: Change,
}

/// What would happen within `days` (at most 120) of `now` if nothing else did and the server
/// stayed up, in its order.
pub fn rehearse(facts: &Facts, written: &Written, now: DateTime<Utc>, days: i64) -> Vec<Scene> {
    let mut written = written.clone();
    let mut scenes = Vec::new();
    let mut at = now;
    let end = now + TimeDelta::days(days.clamp(0, MOST_DAYS));
    while at <= end {
        while let Some(change) = judge(facts, &written, at).change() {
            scenes.push(Scene { at, change });
            written.episode = apply(written.episode, change);
        }
        at += STEP;
        if let Some(episode) = &mut written.episode {
            episode.uptime += STEP;
        }
        if let Some(clockwork) = &mut written.clockwork {
            clockwork.ticked_at = at;
            clockwork.high_water = clockwork.high_water.max(at);
            clockwork.jump_wait = (clockwork.jump_wait - STEP).max(TimeDelta::zero());
        }
    }
    scenes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::switch::{Stage, Warning};

    #[test]
    fn forty_days_of_nobody_have_two_warnings_and_three_stages() {
        let day = |n: i64| DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(n);
        let facts = Facts::quiet(TimeDelta::days(7), day(0));
        let scenes = rehearse(&facts, &Written::default(), day(0), 40);
        let told: Vec<(i64, Stage)> = scenes
            .iter()
            .filter_map(|scene| match scene.change {
                Change::Begin { stage, .. } | Change::Advance { stage, .. } => {
                    Some(((scene.at - day(0)).num_days(), stage))
                }
                Change::Warn(_) | Change::End => None,
            })
            .collect();
        assert_eq!(
            told,
            [
                (5, Stage::Warned),
                (7, Stage::Guarded),
                (14, Stage::Sealed),
                (30, Stage::Distress)
            ]
        );
        let warnings = scenes
            .iter()
            .filter(|s| matches!(s.change, Change::Warn(_)));
        assert_eq!(warnings.count(), 2);
        assert!(
            scenes
                .iter()
                .any(|s| s.change == Change::Warn(Warning::Second))
        );
    }
}
