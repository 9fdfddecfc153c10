//! The door: knocking, waiting, being let in or not.

mod applying;
mod door;
mod questions;
mod reviewing;
mod sandbox;
mod two_walls;
mod unseen;
mod waiting;
mod welcome;
mod without_redis;
