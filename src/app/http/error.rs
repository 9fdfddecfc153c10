//! What can go wrong on the way to another server, by what the caller can do about it.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::time::Duration;

use super::names::Vetoed;
use crate::domain::Error;

/// Why a request to another server gave nothing.
///
/// Not a `std::error::Error` on purpose: those turn into [`Error::Broken`], and another
/// server's fault is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// We do not go there: the address, the port, a redirect, our own host.
    Refused(Cow<'static, str>),
    /// This piece of work has made its share of requests already.
    Budget,
    /// 404.
    NotFound,
    /// 410: it was there, and it was taken away.
    Gone,
    /// Any other status from 400 to 499: they do not want us, or not like this.
    Denied(u16),
    /// 429; with how long to wait, where they said it in seconds (a day at the most).
    TooMany {
        /// Their `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// A status from 500 to 599.
    Busy(u16),
    /// No name, no connection, no TLS, or too slow.
    Unreachable(Cow<'static, str>),
    /// The answer, decoded, is longer than what we read.
    TooLarge,
    /// An answer that is not what was asked for.
    Nonsense(Cow<'static, str>),
    /// This place talks to no other.
    NotFederating,
}

impl FetchError {
    /// Whether the same request may succeed later.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            FetchError::Budget
                | FetchError::TooMany { .. }
                | FetchError::Busy(_)
                | FetchError::Unreachable(_)
        )
    }

    /// The error behind a status; `None` below 400.
    pub(super) fn of_status(status: u16, retry_after: Option<Duration>) -> Option<FetchError> {
        Some(match status {
            0..=399 => return None,
            404 => FetchError::NotFound,
            410 => FetchError::Gone,
            429 => FetchError::TooMany { retry_after },
            400..=499 => FetchError::Denied(status),
            _ => FetchError::Busy(status),
        })
    }

    /// What the client says, sorted.
    pub(in crate::app) fn of_client(error: &reqwest::Error) -> FetchError {
        let mut innermost: &(dyn StdError + 'static) = error;
        while let Some(deeper) = innermost.source() {
            innermost = deeper;
            if let Some(Vetoed(why)) = innermost.downcast_ref() {
                return FetchError::Refused(why.clone().into());
            }
        }
        if error.is_timeout() {
            return FetchError::Unreachable("it took too long".into());
        }
        if error.is_decode() {
            return FetchError::Nonsense(innermost.to_string().into());
        }
        FetchError::Unreachable(innermost.to_string().into())
    }
}

impl std::fmt::Display for FetchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FetchError::Refused(why) => write!(f, "we do not go there: {why}"),
            FetchError::Budget => f.write_str("too many requests for one thing"),
            FetchError::NotFound => f.write_str("it is not there (404)"),
            FetchError::Gone => f.write_str("it is gone (410)"),
            FetchError::Denied(status) => write!(f, "refused ({status})"),
            FetchError::TooMany { .. } => f.write_str("asked too often (429)"),
            FetchError::Busy(status) => write!(f, "the server fails ({status})"),
            FetchError::Unreachable(why) => write!(f, "not reached: {why}"),
            FetchError::TooLarge => f.write_str("the answer is too large"),
            FetchError::Nonsense(why) => write!(f, "the answer makes no sense: {why}"),
            FetchError::NotFederating => f.write_str("this place talks to no other"),
        }
    }
}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Error {
        match error {
            FetchError::NotFound | FetchError::Gone => Error::NotFound,
            other => Error::invalid(format!("Another server could not be asked: {other}.")),
        }
    }
}
