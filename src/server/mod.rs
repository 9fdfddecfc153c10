//! Builds the `App`, binds, routes, stops gently; headers, limits, telemetry.
//!
//! The middleware of this floor, from the outside in (actix wraps the last one named
//! outermost, so [`run`] names them in the opposite order):
//!
//! 1. [`headers::finish`]: request id, headers of safety
//! 2. `Compress`: gzip where it is asked for
//! 3. [`cors::cors`]: preflights, cross-origin headers, on errors too
//! 4. `NormalizePath::trim()`: a slash at the end changes nothing
//! 5. [`client_address::note_client`]: who it came from
//! 6. [`headers::head_as_get`]: HEAD wherever GET is
//! 7. `mastodon_api::error::in_full`, `web::error::as_pages`: errors in full
//! 8. [`guard::guard`]: what the [`table`] of routes says

pub mod client_address;
pub mod cors;
mod fallback;
pub mod guard;
pub mod headers;
pub mod health;
pub mod limits;
pub mod metrics;
pub mod table;
pub mod telemetry;

use std::net::TcpListener;
use std::time::Duration;

use actix_web::middleware::{Compress, NormalizePath, from_fn};
use actix_web::{App as Routes, HttpServer, web};
use anyhow::{Context, Result};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::federation::Network;
use crate::incoming::inbox::Inbox;
use crate::mastodon_api::{self, BaseUrl};
use crate::store::here;
use client_address::TrustedProxies;

/// How long a client may take to send the head of a request.
const REQUEST_HEAD: Duration = Duration::from_secs(10);
/// How long an idle connection is kept; longer than proxies keep theirs (60 s is usual), so
/// that they never write into a connection that we are closing.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Open connections per thread; more wait in the kernel.
const MAX_CONNECTIONS: usize = 4_096;

/// Serves on `listener` until `stop` is cancelled; then accepts nothing more and waits for the
/// requests in flight, `server.shutdown` at the most.
pub async fn run(network: Network, listener: TcpListener, stop: CancellationToken) -> Result<()> {
    let app = network.app().clone();
    let (workers, shutdown) = (app.config.server.workers, app.config.server.shutdown);
    let counters = web::Data::new(limits::Counters::default());
    let proxies = web::Data::new(TrustedProxies(app.config.server.trusted_proxies.clone()));
    let base = web::Data::new(BaseUrl::of_place(&app));
    let app: web::Data<App> = web::Data::from(app);
    let inbox = web::Data::new(Inbox::open(network.clone()));
    let network = web::Data::new(network);
    let server = HttpServer::new(move || {
        // Once in each of the threads that serve.
        here::serve_here(workers);
        Routes::new()
            .app_data(app.clone())
            .app_data(network.clone())
            .app_data(inbox.clone())
            .app_data(counters.clone())
            .app_data(proxies.clone())
            .app_data(base.clone())
            // From the inside out: what stands last here sees the request first.
            .wrap(from_fn(guard::guard))
            .wrap(from_fn(crate::web::error::as_pages))
            .wrap(from_fn(mastodon_api::error::in_full))
            .wrap(from_fn(headers::head_as_get))
            .wrap(from_fn(client_address::note_client))
            .wrap(NormalizePath::trim())
            .wrap(from_fn(cors::cors))
            .wrap(Compress::default())
            .wrap(from_fn(headers::finish))
            .configure(table::register)
            .default_service(web::to(fallback::nothing_here))
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
