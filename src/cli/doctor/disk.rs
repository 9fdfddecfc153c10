//! The data folder and the space around it.

use std::{fs, path::Path};

use nix::sys::statvfs::statvfs;

use crate::config::Config;

use super::Finding;

/// Less free space than this is a warning, then a failure; in bytes.
const LITTLE: u64 = 5 << 30;
const TOO_LITTLE: u64 = 512 << 20;

/// Checks that the folder is there and can be written to, and how much fits.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    let data = &config.server.data;
    if !data.exists() {
        let words = format!(
            "{} does not exist yet; `porchlight up` makes it",
            data.display()
        );
        return vec![Finding::warning("data folder", words)];
    }
    vec![writable(data), free(data)]
}

fn writable(data: &Path) -> Finding {
    let probe = data.join(".doctor");
    let written = fs::write(&probe, b"ok").and_then(|()| fs::remove_file(&probe));
    match written {
        Ok(()) => Finding::good("data folder", data.display().to_string()),
        Err(error) => {
            let words = format!(
                "{} cannot be written to ({error}): change its owner",
                data.display()
            );
            Finding::failure("data folder", words)
        }
    }
}

fn free(data: &Path) -> Finding {
    let found = match statvfs(data) {
        Ok(found) => found,
        Err(error) => return Finding::warning("disk", format!("the space is unknown: {error}")),
    };
    let bytes = found.blocks_available() * found.fragment_size();
    let words = format!("{:.1} GB free", bytes as f64 / f64::from(1 << 30));
    match bytes {
        ..TOO_LITTLE => {
            Finding::failure("disk", format!("{words}: make room before posts are lost"))
        }
        TOO_LITTLE..LITTLE => Finding::warning("disk", format!("{words}: make room soon")),
        _ => Finding::good("disk", words),
    }
}
