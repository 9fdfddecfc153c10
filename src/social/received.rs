//! What became of something that another server told us.

/// For the log and for tests; to the sender all of it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It holds here now.
    Done,
    /// Nothing changed; why.
    Ignored(&'static str),
}

impl Received {
    /// Done when something changed.
    pub fn when(changed: bool, otherwise: &'static str) -> Received {
        match changed {
            true => Received::Done,
            false => Received::Ignored(otherwise),
        }
    }
}
