//! What we tell other servers: who hears of an event, what is sent, and when again.
//!
//! ```text
//! event ─ relay ─> audience (what is said, to whom) ─> compose (documents, once) ─> rows, one a host and inbox
//!            one transaction                                                          │
//! jobs::sending claims hosts ─> run (order, lanes) ─> send (sign, double knock) ─> outcome ─> rows go, hosts remember
//! ```
//!
//! - Only what people here did is told. Who is here is asked of the rows, in the statement
//!   that finds the inboxes.
//! - A document is written in the transaction of the relay, under an address that never
//!   changes: what is sent twice, after a crash, is the same thing twice.
//! - Each host gets what one account says in the order in which it was said.
//! - A host that fails for a week is dead: it has no rows and nobody works for it until it is
//!   heard of, or once a week something is tried. Then it is told what it must not miss
//!   ([`revival`]).

pub mod audience;
pub mod backoff;
pub mod compose;
pub mod hosts;
pub mod outcome;
pub mod plan;
pub mod revival;
pub mod run;
pub mod send;
pub mod upkeep;

pub use plan::plan;
