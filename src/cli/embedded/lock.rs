//! One instance on one data folder.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};

use super::layout::Layout;

/// The claim on a data folder (`flock` on its lock file). The kernel frees it when the process
/// ends, however it ends; children do not inherit it.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder, or says who has it.
    pub fn take(layout: &Layout) -> Result<Self> {
        let shown = layout.data.display();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&layout.lock)
            .with_context(|| format!("The data folder {shown} cannot be written to"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("{}", in_use(&layout.data, &mut file)),
            Err(TryLockError::Error(error)) => {
                bail!(
                    "The data folder {shown} cannot be locked ({error}): it must be on a local disk."
                )
            }
        }
        // The number is for people and messages only; the lock is what counts.
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { _file: file })
    }
}

/// Whether an instance runs on this folder now. Makes nothing; a folder that is not there, or
/// that we may not read, counts as free.
pub fn is_taken(data: &Path) -> bool {
    let file = Layout::of(data).and_then(|layout| Ok(File::open(layout.lock)?));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn in_use(data: &Path, file: &mut File) -> String {
    let mut pid = String::new();
    let process = match file.read_to_string(&mut pid) {
        Ok(_) if !pid.trim().is_empty() => format!(" (process {})", pid.trim()),
        _ => String::new(),
    };
    format!(
        "Another Porchlight{process} already runs on {}: stop it first, or choose another folder with --data.",
        data.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_and_told_who_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::of(folder.path()).unwrap();
        assert!(!is_taken(folder.path()));
        let first = Lock::take(&layout).unwrap();
        assert!(is_taken(folder.path()));
        let error = Lock::take(&layout).err().unwrap().to_string();
        assert!(
            error.contains(&format!("process {}", std::process::id())),
            "{error}"
        );
        drop(first);
        assert!(!is_taken(folder.path()));
        Lock::take(&layout).unwrap();
    }
}
