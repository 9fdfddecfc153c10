//! Cut and scaled to its purpose, encoded anew; blurhash and look of the result.

use bytes::Bytes;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::{DynamicImage, GenericImageView};

use super::{Encoded, Processed, Purpose};
use crate::domain::Result;

/// Avatar, in pixels.
const AVATAR: (u32, u32) = (400, 400);
/// Header, in pixels.
const HEADER: (u32, u32) = (1500, 500);
/// The most pixels of an attachment: 3840 by 2160, in any shape.
const ATTACHMENT_PIXELS: f64 = 3840.0 * 2160.0;
/// The longest side of a preview.
const PREVIEW_SIDE: u32 = 640;
/// The longest side of a custom emoji: four times as large as it is shown.
const EMOJI_SIDE: u32 = 128;
/// The longest side of what the blurhash is made from.
const BLURHASH_SIDE: u32 = 64;
/// Quality of JPEG, of 100: no loss that an eye finds, a fifth of the bytes of 100.
const JPEG_QUALITY: u8 = 88;

/// All pictures that are kept of one upload.
pub(super) fn make(pixels: DynamicImage, purpose: Purpose, sha256: [u8; 32]) -> Result<Processed> {
    let pixels = without_idle_alpha(pixels);
    let picture = match purpose {
        Purpose::Avatar => crop(pixels, AVATAR)?,
        Purpose::Header => crop(pixels, HEADER)?,
        Purpose::Emoji => {
            let size = within_side(pixels.dimensions(), EMOJI_SIDE);
            scale(pixels, size)?
        }
        Purpose::Attachment => {
            let size = within_area(pixels.dimensions(), ATTACHMENT_PIXELS);
            scale(pixels, size)?
        }
    };
    let small = match purpose {
        Purpose::Attachment => {
            let size = preview_size(picture.dimensions());
            Some(scale(picture.clone(), size)?)
        }
        Purpose::Avatar | Purpose::Header | Purpose::Emoji => None,
    };
    let thumb_of = small.as_ref().unwrap_or(&picture).clone();
    let size = within_side(thumb_of.dimensions(), BLURHASH_SIDE);
    let thumb = scale(thumb_of, size)?;
    Ok(Processed {
        blurhash: blurhash(&thumb)?,
        look: look(&thumb)?,
        preview: small.as_ref().map(encode).transpose()?,
        picture: encode(&picture)?,
        sha256,
    })
}

/// A picture whose alpha says "opaque" everywhere needs none, and becomes a JPEG.
fn without_idle_alpha(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageRgba8(rgba) if rgba.pixels().all(|p| p.0[3] == u8::MAX) => {
            DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(rgba).into_rgb8())
        }
        other => other,
    }
}

/// The middle of the picture in the shape of `to`, at that size or smaller: small pictures
/// are not blown up.
fn crop(picture: DynamicImage, to: (u32, u32)) -> Result<DynamicImage> {
    let (width, height) = picture.dimensions();
    let room = (f64::from(width) / f64::from(to.0)).min(f64::from(height) / f64::from(to.1));
    let by = room.min(1.0);
    let size = (times(to.0, by), times(to.1, by));
    if size == (width, height) {
        return Ok(picture);
    }
    resize(
        &picture,
        size,
        ResizeOptions::new().fit_into_destination(None),
    )
}

fn scale(picture: DynamicImage, size: (u32, u32)) -> Result<DynamicImage> {
    if size == picture.dimensions() {
        return Ok(picture);
    }
    resize(&picture, size, ResizeOptions::new())
}

fn resize(
    picture: &DynamicImage,
    (width, height): (u32, u32),
    options: ResizeOptions,
) -> Result<DynamicImage> {
    let mut out = DynamicImage::new(width, height, picture.color());
    let options = options.resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(picture, &mut out, &options)?;
    Ok(out)
}

fn times(length: u32, by: f64) -> u32 {
    ((f64::from(length) * by).round() as u32).max(1)
}

/// The size with the same shape and at most so many pixels.
fn within_area((width, height): (u32, u32), area: f64) -> (u32, u32) {
    let by = (area / (f64::from(width) * f64::from(height))).sqrt();
    if by >= 1.0 {
        return (width, height);
    }
    (times(width, by), times(height, by))
}

/// The size in pixels of the preview that an attachment of this size has.
pub fn preview_size(picture: (u32, u32)) -> (u32, u32) {
    within_side(picture, PREVIEW_SIDE)
}

/// The size with the same shape and no side longer than this.
fn within_side((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let by = f64::from(side) / f64::from(width.max(height));
    if by >= 1.0 {
        return (width, height);
    }
    (times(width, by), times(height, by))
}

/// PNG where there is something to see through, JPEG otherwise. The encoders are given pixels
/// only, so they can write no metadata.
fn encode(picture: &DynamicImage) -> Result<Encoded> {
    let (width, height) = picture.dimensions();
    let mut bytes = Vec::new();
    let ending = if picture.color().has_alpha() {
        let encoder =
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
        picture.write_with_encoder(encoder)?;
        "png"
    } else {
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
        "jpg"
    };
    Ok(Encoded {
        bytes: Bytes::from(bytes),
        ending,
        width,
        height,
    })
}

fn blurhash(thumb: &DynamicImage) -> Result<String> {
    let (width, height) = thumb.dimensions();
    Ok(blurhash::encode(4, 4, width, height, &thumb.to_rgba8())?)
}

/// One bit for each of 8 by 8 neighbours: is the right one brighter?
fn look(thumb: &DynamicImage) -> Result<u64> {
    let grey = DynamicImage::ImageLuma8(thumb.to_luma8());
    let grey = scale(grey, (9, 8))?.into_luma8();
    let mut bits = 0;
    for y in 0..8 {
        for x in 0..8 {
            let brighter = grey.get_pixel(x + 1, y).0[0] > grey.get_pixel(x, y).0[0];
            bits = bits << 1 | u64::from(brighter);
        }
    }
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_their_shape() {
        assert_eq!(within_area((7680, 4320), ATTACHMENT_PIXELS), (3840, 2160));
        assert_eq!(within_area((100, 50), ATTACHMENT_PIXELS), (100, 50));
        assert_eq!(within_side((1280, 720), 640), (640, 360));
        assert_eq!(within_side((8000, 1), 640), (640, 1));
    }
}
