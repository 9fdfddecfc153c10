//! Proof that the app that asks for the token is the one that began (RFC 7636): S256 alone,
//! optional, and binding once it was begun.

use crate::secrets::token;

/// Characters in an S256 challenge: SHA-256 in base64url.
const CHALLENGE: usize = 43;

/// Reads what the authorization request says. `Ok(None)`: no PKCE. The error is a sentence
/// for developers.
pub fn challenge(
    challenge: Option<&str>,
    method: Option<&str>,
) -> Result<Option<String>, &'static str> {
    match (challenge, method) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("code_challenge_method came without a code_challenge"),
        // The standard's default is `plain`, which proves nothing to somebody who listens.
        (Some(_), None | Some("plain")) => Err("code_challenge_method must be S256"),
        (Some(challenge), Some("S256")) => {
            let sound = challenge.len() == CHALLENGE && challenge.bytes().all(is_url_safe);
            sound
                .then(|| Some(challenge.to_owned()))
                .ok_or("code_challenge must be a SHA-256 in base64url without padding")
        }
        (Some(_), Some(_)) => Err("code_challenge_method must be S256"),
    }
}

/// Whether the verifier fits. A verifier for a code that began without PKCE is refused too:
/// somebody mixed up two requests.
pub fn proves(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            (43..=128).contains(&verifier.len())
                && verifier
                    .bytes()
                    .all(|b| is_url_safe(b) || b == b'.' || b == b'~')
                && token::equal(token::s256(verifier).as_bytes(), challenge.as_bytes())
        }
        _ => false,
    }
}

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGED: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn only_s256_is_taken() {
        assert_eq!(challenge(None, None), Ok(None));
        assert_eq!(
            challenge(Some(CHALLENGED), Some("S256")),
            Ok(Some(CHALLENGED.into()))
        );
        for (c, m) in [
            (Some(CHALLENGED), None),
            (Some(CHALLENGED), Some("plain")),
            (Some(CHALLENGED), Some("s256")),
            (Some("short"), Some("S256")),
            (Some(""), Some("S256")),
            (None, Some("S256")),
        ] {
            assert!(challenge(c, m).is_err(), "{c:?} {m:?}");
        }
    }

    #[test]
    fn once_begun_it_binds() {
        assert!(proves(Some(CHALLENGED), Some(VERIFIER)));
        assert!(!proves(Some(CHALLENGED), None));
        assert!(!proves(Some(CHALLENGED), Some("")));
        // The challenge itself, as `plain` would have it.
        assert!(!proves(Some(CHALLENGED), Some(CHALLENGED)));
        assert!(!proves(None, Some(VERIFIER)));
        assert!(proves(None, None));
    }

    proptest! {
        #[test]
        fn a_verifier_fits_its_own_challenge_alone(
            one in "[A-Za-z0-9._~-]{43,128}",
            other in "[A-Za-z0-9._~-]{43,128}",
        ) {
            let made = token::s256(&one);
            prop_assert_eq!(challenge(Some(&made), Some("S256")), Ok(Some(made.clone())));
            prop_assert!(proves(Some(&made), Some(&one)));
            prop_assert_eq!(proves(Some(&made), Some(&other)), one == other);
        }
    }
}
