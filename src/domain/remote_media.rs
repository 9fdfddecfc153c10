//! What of other servers is shown here as a file.

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A file of a post: picture, film or sound.
    Attachment,
    /// The picture of an account.
    Avatar,
    /// The wide one.
    Header,
    /// A small one in a text.
    Emoji,
}

impl Kind {
    /// `cached_media.kind`.
    pub fn number(self) -> i16 {
        match self {
            Kind::Attachment => 0,
            Kind::Avatar => 1,
            Kind::Header => 2,
            Kind::Emoji => 3,
        }
    }

    /// Its word. Signatures are made over it: it must never change.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Attachment => "attachment",
            Kind::Avatar => "avatar",
            Kind::Header => "header",
            Kind::Emoji => "emoji",
        }
    }
}
