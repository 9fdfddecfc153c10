//! What members do, and who sees it.

mod costs;
mod counters;
mod feeds;
mod media;
mod named_often;
mod notifications;
mod polls;
mod redis;
mod rules;
mod tags;
mod visibility;
