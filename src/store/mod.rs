//! Postgres: all queries, no decisions.
//!
//! Free functions over `&mut Conn`: `insert find list_page set_… delete`. No policy, no
//! event is thought up here, no clock: time is a parameter.

pub mod clock;
pub mod counts;
pub mod events;
pub mod migrations;
pub mod pool;
pub mod raw;
pub mod settings;

pub use pool::{Conn, Pool};
pub use raw::raw;
