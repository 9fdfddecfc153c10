//! When a host is tried again. Pure.

use chrono::TimeDelta;

/// The longest wait.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// What a host may ask for at the most.
const MOST_ASKED: TimeDelta = TimeDelta::hours(6);
/// And at the least: a busy host is not asked again at once, whatever it says.
const LEAST_ASKED: TimeDelta = TimeDelta::seconds(5);

/// How long to wait after the `fails`-th failure in a row (from 1): a minute, then twice as
/// long each time up to twelve hours, each up to a fifth shorter or longer by `jitter`
/// (0 to 1), so that hosts that fell together do not rise together.
pub fn after_failure(fails: i32, jitter: f64) -> TimeDelta {
    let doublings = fails.clamp(1, 12) - 1;
    let wait = (TimeDelta::minutes(1) * (1 << doublings)).min(LONGEST);
    let millis = wait.num_milliseconds() as f64 * (0.8 + 0.4 * jitter.clamp(0.0, 1.0));
    TimeDelta::milliseconds(millis as i64)
}

/// How long to wait for a host that answered 429, by its own wish where it has one.
pub fn after_too_many(wish: Option<TimeDelta>, jitter: f64) -> TimeDelta {
    let wait = wish.unwrap_or(TimeDelta::minutes(1));
    let wait = wait.clamp(LEAST_ASKED, MOST_ASKED);
    wait + TimeDelta::milliseconds((wait.num_milliseconds() as f64 * 0.2 * jitter) as i64)
}

/// How long one row waits after its `attempts`-th refusal that may be a mistake.
pub fn after_refusal(attempts: i16) -> TimeDelta {
    TimeDelta::minutes(5) * i32::from(attempts.clamp(1, 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_day_and_scatter() {
        assert_eq!(after_failure(1, 0.5), TimeDelta::minutes(1));
        assert_eq!(after_failure(4, 0.5), TimeDelta::minutes(8));
        assert_eq!(after_failure(1000, 0.5), LONGEST);
        assert_eq!(after_failure(0, 0.5), TimeDelta::minutes(1));
        assert_eq!(after_failure(1, 0.0), TimeDelta::seconds(48));
        assert_eq!(after_failure(1, 1.0), TimeDelta::seconds(72));
    }

    #[test]
    fn a_host_may_ask_for_some_hours_but_not_for_years() {
        assert_eq!(after_too_many(None, 0.0), TimeDelta::minutes(1));
        let hour = TimeDelta::hours(1);
        assert_eq!(after_too_many(Some(hour), 0.0), hour);
        assert_eq!(
            after_too_many(Some(TimeDelta::days(4000)), 0.0),
            TimeDelta::hours(6)
        );
        assert_eq!(
            after_too_many(Some(TimeDelta::zero()), 0.0),
            TimeDelta::seconds(5)
        );
    }
}
