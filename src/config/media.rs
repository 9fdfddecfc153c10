//! The section `[media]`.

use std::path::PathBuf;

use super::{Error, Server, settings::Settings};

/// Where pictures are kept, and how large they may be.
#[derive(Debug, Clone)]
pub struct Media {
    /// The folder.
    pub path: PathBuf,
    /// The largest picture in bytes, 64 KiB to 100 MiB.
    pub max_image_bytes: usize,
    /// The largest picture in pixels (width times height), 1 to 100 million.
    pub max_image_pixels: u64,
    /// Bytes that files of other servers may take, 1 MiB to 1 PiB.
    pub remote_cache_bytes: i64,
}

impl Media {
    pub(super) fn read(settings: &Settings, server: &Server) -> Result<Self, Error> {
        let section = "media";
        let path = settings.some_text(section, "path");
        Ok(Self {
            path: path.map_or_else(|| server.data.join("media"), PathBuf::from),
            max_image_bytes: settings.whole(section, "max_image_bytes", 65_536..=104_857_600)?
                as usize,
            max_image_pixels: settings.whole(
                section,
                "max_image_pixels",
                1_000_000..=100_000_000,
            )? as u64,
            remote_cache_bytes: settings.whole(
                section,
                "remote_cache_bytes",
                1_048_576..=1_125_899_906_842_624,
            )?,
        })
    }
}
