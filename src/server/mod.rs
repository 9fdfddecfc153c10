//! Builds the `App`, binds, routes, stops gently; headers, limits, telemetry.
//!
//! The middleware of this floor, from the outside in (actix wraps the last one named
//! outermost, so an `App` names them in the opposite order):
//!
//! 1. [`headers::finish`]: request id, headers of safety
//! 2. [`cors::cors`]: preflights, cross-origin headers, on errors too
//! 3. [`client_address::note_client`]: who it came from
//! 4. `NormalizePath::trim()`: a slash at the end changes nothing
//! 5. [`headers::head_as_get`]: HEAD wherever GET is
//!
//! and around the API's scope `mastodon_api::error::with_absolute_urls`.

pub mod client_address;
pub mod cors;
pub mod headers;
pub mod health;
pub mod telemetry;

use std::{net::TcpListener, time::Duration};

use actix_web::middleware::{NormalizePath, from_fn};
use actix_web::{App as Routes, HttpServer, web};
use anyhow::{Context, Result};
use tokio_util::sync::CancellationToken;

use crate::{cache::Cache, config, mastodon_api::BaseUrl, store::Pool};

use client_address::TrustedProxies;

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
    let proxies = web::Data::new(TrustedProxies(prepared.server.trusted_proxies.clone()));
    let base = web::Data::new(BaseUrl(prepared.server.origin()));
    let data = web::Data::new(prepared);
    let server = HttpServer::new(move || {
        Routes::new()
            .app_data(data.clone())
            .app_data(proxies.clone())
            .app_data(base.clone())
            .wrap(from_fn(headers::head_as_get))
            .wrap(NormalizePath::trim())
            .wrap(from_fn(client_address::note_client))
            .wrap(from_fn(cors::cors))
            .wrap(from_fn(headers::finish))
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
