//! Film and sound of other servers: what it is by its first bytes, never by its name or what the
//! sender says. It is neither decoded nor changed here, so nothing of it can reach a decoder of
//! ours (F1); the reader's browser plays it.

/// Bytes that [`ending`] wants to see; of shorter files all of them.
pub const HEAD: usize = 64;

/// Brands of files that browsers play as `video/mp4`.
const MP4_BRANDS: [&[u8; 4]; 12] = [
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV",
    b"dash", b"3gp4",
];

/// The ending that a file with this head is kept under, from an allow-list; `None` for
/// everything else: playlists, HTML, SVG, archives, other containers.
pub fn ending(head: &[u8]) -> Option<&'static str> {
    if head.get(4..8) == Some(b"ftyp") {
        let brand = head.get(8..12)?;
        return match brand {
            b"qt  " => Some("mov"),
            b"M4A " | b"M4B " => Some("m4a"),
            _ => MP4_BRANDS
                .iter()
                .any(|known| *known == brand)
                .then_some("mp4"),
        };
    }
    if head.starts_with(b"\x1a\x45\xdf\xa3") {
        let is_webm = head.windows(4).take(HEAD).any(|at| at == b"webm");
        return is_webm.then_some("webm");
    }
    match head {
        [b'I', b'D', b'3', ..] => Some("mp3"),
        // A frame of MPEG layer 3.
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Some("mp3"),
        [b'O', b'g', b'g', b'S', ..] => Some("ogg"),
        [b'f', b'L', b'a', b'C', ..] => Some("flac"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => Some("wav"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_play_is_known_by_its_head() {
        for (head, expected) in [
            (&b"\0\0\0\x20ftypisom\0\0\x02\0"[..], "mp4"),
            (b"\0\0\0\x14ftypqt  \0\0\0\0", "mov"),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", "m4a"),
            (
                b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
                "webm",
            ),
            (b"ID3\x04\0\0", "mp3"),
            (b"\xff\xfb\x90\x64", "mp3"),
            (b"OggS\0\x02", "ogg"),
            (b"fLaC\0\0\0\x22", "flac"),
            (b"RIFF\x24\x08\0\0WAVEfmt ", "wav"),
        ] {
            assert_eq!(ending(head), Some(expected), "{head:?}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for head in [
            &b""[..],
            b"ftyp",
            b"\0\0\0\x20ftypheic",
            b"\0\0\0\x20ftypavif",
            b"#EXTM3U\n#EXT-X-VERSION:3",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\">",
            b"<!doctype html>",
            b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska",
            b"RIFF\x24\x08\0\0AVI LIST",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"{\"type\":\"Note\"}",
        ] {
            assert_eq!(ending(head), None, "{head:?}");
        }
    }
}
