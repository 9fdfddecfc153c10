//! The door: knocking, waiting, being let in or not.

mod applying;
mod door;
mod questions;
mod reviewing;
mod sandbox;
mod unseen;
mod waiting;
mod without_redis;
