//! QR codes as one path of an SVG: no picture to fetch, nothing for a script to do.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::domain::{Error, Result};

/// Modules of silence around a code, as the standard asks.
const QUIET: i32 = 4;

/// The path's data and the side of the square it stands in, in modules.
///
/// # Errors
/// `Broken` for text that fits into no QR code, some 2,000 bytes.
pub fn path(text: &str) -> Result<(String, usize)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|error| Error::broken(format!("a QR code: {error:?}")))?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let from = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > from {
                let (left, top, wide) = (from + QUIET, y + QUIET, x - from);
                write!(path, "M{left} {top}h{wide}v1h-{wide}z")?;
            }
            x += 1;
        }
    }
    let side = usize::try_from(code.size() + 2 * QUIET).unwrap_or(0);
    Ok((path, side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_path_in_a_square() {
        let (path, side) = path("otpauth://totp/Lane:ann?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(side >= 21 + 8);
        assert!(path.starts_with("M4 4h7v1h-7z"), "the corner: {path}");
        assert!(
            path.chars()
                .all(|c| c.is_ascii_digit() || "Mhvz- ".contains(c))
        );
        assert!(super::path(&"x".repeat(5000)).is_err());
    }
}
