//! Pages that anybody may read.

pub mod about;
pub mod audit;
pub mod bonds;
pub mod door;
pub mod follows;
pub mod landing;
pub mod profile;
pub mod servers;
pub mod status;
pub mod timeline;
pub mod trouble;
