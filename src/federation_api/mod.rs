//! What other servers ask of us: documents, discovery, the inbox.

mod answer;
mod asker;
pub mod discovery;
pub mod documents;
pub mod inbox;
pub mod negotiate;
mod wire;

use crate::door::{Alternative, Route};

/// Every route of this door.
pub const ROUTES: &[&[Route]] = &[discovery::ROUTES, documents::ROUTES, inbox::ROUTES];

/// Pages that other servers get as documents.
pub const ALTERNATIVES: &[Alternative] = documents::ALTERNATIVES;
