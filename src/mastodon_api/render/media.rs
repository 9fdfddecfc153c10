//! Attachments.

use super::Urls;
use crate::mastodon_api::entities::{Focus, MediaAttachment, MediaMeta, MediaSize};
use crate::model::status_parts::Attached;

/// One medium as apps read it.
pub fn attachment(urls: &Urls<'_>, medium: &Attached) -> MediaAttachment {
    // What lies on another server is shown by way of us; of a file of no known kind there is
    // only the link.
    let remote = medium.remote_url.as_deref();
    let by_way_of_us = remote.filter(|_| (0..=3).contains(&medium.kind));
    let url = match &medium.path {
        Some(path) => Some(urls.media(path)),
        None => by_way_of_us
            .and_then(|url| urls.remote(|at| at.file(medium.id, url)))
            .or_else(|| remote.map(str::to_owned)),
    };
    let preview = match &medium.preview_path {
        Some(path) => Some(urls.media(path)),
        None => remote
            .filter(|_| medium.kind == 0 && medium.path.is_none())
            .and_then(|url| urls.remote(|at| at.preview(medium.id, url))),
    };
    let kind = match medium.kind {
        0 => "image",
        1 => "gifv",
        2 => "video",
        3 => "audio",
        _ => "unknown",
    };
    MediaAttachment {
        id: medium.id,
        kind,
        preview_url: preview.or_else(|| url.clone().filter(|_| medium.kind == 0)),
        url,
        remote_url: medium.remote_url.clone(),
        preview_remote_url: None,
        text_url: (),
        meta: meta(medium),
        description: Some(medium.description.clone()).filter(|text| !text.is_empty()),
        blurhash: medium.blurhash.clone(),
    }
}

fn meta(medium: &Attached) -> Option<MediaMeta> {
    let side = |pixels: Option<i32>| {
        pixels
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n > 0)
    };
    let original = side(medium.width)
        .zip(side(medium.height))
        .map(|(width, height)| MediaSize { width, height });
    let focus = medium.focus_x.zip(medium.focus_y).map(|(x, y)| Focus {
        x: f64::from(x),
        y: f64::from(y),
    });
    (original.is_some() || focus.is_some()).then_some(MediaMeta {
        original,
        small: None,
        focus,
    })
}
