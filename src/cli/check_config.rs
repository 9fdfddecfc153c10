//! `porchlight check-config`.

use anyhow::Result;

use crate::config::Place;

use super::{settle::Settled, terminal};

/// Says what the configuration makes of this place. Wrong ones never get here.
pub fn check_config(settled: Settled) -> Result<()> {
    let Settled {
        config,
        user,
        moved_from,
    } = settled;
    let server = &config.server;
    let kind = match server.place {
        Place::Production => "production",
        Place::Dev => "dev (http, on this machine)",
        Place::Development => "development (federates with nobody)",
    };
    let given = |set: bool| {
        if set {
            "configured"
        } else {
            "private, by `porchlight up`"
        }
    };
    let mail = if config.mail.is_configured() {
        "SMTP"
    } else {
        "files in the data folder"
    };
    terminal::say("The configuration is good.");
    terminal::say(format!("place     {} — {kind}", server.origin()));
    terminal::say(format!("names     @name@{}", server.handle_domain));
    terminal::say(format!("listens   {}", server.listen));
    terminal::say(format!("data      {}", server.data.display()));
    if let Some(wanted) = moved_from {
        terminal::say(format!(
            "          (not {}, which the service user cannot reach)",
            wanted.display()
        ));
    }
    if let Some(user) = user {
        terminal::say(format!("runs as   {}", user.name));
    }
    terminal::say(format!(
        "postgres  {}",
        given(config.database.url.is_some())
    ));
    terminal::say(format!("redis     {}", given(config.redis.url.is_some())));
    terminal::say(format!("mail      {mail}"));
    Ok(())
}
