//! Storage and images.
//!
//! A file lies under a random path, never under an id (D19). What members upload is decoded
//! and encoded again, so that nothing of the upload but its pixels is ever stored or served.

/// The pictures of accounts that have none.
pub mod default_pictures;
/// From an upload to the pictures that are kept.
pub mod image;
/// Where a file lies: public or private, random, safe by its shape.
pub mod path;
/// The folder of media.
pub mod storage;

pub use image::Pictures;
pub use path::{MediaPath, Place};
pub use storage::Storage;
