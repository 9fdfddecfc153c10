//! Builds the `App`, binds, routes, stops gently; headers, limits, telemetry.

pub mod health;
pub mod telemetry;

use std::{net::TcpListener, time::Duration};

use actix_web::{App as Routes, HttpServer, web};
use anyhow::{Context, Result};
use tokio_util::sync::CancellationToken;

use crate::{cache::Cache, config, store::Pool};

/// How long a client may take to send the head of a request.
const REQUEST_HEAD: Duration = Duration::from_secs(10);
/// How long an idle connection is kept; longer than proxies keep theirs (60 s is usual), so
/// that they never write into a connection that we are closing.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Open connections per thread; more wait in the kernel.
const MAX_CONNECTIONS: usize = 4_096;

/// What a server is made of.
#[derive(Clone)]
pub struct Prepared {
    /// Where the place lives and listens.
    pub server: config::Server,
    /// PostgreSQL.
    pub pool: Pool,
    /// Redis.
    pub cache: Cache,
}

/// Serves on `listener` until `stop` is cancelled; then accepts nothing more and waits for the
/// requests in flight, `server.shutdown` at the most.
pub async fn run(prepared: Prepared, listener: TcpListener, stop: CancellationToken) -> Result<()> {
    let (workers, shutdown) = (prepared.server.workers, prepared.server.shutdown);
    let data = web::Data::new(prepared);
    let server = HttpServer::new(move || {
        Routes::new()
            .app_data(data.clone())
            .configure(health::routes)
    })
    .workers(workers)
    .client_request_timeout(REQUEST_HEAD)
    .keep_alive(KEEP_ALIVE)
    .max_connections(MAX_CONNECTIONS)
    .shutdown_timeout(shutdown.as_secs())
    .disable_signals()
    .listen(listener)
    .context("The port cannot be listened on")?
    .run();
    let handle = server.handle();
    let ending = tokio::spawn(async move {
        stop.cancelled().await;
        handle.stop(true).await;
    });
    let result = server.await.context("The server failed");
    ending.abort();
    result
}
