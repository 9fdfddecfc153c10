//! Statuses: posting, deleting, and what members do with them.
//!
//! A deed is one statement that also writes its event; what it gives ([`Deed`]) is shown by
//! [`show`], or, on the web, by going to the status's page.

pub mod bookmark;
pub mod boost;
pub mod compose;
pub mod deed;
pub mod delete;
pub mod draft;
pub mod edit;
pub mod favourite;
pub mod from_server;
pub mod mute;
pub mod named;
pub mod pin;
pub mod poll;
pub mod post;
pub mod read;
pub mod receive;
pub mod receive_deeds;

pub use deed::{Deed, show};
