//! Other servers: what we ask of them, what they tell us, what we tell them.

mod discovery;
mod documents;
mod network;
