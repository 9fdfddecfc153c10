//! Postgres: all queries, no decisions.
//!
//! Free functions over `&mut Conn`: `insert find list_page set_… delete`. No policy, no
//! event is thought up here, no clock: time is a parameter.

pub mod access;
pub mod accounts;
pub mod apps;
pub mod clock;
pub mod counts;
pub mod events;
pub mod links;
pub mod migrations;
pub mod names;
pub mod pool;
pub mod raw;
pub mod sessions;
pub mod settings;
pub mod tokens;
pub mod users;

pub use pool::{Conn, Pool};
pub use raw::raw;
