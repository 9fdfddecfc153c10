//! Uploads, good and hostile, made in code.

use futures::FutureExt;
use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn pictures() -> Pictures {
    Pictures::new(Settings::default())
}

async fn process(upload: impl Into<Bytes>, purpose: Purpose) -> Result<Processed> {
    pictures().process(upload.into(), purpose, now()).await
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Red on the left, blue on the right.
fn flag(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([220, 20, 20])
        } else {
            Rgb([20, 20, 220])
        }
    })
}

fn decoded(picture: &Encoded) -> RgbImage {
    let picture = image::load_from_memory(&picture.bytes).unwrap();
    picture.into_rgb8()
}

#[track_caller]
fn refused(result: Result<Processed>, word: &str) {
    match result {
        Err(error @ Error::Invalid(_)) => {
            assert!(error.sentence().contains(word), "{}", error.sentence());
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was taken"),
    }
}

/// An EXIF block with an orientation and a GPS latitude reference.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(2u16.to_le_bytes());
    // Orientation, SHORT, 1 value.
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    // GPS IFD at 38.
    tiff.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(1u16.to_le_bytes());
    // GPSLatitudeRef, ASCII, "N".
    tiff.extend([1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0]);
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(b"GPS-HOME-ADDRESS");
    tiff
}

/// Puts an APP1 segment and a comment behind the start of a JPEG.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let body = [b"Exif\0\0", &exif(orientation)[..]].concat();
    let mut out = jpeg[..2].to_vec();
    out.extend([0xff, 0xe1]);
    out.extend((body.len() as u16 + 2).to_be_bytes());
    out.extend(body);
    let comment = b"GPS-IN-A-COMMENT";
    out.extend([0xff, 0xfe]);
    out.extend((comment.len() as u16 + 2).to_be_bytes());
    out.extend(comment);
    out.extend(&jpeg[2..]);
    out
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

#[tokio::test]
async fn an_attachment_keeps_its_shape_and_gets_a_preview() {
    let upload = encoded(flag(1200, 600), ImageFormat::Png);
    let made = process(upload.clone(), Purpose::Attachment).await.unwrap();
    assert_eq!((made.picture.width, made.picture.height), (1200, 600));
    assert_eq!(made.picture.content_type(), "image/jpeg");
    let preview = made.preview.unwrap();
    assert_eq!((preview.width, preview.height), (640, 320));
    assert_eq!(decoded(&preview).dimensions(), (640, 320));
    assert_eq!(made.blurhash.len(), 36);
    assert_eq!(made.sha256, crate::secrets::token::sha256(&upload));

    let again = encoded(flag(900, 450), ImageFormat::Jpeg);
    let again = process(again, Purpose::Attachment).await.unwrap();
    assert!((made.look ^ again.look).count_ones() < 6, "they look alike");
}

#[tokio::test]
async fn avatars_are_squares_and_headers_three_to_one() {
    let upload = encoded(flag(1000, 600), ImageFormat::Png);
    let avatar = process(upload.clone(), Purpose::Avatar).await.unwrap();
    assert_eq!((avatar.picture.width, avatar.picture.height), (400, 400));
    assert!(avatar.preview.is_none());
    let square = decoded(&avatar.picture);
    assert!(
        square.get_pixel(10, 200).0[0] > 150,
        "the middle, red on the left"
    );
    assert!(
        square.get_pixel(390, 200).0[2] > 150,
        "the middle, blue on the right"
    );
    let header = process(upload, Purpose::Header).await.unwrap();
    assert_eq!((header.picture.width, header.picture.height), (1000, 333));
    let tiny = process(encoded(flag(20, 10), ImageFormat::Png), Purpose::Avatar)
        .await
        .unwrap();
    assert_eq!((tiny.picture.width, tiny.picture.height), (10, 10));
}

