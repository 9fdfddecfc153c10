//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Porchlight: a federated microblog server with a door that somebody answers.
#[derive(Debug, Parser)]
#[command(name = "porchlight", version, max_term_width = 100)]
pub struct Arguments {
    /// Which place is meant.
    #[command(flatten)]
    pub place: PlaceArguments,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Which place is meant; goes before the configuration.
#[derive(Debug, Clone, Default, Args)]
pub struct PlaceArguments {
    /// The configuration file (or PORCHLIGHT_CONFIG)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder that holds everything [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:3000]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// The host name of this place; without one it is for development only
    #[arg(long, global = true, value_name = "HOST")]
    pub domain: Option<String>,
    /// Ids begin with http; only for localhost, *.localhost and *.test
    #[arg(long, global = true)]
    pub dev: bool,
    /// Another place on this machine; can be given several times; needs --dev
    #[arg(long, global = true, value_name = "HOST=ADDR:PORT")]
    pub dev_peer: Vec<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start everything: the databases where none are configured, and the server
    Up,
    /// Start the server alone; both databases must be configured
    Serve,
    /// Bring the database up to this version
    Migrate,
    /// Read the configuration and say what it makes of this place
    CheckConfig,
    /// Look at everything the place needs, and say what to do where something is wrong
    Doctor,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
