//! ActivityPub: addresses, documents in and out, and how a remote actor or note is found.

pub mod addresses;
pub mod write;
