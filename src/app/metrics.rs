//! What this process did since it started, counted for `/metrics`.
//!
//! Atomics alone: each count is an addition, under no lock, and its labels are a list that is
//! written here, so that nothing from outside can make them grow. Other processes count for
//! themselves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts by a word out of a list; the last word stands for what is in no list.
#[derive(Debug)]
pub struct By<const N: usize> {
    words: &'static [&'static str; N],
    counts: [AtomicU64; N],
}

impl<const N: usize> By<N> {
    fn new(words: &'static [&'static str; N]) -> By<N> {
        By {
            words,
            counts: [const { AtomicU64::new(0) }; N],
        }
    }

    /// One more of the word at this place; of the last one beyond it.
    pub fn add(&self, place: usize) {
        if let Some(count) = self.counts.get(place).or(self.counts.last()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// One more of this word.
    pub fn add_word(&self, word: &str) {
        let place = self.words.iter().position(|known| *known == word);
        self.add(place.unwrap_or(N));
    }

    /// Words and counts, in the order of the list.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.counts.iter();
        let words = self.words.iter().copied();
        words.zip(counts.map(|count| count.load(Ordering::Relaxed)))
    }
}

/// How often something took how long in all.
#[derive(Debug, Default)]
pub struct Timed {
    count: AtomicU64,
    micros: AtomicU64,
}

impl Timed {
    /// Once more, for so long.
    pub fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// How often, and how many seconds in all.
    pub fn read(&self) -> (u64, f64) {
        let micros = self.micros.load(Ordering::Relaxed);
        (self.count.load(Ordering::Relaxed), micros as f64 / 1e6)
    }
}

/// The classes of statuses.
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// The same of questions to others, who may not answer at all.
const ANSWERS: [&str; 6] = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"];
/// What became of what was sent to our inbox.
const INBOX: [&str; 9] = [
    "accepted",
    "malformed",
    "unbelieved",
    "blocked",
    "too_large",
    "another_type",
    "too_many",
    "later",
    "broken",
];
/// Activities that are understood.
const ACTIVITIES: [&str; 17] = [
    "Create",
    "Update",
    "Delete",
    "Announce",
    "Like",
    "EmojiReact",
    "Follow",
    "Accept",
    "Reject",
    "Undo",
    "Block",
    "Flag",
    "Move",
    "Add",
    "Remove",
    "TentativeAccept",
    "other",
];
/// What became of a delivery to one inbox.
const DELIVERIES: [&str; 6] = [
    "delivered",
    "missing",
    "denied",
    "refused",
    "too_many",
    "trouble",
];

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    /// Answers of the APIs, by status.
    pub api: By<5>,
    /// Answers to other servers, by status.
    pub federation: By<5>,
    /// Answers of pages and files, by status.
    pub web: By<5>,
    /// What was sent to our inbox.
    pub inbox: By<9>,
    /// Activities that changed something here.
    pub done: By<17>,
    /// Activities that changed nothing.
    pub ignored: By<17>,
    /// Activities that come again later, or never.
    pub failed: By<17>,
    /// Deliveries to one inbox each.
    pub deliveries: By<6>,
    /// What we asked of other servers, redirects too, by status.
    pub fetches: By<6>,
    /// Mails that were made and sent, or tried.
    pub mails: Timed,
    /// Other errands.
    pub errands: Timed,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics {
            api: By::new(&STATUSES),
            federation: By::new(&STATUSES),
            web: By::new(&STATUSES),
            inbox: By::new(&INBOX),
            done: By::new(&ACTIVITIES),
            ignored: By::new(&ACTIVITIES),
            failed: By::new(&ACTIVITIES),
            deliveries: By::new(&DELIVERIES),
            fetches: By::new(&ANSWERS),
            mails: Timed::default(),
            errands: Timed::default(),
        }
    }
}

impl Metrics {
    /// An answer of ours to a request for this path.
    pub fn answered(&self, path: &str, is_api: bool, status: u16) {
        let federation = ["/ap/", "/.well-known/", "/nodeinfo"];
        let door = match is_api {
            true => &self.api,
            false if federation.iter().any(|start| path.starts_with(start)) => &self.federation,
            false => &self.web,
        };
        door.add(class(status));
    }

    /// What a server answered that we asked; `None` where nothing came.
    pub fn asked(&self, status: Option<u16>) {
        self.fetches.add(status.map_or(STATUSES.len(), class));
    }
}

/// The place of a status in [`STATUSES`].
fn class(status: u16) -> usize {
    usize::from((status / 100).clamp(1, 5)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<const N: usize>(counts: &By<N>, word: &str) -> u64 {
        let mut all = counts.all();
        all.find(|(known, _)| *known == word).expect("a word").1
    }

    #[test]
    fn what_happens_goes_up_under_its_word_and_the_unknown_under_the_last() {
        let metrics = Metrics::default();
        metrics.answered("/api/v1/instance", true, 200);
        metrics.answered("/ap/inbox", false, 401);
        metrics.answered("/nodeinfo/2.1", false, 204);
        metrics.answered("/apply", false, 599);
        metrics.answered("/apply", false, 700);
        assert_eq!(of(&metrics.api, "2xx"), 1);
        assert_eq!(of(&metrics.federation, "4xx"), 1);
        assert_eq!(of(&metrics.federation, "2xx"), 1);
        assert_eq!(of(&metrics.web, "5xx"), 2);
        for word in ["Create", "Create", "Arrive", "__proto__"] {
            metrics.done.add_word(word);
        }
        assert_eq!(of(&metrics.done, "Create"), 2);
        assert_eq!(of(&metrics.done, "other"), 2);
        metrics.asked(None);
        metrics.asked(Some(302));
        assert_eq!(of(&metrics.fetches, "none"), 1);
        assert_eq!(of(&metrics.fetches, "3xx"), 1);
        metrics.mails.add(Duration::from_millis(1500));
        assert_eq!(metrics.mails.read(), (1, 1.5));
    }
}
