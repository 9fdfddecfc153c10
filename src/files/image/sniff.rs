//! What an upload is, by its first bytes; never by its name or what the sender says.

use image::ImageFormat;

use crate::domain::{Error, Result};

/// The format, from an allow-list.
///
/// # Errors
/// `Invalid` for everything else: SVG, HTML, video, PDF, archives, nothing at all.
pub(super) fn kind(upload: &[u8]) -> Result<ImageFormat> {
    let found = infer::get(upload).map(|found| found.mime_type());
    match found {
        Some("image/jpeg") => Ok(ImageFormat::Jpeg),
        Some("image/png") => Ok(ImageFormat::Png),
        Some("image/gif") => Ok(ImageFormat::Gif),
        Some("image/webp") => Ok(ImageFormat::WebP),
        _ => Err(Error::invalid(
            "This is not a picture that we can take: JPEG, PNG, GIF or WebP, please.",
        )),
    }
}
