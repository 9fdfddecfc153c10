//! Rows, one noun per file; the diesel schema.
//!
//! Columns are explained where they are made: in `migrations/`, by `COMMENT ON`.
#![allow(missing_docs)]

pub mod account;
pub mod app;
pub mod application;
pub mod audit;
pub mod document_rows;
pub mod door_block;
pub mod draft;
pub mod emoji;
pub mod event_code;
pub mod follow;
pub mod host;
pub mod invite;
pub mod likeness;
pub mod link;
pub mod question;
pub mod schema;
pub mod second_factor;
pub mod session;
pub mod status;
pub mod status_parts;
pub mod switch;
pub mod switch_notice;
pub mod token;
pub mod user;
pub mod webhook;
