//! From an upload to the pictures that are kept.
//!
//! 1. `sniff`: what is it by its first bytes, and how large does it say it is? Whatever is
//!    not JPEG, PNG, GIF or WebP, or too large, is refused before any pixel is decoded.
//! 2. `decode`: pixels, under a limit of memory, turned as the camera was held.
//! 3. `variants`: cut and scaled to its purpose, encoded anew. No byte of the upload but its
//!    pixels survives: no EXIF, no GPS, no comment, no appended archive (F1 to F4).
//!
//! Animated pictures become their first frame.

mod decode;
mod sniff;
mod variants;

pub use variants::preview_size;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use crate::domain::{Error, Result};

/// The largest upload of a picture, in bytes; what `image_size_limit` tells apps.
pub const MAX_UPLOAD_BYTES: usize = 16 * 1024 * 1024;
/// The most pixels of an upload; what `image_matrix_limit` tells apps.
pub const MAX_PIXELS: u64 = 40_000_000;
/// The longest side of an upload, in pixels.
pub const MAX_SIDE: u32 = 8192;
/// The types that may be uploaded; what `supported_mime_types` tells apps.
pub const MIME_TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// What a picture is for: it decides its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Square, at most 400 by 400, the middle of the picture.
    Avatar,
    /// Three to one, at most 1500 by 500, the middle of the picture.
    Header,
    /// Its own shape, at most 8.3 million pixels, and a preview of at most 640 a side.
    Attachment,
    /// Its own shape, at most 128 a side.
    Emoji,
}

/// An encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// JPEG or PNG.
    pub bytes: Bytes,
    /// `jpg` or `png`, for `MediaPath::random`.
    pub ending: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Encoded {
    /// The type to serve it as.
    pub fn content_type(&self) -> &'static str {
        if self.ending == "png" {
            "image/png"
        } else {
            "image/jpeg"
        }
    }
}

/// What an upload became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processed {
    /// The picture itself.
    pub picture: Encoded,
    /// Attachments: the small one. `None` for all others.
    pub preview: Option<Encoded>,
    /// 4 by 4 components, 36 characters.
    pub blurhash: String,
    /// SHA-256 of the upload, to find the very same file again.
    pub sha256: [u8; 32],
    /// A difference hash of 64 bits: pictures that look alike differ in few bits.
    pub look: u64,
}

/// How many pictures are worked on at one time, and how long the line is.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Pictures at one time. Each may take some 250 MB at worst, 60 MB for a usual photo.
    pub at_once: usize,
    /// Uploads that may wait; the next one hears 429. Each holds its upload in memory.
    pub waiting: usize,
    /// How long an upload waits before it hears 429.
    pub patience: Duration,
    /// The largest upload here, in bytes; [`MAX_UPLOAD_BYTES`] at the most.
    pub max_bytes: usize,
    /// The most pixels here; [`MAX_PIXELS`] at the most.
    pub max_pixels: u64,
}

/// Uploads of people who wait for an answer that may stand in their own line.
const LOW_WAITING: usize = 3;

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            at_once: 1,
            waiting: 8,
            patience: Duration::from_secs(20),
            max_bytes: MAX_UPLOAD_BYTES,
            max_pixels: MAX_PIXELS,
        }
    }
}

/// Works on uploads. One per process; cloning shares the line.
#[derive(Clone)]
pub struct Pictures {
    settings: Settings,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    low_turn: Arc<Semaphore>,
    low_waiting: Arc<AtomicUsize>,
}

impl Pictures {
    /// With this many at one time.
    pub fn new(settings: Settings) -> Pictures {
        Pictures {
            turns: Arc::new(Semaphore::new(settings.at_once)),
            waiting: Arc::default(),
            low_turn: Arc::new(Semaphore::new(1)),
            low_waiting: Arc::default(),
            settings,
        }
    }

    /// The same for somebody who waits at the door: one of them at a time stands in the line of
    /// members, whatever comes, and [`LOW_WAITING`] stand in a line of their own
    /// (registration.md C2).
    ///
    /// # Errors
    /// As [`Pictures::process`].
    pub async fn process_low(
        &self,
        upload: Bytes,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Processed> {
        let place = Place::take(&self.low_waiting, LOW_WAITING + 1);
        let Some(_place) = place else {
            return Err(self.busy(now));
        };
        let turn = self.low_turn.acquire();
        let _turn = match tokio::time::timeout(self.settings.patience, turn).await {
            Ok(turn) => turn?,
            Err(_) => return Err(self.busy(now)),
        };
        self.process(upload, purpose, now).await
    }

    /// Makes the pictures to be kept out of an upload.
    ///
    /// # Errors
    /// `TooLarge` above the limit in bytes; `Invalid` with a sentence when it is no picture
    /// of an allowed type, claims to be too large, or cannot be decoded; `TooMany` when the
    /// line is full.
    pub async fn process(
        &self,
        upload: Bytes,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Processed> {
        let most = self.settings.max_bytes.min(MAX_UPLOAD_BYTES);
        if upload.len() > most {
            return Err(Error::TooLarge(
                format!(
                    "The picture is larger than {:.1} MB. A smaller one will do.",
                    most as f64 / (1024.0 * 1024.0)
                )
                .into(),
            ));
        }
        let pixels_at_most = self.settings.max_pixels.min(MAX_PIXELS);
        // What can be refused by its first bytes does not stand in line.
        let kind = sniff::kind(&upload)?;
        let place = Place::take(&self.waiting, self.settings.waiting + self.settings.at_once);
        let Some(place) = place else {
            return Err(self.busy(now));
        };
        let turn = self.turns.clone().acquire_owned();
        let turn = match tokio::time::timeout(self.settings.patience, turn).await {
            Ok(turn) => turn?,
            Err(_) => return Err(self.busy(now)),
        };
        let work = tokio::task::spawn_blocking(move || {
            let _held = (turn, place);
            let pixels = decode::decode(&upload, kind, pixels_at_most)?;
            variants::make(pixels, purpose, crate::secrets::token::sha256(&upload))
        });
        match work.await {
            Ok(result) => result,
            // A decoder that panics on a hostile file must not look like our failure.
            Err(cause) if cause.is_panic() => {
                tracing::warn!(?kind, "a picture made its decoder panic");
                Err(unreadable())
            }
            Err(cause) => Err(cause.into()),
        }
    }

    fn busy(&self, now: DateTime<Utc>) -> Error {
        Error::TooMany {
            message: "Many pictures are being uploaded right now. Please try again in a moment."
                .into(),
            retry_at: now + self.settings.patience,
        }
    }
}

/// A place in the line, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, limit: usize) -> Option<Place> {
        waiting
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| {
                (n < limit).then_some(n + 1)
            })
            .ok()
            .map(|_| Place(waiting.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Whether a file with these first bytes is a picture of a type that is taken; nothing is said
/// yet of what comes behind them.
pub fn is_picture(head: &[u8]) -> bool {
    sniff::kind(head).is_ok()
}

fn unreadable() -> Error {
    Error::invalid("The picture cannot be read; the file may be damaged.")
}

#[cfg(test)]
mod tests;
