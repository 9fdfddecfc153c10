//! The command line: up, serve, worker, migrate, check-config, doctor, accounts, audit, gate,
//! hosts (and their policies), media, demo.

pub mod accounts;
pub mod arguments;
pub mod audit;
pub mod check_config;
pub mod connect;
pub mod demo;
pub mod doctor;
pub mod domain;
pub mod embedded;
pub mod gate;
pub mod hosts;
pub mod listen;
pub mod media;
mod policies;
pub mod sentence;
pub mod serve;
pub mod settle;
pub mod stop;
pub mod terminal;
pub mod up;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use crate::{config::Config, server::telemetry};

use self::arguments::{Arguments, Command};

/// Reads the command line and does what it says. Errors are a sentence on standard error and
/// exit code 1; a wrong command line is exit code 2.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &Arguments) -> Result<()> {
    let settled = settle::settle(&arguments.place)?;
    // Commands that answer and end log to nobody unless something is wrong.
    let lasting = matches!(
        arguments.command,
        Command::Up | Command::Serve | Command::Worker
    );
    telemetry::start(&settled.config.logging, lasting)?;
    match &arguments.command {
        Command::Up => up::up(settled),
        Command::Serve => serve::serve(settled),
        Command::Worker => serve::worker(settled),
        Command::Migrate => serve::migrate_command(settled),
        Command::CheckConfig => check_config::check_config(settled),
        Command::Doctor => doctor::doctor(settled),
        Command::Accounts(command) => accounts::accounts(settled, command),
        Command::Audit(command) => audit::audit(settled, command),
        Command::Gate(command) => gate::gate(settled, command),
        Command::Hosts(arguments) => hosts::hosts(settled, arguments),
        Command::Media(command) => media::media(settled, command),
        Command::Demo => demo::demo(settled),
    }
}

/// Runs the asynchronous part of a command on a runtime of its own. Everything that must happen
/// while there is one thread only (changing the user) comes before.
fn run_async<F: Future<Output = Result<()>>>(
    config: Config,
    work: impl FnOnce(Config) -> F,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("The runtime cannot be started")?;
    runtime.block_on(work(config))
}
