//! A status as pages show it (`templates/parts/status.html`).

use super::account::AccountChip;
use super::moment::Moment;
use super::poll::PollView;
use crate::domain::visibility::Visibility;

/// One status in a list or a thread.
#[derive(Debug, Clone)]
pub struct StatusCard {
    /// The API's id, as text. For a boost: the id of what was boosted.
    pub id: String,
    /// Path of the thread: `/@ann/113…`.
    pub path: String,
    /// Who wrote it.
    pub author: AccountChip,
    /// Who boosted it, where this entry is a boost.
    pub boosted_by: Option<AccountChip>,
    /// Who else did, of those on the same page.
    pub also_boosted_by: Vec<AccountChip>,
    /// When it was written.
    pub created_at: Moment,
    /// When it was last edited.
    pub edited_at: Option<Moment>,
    /// Who it is for. Shown as icon and word, never compared.
    pub visibility: Visibility,
    /// Content warning as text; empty for none. The body then starts folded.
    pub spoiler: String,
    /// The same as HTML: escaped, with its custom emoji as pictures.
    pub spoiler_html: String,
    /// Sanitised HTML, with its custom emoji as pictures.
    pub content_html: String,
    /// Language as a BCP 47 tag, for `lang`; `None` where unknown.
    pub lang: Option<String>,
    /// The status it answers: handle and path, where known.
    pub in_reply_to: Option<ReplyTo>,
    /// What it asks.
    pub poll: Option<PollView>,
    /// Pictures.
    pub media: Vec<MediaView>,
    /// Film and sound.
    pub films: Vec<FilmView>,
    /// Files of other kinds that lie elsewhere: links.
    pub attached: Vec<AttachedLink>,
    /// The author marked its files as sensitive: they start folded.
    pub sensitive: bool,
    /// Number of replies.
    pub replies: i64,
    /// Number of boosts.
    pub boosts: i64,
    /// Number of favourites.
    pub favourites: i64,
    /// The viewer favourited it.
    pub favourited: bool,
    /// The viewer boosted it.
    pub boosted: bool,
    /// The viewer bookmarked it.
    pub bookmarked: bool,
    /// It is the viewer's own and waits before it goes out: why, in a sentence or two.
    pub held: Option<&'static str>,
    /// The viewer wrote it: delete is offered.
    pub own: bool,
    /// Boosting it is possible at all (visibility allows it).
    pub boostable: bool,
    /// The one this page is about: shown larger, with the full date.
    pub focused: bool,
}

impl StatusCard {
    /// Who it is for, in a word.
    pub fn audience(&self) -> &'static str {
        match self.visibility.as_str() {
            "public" => "Public",
            "unlisted" => "Quiet public",
            "private" => "Followers",
            _ => "Only those mentioned",
        }
    }

    /// The icon beside the word.
    pub fn audience_icon(&self) -> &'static str {
        match self.visibility.as_str() {
            "public" => "globe",
            "unlisted" => "moon",
            "private" => "lock",
            _ => "letter",
        }
    }

    /// There is something to look at or listen to.
    pub fn has_files(&self) -> bool {
        !self.media.is_empty() || !self.films.is_empty()
    }

    /// `the picture`, `3 pictures`, `the video`, `4 files`: what is folded away.
    pub fn files(&self) -> String {
        let sounds = self.films.iter().filter(|film| film.sound).count();
        match (self.media.len(), self.films.len() - sounds, sounds) {
            (1, 0, 0) => "the picture".to_owned(),
            (0, 1, 0) => "the video".to_owned(),
            (0, 0, 1) => "the sound".to_owned(),
            (n, 0, 0) => format!("{n} pictures"),
            (pictures, films, sounds) => format!("{} files", pictures + films + sounds),
        }
    }

    /// `2 replies · 1 boost`: for those who cannot act on it.
    pub fn tally(&self) -> String {
        let counted = [
            (self.replies, "reply", "replies"),
            (self.boosts, "boost", "boosts"),
            (self.favourites, "favourite", "favourites"),
        ];
        let parts: Vec<String> = counted
            .iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many }))
            .collect();
        parts.join(" · ")
    }
}

/// What a status answers.
#[derive(Debug, Clone)]
pub struct ReplyTo {
    /// Handle without the first `@`.
    pub handle: String,
    /// Path of that status; `None` where it is not there for the viewer.
    pub path: Option<String>,
}

/// One picture of a status or a draft.
#[derive(Debug, Clone)]
pub struct MediaView {
    /// The whole picture.
    pub url: String,
    /// A small one for lists.
    pub preview_url: String,
    /// Alternative text; empty where none was written (the page says so).
    pub alt: String,
    /// Pixels of the preview, so that nothing jumps; 0 where unknown.
    pub width: i64,
    /// Pixels of the preview; 0 where unknown.
    pub height: i64,
    /// Classes that keep what matters in view where the picture is cut; may be empty.
    pub focus: &'static str,
}

/// Film or sound of a status, by way of us.
#[derive(Debug, Clone)]
pub struct FilmView {
    /// Where it is played from.
    pub url: String,
    /// It is sound alone.
    pub sound: bool,
    /// Alternative text; empty where none was written.
    pub alt: String,
    /// Where it lies: for what is too large to be kept here.
    pub original: AttachedLink,
}

/// A file of a status that lies on another server.
#[derive(Debug, Clone)]
pub struct AttachedLink {
    /// Where.
    pub url: String,
    /// `Picture at far.example`.
    pub label: String,
    /// Alternative text; empty where none was written.
    pub alt: String,
}
