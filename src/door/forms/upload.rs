//! Multipart bodies: text fields to parameters, files to disk, chunk by chunk.

use std::path::{Path, PathBuf};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use futures::StreamExt;
use serde_json::{Map, Value};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::body::{broken_off, check_announced, too_large};
use super::rack::{MAX_TEXT, Nest};
use crate::domain::{Error, Result};

/// Files in one request: an avatar and a header, a picture and its thumbnail.
const MAX_FILES: usize = 4;
/// Bytes of all text fields of one request together.
const MAX_TEXTS: u64 = 4 * MAX_TEXT as u64;
/// Bytes of a file's name that are kept; it is shown, never used as a path.
const MAX_FILE_NAME: usize = 255;

/// How much may be uploaded, and where it lands. Put into the app data by the server.
#[derive(Debug, Clone)]
pub struct UploadLimits {
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of one request's body, files and texts and all.
    pub total: u64,
    /// The folder for files in transit; the system's own when `None`.
    pub folder: Option<PathBuf>,
}

impl Default for UploadLimits {
    fn default() -> Self {
        UploadLimits {
            file: 16 * 1024 * 1024,
            // Four pictures of the largest size, and their texts.
            total: 66 * 1024 * 1024,
            folder: None,
        }
    }
}

impl UploadLimits {
    /// Those of the server, or the defaults.
    pub(super) fn of(req: &HttpRequest) -> UploadLimits {
        req.app_data::<actix_web::web::Data<UploadLimits>>()
            .map(|limits| limits.get_ref().clone())
            .unwrap_or_default()
    }
}

/// A file that came with a request; removed from the disk when dropped.
#[derive(Debug)]
pub struct Upload {
    file: NamedTempFile,
    /// The name that the app gave, cut to 255 bytes. Never a path.
    pub file_name: String,
    /// The type that the app claims; what it really is, its bytes tell.
    pub content_type: Option<String>,
    /// Bytes.
    pub size: u64,
}

impl Upload {
    /// Where the bytes are, until this value is dropped.
    pub fn path(&self) -> &Path {
        self.file.path()
    }
}

/// The files of a request by parameter name; of several with one name, the last.
#[derive(Debug, Default)]
pub struct Uploads(Vec<(String, Upload)>);

impl Uploads {
    /// Takes the file with that name out.
    pub fn take(&mut self, name: &str) -> Option<Upload> {
        let at = self.0.iter().rposition(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    /// Whether no file came.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads a multipart body. Without `limits` files are read past and dropped.
pub(super) async fn read(
    req: &HttpRequest,
    payload: Payload,
    limits: Option<UploadLimits>,
) -> Result<(Map<String, Value>, Uploads)> {
    // A request that is handed no files has no business being larger than its texts.
    let total = limits.as_ref().map_or(MAX_TEXTS, |l| l.total);
    check_announced(req, total)?;
    let mut budget = Budget { left: total, total };
    let mut nest = Nest::default();
    let mut uploads = Uploads::default();
    let mut parts = Multipart::new(req.headers(), payload);

    while let Some(part) = parts.next().await {
        let mut part = part.map_err(unreadable)?;
        let name = part.name().unwrap_or_default().to_owned();
        // Each part costs its headers too, so that empty ones are not free.
        budget.take(128)?;
        match (file_name(&part), &limits) {
            (None, _) => {
                let text = read_text(&mut part, &mut budget).await?;
                nest.insert(&name, Value::String(text))?;
            }
            (Some(_), None) => skip(&mut part, &mut budget).await?,
            (Some(file_name), Some(limits)) => {
                if uploads.0.len() >= MAX_FILES {
                    return Err(Error::invalid(format!(
                        "There are more than {MAX_FILES} files."
                    )));
                }
                let upload = read_file(&mut part, file_name, limits, &mut budget).await?;
                // A file input that was left empty sends an empty part without a name.
                if upload.size > 0 || !upload.file_name.is_empty() {
                    uploads.0.push((name, upload));
                }
            }
        }
    }
    Ok((nest.into_map(), uploads))
}

/// The bytes that a body may still have.
struct Budget {
    left: u64,
    total: u64,
}

impl Budget {
    fn take(&mut self, bytes: usize) -> Result<()> {
        self.left = self
            .left
            .checked_sub(bytes as u64)
            .ok_or_else(|| too_large(self.total))?;
        Ok(())
    }
}

fn file_name(part: &Field) -> Option<String> {
    let name = part.content_disposition()?.get_filename()?;
    let mut end = name.len().min(MAX_FILE_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    Some(name[..end].replace('\0', ""))
}

async fn read_text(part: &mut Field, budget: &mut Budget) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(unreadable)?;
        budget.take(chunk.len())?;
        if bytes.len() + chunk.len() > MAX_TEXT {
            return Err(Error::invalid("A parameter is longer than 1 MiB."));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::BadRequest("A parameter is not valid UTF-8.".into()))
}

async fn skip(part: &mut Field, budget: &mut Budget) -> Result<()> {
    while let Some(chunk) = part.next().await {
        budget.take(chunk.map_err(unreadable)?.len())?;
    }
    Ok(())
}

async fn read_file(
    part: &mut Field,
    file_name: String,
    limits: &UploadLimits,
    budget: &mut Budget,
) -> Result<Upload> {
    let folder = limits.folder.clone();
    let (file, handle) = tokio::task::spawn_blocking(move || {
        let file = match folder {
            Some(folder) => NamedTempFile::new_in(folder)?,
            None => NamedTempFile::new()?,
        };
        let handle = file.reopen()?;
        std::io::Result::Ok((file, handle))
    })
    .await??;
    let mut handle = tokio::fs::File::from_std(handle);
    let content_type = part.content_type().map(|kind| kind.to_string());
    let mut size = 0u64;
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(unreadable)?;
        budget.take(chunk.len())?;
        size += chunk.len() as u64;
        if size > limits.file {
            return Err(Error::TooLarge(
                format!("A file is larger than {} MiB.", limits.file / (1024 * 1024)).into(),
            ));
        }
        handle.write_all(&chunk).await?;
    }
    handle.flush().await?;
    Ok(Upload {
        file,
        file_name,
        content_type,
        size,
    })
}

fn unreadable(cause: MultipartError) -> Error {
    match cause {
        MultipartError::Payload(cause) => broken_off(cause),
        _ => Error::BadRequest("The multipart body cannot be read.".into()),
    }
}
