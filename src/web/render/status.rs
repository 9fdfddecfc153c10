//! A status as pages show it.

use chrono::{DateTime, Utc};

use super::account;
use crate::app::App;
use crate::domain::Id;
use crate::door::Caller;
use crate::files::image;
use crate::model::status_parts::{Attached, StatusParts};
use crate::social::page::{self, Poll, Shown};
use crate::web::parts::moment::Moment;
use crate::web::parts::poll::{OptionView, PollView};
use crate::web::parts::status::{AttachedLink, MediaView, ReplyTo, StatusCard};

/// Whose eyes look, and when.
#[derive(Debug, Clone, Copy)]
pub struct Eyes {
    /// The member's account; `None` for strangers.
    pub viewer: Option<Id>,
    /// The time of the request.
    pub now: DateTime<Utc>,
}

impl Eyes {
    /// Those of whoever asks, now.
    pub fn of(app: &App, caller: &Caller) -> Eyes {
        Eyes {
            viewer: caller.viewer(),
            now: app.clock.now(),
        }
    }

    /// One status.
    pub fn card(&self, shown: &Shown) -> StatusCard {
        let parts = &shown.parts;
        let author = account::chip(&shown.author);
        let own = self.viewer == Some(parts.account_id);
        StatusCard {
            id: parts.id.to_string(),
            path: format!("{}/{}", author.path, parts.id),
            boosted_by: shown.boosted_by.as_ref().map(account::chip),
            also_boosted_by: Vec::new(),
            created_at: Moment::new(parts.created_at, self.now),
            edited_at: parts.edited_at.map(|at| Moment::new(at, self.now)),
            visibility: parts.visibility,
            spoiler: parts.spoiler_text.clone(),
            content_html: parts.html.clone(),
            lang: parts.language.clone(),
            in_reply_to: reply_to(parts, &author.handle),
            poll: shown.row.poll.as_ref().map(|asks| self.poll(asks)),
            media: parts.media.iter().filter_map(picture).collect(),
            attached: parts.media.iter().filter_map(elsewhere).collect(),
            sensitive: parts.sensitive,
            replies: shown.row.counters.replies,
            boosts: shown.row.counters.reblogs,
            favourites: shown.row.counters.favourites,
            favourited: shown.row.bits.favourited,
            boosted: shown.row.bits.reblogged,
            bookmarked: shown.row.bits.bookmarked,
            own,
            boostable: page::boostable(parts.visibility),
            focused: false,
            author,
        }
    }

    /// What it asks, as the viewer may answer it.
    fn poll(&self, poll: &Poll) -> PollView {
        let total = poll.voters.max(1);
        let options = poll.options.iter().enumerate();
        let ends = match (poll.expired, poll.ends_at) {
            (true, _) => "ended".to_owned(),
            (false, Some(at)) => format!("until {}", at.format("%-d %B, %H:%M UTC")),
            (false, None) => "open".to_owned(),
        };
        PollView {
            options: options
                .map(|(position, (title, votes))| OptionView {
                    position,
                    title: title.clone(),
                    votes: *votes,
                    share: (votes.saturating_mul(100) / total).min(100),
                    chosen: poll
                        .own
                        .iter()
                        .any(|own| usize::try_from(*own) == Ok(position)),
                })
                .collect(),
            multiple: poll.multiple,
            open: self.viewer.is_some() && !poll.expired && !poll.is_own && poll.own.is_empty(),
            summary: match poll.voters {
                1 => format!("1 person voted · {ends}"),
                n => format!("{n} people voted · {ends}"),
            },
        }
    }

    /// A page of them, each status once: where it was boosted by several, or stands further
    /// down itself, its first place names all who boosted it.
    pub fn grouped(&self, shown: &[Shown]) -> Vec<StatusCard> {
        let mut cards: Vec<StatusCard> = Vec::with_capacity(shown.len());
        for card in self.cards(shown) {
            let Some(first) = cards.iter_mut().find(|first| first.id == card.id) else {
                cards.push(card);
                continue;
            };
            if first.boosted_by.is_none() {
                first.boosted_by = card.boosted_by;
            } else {
                first.also_boosted_by.extend(card.boosted_by);
            }
        }
        cards
    }

    /// A page of them, in order.
    pub fn cards(&self, shown: &[Shown]) -> Vec<StatusCard> {
        shown.iter().map(|one| self.card(one)).collect()
    }
}

/// Whom it answers: the author's own thread, or somebody whom it names. An answer that names
/// nobody says nothing here; its thread shows what it answers.
fn reply_to(parts: &StatusParts, own_handle: &str) -> Option<ReplyTo> {
    let parent = parts.in_reply_to_account_id?;
    let handle = if parent == parts.account_id {
        own_handle.to_owned()
    } else {
        let named = parts.mentions.iter().find(|m| m.id == parent)?;
        match &named.domain {
            Some(domain) => format!("{}@{domain}", named.username),
            None => named.username.clone(),
        }
    };
    let path = parts
        .in_reply_to_id
        .map(|id| format!("{}/{id}", account::path(&handle)));
    Some(ReplyTo { handle, path })
}

/// A picture that lies here; `None` for what cannot be shown as one.
pub fn picture(attached: &Attached) -> Option<MediaView> {
    let path = attached.path.as_ref()?;
    let (width, height) = preview_size(attached.width, attached.height);
    Some(MediaView {
        url: format!("/{path}"),
        preview_url: format!("/{}", attached.preview_path.as_ref().unwrap_or(path)),
        alt: attached.description.clone(),
        width,
        height,
    })
}

/// A file that lies on another server; `None` for one that lies here.
fn elsewhere(attached: &Attached) -> Option<AttachedLink> {
    if attached.path.is_some() {
        return None;
    }
    let url = attached.remote_url.clone()?;
    let host = url::Url::parse(&url).ok()?.host_str()?.to_owned();
    let what = match attached.kind {
        0 | 1 => "Picture",
        2 => "Video",
        3 => "Sound",
        _ => "File",
    };
    Some(AttachedLink {
        label: format!("{what} at {host}"),
        alt: attached.description.clone(),
        url,
    })
}

/// How large the preview of a picture is, in pixels; zeros where nobody knows.
fn preview_size(width: Option<i32>, height: Option<i32>) -> (i64, i64) {
    let side = |pixels: Option<i32>| {
        pixels
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n > 0)
    };
    match side(width).zip(side(height)) {
        Some(size) => {
            let (width, height) = image::preview_size(size);
            (i64::from(width), i64::from(height))
        }
        None => (0, 0),
    }
}
