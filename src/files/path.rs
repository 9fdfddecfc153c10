//! Where a file lies: `media/ab/cd/abcd….jpg`, `private/ab/cd/abcd….png` or
//! `remote/ab/cd/abcd….mp4`.
//!
//! The name is 128 random bits in hexadecimal; its first four digits make two folders, so
//! that no folder grows large. A path of any other shape cannot be made: `..`, another
//! prefix, an ending that we never write are all refused by [`MediaPath::parse`].

use crate::secrets::token::random_bytes;

/// Who may be given a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Whoever knows the path.
    Public,
    /// Its owner and reviewers, through a signed link or a session; never a public URL.
    Private,
    /// Whoever has one of our addresses for what lies elsewhere (`files::remote`); never by its
    /// path, so that a file can go and come back under another one.
    Remote,
}

impl Place {
    fn folder(self) -> &'static str {
        match self {
            Place::Public => "media",
            Place::Private => "private",
            Place::Remote => "remote",
        }
    }
}

/// The kinds of file that we write, with the type they are served as.
const KINDS: [(&str, &str); 2] = [("jpg", "image/jpeg"), ("png", "image/png")];
/// What is kept of other servers besides, as it came.
const KEPT: [(&str, &str); 8] = [
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("flac", "audio/flac"),
    ("wav", "audio/wav"),
];

/// A file's path below the media folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaPath(String);

impl MediaPath {
    /// A new random path. The ending is one of those that we write: `jpg`, `png`; for
    /// [`Place::Remote`] also those of film and sound.
    ///
    /// # Panics
    /// With any other ending: the caller's mistake.
    pub fn random(place: Place, ending: &str) -> MediaPath {
        assert!(content_type(place, ending).is_some(), "{ending}");
        let name: String = random_bytes::<16>()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        MediaPath(format!(
            "{}/{}/{}/{name}.{ending}",
            place.folder(),
            &name[..2],
            &name[2..4]
        ))
    }

    /// A path from a row or a URL; `None` unless it has the shape that we write.
    pub fn parse(path: &str) -> Option<MediaPath> {
        let mut parts = path.split('/');
        let (folder, a, b, file) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (name, ending) = file.split_once('.')?;
        let place = [Place::Public, Place::Private, Place::Remote]
            .into_iter()
            .find(|place| place.folder() == folder)?;
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let whole = parts.next().is_none()
            && name.len() == 32
            && name.bytes().all(hex)
            && a == &name[..2]
            && b == &name[2..4]
            && content_type(place, ending).is_some();
        whole.then(|| MediaPath(path.to_owned()))
    }

    /// The path as it stands in rows and URLs.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Who may be given it.
    pub fn place(&self) -> Place {
        if self.0.starts_with("media/") {
            Place::Public
        } else if self.0.starts_with("remote/") {
            Place::Remote
        } else {
            Place::Private
        }
    }

    /// `jpg`, `png`, `mp4`, …
    pub fn ending(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or_default()
    }

    /// The fixed type to serve it as; never guessed from its bytes (F3).
    pub fn content_type(&self) -> &'static str {
        content_type(self.place(), self.ending()).unwrap_or("application/octet-stream")
    }
}

/// The type of an ending, where a file of that place may have it.
fn content_type(place: Place, ending: &str) -> Option<&'static str> {
    let kept: &[_] = match place {
        Place::Remote => &KEPT,
        Place::Public | Place::Private => &[],
    };
    KINDS
        .iter()
        .chain(kept)
        .find(|(kind, _)| *kind == ending)
        .map(|(_, content_type)| *content_type)
}

impl std::fmt::Display for MediaPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_path_has_the_shape_that_is_parsed() {
        let path = MediaPath::random(Place::Private, "png");
        assert_eq!(MediaPath::parse(path.as_str()), Some(path.clone()));
        assert_eq!(path.place(), Place::Private);
        assert_eq!(path.content_type(), "image/png");
        assert_ne!(path, MediaPath::random(Place::Private, "png"));
    }

    #[test]
    fn film_and_sound_lie_only_where_things_from_elsewhere_do() {
        let path = MediaPath::random(Place::Remote, "webm");
        assert_eq!(MediaPath::parse(path.as_str()), Some(path.clone()));
        assert_eq!(path.place(), Place::Remote);
        assert_eq!(path.content_type(), "video/webm");
        let rest = path.as_str().strip_prefix("remote/").unwrap();
        assert_eq!(MediaPath::parse(&format!("media/{rest}")), None);
        assert_eq!(MediaPath::parse(&format!("private/{rest}")), None);
    }

    #[test]
    fn every_other_shape_is_refused() {
        let good = "media/ab/cd/abcd00000000000000000000000000ef.jpg";
        assert!(MediaPath::parse(good).is_some());
        for bad in [
            "",
            "/media/ab/cd/abcd00000000000000000000000000ef.jpg",
            "media/ab/cd/abcd00000000000000000000000000ef.svg",
            "media/ab/cd/abcd00000000000000000000000000ef.jpg/",
            "media/ab/cd/abcd00000000000000000000000000ef.jpg.png",
            "media/ab/cd/ABCD00000000000000000000000000EF.jpg",
            "media/ab/ce/abcd00000000000000000000000000ef.jpg",
            "media/../private/abcd00000000000000000000000000ef.jpg",
            "media/ab/cd/../../../etc/passwd",
            "other/ab/cd/abcd00000000000000000000000000ef.jpg",
            "media/ab/cd/abcd.jpg",
            "media/éé/cd/éé000000000000000000000000000000.jpg",
            "media/ab/cd/abcd00000000000000000000000000ef.jpg\0",
        ] {
            assert_eq!(MediaPath::parse(bad), None, "{bad}");
        }
    }
}
