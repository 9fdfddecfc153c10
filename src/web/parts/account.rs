//! An account in a row: picture, name, handle (`templates/parts/account.html`).

/// An account as lists show it.
#[derive(Debug, Clone)]
pub struct AccountChip {
    /// What the handle shows after the `@`: `ann`, or `bob@elsewhere.example`.
    pub handle: String,
    /// Path of the profile: `/@ann` or `/@bob@elsewhere.example`.
    pub path: String,
    /// Display name, or the name where none is set. Text.
    pub display_name: String,
    /// The same as HTML: escaped, with its custom emoji as pictures.
    pub name_html: String,
    /// Address of the avatar.
    pub avatar_url: String,
    /// An automated account: said in words.
    pub bot: bool,
    /// New followers are asked for: said in words.
    pub locked: bool,
}

/// How the viewer and an account stand to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relation {
    /// The viewer follows it.
    pub following: bool,
    /// The viewer asked to follow; the answer is open.
    pub requested: bool,
    /// It follows the viewer.
    pub followed_by: bool,
    /// The viewer blocks it.
    pub blocking: bool,
    /// The viewer mutes it.
    pub muting: bool,
}

/// A row of a list of accounts.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Who.
    pub account: AccountChip,
    /// First line of the profile as plain text, 160 characters at most; may be empty.
    pub note: String,
    /// `None`: no buttons (a stranger looks, or it is the viewer).
    pub relation: Option<Relation>,
}
