//! Turning pages: `max_id` and `min_id` in a page's address, and the links to its neighbours.

use serde::Deserialize;

use super::parts::pager::Pager;
use crate::domain::{Id, Page, ids};

/// Statuses, notifications or accounts on one page.
pub const PER_PAGE: usize = 20;

/// The query of a page of a list. Nonsense in it counts as absent.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Turn {
    max_id: Option<String>,
    min_id: Option<String>,
}

impl Turn {
    fn max_id(&self) -> Option<Id> {
        self.max_id.as_deref().and_then(ids::parse)
    }

    fn min_id(&self) -> Option<Id> {
        self.min_id.as_deref().and_then(ids::parse)
    }

    /// Whether it is the newest page.
    pub fn is_first(&self) -> bool {
        self.max_id().is_none() && self.min_id().is_none()
    }

    /// The part of the list to read: one entry more than is shown, to know whether there
    /// is more.
    pub fn page(&self) -> Page {
        Page {
            max_id: self.max_id(),
            since_id: None,
            min_id: self.min_id(),
            limit: PER_PAGE as i64 + 1,
        }
    }

    /// Cuts what was read, newest first, to a page and makes its links. `cursors` are the
    /// ids that the list goes by, one for each entry read. `path` is the list's address; it may
    /// hold a query.
    ///
    /// Gives the range of `cursors` that is shown.
    pub fn cut(&self, path: &str, cursors: &[Id]) -> (std::ops::Range<usize>, Pager) {
        let more = cursors.len() > PER_PAGE;
        let ascends = self.page().ascends();
        // The one too many is the oldest; of a page read upwards, the newest.
        let shown = match (more, ascends) {
            (true, true) => cursors.len() - PER_PAGE..cursors.len(),
            (true, false) => 0..PER_PAGE,
            (false, _) => 0..cursors.len(),
        };
        let (first, last) = (
            cursors.get(shown.start),
            shown.end.checked_sub(1).and_then(|at| cursors.get(at)),
        );
        let link = |name: &str, id: &Id| {
            let joint = if path.contains('?') { '&' } else { '?' };
            format!("{path}{joint}{name}={id}")
        };
        let has_newer = if ascends {
            more
        } else {
            self.max_id().is_some()
        };
        let has_older = ascends || more;
        let pager = Pager {
            newer: first.filter(|_| has_newer).map(|id| link("min_id", id)),
            older: last.filter(|_| has_older).map(|id| link("max_id", id)),
        };
        (shown, pager)
    }

    /// A page further on turned out to be empty: where to go instead. The newest page of an
    /// empty list is shown as such.
    pub fn instead<'p>(&self, path: &'p str, found: usize) -> Option<&'p str> {
        (found == 0 && !self.is_first()).then_some(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(max: Option<&str>, min: Option<&str>) -> Turn {
        Turn {
            max_id: max.map(Into::into),
            min_id: min.map(Into::into),
        }
    }

    fn read(newest: Id, count: usize) -> Vec<Id> {
        (0..count).map(|n| newest - n as Id).collect()
    }

    #[test]
    fn the_first_page_has_only_older_ones() {
        let (shown, pager) = turn(None, None).cut("/home", &read(100, PER_PAGE + 1));
        assert_eq!(shown, 0..PER_PAGE);
        assert_eq!(pager.newer, None);
        assert_eq!(pager.older.as_deref(), Some("/home?max_id=81"));
        let (_, pager) = turn(None, None).cut("/home", &read(100, PER_PAGE));
        assert_eq!(pager, Pager::default());
    }

    #[test]
    fn a_page_read_upwards_drops_its_newest_surplus() {
        let (shown, pager) = turn(None, Some("80")).cut("/search?q=a", &read(101, PER_PAGE + 1));
        assert_eq!(shown, 1..PER_PAGE + 1);
        assert_eq!(pager.newer.as_deref(), Some("/search?q=a&min_id=100"));
        assert_eq!(pager.older.as_deref(), Some("/search?q=a&max_id=81"));
    }

    #[test]
    fn nonsense_is_the_first_page_and_an_empty_far_page_goes_back() {
        assert!(turn(Some("x"), Some("")).is_first());
        assert_eq!(turn(None, Some("5")).instead("/home", 0), Some("/home"));
        assert_eq!(turn(None, None).instead("/home", 0), None);
        let (shown, pager) = turn(Some("5"), None).cut("/home", &[]);
        assert!(shown.is_empty() && pager == Pager::default());
    }
}
