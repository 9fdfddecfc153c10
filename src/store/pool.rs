//! Connections: few, counted; a thread that serves requests has its own ([`here`]).

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Object, Pool as Deadpool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures::FutureExt;

use super::counts::{Counter, Counts};
use super::here::{self, Own};
use crate::domain::{Error, Result};

/// What every store function takes. Derefs out of a pooled connection.
pub type Conn = AsyncPgConnection;

/// How long a request waits for a free connection before it gives up.
const WAIT: Duration = Duration::from_secs(10);

/// Requests of one thread that wait for a connection; who comes beyond is sent away at once
/// (503) rather than kept until nobody waits for the answer any more (N12).
const MOST_WAITING: usize = 512;

/// Connections of a thread that serves requests, however many threads share them out.
const FEWEST: usize = 2;

thread_local! {
    static OWN: Own<Deadpool<AsyncPgConnection>> = const { Own::new(Vec::new()) };
}

/// A bounded set of connections to one database.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    name: usize,
    settings: PoolSettings,
    counts: Arc<Counts>,
    /// Those of the main runtime: for all that is no request.
    main: Deadpool<AsyncPgConnection>,
}

/// What a pool is made of.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// `postgres://…`, sockets as `postgres:///name?host=/dir`.
    pub url: String,
    /// Connections at the most, 1 or more: so many for all that is no request, and as many
    /// shared out among the threads that serve requests.
    pub size: usize,
    /// Ends a statement that takes longer.
    pub statement_timeout: Duration,
    /// Counts on top of these (several pools may share one); `None` = fresh ones.
    pub counts: Option<Arc<Counts>>,
}

impl Pool {
    /// Makes the pool; connects at first use. What is no request uses connections of the
    /// runtime that calls this: a connection dies with the runtime that opened it.
    pub fn new(settings: PoolSettings) -> Result<Pool> {
        let counts = settings.counts.clone().unwrap_or_default();
        let main = open(&settings, &counts, settings.size)?;
        Ok(Pool(Arc::new(Inner {
            name: here::fresh_name(),
            settings,
            counts,
            main,
        })))
    }

    /// A connection, for as long as it is held, on the thread that asked. Never hold one
    /// across an HTTP call.
    ///
    /// # Errors
    /// `Busy` for a request when [`MOST_WAITING`] wait already or none became free; `Broken`
    /// when there is no database.
    pub async fn get(&self) -> Result<Object<AsyncPgConnection>> {
        let pool = self.of_this_thread()?;
        let is_request = here::serving().is_some();
        if is_request && pool.status().waiting >= MOST_WAITING {
            return Err(Error::Busy);
        }
        let began = Instant::now();
        let got = tokio::time::timeout(WAIT, pool.get()).await;
        self.0.counts.add_wait(began.elapsed());
        match got {
            Ok(got) => got.map_err(|e| Error::broken(format!("no database connection: {e}"))),
            Err(_) if is_request => Err(Error::Busy),
            Err(_) => Err(Error::broken("no database connection became free in 10 s")),
        }
    }

    fn of_this_thread(&self) -> Result<Deadpool<AsyncPgConnection>> {
        let Some(threads) = here::serving() else {
            return Ok(self.0.main.clone());
        };
        let share = self.0.settings.size.div_ceil(threads).max(FEWEST);
        let make = || open(&self.0.settings, &self.0.counts, share);
        OWN.with(|own| here::own(own, self.0.name, make))
    }

    /// What this pool has sent so far.
    pub fn counts(&self) -> &Arc<Counts> {
        &self.0.counts
    }
}

/// Connections of the runtime that calls this.
fn open(
    settings: &PoolSettings,
    counts: &Arc<Counts>,
    size: usize,
) -> Result<Deadpool<AsyncPgConnection>> {
    let runtime = tokio::runtime::Handle::current();
    let timeout = settings.statement_timeout.as_millis();
    let counts = counts.clone();
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url| {
        let url = url.to_owned();
        let counts = counts.clone();
        let opening = runtime.spawn(async move {
            let mut conn = AsyncPgConnection::establish(&url).await?;
            // Generic plans: the statements are made for their indexes whatever the values,
            // and planning a page anew, as Postgres does for short arrays, costs ten times
            // what running it does. Nothing here runs so long that compiling it first would pay;
            // Postgres does where its guess of the cost is high, for 70 ms.
            // The first of these fails on a copy that only follows (a hot standby): what it says
            // may be old, and the door and the switch are judged where they are written down.
            conn.batch_execute(&format!(
                "SET transaction_read_only = off; \
                 SET statement_timeout = {timeout}; SET application_name = 'porchlight'; \
                 SET TIME ZONE 'UTC'; SET plan_cache_mode = force_generic_plan; \
                 SET jit = off"
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
    let manager = AsyncDieselConnectionManager::new_with_config(settings.url.clone(), config);
    Deadpool::builder(manager)
        .max_size(size.max(1))
        .build()
        .map_err(|e| Error::broken(format!("the connection pool: {e}")))
}
