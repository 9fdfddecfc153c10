//! A ZIP archive of a few files, as bytes. Stored, not squeezed: what goes in is pictures.

use std::io::{Cursor, Write};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::domain::Result;

/// An archive that is being filled.
pub struct Zip(ZipWriter<Cursor<Vec<u8>>>);

impl Zip {
    /// An empty one.
    pub fn new() -> Zip {
        Zip(ZipWriter::new(Cursor::default()))
    }

    /// Puts a file in. `name` is a path of plain words with slashes, chosen by us, and no other
    /// file's.
    ///
    /// # Errors
    /// When the name is there already, or the archive would grow beyond 4 GB.
    pub fn put(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.0.start_file(name, stored)?;
        Ok(self.0.write_all(content)?)
    }

    /// The archive.
    pub fn finish(self) -> Result<Vec<u8>> {
        Ok(self.0.finish()?.into_inner())
    }
}

impl Default for Zip {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let mut archive = Zip::new();
        archive.put("a.txt", b"hello").unwrap();
        archive.put("pictures/b.png", &[0, 1, 2]).unwrap();
        archive.put("a.txt", b"again").unwrap_err();
        let bytes = archive.finish().unwrap();
        let mut read = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(read.len(), 2);
        let mut picture = Vec::new();
        let mut file = read.by_name("pictures/b.png").unwrap();
        file.read_to_end(&mut picture).unwrap();
        assert_eq!(picture, [0, 1, 2]);
    }
}
