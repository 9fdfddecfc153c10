//! Where things lie in a data folder, and where its sockets are.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::user::{self, ServiceUser};

/// The database of the private cluster, and the role that owns it.
pub const DATABASE: &str = "porchlight";
/// The role that owns everything in the private cluster.
pub const ROLE: &str = "porchlight";

/// The longest path of a unix socket (`sun_path` without its closing zero), in bytes.
const MAX_SOCKET_PATH: usize = 107;
/// The longest name that a service puts into the folder of sockets.
const LONGEST_SOCKET_NAME: &str = "/.s.PGSQL.5432";
/// The file that marks a folder as ours.
const LOCK_FILE: &str = "porchlight.lock";

/// The paths of one data folder; all absolute.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The data folder.
    pub data: PathBuf,
    /// The lock file.
    pub lock: PathBuf,
    /// The PostgreSQL cluster.
    pub postgres: PathBuf,
    /// What Redis writes: its log and its pid.
    pub redis: PathBuf,
    /// The log of PostgreSQL.
    pub log: PathBuf,
    /// The folder of both sockets, for its owner only.
    pub sockets: PathBuf,
}

impl Layout {
    /// The layout of a folder that exists; makes nothing.
    pub fn of(data: &Path) -> Result<Self> {
        let data = data
            .canonicalize()
            .with_context(|| format!("The data folder {} cannot be opened", data.display()))?;
        let near = data.join("run");
        let sockets = match near.as_os_str().len() + LONGEST_SOCKET_NAME.len() <= MAX_SOCKET_PATH {
            true => near,
            false => far_sockets(&data),
        };
        Ok(Self {
            lock: data.join(LOCK_FILE),
            postgres: data.join("postgres"),
            redis: data.join("redis"),
            log: data.join("log"),
            sockets,
            data,
        })
    }

    /// Makes the folder if it is missing, and everything in it that the services need.
    ///
    /// Refuses a folder with things in it that are not ours, and one that we cannot write to.
    pub fn prepare(data: &Path, owner: Option<&ServiceUser>) -> Result<Self> {
        make_data_folder(data, owner)?;
        let layout = Self::of(data)?;
        for folder in [&layout.redis, &layout.log, &layout.sockets] {
            make_private(folder, owner)?;
        }
        check_sockets(&layout.sockets, owner)?;
        Ok(layout)
    }

    /// The address of a database in the private cluster.
    pub fn database_url(&self, database: &str) -> String {
        let host = self.sockets.to_string_lossy();
        format!(
            "postgres://{ROLE}@{}/{database}",
            utf8_percent_encode(&host, NON_ALPHANUMERIC)
        )
    }

    /// The socket of the private Redis.
    pub fn redis_socket(&self) -> PathBuf {
        self.sockets.join("redis.sock")
    }

    /// The address of the private Redis.
    pub fn redis_url(&self) -> String {
        format!("redis+unix://{}", self.redis_socket().display())
    }
}

/// Where sockets go when the data folder's path is too long: the same short path whenever it
/// is asked for, whoever asks.
fn far_sockets(data: &Path) -> PathBuf {
    let digest = Sha256::digest(data.as_os_str().as_encoded_bytes());
    let name: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Path::new("/tmp").join(format!("porchlight-{name}"))
}

fn make_data_folder(data: &Path, owner: Option<&ServiceUser>) -> Result<()> {
    let shown = data.display();
    let entries = match fs::read_dir(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return make_private(data, owner);
        }
        Err(error) => {
            bail!("The data folder {shown} cannot be read ({error}): choose another with --data.")
        }
        Ok(entries) => entries,
    };
    let ours = |name: &std::ffi::OsStr| name == LOCK_FILE || name == "lost+found";
    let names: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .collect();
    // Root prepares the folder, and the service user once more, before there is a lock file.
    let made_by_us = |name: &std::ffi::OsStr| name == "redis" || name == "log" || name == "run";
    let is_ours = names.iter().any(|name| ours(name)) || names.iter().all(|name| made_by_us(name));
    if !is_ours {
        bail!(
            "The folder {shown} holds something else than Porchlight's data: choose another with --data."
        );
    }
    if let Some(owner) = owner
        && fs::metadata(data)?.uid() != owner.uid
    {
        user::give_to(data, owner)?;
    }
    // Root passes every permission check, so only the owner is asked.
    if owner.is_none() {
        let probe = data.join(LOCK_FILE);
        let file = fs::OpenOptions::new().create(true).append(true).open(probe);
        file.map_err(|error| {
            anyhow::anyhow!(
                "The data folder {shown} cannot be written to ({error}): \
                             choose another with --data, or change its owner."
            )
        })?;
    }
    Ok(())
}

/// Makes a folder that only its owner may enter; leaves one that exists as it is.
fn make_private(folder: &Path, owner: Option<&ServiceUser>) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above).map_err(|error| cannot_make(above, &error))?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(cannot_make(folder, &error)),
    }
    match owner {
        Some(owner) => user::give_to(folder, owner),
        None => Ok(()),
    }
}

fn cannot_make(folder: &Path, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "The folder {} cannot be made ({error}): choose another with --data.",
        folder.display()
    )
}

/// In a folder such as /tmp anybody could have made ours first: trust none but our own.
fn check_sockets(sockets: &Path, owner: Option<&ServiceUser>) -> Result<()> {
    let found = fs::symlink_metadata(sockets)?;
    let uid = owner.map_or_else(|| nix::unistd::geteuid().as_raw(), |owner| owner.uid);
    if !found.is_dir() || found.uid() != uid {
        bail!(
            "{} belongs to somebody else, but the sockets must go there: remove it, or use a shorter data path.",
            sockets.display()
        );
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(sockets, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_always_fit() {
        let folder = tempfile::tempdir().unwrap();
        let near = Layout::of(folder.path()).unwrap();
        assert!(near.sockets.starts_with(&near.data));
        let deep = folder.path().join("x".repeat(120));
        fs::create_dir(&deep).unwrap();
        let far = Layout::of(&deep).unwrap();
        assert!(far.sockets.as_os_str().len() + LONGEST_SOCKET_NAME.len() <= MAX_SOCKET_PATH);
        assert_eq!(far.sockets, Layout::of(&deep).unwrap().sockets);
    }

    #[test]
    fn a_folder_with_other_things_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("letter.txt"), "dear").unwrap();
        let error = Layout::prepare(folder.path(), None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("holds something else"), "{error}");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing was made"
        );
    }
}
