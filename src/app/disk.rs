//! How much room there is on the disk of this machine.

use std::path::Path;

use nix::sys::statvfs::statvfs;

use super::App;

/// Below so many bytes free, nothing new is taken in: before posts are lost.
pub const TOO_LITTLE: u64 = 512 << 20;

/// Bytes free where this folder lies; `None` where nobody can say.
pub fn free(folder: &Path) -> Option<u64> {
    let found = statvfs(folder).ok()?;
    Some(found.blocks_available() * found.fragment_size())
}

impl App {
    /// Whether the disk under this process's data folder is nearly full. A system call, no
    /// wait; of other machines of the place nothing is known here.
    pub fn disk_is_low(&self) -> bool {
        free(&self.config.server.data).is_some_and(|bytes| bytes < TOO_LITTLE)
    }
}
