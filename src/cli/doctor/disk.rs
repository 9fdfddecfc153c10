//! The data folder and the space around it.

use std::{fs, path::Path};

use crate::app::disk::{self, TOO_LITTLE};
use crate::config::Config;

use super::Finding;

/// Less free space than this is a warning, and less than [`TOO_LITTLE`] a failure; in bytes.
const LITTLE: u64 = 5 << 30;

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
    let Some(bytes) = disk::free(data) else {
        return Finding::warning("disk", "the space is unknown");
    };
    let words = format!("{:.1} GB free", bytes as f64 / f64::from(1 << 30));
    match bytes {
        ..TOO_LITTLE => {
            Finding::failure("disk", format!("{words}: make room before posts are lost"))
        }
        TOO_LITTLE..LITTLE => Finding::warning("disk", format!("{words}: make room soon")),
        _ => Finding::good("disk", words),
    }
}
