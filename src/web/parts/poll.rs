//! A poll as pages show it (`templates/parts/poll.html`).

/// What a status asks.
#[derive(Debug, Clone)]
pub struct PollView {
    /// In order.
    pub options: Vec<OptionView>,
    /// More than one may be chosen.
    pub multiple: bool,
    /// The viewer may still vote.
    pub open: bool,
    /// `7 votes · ended`.
    pub summary: String,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub struct OptionView {
    /// From 0.
    pub position: usize,
    /// Text.
    pub title: String,
    /// The same as HTML: escaped, with its custom emoji as pictures.
    pub title_html: String,
    /// How many chose it.
    pub votes: i64,
    /// Of all who voted, in percent.
    pub share: i64,
    /// The viewer chose it.
    pub chosen: bool,
}
