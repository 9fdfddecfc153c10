//! Transport and messages.
//!
//! A use case writes an event; the mailing job reads the rows, makes a message with one of
//! the functions in [`messages`] and hands it to the [`Mailer`]. How often and to whom mail
//! may go is decided there, not here.

/// Whose servers take the mail of a domain.
pub mod domains;
/// What a mail says, in blocks: once as text, once as HTML.
pub mod letter;
/// One mail: safe headers, text and HTML.
pub mod message;
/// The words of each mail.
pub mod messages;
/// SMTP, a folder, or nothing.
pub mod transport;

pub use message::{Kind, Message};
pub use transport::{Mailer, Settings, Undelivered};
