//! The door: knocking, waiting, being let in or not.

mod applying;
mod reviewing;
mod sandbox;
mod unseen;
mod without_redis;
