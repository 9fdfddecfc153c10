//! `porchlight up`: everything, from nothing, in one process.

use std::net::TcpListener;

use anyhow::{Result, bail};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::{Config, Place};
use crate::identity;

use super::{
    connect,
    embedded::{
        self, Embedded, Options,
        layout::Layout,
        lock::{self, Lock},
        user,
    },
    listen, run_async,
    sentence::tell,
    serve,
    settle::Settled,
    stop, terminal,
};

/// Settles into the data folder, starts what is not configured elsewhere, migrates, serves,
/// and stops in the opposite order.
pub fn up(settled: Settled) -> Result<()> {
    let Settled {
        config,
        user,
        moved_from,
    } = settled;
    let data = &config.server.data;
    if lock::is_taken(data) {
        // Before the port, since it explains a taken port too. Taking it tells who has it.
        Lock::take(&Layout::of(data)?)?;
    }
    let listener = listen::bind(config.server.listen)?;
    serve::look_first(&config)?;
    let (postgres, redis) = connect::missing(&config);
    let options = Options {
        data: data.clone(),
        run_as: None,
        postgres,
        redis,
    };
    if postgres || redis {
        embedded::check_programs(&options)?;
    }
    let layout = Layout::prepare(data, user.as_ref())?;
    if let Some(wanted) = moved_from {
        let name = user.as_ref().map_or("the service user", |user| &user.name);
        terminal::say(format!(
            "{name} cannot reach {}, so the data lies in {}.",
            wanted.display(),
            layout.data.display()
        ));
    }
    if let Some(user) = &user {
        user::become_user(user)?;
        terminal::say(format!(
            "Started by root; running as {} from here on.",
            user.name
        ));
    }
    let lock = Lock::take(&layout)?;
    run_async(config.clone(), move |config| {
        live(config, options, layout, lock, listener)
    })
}

async fn live(
    mut config: Config,
    options: Options,
    layout: Layout,
    lock: Lock,
    listener: TcpListener,
) -> Result<()> {
    let stop = stop::on_signals()?;
    let starting = Embedded::start_locked(options, layout, lock);
    let embedded = tokio::select! {
        embedded = starting => embedded?,
        () = stop.cancelled() => return Ok(()),
    };
    connect::fill(&mut config, &embedded);
    let result = run(config, listener, &embedded, stop).await;
    embedded.stop().await;
    result
}

async fn run(
    config: Config,
    listener: TcpListener,
    embedded: &Embedded,
    stop: CancellationToken,
) -> Result<()> {
    serve::migrate(&config).await?;
    let prepared = serve::prepare(&config).await?;
    greet(&config);
    invite_owner(&prepared).await?;
    let serving = serve::run(prepared, listener, stop.clone());
    tokio::pin!(serving);
    tokio::select! {
        result = &mut serving => result,
        name = embedded.given_up() => {
            stop.cancel();
            serving.await?;
            bail!("{name} failed again and again: see the logs in {}.", config.server.data.display())
        }
    }
}

/// The way in for the first owner, as long as there is none.
async fn invite_owner(app: &App) -> Result<()> {
    if let Some(link) = identity::setup::first_link(app).await.map_err(tell)? {
        terminal::say(format!(
            "There is no owner yet. This link makes you the owner, once:\n\n    {link}\n"
        ));
    }
    Ok(())
}

fn greet(config: &Config) {
    let server = &config.server;
    terminal::say(format!("\nPorchlight is on: {}", server.origin()));
    match server.place {
        Place::Development => terminal::say(
            "Development: this place federates with nobody. Give it a name with --domain HOST.",
        ),
        Place::Dev => terminal::say("Dev: ids begin with http; nothing leaves this machine."),
        Place::Production => terminal::say(format!(
            "Production: a TLS proxy must pass https://{} on to {}.",
            server.domain, server.listen
        )),
    }
    if !config.mail.is_configured() {
        let mail = server.data.join("mail");
        terminal::say(format!(
            "No mail server is set: mails are written into {}.",
            mail.display()
        ));
    }
    terminal::say(format!(
        "Data: {}. Stop with Ctrl-C.\n",
        server.data.display()
    ));
}
