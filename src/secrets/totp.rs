//! Codes that an app and we make of one shared secret and the time (RFC 6238): SHA-1, six
//! digits, thirty seconds, which is what every such app can do.

use chrono::{DateTime, Utc};
use totp_rs::{Algorithm, TOTP};

use super::token::{Secret, equal, random_bytes};

/// Bytes of a shared secret, as RFC 4226 recommends.
const BYTES: usize = 20;
/// Seconds that a code is shown.
pub const STEP: i64 = 30;
/// How many steps a clock may be off, either way.
const SKEW: i64 = 1;

/// A shared secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret([u8; BYTES]);

impl std::fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

impl SharedSecret {
    /// A new one.
    pub fn random() -> SharedSecret {
        SharedSecret(random_bytes())
    }

    /// As text, to be sealed: lower-case hex.
    pub fn as_text(&self) -> Secret {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        Secret::new(hex)
    }

    /// The one that [`SharedSecret::as_text`] wrote.
    pub fn from_text(text: &Secret) -> Option<SharedSecret> {
        let text = text.reveal();
        if text.len() != BYTES * 2 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; BYTES];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[n * 2..n * 2 + 2], 16).ok()?;
        }
        Some(SharedSecret(bytes))
    }

    /// As people type it into an app: base32 in groups of four.
    pub fn to_type(&self) -> String {
        let plain = self.totp(String::new(), String::new()).get_secret_base32();
        let groups: Vec<&str> = (0..plain.len())
            .step_by(4)
            .map(|at| &plain[at..plain.len().min(at + 4)])
            .collect();
        groups.join(" ")
    }

    /// The link that apps read from a QR code: `otpauth://totp/PLACE:NAME?…`.
    pub fn link(&self, place: &str, name: &str) -> String {
        // A colon parts the two in the label.
        let place = place.replace(':', " ").trim().to_owned();
        self.totp(place, name.replace(':', " ")).get_url()
    }

    /// The code of a step.
    pub fn code(&self, step: i64) -> Secret {
        let time = u64::try_from(step * STEP).unwrap_or(0);
        Secret::new(self.totp(String::new(), String::new()).generate(time))
    }

    /// The step that this code belongs to, around `now`, if it is newer than `last`, the newest
    /// one that was used. Spaces are forgiven.
    pub fn step_of(&self, typed: &str, last: i64, now: DateTime<Utc>) -> Option<i64> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let here = step_at(now);
        // All are compared, so that the time tells nothing of which it was.
        let mut found = None;
        for step in here - SKEW..=here + SKEW {
            let same = equal(self.code(step).reveal().as_bytes(), typed.as_bytes());
            if same && step > last && found.is_none() {
                found = Some(step);
            }
        }
        found
    }

    fn totp(&self, place: String, name: String) -> TOTP {
        TOTP::new_unchecked(
            Algorithm::SHA1,
            6,
            1,
            STEP as u64,
            self.0.to_vec(),
            Some(place).filter(|p| !p.is_empty()),
            name,
        )
    }
}

/// The step of a moment.
pub fn step_at(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// The secret of RFC 6238, appendix B.
    fn known() -> SharedSecret {
        SharedSecret(*b"12345678901234567890")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // Its codes have eight digits; ours are the last six of them.
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = step_at(at(time));
            assert_eq!(known().code(step).reveal(), code, "{time}");
            assert_eq!(known().step_of(code, 0, at(time)), Some(step));
        }
    }

    #[test]
    fn a_code_holds_one_step_either_way_and_no_longer() {
        // Any secret, any moment.
        for n in 0..300_i64 {
            let secret = SharedSecret::random();
            let now = at(1_700_000_000 + n * 7_919);
            let here = step_at(now);
            for off in -3..=3_i64 {
                let code = secret.code(here + off);
                let found = secret.step_of(code.reveal(), 0, now);
                // Two steps may have the same code, one in a million times.
                if off.abs() <= 1 {
                    assert!(found.is_some(), "{off}");
                } else if let Some(step) = found {
                    assert_eq!(secret.code(step), code);
                }
            }
        }
    }

    #[test]
    fn a_code_is_good_once_and_none_before_it_comes_back() {
        for n in 0..300_i64 {
            let secret = SharedSecret::random();
            let now = at(1_700_000_000 + n * 13);
            let code = secret.code(step_at(now));
            let used = secret.step_of(code.reveal(), 0, now).unwrap();
            for later in [0, 10, 29, 31] {
                let then = now + TimeDelta::seconds(later);
                let again = secret.step_of(code.reveal(), used, then);
                assert!(again.is_none_or(|step| step > used));
                let before = secret.code(used - 1);
                let back = secret.step_of(before.reveal(), used, then);
                assert!(back.is_none_or(|step| step > used));
            }
        }
    }

    #[test]
    fn what_is_no_code_fits_nothing() {
        let now = at(59);
        for typed in ["", "28708", "2870822", "abcdef", "２８７０８２", "287082x"] {
            assert_eq!(known().step_of(typed, 0, now), None, "{typed}");
        }
        assert!(known().step_of(" 287 082 ", 0, now).is_some());
    }

    #[test]
    fn a_secret_is_typed_sealed_and_linked() {
        assert_eq!(known().to_type(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            SharedSecret::from_text(&known().as_text()),
            Some(known()),
            "there and back"
        );
        assert_eq!(SharedSecret::from_text(&Secret::new("12")), None);
        let link = known().link("Lantern: Lane", "ann@lantern.example");
        assert!(
            link.starts_with("otpauth://totp/Lantern%20%20Lane:ann%40lantern.example?secret=GEZD"),
            "{link}"
        );
        assert!(!format!("{:?}", known()).contains("49"));
    }
}
