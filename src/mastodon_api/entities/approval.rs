//! Who may quote a status, or feature an account.

use serde::Serialize;

/// Groups of accounts by how their wish is answered, and how the viewer's would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// `public`, `followers`, …: granted at once.
    pub automatic: Vec<&'static str>,
    /// The same words: asked first.
    pub manual: Vec<&'static str>,
    /// `automatic`, `manual`, `denied` or `unknown`, for the viewer.
    pub current_user: &'static str,
}

impl Approval {
    /// Nobody may: quotes and collections are not part of this server.
    pub fn nobody() -> Approval {
        Approval {
            automatic: Vec::new(),
            manual: Vec::new(),
            current_user: "denied",
        }
    }
}
