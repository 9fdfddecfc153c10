//! Which part of a list is wanted: cursors and a limit (quirks 33, 34 and 41).

use super::Id;

/// A page of a list that is kept newest first.
///
/// `max_id`: items below it. `min_id`: those right above it. `since_id`: the newest above
/// it, a gap may remain. `min_id` wins over `since_id`; either combines with `max_id`.
/// Whatever the cursors, a page is delivered newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only items with a smaller id.
    pub max_id: Option<Id>,
    /// Only items with a larger id, the newest of them.
    pub since_id: Option<Id>,
    /// Only items with a larger id, the nearest of them.
    pub min_id: Option<Id>,
    /// Items at most; at least 1.
    pub limit: i64,
}

impl Page {
    /// The newest `limit` items.
    pub fn newest(limit: i64) -> Page {
        Page {
            max_id: None,
            since_id: None,
            min_id: None,
            limit: limit.max(1),
        }
    }

    /// The limit from what was asked: `default` when nothing was, at most twice that, at
    /// least one. Never refused.
    pub fn clamp(asked: Option<i64>, default: i64) -> i64 {
        match asked.map(i64::saturating_abs) {
            None | Some(0) => default,
            Some(limit) => limit.min(2 * default),
        }
    }

    /// Whether the page is read upwards from its cursor and turned round afterwards.
    pub fn ascends(&self) -> bool {
        self.min_id.is_some()
    }

    /// The lower bound in force: items must have a larger id.
    pub fn above(&self) -> Option<Id> {
        self.min_id.or(self.since_id)
    }

    /// Whether the id lies within the cursors.
    pub fn holds(&self, id: Id) -> bool {
        self.max_id.is_none_or(|max| id < max) && self.above().is_none_or(|above| id > above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_clamped_not_refused() {
        assert_eq!(Page::clamp(None, 20), 20);
        assert_eq!(Page::clamp(Some(5), 20), 5);
        assert_eq!(Page::clamp(Some(500), 20), 40);
        assert_eq!(Page::clamp(Some(0), 20), 20);
        assert_eq!(Page::clamp(Some(-3), 20), 3);
        assert_eq!(Page::clamp(Some(i64::MIN), 20), 40);
    }

    #[test]
    fn min_id_wins_over_since_id() {
        let page = Page {
            max_id: Some(10),
            since_id: Some(2),
            min_id: Some(5),
            limit: 20,
        };
        assert!(page.ascends());
        assert!(page.holds(6) && page.holds(9));
        assert!(!page.holds(5) && !page.holds(10) && !page.holds(3));
    }
}
