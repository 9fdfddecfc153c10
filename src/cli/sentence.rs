//! Errors of the house on their way to the terminal, where causes may be seen.

use crate::domain::Error;

/// The error for people at a terminal: a broken thing tells its cause, all others their
/// sentence.
pub fn tell(error: Error) -> anyhow::Error {
    match error {
        Error::Broken(cause) => cause,
        told => anyhow::anyhow!(told.sentence()),
    }
}
