//! Connections: few, made on the main runtime, counted.

use std::sync::Arc;
use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Object, Pool as Deadpool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures::FutureExt;

use super::counts::{Counter, Counts};
use crate::domain::{Error, Result};

/// What every store function takes. Derefs out of a pooled connection.
pub type Conn = AsyncPgConnection;

/// How long a request waits for a free connection before it gives up.
const WAIT: Duration = Duration::from_secs(10);

/// A bounded set of connections to one database.
#[derive(Clone)]
pub struct Pool {
    inner: Deadpool<AsyncPgConnection>,
    counts: Arc<Counts>,
}

/// What a pool is made of.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// `postgres://…`, sockets as `postgres:///name?host=/dir`.
    pub url: String,
    /// Connections at the most; 1 or more.
    pub size: usize,
    /// Ends a statement that takes longer.
    pub statement_timeout: Duration,
    /// Counts on top of these (several pools may share one); `None` = fresh ones.
    pub counts: Option<Arc<Counts>>,
}

impl Pool {
    /// Makes the pool; connects at first use. Connections are opened on the runtime that
    /// calls this, since a connection dies with the runtime that opened it and actix
    /// workers come and go.
    pub fn new(settings: PoolSettings) -> Result<Pool> {
        let counts = settings.counts.unwrap_or_default();
        let runtime = tokio::runtime::Handle::current();
        let timeout = settings.statement_timeout.as_millis();
        let for_setup = counts.clone();
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |url| {
            let url = url.to_owned();
            let counts = for_setup.clone();
            let opening = runtime.spawn(async move {
                let mut conn = AsyncPgConnection::establish(&url).await?;
                // Generic plans: the statements are made for their indexes whatever the values,
                // and planning a page anew, as Postgres does for short arrays, costs ten times
                // what running it does.
                conn.batch_execute(&format!(
                    "SET statement_timeout = {timeout}; SET application_name = 'porchlight'; \
                     SET TIME ZONE 'UTC'; SET plan_cache_mode = force_generic_plan"
                ))
                .await
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                conn.set_instrumentation(Counter(counts));
                Ok(conn)
            });
            async move {
                opening.await.unwrap_or_else(|stopped| {
                    Err(ConnectionError::BadConnection(format!(
                        "not opened: {stopped}"
                    )))
                })
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(settings.url, config);
        let inner = Deadpool::builder(manager)
            .max_size(settings.size.max(1))
            .build()
            .map_err(|e| Error::broken(format!("the connection pool: {e}")))?;
        Ok(Pool { inner, counts })
    }

    /// A connection, for as long as it is held. Never hold one across an HTTP call.
    pub async fn get(&self) -> Result<Object<AsyncPgConnection>> {
        match tokio::time::timeout(WAIT, self.inner.get()).await {
            Ok(got) => got.map_err(|e| Error::broken(format!("no database connection: {e}"))),
            Err(_) => Err(Error::broken("no database connection became free in 10 s")),
        }
    }

    /// What this pool has sent so far.
    pub fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }
}
