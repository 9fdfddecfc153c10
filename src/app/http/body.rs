//! Bodies of other servers, read up to a limit that counts what comes out of gzip.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::FetchError;

/// The whole body, at most `max` bytes. The deadline of the request goes on.
///
/// # Errors
/// `TooLarge` as soon as it is, or says that it will be.
pub async fn whole(answer: Response, max: usize) -> Result<Bytes, FetchError> {
    let mut body = Chunks::new(answer, max as u64)?;
    let mut read = BytesMut::new();
    while let Some(chunk) = body.next().await? {
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

/// A body in pieces.
pub struct Chunks {
    answer: Response,
    left: u64,
}

impl Chunks {
    /// At most `max` bytes of it.
    ///
    /// # Errors
    /// `TooLarge` where its head says so.
    pub fn new(answer: Response, max: u64) -> Result<Chunks, FetchError> {
        if answer.content_length().is_some_and(|length| length > max) {
            return Err(FetchError::TooLarge);
        }
        Ok(Chunks { answer, left: max })
    }

    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        let chunk = self.answer.chunk().await;
        let chunk = chunk.map_err(|error| FetchError::of_client(&error))?;
        if let Some(chunk) = &chunk {
            let length = chunk.len() as u64;
            self.left = self.left.checked_sub(length).ok_or(FetchError::TooLarge)?;
        }
        Ok(chunk)
    }
}
