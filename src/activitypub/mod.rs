//! ActivityPub: addresses, documents in and out, and how a remote actor or note is found.

pub mod actors;
pub mod addresses;
pub mod collections;
pub mod handles;
pub mod keys;
mod names;
pub mod nodeinfo;
pub mod notes;
pub mod read;
pub mod uri;
pub mod webfinger;
pub mod write;
