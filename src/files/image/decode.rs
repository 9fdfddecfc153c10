//! Pixels, under a limit of memory, turned as the camera was held.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::{MAX_PIXELS, MAX_SIDE, unreadable};
use crate::domain::{Error, Result};

/// The most memory that a decoder may take: 40 million pixels of 4 bytes, and its own tables.
const MAX_DECODED_BYTES: u64 = MAX_PIXELS * 4;
const MAX_ALLOC: u64 = MAX_DECODED_BYTES + 32 * 1024 * 1024;

/// Decodes an upload into 8 bits a channel, RGB or RGBA, upright. Of an animation, the first
/// frame.
///
/// # Errors
/// `Invalid` when the header claims more than the limits (nothing is decoded then), or when
/// the file is damaged. `pixels_at_most` may be tighter than [`MAX_PIXELS`].
pub(super) fn decode(
    upload: &[u8],
    kind: ImageFormat,
    pixels_at_most: u64,
) -> Result<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    let mut reader = ImageReader::with_format(Cursor::new(upload), kind);
    reader.limits(limits);
    let refused = |cause| refused(cause, pixels_at_most);
    let mut decoder = reader.into_decoder().map_err(refused)?;

    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width == 0 || height == 0 {
        return Err(unreadable());
    }
    if width > MAX_SIDE
        || height > MAX_SIDE
        || pixels > pixels_at_most.min(MAX_PIXELS)
        || decoder.total_bytes() > MAX_DECODED_BYTES
    {
        return Err(too_many_pixels(pixels_at_most));
    }

    // A damaged orientation is no reason to refuse the picture.
    let orientation = decoder
        .orientation()
        .unwrap_or(image::metadata::Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    let mut picture = if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    };
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn refused(cause: image::ImageError, pixels_at_most: u64) -> Error {
    match cause {
        image::ImageError::Limits(_) => too_many_pixels(pixels_at_most),
        _ => unreadable(),
    }
}

fn too_many_pixels(at_most: u64) -> Error {
    Error::invalid(format!(
        "The picture has too many pixels: at most {MAX_SIDE} a side and {:.0} million in all, please.",
        at_most as f64 / 1e6
    ))
}
