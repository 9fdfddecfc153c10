//! Mails as files: `20261121T224500123Z-000001-3f9c-confirm-address-ann@example.org.eml`.
//!
//! Sorted by name they are sorted by time; the last one is the newest. The folder keeps the
//! newest thousand.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};

use super::super::message::Message;
use crate::domain::{Error, Result};
use crate::secrets::token::random_bytes;

/// Files that are kept; the oldest go first.
const KEPT: usize = 1000;

/// A folder of mails.
#[derive(Clone)]
pub struct MailFolder {
    path: PathBuf,
    /// Orders mails of the same millisecond.
    count: Arc<AtomicU32>,
}

impl MailFolder {
    /// The folder is made if missing (mode 0700: mails hold links with tokens).
    pub fn new(path: &Path) -> Result<MailFolder> {
        if !path.exists() {
            use std::os::unix::fs::DirBuilderExt;
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .map_err(|cause| {
                    Error::broken(format!(
                        "the mail folder {} cannot be made: {cause}",
                        path.display()
                    ))
                })?;
        }
        Ok(MailFolder {
            path: path.to_owned(),
            count: Arc::default(),
        })
    }

    /// Where the files lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one mail, whole or not at all, readable by us alone.
    pub(super) async fn write(
        &self,
        message: &Message,
        wire: Vec<u8>,
        now: DateTime<Utc>,
    ) -> std::io::Result<()> {
        let name = format!(
            "{}-{:06}-{}-{}-{}.eml",
            now.format("%Y%m%dT%H%M%S%3fZ"),
            self.count.fetch_add(1, Ordering::Relaxed) % 1_000_000,
            // Two processes may write at once.
            random_bytes::<2>().map(|b| format!("{b:02x}")).concat(),
            message.kind().as_str(),
            safe(message.to()),
        );
        let folder = self.path.clone();
        tokio::task::spawn_blocking(move || {
            let mut file = tempfile::Builder::new()
                .prefix(".writing-")
                .tempfile_in(&folder)?;
            file.write_all(&wire)?;
            file.persist(folder.join(name))?;
            forget_the_oldest(&folder)
        })
        .await?
    }
}

/// The address with only characters that a file name may have, at most 80.
fn safe(address: &str) -> String {
    address
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '@' | '.' | '-' | '_' | '+' => c,
            _ => '_',
        })
        .take(80)
        .collect()
}

fn forget_the_oldest(folder: &Path) -> std::io::Result<()> {
    let mut mails = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "eml") {
            mails.push(path);
        }
    }
    if mails.len() > KEPT {
        mails.sort();
        for path in &mails[..mails.len() - KEPT] {
            match std::fs::remove_file(path) {
                Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(cause),
                _ => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::message::Kind;
    use super::*;

    #[tokio::test]
    async fn the_newest_mail_sorts_last_and_the_oldest_are_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let folder = MailFolder::new(&home.path().join("data/mail")).unwrap();
        for n in 0..KEPT {
            std::fs::write(folder.path().join(format!("2020-{n:04}.eml")), "old").unwrap();
        }
        let message = Message::new(Kind::Approved, "a/b@example.org", "s", "b").unwrap();
        for mail in ["one", "two", "three"] {
            folder
                .write(
                    &message,
                    mail.into(),
                    DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
                )
                .await
                .unwrap();
        }
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), KEPT);
        assert_eq!(names[0], "2020-0003.eml");
        let newest = names.last().unwrap();
        assert!(
            newest.starts_with("20270115T080000000Z-000002-"),
            "{newest}"
        );
        assert!(
            newest.ends_with("-approved-a_b@example.org.eml"),
            "{newest}"
        );
        let newest = folder.path().join(newest);
        assert_eq!(std::fs::read_to_string(&newest).unwrap(), "three");
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(newest.metadata().unwrap().permissions().mode() & 0o077, 0);
    }
}
