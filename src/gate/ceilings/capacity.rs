//! More wait than can be read, or the disk is nearly full.
//!
//! A busy door stays open for long: beyond [`queue_room`] the newly confirmed stand in line,
//! are told so, and come into the queue as it empties. Only at `registration.max_waiting` in
//! all does the form close, and a fifth before that for those whom nobody invited.

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::effective_mode::Ceiling;

/// The queue has room for so many at least, however slowly it is read.
const LEAST_ROOM: i64 = 100;

/// How many confirmed applications make a queue: what is usually reviewed in 14 days, 100 at
/// the least. Given is what people decided in the last 14 days, and in the last 12 weeks; of
/// these, those who were refused are erased after 14 days and missing.
pub fn queue_room(fortnight: i64, twelve_weeks: i64) -> i64 {
    fortnight.max(twelve_weeks / 6).max(LEAST_ROOM)
}

/// The room in the queue, or in all, for those whom nobody invited or vouched for: a fifth is
/// kept for the others, so that a flood cannot lock them out.
pub fn for_strangers(room: i64) -> i64 {
    room - room / 5
}

/// The ceiling. `waiting` counts confirmed applications without a decision, the line and the
/// folder of likely automated ones included.
pub fn ceiling(waiting: i64, max_waiting: i64, disk_is_low: bool) -> Option<Ceiling> {
    let mode = match () {
        () if disk_is_low || waiting >= max_waiting => RegistrationMode::Closed,
        () if waiting >= for_strangers(max_waiting) => RegistrationMode::Invite,
        () => return None,
    };
    Some(Ceiling {
        mode,
        // An invite's bearer does not wait, so there is nothing to hold them back for.
        bypass: mode == RegistrationMode::Invite,
        reason: ModeReason::Capacity,
        since: None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_fifth_is_for_the_invited() {
        let mode = |waiting| ceiling(waiting, 5_000, false).map(|c| c.mode);
        assert_eq!(mode(3_999), None);
        assert_eq!(mode(4_000), Some(RegistrationMode::Invite));
        assert_eq!(mode(4_999), Some(RegistrationMode::Invite));
        assert_eq!(mode(5_000), Some(RegistrationMode::Closed));
    }

    #[test]
    fn a_full_disk_closes_the_door() {
        assert_eq!(
            ceiling(0, 5_000, true).map(|c| c.mode),
            Some(RegistrationMode::Closed)
        );
    }

    #[test]
    fn the_queue_grows_with_those_who_read() {
        assert_eq!(queue_room(0, 0), 100);
        assert_eq!(queue_room(99, 599), 100);
        assert_eq!(queue_room(0, 6_000), 1_000);
        assert_eq!(queue_room(700, 900), 700);
        assert_eq!(for_strangers(100), 80);
    }

    proptest! {
        #[test]
        fn more_who_wait_never_loosen(one in 0..10_000i64, more in 0..10_000i64, max in 1..6_000i64) {
            let mode = |waiting| ceiling(waiting, max, false).map_or(RegistrationMode::Open, |c| c.mode);
            prop_assert!(mode(one + more) >= mode(one));
        }
    }
}
