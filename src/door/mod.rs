//! What every door shares: the shape of the route table, and who is asking.
//!
//! No decisions: `server/guard` enforces what the table says before a handler runs.

pub mod caller;
pub mod forms;
pub mod language;
pub mod route;
pub mod status;

pub use caller::Caller;
pub use route::{Access, Alternative, Caching, Pending, Rate, Route};
