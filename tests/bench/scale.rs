//! How much of everything.

use std::time::Duration;

/// The size of a run.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Its name in the report.
    pub name: &'static str,
    /// Local users.
    pub users: usize,
    /// How many others each of them follows.
    pub follows: usize,
    /// How many follow the one.
    pub followers: usize,
    /// Statuses.
    pub statuses: usize,
    /// How often the server is started.
    pub starts: usize,
    /// How long it stands idle before its memory is read.
    pub idle: Duration,
    /// How often each kind of load is measured, in turn with its yardsticks.
    pub rounds: usize,
    /// How long each of them takes.
    pub each: Duration,
    /// Accounts made by the command line.
    pub accounts: usize,
    /// Posts of the fan-out.
    pub fan_outs: usize,
}

impl Scale {
    /// What the promises are about.
    pub const FULL: Scale = Scale {
        name: "full",
        users: 1_200,
        follows: 50,
        followers: 1_000,
        statuses: 100_000,
        starts: 5,
        idle: Duration::from_secs(5),
        rounds: 3,
        each: Duration::from_secs(2),
        accounts: 100,
        fan_outs: 50,
    };
    /// Everything once, in seconds.
    pub const QUICK: Scale = Scale {
        name: "quick",
        users: 60,
        follows: 10,
        followers: 50,
        statuses: 1_000,
        starts: 1,
        idle: Duration::from_millis(500),
        rounds: 1,
        each: Duration::from_millis(250),
        accounts: 4,
        fan_outs: 3,
    };
    /// Clients that ask at the same time.
    pub const CLIENTS: usize = 16;
}
