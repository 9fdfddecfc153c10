//! Rows to what the templates show: pure, no query, no decision.

pub mod account;
pub mod door;
pub mod notice;
pub mod qr;
pub mod status;
pub mod switch;
