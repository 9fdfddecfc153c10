//! `/desk`: who waits at the door.

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;

/// One page of applications. GET parameters: `order` (`oldest`, `newest`), `state`
/// (`pending`, `decided`), `q`.
#[derive(Template)]
#[template(path = "review/queue.html")]
pub struct QueuePage {
    /// The frame.
    pub page: Page,
    /// How the door stands, one sentence with its reason.
    pub door: String,
    /// How many wait for a decision.
    pub waiting: i64,
    /// How many have not confirmed their address.
    pub unconfirmed: i64,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
    /// Decided ones instead of waiting ones.
    pub decided: bool,
    /// What was searched for; empty for all.
    pub query: String,
    /// One page of them.
    pub rows: Vec<QueueRow>,
    /// Newer and older.
    pub pager: Pager,
}

/// One application in the queue.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// Its id, as text.
    pub id: String,
    /// The name that was asked for, without `@`.
    pub username: String,
    /// Display name; the username where none is set.
    pub display_name: String,
    /// Signed address of the private avatar, or the default one.
    pub avatar_url: String,
    /// The answer to the first question; may be empty.
    pub answer: String,
    /// When it was sent.
    pub submitted_at: Moment,
    /// Where it stands, in words: `Waiting`, `Approved by Ann`.
    pub state: String,
    /// The domain of the address: `example.org`; empty without.
    pub email_domain: String,
    /// The address is confirmed.
    pub confirmed: bool,
    /// Number of drafts.
    pub drafts: i64,
    /// Hints in words, each a few of them; may be empty.
    pub hints: Vec<String>,
}
