//! A private PostgreSQL and a private Redis for hosts who have none, and for the tests.
//!
//! Both listen on unix sockets only, in a folder that nobody else may enter; there is no TCP
//! port and no password. One data folder belongs to one instance at a time ([`lock`]).
//! The services die with the process that started them, however it dies; what is left alive
//! all the same is stopped at the next start.
//!
//! ```text
//! DATA/porchlight.lock   held (flock) while an instance runs
//! DATA/postgres/         the cluster            DATA/run/   sockets, where the path is short
//! DATA/redis/            log and pid only       DATA/log/   what PostgreSQL has to say
//! ```

pub mod layout;
pub mod lock;
pub mod machine;
pub mod postgres;
pub mod process;
pub mod programs;
pub mod redis;
pub mod supervise;
pub mod user;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use anyhow::Result;

use self::{layout::Layout, lock::Lock, supervise::Service, user::ServiceUser};

/// What to start, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder; it is made if it is missing.
    pub data: PathBuf,
    /// Whom the services run as; `None` runs them as whoever we are, which must not be root.
    pub run_as: Option<ServiceUser>,
    /// Whether to run PostgreSQL.
    pub postgres: bool,
    /// Whether to run Redis.
    pub redis: bool,
}

impl Options {
    /// Both services on `data`, as an unprivileged user where we are root.
    pub fn both(data: impl Into<PathBuf>) -> Result<Self> {
        let data = data.into();
        let run_as = user::choose(&data)?;
        Ok(Self {
            data,
            run_as,
            postgres: true,
            redis: true,
        })
    }
}

/// Finds the programs that `options` need, so that a missing one, or one of another version than
/// the data's, is told before anything is made.
pub fn check_programs(options: &Options) -> Result<()> {
    programs::setpriv()?;
    if options.postgres {
        postgres::choose(&options.data.join("postgres"))?;
    }
    if options.redis {
        programs::redis()?;
    }
    Ok(())
}

/// The running services. Dropping it stops them too, but blocks the thread: prefer
/// [`Embedded::stop`].
pub struct Embedded {
    // Fields are dropped in this order: Redis first, PostgreSQL after it, the lock at last.
    redis: Option<Service>,
    postgres: Option<Service>,
    layout: Layout,
    _lock: Lock,
}

impl Embedded {
    /// Takes the data folder and starts what `options` ask for; returns when both answer.
    ///
    /// Errors are one sentence each: another instance on the same folder, a program that is
    /// not installed, a cluster of another version, a service that does not come up. Nothing
    /// keeps running after an error.
    pub async fn start(options: Options) -> Result<Self> {
        check_programs(&options)?;
        if let Some(user) = &options.run_as {
            user::check_reach(&options.data, user)?;
        }
        let layout = Layout::prepare(&options.data, options.run_as.as_ref())?;
        let lock = Lock::take(&layout)?;
        Self::start_locked(options, layout, lock).await
    }

    /// The same for a folder that is already prepared and taken.
    pub async fn start_locked(options: Options, layout: Layout, lock: Lock) -> Result<Self> {
        let run_as = options.run_as.as_ref();
        let mut embedded = Self {
            redis: None,
            postgres: None,
            layout,
            _lock: lock,
        };
        if options.postgres {
            embedded.postgres = Some(postgres::start(&embedded.layout, run_as).await?);
        }
        if options.redis {
            embedded.redis = Some(redis::start(&embedded.layout, run_as).await?);
        }
        Ok(embedded)
    }

    /// The address of the private database.
    pub fn database_url(&self) -> Option<String> {
        self.postgres
            .as_ref()
            .map(|_| self.layout.database_url(layout::DATABASE))
    }

    /// The address of the private Redis.
    pub fn redis_url(&self) -> Option<String> {
        self.redis.as_ref().map(|_| self.layout.redis_url())
    }

    /// The process ids of the services as they are now, PostgreSQL's first.
    pub fn pids(&self) -> Vec<i32> {
        [&self.postgres, &self.redis]
            .into_iter()
            .flatten()
            .filter_map(Service::pid)
            .collect()
    }

    /// Returns when a service has failed so often that it was given up, with its name.
    pub async fn given_up(&self) -> &'static str {
        let wait = |service: &Option<Service>| {
            let given_up = service.as_ref().map(Service::given_up);
            async move {
                match given_up {
                    Some(given_up) => given_up.await,
                    None => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            name = wait(&self.postgres) => name,
            name = wait(&self.redis) => name,
        }
    }

    /// Stops Redis, then PostgreSQL, then frees the folder.
    pub async fn stop(self) {
        let stopped = tokio::task::spawn_blocking(move || drop(self)).await;
        if let Err(error) = stopped {
            tracing::error!(%error, "stopping the embedded services failed");
        }
    }
}
