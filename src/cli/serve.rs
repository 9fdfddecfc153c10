//! `porchlight serve`, `worker` and `migrate`: for hosts with databases of their own.

use std::{net::TcpListener, sync::Arc};

use anyhow::{Context, Result, bail};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, federation::Network},
    config::Config,
    jobs, server,
    store::migrations::{self, Standing},
};

use super::{
    connect::{Open, database_url, redis_url},
    domain, listen, run_async,
    sentence::tell,
    settle::Settled,
    stop, terminal,
};

/// Serves with configured databases. The schema must be current: `porchlight migrate` is a step
/// of its own where several processes run.
pub fn serve(settled: Settled) -> Result<()> {
    let config = settled.config;
    database_url(&config)?;
    redis_url(&config)?;
    let listener = listen::bind(config.server.listen)?;
    run_async(config, move |config| async move {
        let stop = stop::on_signals()?;
        check_schema(&config).await?;
        let prepared = prepare(&config).await?;
        terminal::say(format!(
            "Porchlight serves {} on {}.",
            config.server.origin(),
            config.server.listen
        ));
        run(prepared, listener, stop).await
    })
}

const UNREACHABLE: &str = "The database cannot be reached";

/// Applies what is missing and says what that was.
pub fn migrate_command(settled: Settled) -> Result<()> {
    let config = settled.config.clone();
    run_async(config, move |_| async move {
        let open = Open::open(settled).await?;
        let result = migrate(&open.config).await;
        open.close().await;
        let applied = result?;
        for name in &applied {
            terminal::say(format!("applied {name}"));
        }
        let count = applied.len();
        terminal::say(if count == 0 {
            "Nothing to do: the database is current.".into()
        } else {
            format!("{count} migrations applied.")
        });
        Ok(())
    })
}

/// Applies what is missing; gives the names.
pub async fn migrate(config: &Config) -> Result<Vec<String>> {
    let applied = match migrations::migrate(database_url(config)?).await {
        Ok(applied) => applied,
        // A whole sentence: who wrote the database, and what to do.
        Err(crate::domain::Error::Conflict(sentence)) => bail!("{sentence}"),
        Err(error) => {
            return Err(tell(error)).context("The database cannot be brought up to this version");
        }
    };
    for name in &applied {
        tracing::info!("applied migration {name}");
    }
    Ok(applied)
}

/// Makes the handles of the server, and refuses a place that belongs to another domain.
pub async fn prepare(config: &Config) -> Result<Arc<App>> {
    let app = App::open(config.clone())
        .await
        .map_err(tell)
        .context(UNREACHABLE)?;
    check(app).await
}

/// Refuses handles of a place that belongs to another domain.
pub async fn check(app: Arc<App>) -> Result<Arc<App>> {
    let mut conn = app.pool.get().await.map_err(tell).context(UNREACHABLE)?;
    domain::check_domain(&mut conn, &app.config.server).await?;
    drop(conn);
    Ok(app)
}

/// Serves, and works beside it, until `stop` is cancelled; then gives the last answers first.
pub async fn run(app: Arc<App>, listener: TcpListener, stop: CancellationToken) -> Result<()> {
    app.note_start().await.map_err(tell).context(UNREACHABLE)?;
    let network = open_network(&app).await?;
    let jobs = jobs::start(&network);
    let result = server::run(network, listener, stop).await;
    jobs.stop().await;
    result
}

async fn open_network(app: &Arc<App>) -> Result<Network> {
    let network = Network::open(app).await.map_err(tell);
    network.context("The way to other servers cannot be opened")
}

/// `porchlight worker`: what happens afterwards, without a server. Any number may run, beside
/// any number of `serve`; leases say who does what.
pub fn worker(settled: Settled) -> Result<()> {
    let config = settled.config;
    database_url(&config)?;
    redis_url(&config)?;
    run_async(config, move |config| async move {
        let stop = stop::on_signals()?;
        check_schema(&config).await?;
        let app = prepare(&config).await?;
        terminal::say(format!("Porchlight works for {}.", config.server.origin()));
        let jobs = jobs::start(&open_network(&app).await?);
        stop.cancelled().await;
        jobs.stop().await;
        Ok(())
    })
}

/// Refuses configured databases that cannot be reached or that a newer version wrote, before
/// anything is made. Uses this thread alone: whom the place runs as is not settled yet.
pub fn look_first(config: &Config) -> Result<()> {
    let Some(url) = &config.database.url else {
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("The runtime cannot be started")?;
    let standing = runtime
        .block_on(migrations::standing(url.expose()))
        .map_err(tell)
        .context(UNREACHABLE)?;
    match standing {
        Standing::Ahead(version) => bail!(newer(version)),
        Standing::Current | Standing::Behind(_) => Ok(()),
    }
}

/// What is said of a database that this version is too old for.
pub(super) fn newer(version: impl std::fmt::Display) -> String {
    format!(
        "The database was written by a newer Porchlight (migration {version}): start that version."
    )
}

async fn check_schema(config: &Config) -> Result<()> {
    match migrations::standing(database_url(config)?)
        .await
        .map_err(tell)
        .context(UNREACHABLE)?
    {
        Standing::Current => Ok(()),
        Standing::Behind(count) => bail!(
            "The database lacks {count} migrations of this version: run `porchlight migrate` first."
        ),
        Standing::Ahead(version) => bail!(newer(version)),
    }
}
