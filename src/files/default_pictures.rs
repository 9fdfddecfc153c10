//! The pictures of accounts that have none: a lit lamp, and the porch at dusk.
//!
//! Apps want an avatar and a header URL always (never null), so these are ordinary PNG files
//! among the static files, compiled in for whoever must send their bytes.

/// The path of the default avatar, 400 by 400, below the instance's own address.
pub const AVATAR_PATH: &str = "/static/img/avatar-default.png";
/// The path of the default header, 1500 by 500, below the instance's own address.
pub const HEADER_PATH: &str = "/static/img/header-default.png";

/// The default avatar's bytes, PNG.
pub static AVATAR: &[u8] = include_bytes!("../../static/img/avatar-default.png");
/// The default header's bytes, PNG.
pub static HEADER: &[u8] = include_bytes!("../../static/img/header-default.png");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_have_the_shape_of_an_avatar_and_a_header_and_are_small() {
        for (bytes, size) in [(AVATAR, (400, 400)), (HEADER, (1500, 500))] {
            let picture = image::load_from_memory(bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), size);
            assert!(bytes.len() < 120 * 1024, "{} bytes", bytes.len());
        }
    }
}
