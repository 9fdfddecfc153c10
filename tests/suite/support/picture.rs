//! Pictures to upload, made here.

use image::{ExtendedColorType, ImageEncoder};

/// Stands in the metadata of [`jpeg_with_gps`].
pub const SECRET: &str = "Elm Street 13";

/// A small PNG of one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let pixels = [200u8, 120, 40].repeat((width * height) as usize);
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
        .expect("a picture");
    bytes
}

/// A JPEG with an Exif block that says where it was taken.
pub fn jpeg_with_gps() -> Vec<u8> {
    let pixels = [40u8, 120, 200].repeat(64 * 64);
    let mut plain = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut plain)
        .write_image(&pixels, 64, 64, ExtendedColorType::Rgb8)
        .expect("a picture");
    // TIFF, big endian, one directory with ImageDescription (0x010e) beyond it.
    let text = format!("{SECRET}\0");
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x0e\0\x02".to_vec();
    tiff.extend((text.len() as u32).to_be_bytes());
    tiff.extend(26u32.to_be_bytes());
    tiff.extend([0; 4]);
    tiff.extend(text.as_bytes());
    let mut block = b"Exif\0\0".to_vec();
    block.extend(tiff);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(((block.len() + 2) as u16).to_be_bytes());
    bytes.extend(block);
    bytes.extend(&plain[2..]);
    bytes
}

/// A PNG of a few bytes that claims to be 60,000 pixels wide and high.
pub fn bomb() -> Vec<u8> {
    let mut bytes = png(1, 1);
    let side = 60_000u32.to_be_bytes();
    bytes[16..20].copy_from_slice(&side);
    bytes[20..24].copy_from_slice(&side);
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| {
            if c & 1 == 1 {
                (c >> 1) ^ 0xedb8_8320
            } else {
                c >> 1
            }
        })
    };
    !bytes.iter().fold(!0, step)
}
