//! The command line: up, serve, worker, migrate, check-config, doctor, accounts, demo.

pub mod embedded;
