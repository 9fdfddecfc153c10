//! What stands around a status.

use serde::Serialize;

use super::Status;

/// The thread without the status itself.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Context {
    /// The first one of the thread first, the parent last.
    pub ancestors: Vec<Status>,
    /// Depth first, the author's own replies before others'.
    pub descendants: Vec<Status>,
}
