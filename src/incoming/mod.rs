//! What other servers tell us: one file per activity, each calling one use case.

/// What is sent to us, until it is kept.
pub mod inbox;
/// Cheap refusals.
pub mod sift;
/// Activities, written down in groups.
mod writer;
