//! Find the programs of PostgreSQL and Redis.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::config::environment::search_path;

/// The oldest PostgreSQL that the schema runs on.
pub const OLDEST_POSTGRES: u32 = 15;

/// Folders with a folder for each installed version in them (Debian, then Red Hat).
const VERSIONED: [(&str, &str, &str); 2] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
];

/// Where programs lie besides `PATH`.
const USUAL: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// Both names under which the same server is shipped.
const REDIS: [&str; 2] = ["redis-server", "valkey-server"];

/// An installed PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postgres {
    /// Its major version.
    pub major: u32,
    /// The folder of `postgres` and `initdb`.
    pub bin: PathBuf,
}

/// The installed versions, newest first; only those with `postgres` and `initdb`.
pub fn installed_postgres() -> Vec<Postgres> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for (base, prefix, bin) in VERSIONED {
        let entries = fs::read_dir(base).into_iter().flatten().flatten();
        let named = entries.filter(|entry| {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix));
            version.is_some_and(|version| version.parse::<u32>().is_ok())
        });
        folders.extend(named.map(|entry| entry.path().join(bin)));
    }
    folders.extend(search_path());
    let mut found: Vec<Postgres> = folders
        .into_iter()
        .filter(|bin| bin.join("postgres").exists() && bin.join("initdb").exists())
        // Links in /usr/local/bin and the like lead to the same version; its own folder is first.
        .filter_map(|bin| {
            Some(Postgres {
                major: version_of(&bin.join("postgres"))?,
                bin,
            })
        })
        .collect();
    found.sort_by_key(|postgres| std::cmp::Reverse(postgres.major));
    found.dedup_by_key(|postgres| postgres.major);
    found
}

/// Chooses the PostgreSQL for a cluster made by version `made_by`, or the newest for a new one.
pub fn choose_postgres(
    installed: &[Postgres],
    made_by: Option<u32>,
    data: &Path,
) -> Result<Postgres> {
    let Some(newest) = installed.first() else {
        bail!(
            "PostgreSQL is not installed: start with bin/up as root, run `apt-get install postgresql`, or set DATABASE_URL."
        );
    };
    match made_by {
        None if newest.major < OLDEST_POSTGRES => bail!(
            "PostgreSQL {} is too old: install version {OLDEST_POSTGRES} or newer, or set DATABASE_URL.",
            newest.major
        ),
        None => Ok(newest.clone()),
        Some(major) => match installed.iter().find(|postgres| postgres.major == major) {
            Some(same) => Ok(same.clone()),
            None => bail!(
                "The data in {} was made by PostgreSQL {major}, but version {} is installed: \
                 install postgresql-{major}, or move the data over with pg_dump.",
                data.display(),
                newest.major
            ),
        },
    }
}

/// Finds a Redis server.
pub fn redis() -> Result<PathBuf> {
    let found = REDIS.iter().find_map(|name| find(name));
    found.ok_or_else(|| anyhow::anyhow!(
        "Redis is not installed: start with bin/up as root, run `apt-get install redis-server`, or set REDIS_URL."
    ))
}

/// Finds `setpriv`, which ties a child's life to ours.
pub fn setpriv() -> Result<PathBuf> {
    find("setpriv").ok_or_else(|| {
        anyhow::anyhow!("setpriv is not installed: run `apt-get install util-linux`, or set DATABASE_URL and REDIS_URL.")
    })
}

fn find(name: &str) -> Option<PathBuf> {
    let folders = search_path()
        .into_iter()
        .chain(USUAL.iter().map(PathBuf::from));
    folders
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The major version out of `postgres (PostgreSQL) 15.8 (Debian 15.8-1)`.
fn version_of(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres).arg("--version").output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

fn parse_version(text: &str) -> Option<u32> {
    let version = text.split("(PostgreSQL) ").nth(1)?;
    version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(
            parse_version("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_version("bash: no"), None);
    }

    #[test]
    fn each_case_is_one_sentence() {
        let of = |major| Postgres {
            major,
            bin: PathBuf::from("/bin"),
        };
        let data = Path::new("/data");
        assert_eq!(
            choose_postgres(&[of(17), of(15)], None, data)
                .unwrap()
                .major,
            17
        );
        assert_eq!(
            choose_postgres(&[of(17), of(15)], Some(15), data)
                .unwrap()
                .major,
            15
        );
        let error = |installed: &[Postgres], made_by| {
            choose_postgres(installed, made_by, data)
                .unwrap_err()
                .to_string()
        };
        assert!(error(&[], None).starts_with("PostgreSQL is not installed"));
        assert!(error(&[of(13)], None).contains("too old"));
        assert!(error(&[of(17)], Some(15)).contains("install postgresql-15"));
    }
}
