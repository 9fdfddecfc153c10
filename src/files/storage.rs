//! The folder of media, behind `object_store`, so that another store can stand here later.
//!
//! A file appears whole or not at all and is on the disk when `put` returns. Nothing here
//! knows whose a file is: rows hold the paths.

use std::path::Path as FolderPath;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};

use super::path::{MediaPath, Place};
use crate::domain::{Error, Result};

/// The largest file that is stored, in bytes.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;
/// Bytes that a file in pieces is written by.
const PIECE: usize = 1024 * 1024;
/// Pieces of a file being written at one time.
const PIECES_AT_ONCE: usize = 2;
/// Files deleted at one time.
const DELETES_AT_ONCE: usize = 4;

/// Puts, gets, copies and deletes files. Cloning shares the store.
#[derive(Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
}

/// A file that comes in pieces.
pub struct Writing(WriteMultipart);

impl Writing {
    /// The next piece. Waits while [`PIECES_AT_ONCE`] are on their way to the disk.
    pub async fn put(&mut self, bytes: Bytes) -> Result<()> {
        self.0.wait_for_capacity(PIECES_AT_ONCE).await?;
        self.0.put(bytes);
        Ok(())
    }

    /// The file is whole.
    pub async fn finish(self) -> Result<()> {
        self.0.finish().await?;
        Ok(())
    }

    /// There will be no such file.
    pub async fn abort(self) -> Result<()> {
        Ok(self.0.abort().await?)
    }
}

/// A file being read.
pub struct Stored {
    /// Its size in bytes.
    pub size: u64,
    /// When it was written.
    pub modified_at: DateTime<Utc>,
    /// The type to serve it as.
    pub content_type: &'static str,
    /// Its bytes, some kilobytes at a time.
    pub stream: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Storage {
    /// The store in this folder, which is made if missing (mode 0700 on the folder itself:
    /// what is served is served through us).
    ///
    /// # Errors
    /// When the folder cannot be made or read; the sentence names it.
    pub fn in_folder(folder: &FolderPath) -> Result<Storage> {
        let trouble = |cause: &dyn std::fmt::Display| {
            Error::broken(format!(
                "the media folder {} cannot be used: {cause}",
                folder.display()
            ))
        };
        if !folder.exists() {
            use std::os::unix::fs::DirBuilderExt;
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(|cause| trouble(&cause))?;
        }
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(|cause| trouble(&cause))?
            .with_fsync(true);
        Ok(Storage {
            store: Arc::new(store),
        })
    }

    /// Writes a file, whole or not at all, over one that may be there.
    ///
    /// # Errors
    /// `TooLarge` above [`MAX_FILE_BYTES`].
    pub async fn put(&self, path: &MediaPath, bytes: Bytes) -> Result<()> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(Error::TooLarge("The file is too large.".into()));
        }
        self.store
            .put(&object(path), PutPayload::from_bytes(bytes))
            .await?;
        Ok(())
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn open(&self, path: &MediaPath) -> Result<Stored> {
        let found = self.store.get(&object(path)).await.map_err(not_found)?;
        Ok(Stored {
            size: found.meta.size,
            modified_at: found.meta.last_modified,
            content_type: path.content_type(),
            stream: found.into_stream().map_err(std::io::Error::from).boxed(),
        })
    }