#[tokio::test]
async fn what_can_be_seen_through_stays_png_and_the_rest_becomes_jpeg() {
    let glass = RgbaImage::from_pixel(40, 40, Rgba([250, 180, 60, 100]));
    let made = process(encoded(glass, ImageFormat::Png), Purpose::Attachment)
        .await
        .unwrap();
    assert_eq!(made.picture.ending, "png");
    let solid = RgbaImage::from_pixel(40, 40, Rgba([250, 180, 60, 255]));
    let made = process(encoded(solid, ImageFormat::Png), Purpose::Attachment)
        .await
        .unwrap();
    assert_eq!(made.picture.ending, "jpg");
}

#[tokio::test]
async fn every_allowed_type_is_taken_and_an_animation_becomes_its_first_frame() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        assert!(
            process(encoded(flag(60, 40), format), Purpose::Attachment)
                .await
                .is_ok()
        );
    }
    let mut gif = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
        for colour in [[220, 20, 20, 255], [20, 20, 220, 255]] {
            let frame = RgbaImage::from_pixel(50, 50, Rgba(colour));
            encoder.encode_frame(image::Frame::new(frame)).unwrap();
        }
    }
    let made = process(gif, Purpose::Avatar).await.unwrap();
    let pixel = decoded(&made.picture).get_pixel(25, 25).0;
    assert!(
        pixel[0] > 150 && pixel[2] < 100,
        "the first frame is red: {pixel:?}"
    );
}

#[tokio::test]
async fn the_camera_is_obeyed_and_then_forgotten() {
    let jpeg = encoded(flag(80, 40), ImageFormat::Jpeg);
    // 6: the camera was held upright; turn by 90 degrees clockwise.
    let upload = with_exif(&jpeg, 6);
    assert!(holds(&upload, b"GPS-HOME-ADDRESS") && holds(&upload, b"GPS-IN-A-COMMENT"));
    let made = process(upload, Purpose::Attachment).await.unwrap();
    assert_eq!((made.picture.width, made.picture.height), (40, 80));
    let picture = decoded(&made.picture);
    assert!(picture.get_pixel(20, 5).0[0] > 150, "left became top");
    for variant in [&made.picture, made.preview.as_ref().unwrap()] {
        assert!(!holds(&variant.bytes, b"Exif"));
        assert!(!holds(&variant.bytes, b"GPS"));
    }
}

#[tokio::test]
async fn what_hangs_on_a_picture_is_cut_off() {
    let mut upload = encoded(flag(60, 40), ImageFormat::Png);
    upload.extend(b"<script>alert(1)</script>PK\x03\x04");
    let made = process(upload, Purpose::Attachment).await.unwrap();
    assert!(!holds(&made.picture.bytes, b"<script>"));
    assert!(!holds(&made.picture.bytes, b"PK\x03\x04"));
}

#[tokio::test]
async fn what_is_no_picture_is_refused_by_its_first_bytes() {
    let hostile: [&[u8]; 9] = [
        b"",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        b"<?xml version=\"1.0\"?><svg/>",
        b"<!doctype html><img src=x onerror=alert(1)>",
        b"push graphic-context\nviewbox 0 0 640 480\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"%PDF-1.7\n",
        b"II*\0\x08\0\0\0\0\0\0\0\0\0\0\0",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    ];
    for upload in hostile {
        refused(
            process(Bytes::copy_from_slice(upload), Purpose::Avatar).await,
            "not a picture",
        );
    }
}

