//! What members would like to see more of: a thread that they opened, a profile.
//!
//! A wish costs the request that makes it nothing: no statement, no wait. The same wish within
//! [`AGAIN`] is one wish; when too many wait, a wish is forgotten, and made again by whoever
//! looks next. Other processes of the place have wishes of their own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::mpsc;

use crate::cache::buckets::Buckets;
use crate::domain::Id;

/// How long a wish stays fulfilled.
const AGAIN: Duration = Duration::from_secs(10 * 60);
/// Wishes that are remembered as fulfilled.
const REMEMBERED: u64 = 20_000;
/// Wishes that may wait.
const MOST: usize = 256;
/// How long what came with a post counts as news.
const LATELY: Duration = Duration::from_secs(60);
/// Posts of which that is remembered, some 300 bytes each.
const MOST_LATELY: u64 = 2_000;

/// Something worth asking other servers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// What is around a status: `statuses.id`.
    Thread(Id),
    /// What an account posted, and how many follow it: `accounts.id`.
    Profile(Id),
}

/// What the document of a post says of its neighbours: where a thread is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Its address.
    pub address: String,
    /// What it answers.
    pub in_reply_to: Option<String>,
    /// The collection of its answers.
    pub replies: Option<String>,
}

/// The wishes of this process.
pub struct Wishes {
    sender: mpsc::Sender<Wish>,
    /// Here while nobody fulfils wishes.
    receiver: Mutex<Option<mpsc::Receiver<Wish>>>,
    made: Cache<Wish, ()>,
    open: AtomicUsize,
    /// Posts whose documents came a moment ago, by `statuses.id`: whoever opens such a thread need
    /// not ask for the post once more.
    lately: Cache<Id, Around>,
    /// What each member may ask other servers while they wait for it.
    pub members: Buckets,
}

impl Default for Wishes {
    fn default() -> Wishes {
        let (sender, receiver) = mpsc::channel(MOST);
        Wishes {
            sender,
            receiver: Mutex::new(Some(receiver)),
            made: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(AGAIN)
                .build(),
            open: AtomicUsize::new(0),
            lately: Cache::builder()
                .max_capacity(MOST_LATELY)
                .time_to_live(LATELY)
                .build(),
            members: Buckets::default(),
        }
    }
}

impl Wishes {
    /// Makes a wish, unless it was made lately or too many wait.
    pub fn make(&self, wish: Wish) {
        if !self.made.entry(wish).or_insert(()).is_fresh() {
            return;
        }
        self.open.fetch_add(1, Ordering::Relaxed);
        if self.sender.try_send(wish).is_err() {
            self.open.fetch_sub(1, Ordering::Relaxed);
            self.made.invalidate(&wish);
        }
    }

    /// Forgets which wishes were made lately and what came lately, as time does.
    pub fn forget(&self) {
        self.made.invalidate_all();
        self.lately.invalidate_all();
    }

    /// Notes what the document of a post said that came just now.
    pub fn note(&self, status: Id, around: Around) {
        self.lately.insert(status, around);
    }

    /// What it said, if it came a moment ago.
    pub fn around(&self, status: Id) -> Option<Around> {
        self.lately.get(&status)
    }

    /// The wishes as they come; `None` while somebody else takes them. Give them back.
    pub fn take(&self) -> Option<mpsc::Receiver<Wish>> {
        let mut receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        receiver.take()
    }

    /// Gives back what [`Wishes::take`] gave.
    pub fn give_back(&self, wishes: mpsc::Receiver<Wish>) {
        let mut receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        *receiver = Some(wishes);
    }

    /// A wish was fulfilled, or cannot be.
    pub fn over(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Wishes that wait or are being fulfilled.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_wish_is_made_once_and_too_many_are_forgotten() {
        let wishes = Wishes::default();
        wishes.make(Wish::Thread(1));
        wishes.make(Wish::Thread(1));
        wishes.make(Wish::Profile(1));
        assert_eq!(wishes.open(), 2);
        for id in 2..1_000 {
            wishes.make(Wish::Thread(id));
        }
        assert_eq!(wishes.open(), MOST);
        let mut taken = wishes.take().unwrap();
        assert!(wishes.take().is_none());
        assert_eq!(taken.try_recv(), Ok(Wish::Thread(1)));
        wishes.over();
        assert_eq!(wishes.open(), MOST - 1);
        // The one that was forgotten can be made again.
        wishes.make(Wish::Thread(999));
        assert_eq!(wishes.open(), MOST);
        wishes.give_back(taken);
        assert!(wishes.take().is_some());
    }
}
