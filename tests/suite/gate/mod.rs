//! The door: knocking, waiting, being let in or not.

mod applying;
mod blocks;
mod desk;
mod door;
mod events;
mod hints;
mod languages;
mod letters;
mod order;
mod proofs;
mod questions;
mod reviewing;
mod sandbox;
mod two_walls;
mod unseen;
mod waiting;
mod webhooks;
mod welcome;
mod without_redis;
