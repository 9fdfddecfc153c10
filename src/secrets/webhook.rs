//! The signature of webhooks: HMAC-SHA256 over the body, as many services check it.

use aws_lc_rs::hmac;

/// `sha256=` and the MAC in hexadecimal digits, for the header `X-Hub-Signature`.
pub fn signature(secret: &[u8], body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, body);
    let digits: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256={digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_textbook() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature(b"Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
