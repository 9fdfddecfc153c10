//! The clock as the switch keeps it: what a tick makes of what it sees. Pure.
//!
//! A server that was off, a clock that was wrong, a laptop that slept: none of these may seal a
//! door, and none may hold it open (registration.md C1, Clock; E3, E4, E5, E21).

use chrono::{DateTime, TimeDelta, Utc};

/// A wall clock and a monotonic one that part by more than this between two ticks: a jump.
pub const JUMP: TimeDelta = TimeDelta::minutes(5);
/// Uptime to pass after a jump before stages 3 and 4 may begin.
pub const JUMP_WAIT: TimeDelta = TimeDelta::hours(24);
/// A clock set back is believed after so much uptime.
pub const BEHIND: TimeDelta = TimeDelta::hours(24);
/// What one tick adds to the uptime at the most: between two that are further apart nobody
/// could have come in.
pub const TICK_COUNTS: TimeDelta = TimeDelta::hours(1);

/// What is kept between ticks, whichever process made them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clockwork {
    /// The latest time that was ever seen.
    pub high_water: DateTime<Utc>,
    /// The last tick.
    pub ticked_at: DateTime<Utc>,
    /// Uptime since the clock is behind the high-water mark.
    pub behind: TimeDelta,
    /// Uptime still to pass after a jump.
    pub jump_wait: TimeDelta,
    /// The longest leap that was not taken back yet.
    pub ahead: Option<Ahead>,
}

/// Time that passed for the wall clock alone: it was set forward, or the server was off. After a
/// restart nobody can tell which, so a clock that is set back later is taken to come home first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// So much.
    pub by: TimeDelta,
    /// The last tick before it.
    pub from: DateTime<Utc>,
}

/// A clock that was set back and is believed now. No deadline gets longer by it (E5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetBack {
    /// By so much.
    pub by: TimeDelta,
    /// What was noted before this is not from the time in which the clock was ahead.
    pub from: Option<DateTime<Utc>>,
    /// How far it went back beyond coming home: what was noted before `from` is as much older.
    pub rest: TimeDelta,
    /// Where it was set to. What is noted with a time since then is from before or after, and
    /// nobody knows which.
    pub to: DateTime<Utc>,
}

impl SetBack {
    /// What a time becomes that was noted as the clock's then: the same moment by the clock that is
    /// believed `now`. As `store::switch::bring_back` has it.
    pub fn brings(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let by = match self.from {
            Some(from) if at > from => self.by,
            _ => self.rest,
        };
        (at - by).min(now)
    }

    /// The same for what may have been noted after it was set back, by the new time.
    pub fn moves(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        if at > self.to && at <= now {
            return at;
        }
        self.brings(at, now)
    }
}

/// What a process sees when it ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// The wall clock.
    pub wall: DateTime<Utc>,
    /// How far the wall clock and the monotonic one went since this process looked last;
    /// `None` at its first tick.
    pub gap: Option<(TimeDelta, TimeDelta)>,
}

/// What came of a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ticked {
    /// To be kept.
    pub clockwork: Clockwork,
    /// How much longer the server is known to have been up.
    pub uptime: TimeDelta,
    /// The clock jumped by so much.
    pub jumped: Option<TimeDelta>,
    /// The clock was set back, and is believed now.
    pub accepted: Option<SetBack>,
}

