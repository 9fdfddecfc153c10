//! One binary for the tests at the door: a real server on real stores, asked from outside.
//!
//! The story of the house comes first (`a_story`, by its name); the others are sorted by what
//! they are about. Each test has a place of its own (`support/place.rs`).

#![allow(
    clippy::print_stdout,
    reason = "a seed; the harness shows it when the test fails"
)]

mod support {
    pub mod actor;
    pub mod answer;
    pub mod api;
    pub mod browser;
    pub mod cluster;
    pub mod html;
    pub mod mail;
    pub mod name_server;
    pub mod namespace;
    pub mod passkey;
    pub mod peer;
    pub mod people;
    pub mod picture;
    pub mod place;
    pub mod process;
    pub mod recount;
    pub mod routes;
    pub mod schema;
    pub mod secure;
    pub mod smtp;
    pub mod wire;
}

mod a_story;
mod a_story_of_two;
mod bad_input;
mod clients;
mod crash;
mod federation;
mod fuzz;
mod gate;
mod identity;
mod journey;
mod mail_desk;
mod mailing;
mod mastodon_api;
mod metrics;
mod schema;
mod server;
mod social;
mod switch;
mod up;
mod web;
