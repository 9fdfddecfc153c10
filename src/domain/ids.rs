//! Ids that apps see (D1): 48 bits of milliseconds since 1970, 16 bits of sequence.
//!
//! They are made by one SQL function, `next_id(at)`, so that all processes share one
//! sequence; apps order by them, as 64-bit numbers or by length and then text.

use chrono::{DateTime, Utc};

/// An id of a row that an API shows. Sent as a string, since it exceeds 2^53.
pub type Id = i64;

/// The millisecond that an id was made in.
pub fn time_of(id: Id) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(id >> 16).unwrap_or_default()
}

/// The smallest id that `at` can have: a cursor for "since this moment".
pub fn first_at(at: DateTime<Utc>) -> Id {
    at.timestamp_millis() << 16
}

/// An id as an app sends it: decimal digits, nothing else. `None` for anything that no
/// row can have (apps that pass garbage get the same 404 as for a missing row).
pub fn parse(text: &str) -> Option<Id> {
    if text.is_empty() || text.len() > 19 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time() {
        let at = DateTime::parse_from_rfc3339("2026-11-21T10:00:00.123Z")
            .unwrap()
            .to_utc();
        assert_eq!(time_of(first_at(at) | 0xffff), at);
    }

    #[test]
    fn only_plain_digits_are_an_id() {
        assert_eq!(parse("123"), Some(123));
        for bad in ["", "-1", "+1", " 1", "1.0", "9999999999999999999", "abc"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
