//! What other servers ask of us: documents, discovery, the inbox.

pub mod inbox;

use crate::door::Route;

/// Every route of this door.
pub const ROUTES: &[&[Route]] = &[inbox::ROUTES];
