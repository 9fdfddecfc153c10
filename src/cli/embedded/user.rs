//! Whom the services run as, when we are root.
//!
//! PostgreSQL refuses to run as root, and nothing that talks to strangers should.

use std::{
    fs,
    os::unix::fs::{MetadataExt, lchown},
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use nix::unistd::{self, Gid, Uid, User};

/// Tried in this order. `bin/up` makes the first; the second comes with PostgreSQL's package.
const CANDIDATES: [&str; 3] = ["porchlight", "postgres", "nobody"];

/// Where data moves to that the service user could not reach.
const REACHABLE: &str = "/var/lib/porchlight";

/// An account of this machine without privileges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUser {
    /// Its name.
    pub name: String,
    /// Its number.
    pub uid: u32,
    /// The number of its group.
    pub gid: u32,
}

impl From<User> for ServiceUser {
    fn from(user: User) -> Self {
        Self {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
        }
    }
}

impl ServiceUser {
    /// Whether a file or folder is theirs.
    pub fn owns(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| found.uid() == self.uid)
    }
}

/// Chooses the user for the services on `data`: `None` when we are not root (then they run as
/// we do). Whoever owns an existing folder goes before everybody else.
pub fn choose(data: &Path) -> Result<Option<ServiceUser>> {
    if !unistd::geteuid().is_root() {
        return Ok(None);
    }
    if let Ok(found) = fs::metadata(data)
        && found.uid() != 0
    {
        let owner = User::from_uid(Uid::from_raw(found.uid()))?;
        let owner = owner.with_context(|| {
            format!(
                "The data folder {} belongs to user {}, who does not exist: change its owner.",
                data.display(),
                found.uid()
            )
        })?;
        return Ok(Some(owner.into()));
    }
    for name in CANDIDATES {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(user.into()));
        }
    }
    bail!("There is no unprivileged user to run as: make one with `useradd --system porchlight`.")
}

/// Where the data of `wanted` can lie so that `user` reaches it: there, or under
/// `/var/lib/porchlight` in a folder of the same path.
pub fn reachable_data(wanted: &Path, user: &ServiceUser) -> Result<PathBuf> {
    let wanted = std::path::absolute(wanted)?;
    if can_enter(&wanted, user) {
        return Ok(wanted);
    }
    if wanted.join("postgres").exists() {
        bail!(
            "{} cannot reach the data in {}: move it to a folder outside, or open the way to it.",
            user.name,
            wanted.display()
        );
    }
    let inner: PathBuf = wanted
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect();
    Ok(Path::new(REACHABLE).join(inner))
}

/// Refuses a data folder that `user` could not enter.
pub fn check_reach(data: &Path, user: &ServiceUser) -> Result<()> {
    if can_enter(&std::path::absolute(data)?, user) {
        return Ok(());
    }
    bail!(
        "{} cannot reach {}: choose a folder outside with --data.",
        user.name,
        data.display()
    )
}

/// Whether `user` may pass through every folder above `path` that exists, by mode bits alone.
fn can_enter(path: &Path, user: &ServiceUser) -> bool {
    path.ancestors().skip(1).all(|folder| {
        let Ok(found) = fs::metadata(folder) else {
            return true;
        };
        let bit = match () {
            () if found.uid() == user.uid => 0o100,
            () if found.gid() == user.gid => 0o010,
            () => 0o001,
        };
        found.mode() & bit != 0
    })
}

/// Gives a file, or a folder and all that is in it, to `user`. Follows no links.
pub fn give_to(path: &Path, user: &ServiceUser) -> Result<()> {
    let give = |path: &Path| {
        lchown(path, Some(user.uid), Some(user.gid))
            .with_context(|| format!("{} cannot be given to {}", path.display(), user.name))
    };
    give(path)?;
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        if !fs::symlink_metadata(&folder)?.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let entry = entry?.path();
            give(&entry)?;
            folders.push(entry);
        }
    }
    Ok(())
}

/// Turns this whole process into `user`'s, for good. Call it before threads that matter start.
pub fn become_user(user: &ServiceUser) -> Result<()> {
    let words = || format!("Changing to the user {} failed", user.name);
    unistd::setgroups(&[Gid::from_raw(user.gid)]).with_context(words)?;
    unistd::setgid(Gid::from_raw(user.gid)).with_context(words)?;
    unistd::setuid(Uid::from_raw(user.uid)).with_context(words)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn data_behind_a_closed_door_moves() {
        let user = ServiceUser {
            name: "somebody".into(),
            uid: 54_321,
            gid: 54_321,
        };
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("data");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let moved = reachable_data(&inside, &user).unwrap();
        assert!(moved.starts_with(REACHABLE) && moved.ends_with(inside.strip_prefix("/").unwrap()));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(reachable_data(&inside, &user).unwrap(), inside);
    }
}
