//! A hashtag with the button that follows it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A hashtag and whether the viewer follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagButton {
    /// Without `#`.
    pub name: String,
    /// Its page.
    pub path: String,
    /// The button stops it.
    pub following: bool,
}

impl TagButton {
    /// A hashtag by its name, with or without its case.
    pub fn new(name: &str, following: bool) -> TagButton {
        TagButton {
            path: format!("/tags/{}", utf8_percent_encode(name, NON_ALPHANUMERIC)),
            name: name.to_owned(),
            following,
        }
    }
}