/// One tick.
pub fn tick(kept: Option<Clockwork>, seen: Seen) -> Ticked {
    let Seen { wall, gap } = seen;
    let Some(kept) = kept else {
        let clockwork = Clockwork {
            high_water: wall,
            ticked_at: wall,
            behind: TimeDelta::zero(),
            jump_wait: TimeDelta::zero(),
            ahead: None,
        };
        return Ticked {
            clockwork,
            uptime: TimeDelta::zero(),
            jumped: None,
            accepted: None,
        };
    };
    // What this process saw of the time since anybody's last tick.
    let uptime = gap.map_or(TimeDelta::zero(), |(_, mono)| {
        (wall - kept.ticked_at)
            .min(mono)
            .min(TICK_COUNTS)
            .max(TimeDelta::zero())
    });
    let jumped = gap
        .map(|(wall, mono)| wall - mono)
        .filter(|parted| parted.abs() > JUMP);
    let jump_wait = match jumped {
        Some(_) => JUMP_WAIT,
        None => (kept.jump_wait - uptime).max(TimeDelta::zero()),
    };
    let mut ahead = longest(kept, seen);
    let (mut high_water, mut behind, mut accepted) = (kept.high_water, TimeDelta::zero(), None);
    if wall >= kept.high_water {
        high_water = wall;
    } else {
        behind = kept.behind + uptime;
        if behind >= BEHIND {
            let set_back = taken_back(kept.high_water, wall - behind, ahead);
            ahead = ahead.and_then(|ahead| {
                let by = ahead.by - set_back.by;
                (by > JUMP).then_some(Ahead { by, ..ahead })
            });
            accepted = Some(set_back);
            (high_water, behind) = (wall, TimeDelta::zero());
        }
    }
    Ticked {
        clockwork: Clockwork {
            high_water,
            ticked_at: wall,
            behind,
            jump_wait,
            ahead,
        },
        uptime,
        jumped,
        accepted,
    }
}

/// The longest leap, with what this tick sees of one. Of several processes the first one sees it:
/// for the others the last tick was after it.
fn longest(kept: Clockwork, seen: Seen) -> Option<Ahead> {
    let beyond = seen.wall - kept.high_water.max(kept.ticked_at);
    let by = match seen.gap {
        Some((wall, mono)) => beyond.min(wall - mono),
        None => beyond,
    };
    let leap = (by > JUMP).then_some(Ahead {
        by,
        from: kept.ticked_at,
    });
    match (kept.ahead, leap) {
        (Some(before), Some(leap)) if before.by >= leap.by => Some(before),
        (before, leap) => leap.or(before),
    }
}

