//! Pages that anybody may read.

pub mod landing;
pub mod trouble;
