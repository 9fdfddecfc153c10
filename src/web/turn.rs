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
        self.cut_shown(path, cursors, &vec![true; cursors.len()], true)
    }

    /// The same for a list of which something is left out: `is_shown` says of each cursor whether
    /// anything is seen of it, `whole` that nothing is left beyond what was read.
    pub fn cut_shown(
        &self,
        path: &str,
        cursors: &[Id],
        is_shown: &[bool],
        whole: bool,
    ) -> (std::ops::Range<usize>, Pager) {
        let ascends = self.page().ascends();
        let mut seen = (0..cursors.len()).filter(|at| is_shown.get(*at) == Some(&true));
        // The one too many is the oldest; of a page read upwards, the newest.
        let surplus = match ascends {
            true => seen.nth_back(PER_PAGE),
            false => seen.nth(PER_PAGE),
        };
        let shown = match (surplus, ascends) {
            (Some(at), true) => at + 1..cursors.len(),
            (Some(at), false) => 0..at,
            (None, _) => 0..cursors.len(),
        };
        let more = surplus.is_some() || !whole;
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
    fn what_is_left_out_fills_no_page_and_ends_no_list() {
        let cursors = read(100, PER_PAGE + 3);
        let mut is_shown = vec![true; cursors.len()];
        (is_shown[3], is_shown[PER_PAGE + 1]) = (false, false);
        let (shown, pager) = turn(None, None).cut_shown("/home", &cursors, &is_shown, true);
        assert_eq!(
            shown,
            0..PER_PAGE + 2,
            "with the hidden one before the surplus"
        );
        assert_eq!(pager.older.as_deref(), Some("/home?max_id=79"));
        let up = turn(None, Some("5")).cut_shown("/home", &cursors, &is_shown, true);
        assert_eq!(up.0, 1..PER_PAGE + 3);
        assert_eq!(up.1.newer.as_deref(), Some("/home?min_id=99"));
        // All of it is hidden, and it goes on: the way on is from the last that was read.
        let none = vec![false; cursors.len()];
        let (shown, pager) = turn(None, None).cut_shown("/home", &cursors, &none, false);
        assert_eq!(shown.len(), cursors.len());
        assert_eq!(pager.older.as_deref(), Some("/home?max_id=78"));
        let (_, pager) = turn(None, None).cut_shown("/home", &cursors, &none, true);
        assert_eq!(pager, Pager::default());
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