/// By how much it was set back a day ago, and how much of that was coming home.
fn taken_back(from: DateTime<Utc>, to: DateTime<Utc>, ahead: Option<Ahead>) -> SetBack {
    let by = from - to;
    let home = ahead.map_or(TimeDelta::zero(), |ahead| ahead.by.min(by));
    SetBack {
        by,
        from: ahead.map(|ahead| ahead.from),
        rest: Some(by - home)
            .filter(|rest| *rest > JUMP)
            .unwrap_or_default(),
        to,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::hours(hours)
    }

    fn kept(hours: i64) -> Clockwork {
        tick(
            None,
            Seen {
                wall: at(hours),
                gap: None,
            },
        )
        .clockwork
    }

    fn hours(n: i64) -> TimeDelta {
        TimeDelta::hours(n)
    }

    #[test]
    fn time_in_which_the_server_was_off_is_no_uptime() {
        // Restarted after eight days: it cannot tell how long it was up (E3).
        let first = tick(
            Some(kept(0)),
            Seen {
                wall: at(192),
                gap: None,
            },
        );
        assert_eq!((first.uptime, first.jumped), (hours(0), None));
        let minute = TimeDelta::minutes(1);
        let next = Seen {
            wall: at(192) + minute,
            gap: Some((minute, minute)),
        };
        assert_eq!(tick(Some(first.clockwork), next).uptime, minute);
    }

    #[test]
    fn two_processes_do_not_count_twice() {
        let minute = TimeDelta::minutes(1);
        let half = TimeDelta::seconds(30);
        let one = Seen {
            wall: at(0) + half,
            gap: Some((minute, minute)),
        };
        let after = tick(Some(kept(0)), one);
        assert_eq!(after.uptime, half);
    }

    #[test]
    fn a_clock_that_was_set_is_a_jump_and_waits_for_a_day() {
        let jumped = Seen {
            wall: at(24 * 365),
            gap: Some((hours(24 * 365), hours(0))),
        };
        let after = tick(Some(kept(0)), jumped);
        assert_eq!(after.clockwork.jump_wait, JUMP_WAIT);
        assert_eq!(after.uptime, hours(0));
        let mut clockwork = after.clockwork;
        for n in 1..=24 {
            assert!(clockwork.jump_wait > hours(0));
            let seen = Seen {
                wall: at(24 * 365 + n),
                gap: Some((hours(1), hours(1))),
            };
            clockwork = tick(Some(clockwork), seen).clockwork;
        }
        assert_eq!(clockwork.jump_wait, hours(0));
    }

    #[test]
    fn a_clock_set_back_is_believed_after_a_day() {
        let back = Seen {
            wall: at(-240),
            gap: Some((hours(-240), hours(0))),
        };
        let mut now = tick(Some(kept(0)), back);
        for n in 1..24 {
            let seen = Seen {
                wall: at(-240 + n),
                gap: Some((hours(1), hours(1))),
            };
            now = tick(Some(now.clockwork), seen);
            assert_eq!(
                (now.clockwork.high_water, now.accepted),
                (at(0), None),
                "{n}"
            );
        }
        let seen = Seen {
            wall: at(-216),
            gap: Some((hours(1), hours(1))),
        };
        now = tick(Some(now.clockwork), seen);
        assert_eq!(now.clockwork.high_water, at(-216));
        let set_back = now.accepted.expect("believed");
        assert_eq!((set_back.by, set_back.rest), (hours(240), hours(240)));
        assert_eq!(set_back.to, at(-240));
        // A sign of life of a day before it is as old as it was.
        assert_eq!(set_back.brings(at(-24), at(-216)), at(-264));
        assert_eq!(set_back.brings(at(0), at(-216)), at(-240));
    }

    #[test]
    fn a_clock_that_only_comes_home_ages_nothing_that_was_written_before_it_left() {
        for off in [true, false] {
            let left = Seen {
                wall: at(24 * 365),
                gap: (!off).then_some((hours(24 * 365), hours(0))),
            };
            let away = tick(Some(kept(0)), left);
            // Another process sees the same later, and nothing new in it.
            let minute = TimeDelta::minutes(1);
            let other = Seen {
                wall: at(24 * 365) + minute,
                gap: Some((hours(24 * 365) + minute, minute)),
            };
            let away = tick(Some(away.clockwork), other);
            let ahead = Ahead {
                by: hours(24 * 365),
                from: at(0),
            };
            assert_eq!(away.clockwork.ahead, Some(ahead));
            // Home, and ten days further back.
            let mut now = away;
            for n in 0..=24 {
                let seen = Seen {
                    wall: at(-240 + n),
                    gap: Some((hours(1), hours(1))),
                };
                now = tick(Some(now.clockwork), seen);
            }
            let set_back = now.accepted.expect("believed");
            let rest = hours(240) + minute;
            assert_eq!(set_back.rest, rest);
            assert_eq!(set_back.brings(at(-5), at(-216)), at(-5) - rest);
            let then = set_back.brings(at(24 * 365 + 1), at(-216));
            assert!(then >= at(-240) && then <= at(-238), "{then}");
            assert_eq!(now.clockwork.ahead, None);
        }
    }

    proptest! {
        #[test]
        fn uptime_is_never_more_than_the_time_that_passed_for_anybody(
            wall in -2_000..2_000i64, mono in 0..2_000i64, own in -2_000..2_000i64,
        ) {
            let gap = Some((hours(own), hours(mono)));
            let after = tick(Some(kept(0)), Seen { wall: at(wall), gap });
            prop_assert!(after.uptime >= hours(0) && after.uptime <= hours(mono));
            prop_assert!(after.uptime <= hours(wall.max(0)) && after.uptime <= TICK_COUNTS);
            prop_assert!(after.clockwork.high_water >= at(0));
        }
    }
}
