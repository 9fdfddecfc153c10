//! What an answer to a delivery means. Pure.

use chrono::TimeDelta;

use crate::app::federation::FetchError;

/// A row that may have been refused by mistake is tried so often.
pub const TRIES: i16 = 3;
/// A row that was answered 500 counts as refused after so many tries, so that one document
/// that a host chokes on does not stop all others. (502 to 504 say that the host is down.)
pub const CHOKES: i16 = 8;

/// What became of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Delivered,
    /// 404 or 410: there is no such inbox.
    Missing(u16),
    /// 401 or 403: not like this, or not from this account; worth another try.
    Denied(u16),
    /// Any other status from 400 to 499: not this document.
    Refused(u16),
    /// 429: not now; how long it wants to be left alone.
    TooMany(Option<TimeDelta>),
    /// The host fails: why, and the status where there is one.
    Trouble(Option<u16>, String),
}

impl Outcome {
    /// A word for it, for who counts.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Delivered => "delivered",
            Outcome::Missing(_) => "missing",
            Outcome::Denied(_) => "denied",
            Outcome::Refused(_) => "refused",
            Outcome::TooMany(_) => "too_many",
            Outcome::Trouble(..) => "trouble",
        }
    }
}

/// Of an answer with this status.
pub fn of_status(status: u16, retry_after: Option<TimeDelta>) -> Outcome {
    match status {
        200..=299 => Outcome::Delivered,
        404 | 410 => Outcome::Missing(status),
        401 | 403 => Outcome::Denied(status),
        408 | 425 => Outcome::Trouble(Some(status), format!("It answered {status}.")),
        429 => Outcome::TooMany(retry_after),
        400..=499 => Outcome::Refused(status),
        // It will not learn it until tomorrow, and another document has no better luck.
        501 | 505 => Outcome::Refused(status),
        // Deliveries are not sent after anybody: where an inbox moved to says its actor.
        300..=399 => Outcome::Trouble(Some(status), "It sends deliveries elsewhere.".into()),
        _ => Outcome::Trouble(Some(status), format!("It answered {status}.")),
    }
}

/// Of no answer at all.
pub fn of_error(error: &FetchError) -> Outcome {
    let mut why = error.to_string();
    if let Some(first) = why.get(..1) {
        why.replace_range(..1, &first.to_uppercase());
    }
    Outcome::Trouble(None, format!("{why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_meaning() {
        assert_eq!(of_status(202, None), Outcome::Delivered);
        assert_eq!(of_status(410, None), Outcome::Missing(410));
        assert_eq!(of_status(401, None), Outcome::Denied(401));
        assert_eq!(of_status(422, None), Outcome::Refused(422));
        let wish = Some(TimeDelta::seconds(30));
        assert_eq!(of_status(429, wish), Outcome::TooMany(wish));
        for status in [301, 308, 408, 500, 502, 503, 599] {
            assert!(
                matches!(of_status(status, None), Outcome::Trouble(Some(_), _)),
                "{status}"
            );
        }
    }

    #[test]
    fn no_answer_is_told_in_a_sentence() {
        let error = FetchError::Unreachable("it took too long".into());
        assert_eq!(
            of_error(&error),
            Outcome::Trouble(None, "Not reached: it took too long.".into())
        );
    }
}
