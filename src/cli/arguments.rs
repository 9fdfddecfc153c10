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
    /// Work off what happens after requests, without a server; both databases must be configured
    Worker,
    /// Bring the database up to this version
    Migrate,
    /// Read the configuration and say what it makes of this place
    CheckConfig,
    /// Look at everything the place needs, and say what to do where something is wrong
    Doctor,
    /// Make logins, name roles, print links and tokens
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Look at the log of what staff did
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look at the dead-man switch, check in, or rehearse it
    #[command(subcommand)]
    Gate(GateCommand),
    /// Show how other servers take what is sent to them
    Hosts(HostsArguments),
    /// Look at what is kept of other servers' pictures, or empty it
    #[command(subcommand)]
    Media(MediaCommand),
    /// Fill an empty development place with a small made-up community, for looking
    Demo,
}

/// What to do about logins.
#[derive(Debug, Subcommand)]
pub enum AccountsCommand {
    /// Make members, active at once; prints each name, and the password if one was made
    Create(Creation),
    /// Give a member another role: member, reviewer, moderator, admin or owner
    SetRole {
        /// Who
        name: String,
        /// Which
        role: String,
    },
    /// Print a link with which somebody chooses a new password; good for two hours
    ResetPassword {
        /// Who
        name: String,
    },
    /// Take somebody's second factor away, when phone and recovery codes are lost
    SecondFactor {
        /// Whose
        #[arg(long, value_name = "NAME")]
        remove: String,
    },
    /// Print a link that makes the first owner
    OwnerLink,
    /// Print a new access token; what it writes counts as automation unless --person
    Token {
        /// Whose
        name: String,
        /// What it may do, separated by spaces
        #[arg(long, value_name = "SCOPES", default_value = "read write follow push")]
        scopes: String,
        /// A person will hold it
        #[arg(long)]
        person: bool,
    },
}

/// What to do with the audit log.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Check that no line was changed or taken out; exit code 1 where one was
    Verify,
}

/// What to do about the dead-man switch.
#[derive(Debug, Clone, Subcommand)]
pub enum GateCommand {
    /// Check somebody in who looks after the place, so that the light stays on
    CheckIn {
        /// Who
        #[arg(long, value_name = "NAME")]
        r#as: String,
    },
    /// How it stands, who was there last, and what comes when
    Status,
    /// Back to how it was, after an absence: the door opens as far as an admin chose
    Lift {
        /// Who is back: somebody of the staff
        #[arg(long, value_name = "NAME")]
        r#as: String,
    },
    /// What would happen if nobody came; nothing is written, nobody is told
    Simulate {
        /// How far ahead, 1 to 120
        #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(i64).range(1..=120))]
        days: i64,
    },
}

/// Which servers are meant.
#[derive(Debug, Clone, Args)]
pub struct HostsArguments {
    /// Something else than the list
    #[command(subcommand)]
    pub command: Option<HostsCommand>,
    /// Only those that have something waiting
    #[arg(long, conflicts_with_all = ["failing", "dead"])]
    pub waiting: bool,
    /// Only those that fail
    #[arg(long, conflicts_with = "dead")]
    pub failing: bool,
    /// Only those that are given up
    #[arg(long)]
    pub dead: bool,
}

/// What to look at, or to do.
#[derive(Debug, Clone, Subcommand)]
pub enum HostsCommand {
    /// One server: how it stands, what waits for it, what it refused
    Show {
        /// Its name
        host: String,
    },
    /// One post: where it went, where it waits
    Post {
        /// Its id or its address
        post: String,
    },
    /// Try a server now, even one that was given up
    Retry {
        /// Its name
        host: String,
    },
    /// Suspend a server: nothing is taken from there or sent there, follows end both ways
    Block(PolicyArguments),
    /// Limit a server: its people are met by those alone who follow them
    Limit(PolicyArguments),
    /// Hold a server: what it sends is kept unread, and received when the hold ends
    Hold {
        /// Its name
        host: String,
        /// For so long; from now on where it is held already
        #[arg(long, value_name = "N", default_value_t = crate::moderation::holds::HOURS)]
        hours: u16,
    },
    /// Lift what holds for a server
    Lift {
        /// Its name
        host: String,
        /// Bring the follows back that it ended
        #[arg(long)]
        restore: bool,
    },
    /// Allow a server, for where only allowed ones are spoken with
    Allow {
        /// Its name
        host: String,
    },
    /// Lay what a list in Mastodon's CSV asks for
    Import {
        /// The list
        file: PathBuf,
        /// Only say what it would do, and which follows would end
        #[arg(long)]
        dry_run: bool,
        /// It is a list of servers to be allowed
        #[arg(long, conflicts_with = "dry_run")]
        allowed: bool,
    },
    /// Write what holds as a list in Mastodon's CSV
    Export {
        /// The servers that are allowed instead
        #[arg(long)]
        allowed: bool,
    },
}

/// What is laid on a server.
#[derive(Debug, Clone, Args)]
pub struct PolicyArguments {
    /// Its name; all under it is meant too
    pub host: String,
    /// Why, for everybody
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub comment: String,
    /// Why, for staff
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub note: String,
    /// Take and show no pictures or other media of theirs
    #[arg(long)]
    pub reject_media: bool,
    /// Take no reports from there
    #[arg(long)]
    pub reject_reports: bool,
    /// Hide a part of the name from everybody
    #[arg(long)]
    pub obfuscate: bool,
    /// Lift it after so many days; without, it holds for good
    #[arg(long, value_name = "N")]
    pub days: Option<u16>,
    /// Only say what is known there, and which follows a block would end
    #[arg(long)]
    pub dry_run: bool,
}

/// What to do about files of other servers.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum MediaCommand {
    /// How much is kept, of how much that may be, and of whom
    Usage,
    /// Let go of all of it; what somebody looks at is fetched again
    Prune,
}

/// Who is to be made.
#[derive(Debug, Clone, Args)]
pub struct Creation {
    /// Letters, digits and underscores
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub name: Option<String>,
    /// Their address; counts as confirmed
    #[arg(long, value_name = "ADDR", conflicts_with = "file")]
    pub email: Option<String>,
    /// member, reviewer, moderator, admin or owner
    #[arg(long, value_name = "ROLE", default_value = "member")]
    pub role: String,
    /// Take the password (for all of them) from standard input instead of making one
    #[arg(long)]
    pub password_stdin: bool,
    /// Many at once: a file with a name a line, an address behind it where there is one
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
