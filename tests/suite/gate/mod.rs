//! The door: knocking, waiting, being let in or not.

mod applying;
mod asleep;
mod audit;
mod blocks;
mod budget;
mod charts;
mod conflict;
mod desk;
mod door;
mod events;
mod hints;
mod languages;
mod letters;
mod order;
mod proofs;
mod questions;
mod readings;
mod reviewing;
mod sandbox;
mod two_walls;
mod unseen;
mod waiting;
mod webhooks;
mod welcome;
pub mod without_redis;
