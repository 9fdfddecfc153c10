//! Storage and images.
//!
//! A file lies under a random path, never under an id (D19). What members upload is decoded
//! and encoded again, so that nothing of the upload but its pixels is ever stored or served.
//! Pictures of other servers go the same way; their film and sound is kept as it came.

/// The pictures of accounts that have none.
pub mod default_pictures;
/// Film and sound, by their first bytes.
pub mod film;
/// From an upload to the pictures that are kept.
pub mod image;
/// Where a file lies: public or private, random, safe by its shape.
pub mod path;
/// Our addresses of what lies on other servers.
pub mod remote;
/// The folder of media.
pub mod storage;
/// An archive to take along.
pub mod zip;

pub use image::Pictures;
pub use path::{MediaPath, Place};
pub use storage::Storage;
