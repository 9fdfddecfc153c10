//! Reach the databases of a place, whether or not it runs.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::app::App;
use crate::config::{Config, Secret};

use super::{
    accounts::be_current,
    embedded::{Embedded, Options, layout::Layout, lock, user},
    run_async,
    sentence::tell,
    serve,
    settle::Settled,
};

/// Does something to a place, whether or not it runs: as the user of its services, on a
/// database of this version.
pub(super) fn with_app(
    mut settled: Settled,
    work: impl AsyncFnOnce(Arc<App>) -> Result<()>,
) -> Result<()> {
    let private = settled.config.database.url.is_none();
    serve::look_first(&settled.config)?;
    if let Some(service) = settled.user.take() {
        let data = &settled.config.server.data;
        // `serve` marks no folder as ours, and runs as whoever starts it: as the folder's owner.
        let is_served = missing(&settled.config) == (false, false) && data.exists();
        if !is_served {
            Layout::prepare(data, Some(&service))?;
        }
        if !is_served || service.owns(data) {
            user::become_user(&service)?;
        }
    }
    let config = settled.config.clone();
    run_async(config, async move |_| {
        let open = Open::open(settled).await?;
        let done = async {
            be_current(&open.config, private).await?;
            work(beside(open.config.clone()).await?).await
        }
        .await;
        open.close().await;
        done
    })
}

/// The handles of a place that runs, or ran, under a name that this command was not told.
async fn beside(mut config: Config) -> Result<Arc<App>> {
    let app = App::open(config.clone()).await.map_err(tell)?;
    let adopted = app.adopt_start(&mut config.server).await.map_err(tell)?;
    match adopted {
        true => serve::prepare(&config).await,
        false => serve::check(app).await,
    }
}

/// A place whose databases answer; [`Open::close`] it in the end.
pub struct Open {
    /// The configuration with both addresses filled in.
    pub config: Config,
    embedded: Option<Embedded>,
}

impl Open {
    /// Reaches the configured databases, those of the running instance on the same data folder,
    /// or starts the private ones for as long as this command takes.
    pub async fn open(settled: Settled) -> Result<Self> {
        let Settled {
            mut config, user, ..
        } = settled;
        let (postgres, redis) = missing(&config);
        let mut embedded = None;
        if postgres || redis {
            let data = config.server.data.clone();
            if lock::is_taken(&data) {
                let layout = Layout::of(&data)?;
                if postgres {
                    config.database.url = Some(Secret::new(
                        layout.database_url(super::embedded::layout::DATABASE),
                    ));
                }
                if redis {
                    config.redis.url = Some(Secret::new(layout.redis_url()));
                }
            } else {
                let started = Embedded::start(Options {
                    data,
                    run_as: user,
                    postgres,
                    redis,
                })
                .await?;
                fill(&mut config, &started);
                embedded = Some(started);
            }
        }
        Ok(Self { config, embedded })
    }

    /// Stops what was started for this command.
    pub async fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// Which of PostgreSQL and Redis are not configured.
pub fn missing(config: &Config) -> (bool, bool) {
    (config.database.url.is_none(), config.redis.url.is_none())
}

/// Puts the addresses of private services where the configuration has none.
pub fn fill(config: &mut Config, embedded: &Embedded) {
    if let Some(url) = embedded.database_url() {
        config.database.url = Some(Secret::new(url));
    }
    if let Some(url) = embedded.redis_url() {
        config.redis.url = Some(Secret::new(url));
    }
}

/// The address of the database, which commands for hosts of their own databases need.
pub fn database_url(config: &Config) -> Result<&str> {
    match &config.database.url {
        Some(url) => Ok(url.expose()),
        None => bail!("No database is configured: set DATABASE_URL, or use `porchlight up`."),
    }
}

/// The address of Redis, likewise.
pub fn redis_url(config: &Config) -> Result<&str> {
    match &config.redis.url {
        Some(url) => Ok(url.expose()),
        None => bail!("No Redis is configured: set REDIS_URL, or use `porchlight up`."),
    }
}
