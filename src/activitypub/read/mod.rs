//! What other servers write, read leniently: a string or an object, one or many, with or
//! without what we would like. Pure. Nothing here is believed: whether the sender may say it
//! is asked by whoever called.
//!
//! Plain JSON with fixed names of properties, no JSON-LD: contexts, graphs and aliases are
//! not looked at, so that no two readers of a document can disagree (I12).

pub mod actor;
mod announce;
pub mod document;
pub mod emoji;
pub mod media;
pub mod note;
pub mod poll;
mod quote;
pub mod value;

pub use actor::Actor;
pub use announce::Announce;
pub use document::Document;
pub use note::Note;

/// Why a document cannot be read: one sentence for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub &'static str);
