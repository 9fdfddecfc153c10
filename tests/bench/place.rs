//! The throw-away place: databases by the code of `porchlight up`, with fsync, and a folder.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use porchlight::app::App;
use porchlight::cli::embedded::{Embedded, Options, layout::Layout};
use porchlight::config::{self, Config, Layers, Secret};
use porchlight::store;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// Lies on a real disk almost everywhere, which `/tmp` does not: commits shall cost what they
/// cost.
const DISK: &str = "/var/tmp";

/// A place with running databases.
pub struct Place {
    /// The private PostgreSQL.
    pub database_url: String,
    /// The private Redis.
    pub redis_url: String,
    /// Where the sockets of both are.
    pub sockets: PathBuf,
    embedded: Embedded,
    folder: TempDir,
}

impl Place {
    /// Starts the databases and brings the schema up.
    pub async fn open() -> Result<Place> {
        let mut folder = tempfile::Builder::new();
        // The databases may run as somebody else, who must be able to pass through.
        folder
            .prefix("porch-bench-")
            .permissions(std::fs::Permissions::from_mode(0o711));
        let folder = match Path::new(DISK).is_dir() {
            true => folder.tempdir_in(DISK)?,
            false => folder.tempdir()?,
        };
        let services = folder.path().join("services");
        let embedded = Embedded::start(Options::both(&services)?).await?;
        let database_url = embedded
            .database_url()
            .context("PostgreSQL was asked for")?;
        let redis_url = embedded.redis_url().context("Redis was asked for")?;
        store::migrations::migrate(&database_url)
            .await
            .map_err(|e| anyhow::anyhow!("{e:?}"))?;
        let sockets = Layout::of(&services)?.sockets;
        Ok(Place {
            database_url,
            redis_url,
            sockets,
            embedded,
            folder,
        })
    }

    /// A folder of its own for something, made if it is missing.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// A connection to the database beside all others.
    pub async fn sql(&self) -> Result<Client> {
        let (client, connection) = tokio_postgres::connect(&self.database_url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// The handles of the product in this process: no server, no relay. `changes` are as in
    /// the environment.
    pub async fn app(
        &self,
        database_url: &str,
        redis_url: &str,
        changes: &[(&str, &str)],
    ) -> Result<Arc<App>> {
        let data = self.folder("handles")?;
        let data = data.to_str().context("a plain path")?;
        let environment: BTreeMap<String, String> = [("PORCHLIGHT_SERVER__DATA", data)]
            .iter()
            .chain(changes)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut config: Config = config::load::load(Layers {
            file: None,
            environment: &environment,
            command_line: Vec::new(),
            read_file: |path| std::fs::read_to_string(path),
        })?;
        config.database.url = Some(Secret::new(database_url));
        config.redis.url = Some(Secret::new(redis_url));
        App::open(config)
            .await
            .map_err(|e| anyhow::anyhow!("{e:?}"))
    }

    /// The process ids of PostgreSQL's first process and of Redis.
    pub fn pids(&self) -> Vec<i32> {
        self.embedded.pids()
    }

    /// Stops the databases; the folder goes too.
    pub async fn close(self) {
        self.embedded.stop().await;
        drop(self.folder);
    }
}