    /// Opens a part of a file, `from` to `to` in bytes, both included and both inside of it.
    ///
    /// # Errors
    /// `NotFound` when it is not there; broken when it is shorter.
    pub async fn open_part(&self, path: &MediaPath, from: u64, to: u64) -> Result<Stored> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(from..to.saturating_add(1))),
            ..GetOptions::default()
        };
        let found = self.store.get_opts(&object(path), options).await;
        let found = found.map_err(not_found)?;
        Ok(Stored {
            size: found.range.end - found.range.start,
            modified_at: found.meta.last_modified,
            content_type: path.content_type(),
            stream: found.into_stream().map_err(std::io::Error::from).boxed(),
        })
    }

    /// Begins a file that comes in pieces. It appears with [`Writing::finish`], and not at all
    /// without.
    pub async fn write(&self, path: &MediaPath) -> Result<Writing> {
        let upload = self.store.put_multipart(&object(path)).await?;
        Ok(Writing(WriteMultipart::new_with_chunk_size(upload, PIECE)))
    }

    /// The whole file in memory, at most [`MAX_FILE_BYTES`].
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn read(&self, path: &MediaPath) -> Result<Bytes> {
        let found = self.store.get(&object(path)).await.map_err(not_found)?;
        Ok(found.bytes().await?)
    }

    /// A file's size in bytes.
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn size(&self, path: &MediaPath) -> Result<u64> {
        Ok(self
            .store
            .head(&object(path))
            .await
            .map_err(not_found)?
            .size)
    }

    /// Copies a file to a new random path in that place, with the same ending, and returns
    /// the path. Publishing a draft's picture goes this way: no public path can be guessed
    /// from a private one (D7).
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn copy_to(&self, from: &MediaPath, place: Place) -> Result<MediaPath> {
        let to = MediaPath::random(place, from.ending());
        self.store
            .copy(&object(from), &object(&to))
            .await
            .map_err(not_found)?;
        Ok(to)
    }

    /// Deletes a file. One that is not there is no error: deleting twice is deleting.
    pub async fn delete(&self, path: &MediaPath) -> Result<()> {
        match self.store.delete(&object(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(cause) => Err(cause.into()),
        }
    }

    /// Deletes many files, a few at a time; goes on after a failure and returns the first.
    pub async fn delete_all(&self, paths: &[MediaPath]) -> Result<()> {
        let results: Vec<Result<()>> = futures::stream::iter(paths)
            .map(|path| self.delete(path))
            .buffer_unordered(DELETES_AT_ONCE)
            .collect()
            .await;
        results.into_iter().collect()
    }
}

/// A `MediaPath` holds only characters that need no escaping.
fn object(path: &MediaPath) -> Path {
    Path::from(path.as_str())
}

fn not_found(cause: object_store::Error) -> Error {
    match cause {
        object_store::Error::NotFound { .. } => Error::NotFound,
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage() -> (tempfile::TempDir, Storage) {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::in_folder(&folder.path().join("media-files")).unwrap();
        (folder, storage)
    }

    #[tokio::test]
    async fn a_file_is_put_read_copied_and_deleted() {
        let (folder, storage) = storage();
        let path = MediaPath::random(Place::Private, "jpg");
        storage
            .put(&path, Bytes::from_static(b"pixels"))
            .await
            .unwrap();
        assert_eq!(storage.read(&path).await.unwrap(), "pixels");
        assert_eq!(storage.size(&path).await.unwrap(), 6);
        let on_disk = folder.path().join("media-files").join(path.as_str());
        assert_eq!(std::fs::read(on_disk).unwrap(), b"pixels");

        let public = storage.copy_to(&path, Place::Public).await.unwrap();
        assert_eq!(public.place(), Place::Public);
        assert_ne!(public.as_str()[6..], path.as_str()[8..]);
        storage
            .delete_all(&[path.clone(), path.clone()])
            .await
            .unwrap();
        assert!(matches!(storage.read(&path).await, Err(Error::NotFound)));
        let stored = storage.open(&public).await.unwrap();
        assert_eq!((stored.size, stored.content_type), (6, "image/jpeg"));
        let bytes: Vec<Bytes> = stored.stream.try_collect().await.unwrap();
        assert_eq!(bytes.concat(), b"pixels");
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_found() {
        let (_folder, storage) = storage();
        let path = MediaPath::random(Place::Public, "png");
        assert!(matches!(storage.open(&path).await, Err(Error::NotFound)));
        assert!(matches!(storage.size(&path).await, Err(Error::NotFound)));
        assert!(matches!(
            storage.copy_to(&path, Place::Public).await,
            Err(Error::NotFound)
        ));
        assert!(storage.delete(&path).await.is_ok());
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_leaves_nothing() {
        let (_folder, storage) = storage();
        let path = MediaPath::random(Place::Public, "png");
        let large = Bytes::from(vec![0; MAX_FILE_BYTES + 1]);
        assert!(matches!(
            storage.put(&path, large).await,
            Err(Error::TooLarge(_))
        ));
        assert!(matches!(storage.size(&path).await, Err(Error::NotFound)));
    }
}
