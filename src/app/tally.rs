//! Counts that a timer writes down: a request must not write for having been made. What is
//! lost with the process is a minute of them.

use std::collections::HashMap;
use std::sync::Mutex;

/// Things counted at a time; those beyond are not counted until the next [`Tally::drain`].
const MOST: usize = 1000;

/// How often each of some things happened, by id.
#[derive(Debug, Default)]
pub struct Tally(Mutex<HashMap<i64, i32>>);

impl Tally {
    /// One more.
    pub fn add(&self, id: i64) {
        let mut counts = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        if counts.len() < MOST || counts.contains_key(&id) {
            let count = counts.entry(id).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Takes the counts out; in no order.
    pub fn drain(&self) -> Vec<(i64, i32)> {
        let mut counts = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        std::mem::take(&mut *counts).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drained_is_not_counted_again() {
        let tally = Tally::default();
        tally.add(7);
        tally.add(7);
        assert_eq!(tally.drain(), [(7, 2)]);
        assert_eq!(tally.drain(), []);
        for id in 0..2_000 {
            tally.add(id);
        }
        assert_eq!(tally.drain().len(), MOST);
    }
}