#[tokio::test]
async fn a_picture_that_claims_to_be_huge_is_refused_from_its_header() {
    // F2
    // PNG: width and height stand at byte 16 and 20, followed by the CRC of the chunk.
    let mut png = encoded(flag(10, 10), ImageFormat::Png);
    png[16..20].copy_from_slice(&65_535u32.to_be_bytes());
    png[20..24].copy_from_slice(&65_535u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    refused(process(png, Purpose::Attachment).await, "too many pixels");

    // JPEG: the frame header has height and width behind its length and precision.
    let mut jpeg = encoded(flag(10, 10), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    refused(process(jpeg, Purpose::Attachment).await, "too many pixels");

    // GIF: the screen's size behind the signature.
    let mut gif = encoded(
        DynamicImage::from(flag(10, 10)).into_rgba8(),
        ImageFormat::Gif,
    );
    gif[6..10].copy_from_slice(&[0xff; 4]);
    refused(process(gif, Purpose::Attachment).await, "too many pixels");

    // Within both sides, but more than 40 million pixels.
    let mut png = encoded(flag(10, 10), ImageFormat::Png);
    png[16..20].copy_from_slice(&8_000u32.to_be_bytes());
    png[20..24].copy_from_slice(&8_000u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    refused(process(png, Purpose::Attachment).await, "too many pixels");
}

#[tokio::test]
async fn a_damaged_picture_is_the_senders_trouble() {
    let png = encoded(flag(200, 200), ImageFormat::Png);
    refused(
        process(png[..60].to_vec(), Purpose::Attachment).await,
        "cannot be read",
    );
    refused(
        process(png[..8].to_vec(), Purpose::Attachment).await,
        "cannot be read",
    );
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_not_looked_at() {
    let large = vec![0xff; MAX_UPLOAD_BYTES + 1];
    assert!(matches!(
        process(large, Purpose::Avatar).await,
        Err(Error::TooLarge(_))
    ));
}

#[tokio::test]
async fn a_place_may_want_smaller_pictures() {
    let pictures = Pictures::new(Settings {
        max_bytes: 4_096,
        max_pixels: 5_000,
        ..Settings::default()
    });
    let try_one = async |upload: Bytes| pictures.process(upload, Purpose::Avatar, now()).await;
    let small = Bytes::from(encoded(flag(70, 70), ImageFormat::Png));
    assert!(small.len() < 4_096 && try_one(small).await.is_ok());
    let wide = Bytes::from(encoded(flag(100, 60), ImageFormat::Png));
    let refused = try_one(wide).await.unwrap_err().sentence();
    assert!(refused.contains("pixels"), "{refused}");
    let heavy = Bytes::from(vec![0; 5_000]);
    assert!(matches!(try_one(heavy).await, Err(Error::TooLarge(_))));
}

#[tokio::test]
async fn the_line_is_bounded() {
    let pictures = Pictures::new(Settings {
        at_once: 1,
        waiting: 1,
        patience: Duration::from_millis(30),
        ..Settings::default()
    });
    let working = pictures.turns.clone().acquire_owned().await.unwrap();
    let upload = Bytes::from(encoded(flag(10, 10), ImageFormat::Png));
    let three = (0..3).map(|_| pictures.process(upload.clone(), Purpose::Avatar, now()));
    for result in futures::future::join_all(three).await {
        assert!(matches!(result, Err(Error::TooMany { .. })));
    }
    drop(working);
    assert!(
        pictures
            .process(upload, Purpose::Avatar, now())
            .await
            .is_ok()
    );
    assert_eq!(pictures.waiting.load(Ordering::Acquire), 0);
}

#[tokio::test]
async fn those_who_wait_at_the_door_leave_the_line_to_members() {
    let pictures = Pictures::new(Settings {
        at_once: 1,
        waiting: 2,
        ..Settings::default()
    });
    let upload = Bytes::from(encoded(flag(10, 10), ImageFormat::Png));
    let working = pictures.turns.clone().acquire_owned().await.unwrap();
    let mut low: Vec<_> = (0..6)
        .map(|_| Box::pin(pictures.process_low(upload.clone(), Purpose::Avatar, now())))
        .collect();
    let mut refused = 0;
    for one in &mut low {
        if let Some(Err(Error::TooMany { .. })) = one.now_or_never() {
            refused += 1;
        }
    }
    assert_eq!(refused, 2, "one works and three wait");
    assert_eq!(pictures.waiting.load(Ordering::Acquire), 1);
    let mut member = Box::pin(pictures.process(upload.clone(), Purpose::Avatar, now()));
    assert!((&mut member).now_or_never().is_none(), "there is room");
    drop((low, working));
    assert!(member.await.is_ok());
    assert_eq!(pictures.low_waiting.load(Ordering::Acquire), 0);
}

/// CRC-32 as PNG has it.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}
