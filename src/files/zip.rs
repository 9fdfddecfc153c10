//! A ZIP archive of a few files, as bytes. Stored, not squeezed: what goes in is pictures.

/// Files of one archive; the format's short form holds 65,535.
const MAX_FILES: usize = 1000;
/// 1980-01-01, the first day that the format knows: files of an archive have no times here.
const NO_DATE: u16 = 0x0021;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;

/// An archive that is being filled.
#[derive(Default)]
pub struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    files: u16,
}

impl Zip {
    /// An empty one.
    pub fn new() -> Zip {
        Zip::default()
    }

    /// Puts a file in. `name` is a path of plain words with slashes, chosen by us. One beyond
    /// a thousand files, or 4 GB, is left out.
    pub fn put(&mut self, name: &str, content: &[u8]) {
        let end = self.bytes.len() as u64 + content.len() as u64 + name.len() as u64;
        let (Ok(size), Ok(at), true) = (
            u32::try_from(content.len()),
            u32::try_from(self.bytes.len()),
            end < u64::from(u32::MAX) / 2 && usize::from(self.files) < MAX_FILES,
        ) else {
            return;
        };
        let Ok(name_length) = u16::try_from(name.len()) else {
            return;
        };
        let mut facts = Vec::with_capacity(26);
        // Version needed, flags, no compression, time, date.
        for short in [20, UTF8, 0, 0, NO_DATE] {
            facts.extend(u16::to_le_bytes(short));
        }
        for long in [crc32(content), size, size] {
            facts.extend(long.to_le_bytes());
        }
        for short in [name_length, 0] {
            facts.extend(u16::to_le_bytes(short));
        }
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&facts);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);

        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(20u16.to_le_bytes());
        self.directory.extend(&facts);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(at.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.files += 1;
    }

    /// The archive.
    pub fn finish(mut self) -> Vec<u8> {
        // Both fit: `put` keeps them below 4 GB.
        let at = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let size = u32::try_from(self.directory.len()).unwrap_or(u32::MAX);
        self.bytes.append(&mut self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        for _ in 0..2 {
            self.bytes.extend(self.files.to_le_bytes());
        }
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(at.to_le_bytes());
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut value = n as u32;
        let mut bit = 0;
        while bit < 8 {
            value = match value & 1 {
                1 => 0xedb8_8320 ^ (value >> 1),
                _ => value >> 1,
            };
            bit += 1;
        }
        table[n] = value;
        n += 1;
    }
    table
}

/// The check sum of the format (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        TABLE[((sum ^ u32::from(*byte)) & 0xff) as usize] ^ (sum >> 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn the_directory_names_what_is_in_it() {
        let mut zip = Zip::new();
        zip.put("a.txt", b"hello");
        zip.put("pictures/b.png", &[0, 1, 2]);
        let bytes = zip.finish();
        let end = bytes.len() - 22;
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        let at = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap()) as usize;
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
        assert_eq!(bytes[end + 10], 2, "two files");
        // The first file's header lies where its entry says: at the beginning.
        assert_eq!(&bytes[at + 42..at + 46], &[0; 4]);
        assert_eq!(&bytes[30..40], b"a.txthello");
    }
}
