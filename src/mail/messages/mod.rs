//! What each mail says: a function per mail, plain values in, a [`Message`](super::Message)
//! out. The words lie in the catalogue, `locales/`; how they are laid out is the business of
//! [`letter`](super::letter).

/// Passwords and the owner's first link.
pub mod access;
/// While nobody is home, and when somebody is back.
pub mod away;
/// Yes and no.
pub mod decision;
/// To whom the place goes when nobody comes back.
pub mod heir;
/// From the first form to the desk.
pub mod joining;
/// To members, about their posts.
pub mod posts;
/// While somebody waits: a question, a delay, a decision taken back.
pub mod review;
/// To staff: names and numbers, plain text.
pub mod staff;
/// How the dead-man switch moves; what was seen of somebody.
pub mod switch;

pub use super::letter::{Place, Reader};

#[cfg(test)]
mod tests;
