//! A picture, film or sound, attached or about to be.

use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// A medium.
#[derive(Debug, Clone, Serialize)]
pub struct MediaAttachment {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// `image`, `gifv`, `video`, `audio` or `unknown`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Absolute; null while it is being processed.
    pub url: Option<String>,
    /// A small version; null when there is none.
    pub preview_url: Option<String>,
    /// Where it came from, for remote ones.
    pub remote_url: Option<String>,
    /// Where its preview came from.
    pub preview_remote_url: Option<String>,
    /// Deprecated; always null.
    pub text_url: (),
    /// Sizes and focus; null until they are known.
    pub meta: Option<MediaMeta>,
    /// The alternative text.
    pub description: Option<String>,
    /// A blurred stand-in; null for sound.
    pub blurhash: Option<String>,
}

/// Sizes, and the point that should stay in view when cropped.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct MediaMeta {
    /// Of the full version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<MediaSize>,
    /// Of the preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small: Option<MediaSize>,
    /// Left out when nobody chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<Focus>,
}

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MediaSize {
    /// Pixels; at least 1.
    pub width: u32,
    /// Pixels; at least 1.
    pub height: u32,
}

impl Serialize for MediaSize {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            width: u32,
            height: u32,
            size: String,
            aspect: f64,
        }
        Written {
            width: self.width,
            height: self.height,
            size: format!("{}x{}", self.width, self.height),
            aspect: f64::from(self.width) / f64::from(self.height.max(1)),
        }
        .serialize(to)
    }
}

/// A point: -1 is left or bottom, 1 is right or top.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Focus {
    /// Left to right.
    pub x: f64,
    /// Bottom to top.
    pub y: f64,
}
