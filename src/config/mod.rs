//! Load and check the configuration, one file per section.
//!
//! `config/default.toml` is compiled in and is also the list of what there is: its sections,
//! keys and types are the only ones that exist. Over it lie, later wins: a file, the
//! environment, the command line. See [`load::Layers`].
//!
//! Only [`environment`] reads environment variables; nothing else in the program does.

pub mod environment;
mod error;
mod known;
pub mod load;
mod secret;
mod settings;
mod value;

mod database;
mod federation;
pub mod instance;
mod limits;
mod logging;
mod mail;
mod media;
mod metrics;
mod redis;
mod registration;
mod server;

#[cfg(test)]
mod tests;

pub use database::Database;
pub use error::Error;
pub use federation::Federation;
pub use instance::Instance;
pub use limits::Limits;
pub use load::Layers;
pub use logging::{LogFormat, Logging};
pub use mail::Mail;
pub use media::Media;
pub use metrics::Metrics;
pub use redis::Redis;
pub use registration::{NameServer, Registration};
pub use secret::Secret;
pub use server::{DevPeer, Place, Server};
pub use value::Value;

/// The whole configuration, checked: what is in it can be relied upon.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the place lives and listens.
    pub server: Server,
    /// PostgreSQL.
    pub database: Database,
    /// Redis.
    pub redis: Redis,
    /// How mail leaves.
    pub mail: Mail,
    /// Pictures.
    pub media: Media,
    /// How this place meets others.
    pub federation: Federation,
    /// The door of a new place.
    pub registration: Registration,
    /// What a new place says of itself.
    pub instance: Instance,
    /// How often one person may do what reaches others.
    pub limits: Limits,
    /// What is logged, and how.
    pub logging: Logging,
    /// Who may read the figures of this place.
    pub metrics: Metrics,
}
