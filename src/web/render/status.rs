//! A status as pages show it.

use chrono::{DateTime, Utc};

use super::account;
use crate::app::App;
use crate::domain::Id;
use crate::domain::hold_reason::HoldReason;
use crate::door::Caller;
use crate::files::image;
use crate::files::remote::Addresses;
use crate::model::account::Account;
use crate::model::status_parts::{Attached, StatusParts};
use crate::social::page::{self, Poll, Shown};
use crate::text::emoji::Pictures;
use crate::web::parts::account::AccountChip;
use crate::web::parts::moment::Moment;
use crate::web::parts::poll::{OptionView, PollView};
use crate::web::parts::status::{AttachedLink, FilmView, MediaView, ReplyTo, StatusCard};

/// Whose eyes look, and when.
#[derive(Debug, Clone, Copy)]
pub struct Eyes<'a> {
    /// The member's account; `None` for strangers.
    pub viewer: Option<Id>,
    /// The time of the request.
    pub now: DateTime<Utc>,
    /// Our addresses of what lies on other servers.
    pub addresses: &'a Addresses,
}

impl<'a> Eyes<'a> {
    /// Those of whoever asks, now.
    pub fn of(app: &'a App, caller: &Caller) -> Eyes<'a> {
        Eyes {
            viewer: caller.viewer(),
            now: app.clock.now(),
            addresses: &app.remote_media.addresses,
        }
    }

    /// One status.
    pub fn card(&self, shown: &Shown) -> StatusCard {
        let parts = &shown.parts;
        let author = self.chip(&shown.author);
        let emoji = account::emoji_of(parts.account_id, &parts.emojis, self.addresses);
        let own = self.viewer == Some(parts.account_id);
        StatusCard {
            id: parts.id.to_string(),
            path: format!("{}/{}", author.path, parts.id),
            boosted_by: shown.boosted_by.as_ref().map(|by| self.chip(by)),
            also_boosted_by: Vec::new(),
            created_at: Moment::new(parts.created_at, self.now),
            edited_at: parts.edited_at.map(|at| Moment::new(at, self.now)),
            visibility: parts.visibility,
            spoiler: parts.spoiler_text.clone(),
            spoiler_html: emoji.in_text(&parts.spoiler_text),
            content_html: emoji.in_html(parts.html.clone()),
            lang: parts.language.clone(),
            in_reply_to: reply_to(parts, &author.handle),
            poll: shown.row.poll.as_ref().map(|asks| self.poll(asks, &emoji)),
            media: parts.media.iter().filter_map(|m| self.picture(m)).collect(),
            films: parts.media.iter().filter_map(|m| self.film(m)).collect(),
            attached: parts.media.iter().filter_map(elsewhere).collect(),
            sensitive: parts.sensitive,
            replies: shown.row.counters.replies,
            boosts: shown.row.counters.reblogs,
            favourites: shown.row.counters.favourites,
            favourited: shown.row.bits.favourited,
            boosted: shown.row.bits.reblogged,
            bookmarked: shown.row.bits.bookmarked,
            held: shown.row.bits.held.map(HoldReason::to_author),
            own,
            boostable: page::boostable(parts.visibility),
            focused: false,
            author,
        }
    }

    /// Somebody.
    pub fn chip(&self, of: &Account) -> AccountChip {
        account::chip(of, self.addresses)
    }

    /// A picture, here or by way of us; `None` for what is none.
    fn picture(&self, attached: &Attached) -> Option<MediaView> {
        if let Some(own) = picture(attached) {
            return Some(own);
        }
        let url = attached.remote_url.as_deref()?;
        (attached.kind == PICTURE).then(|| {
            let (width, height) = preview_size(attached.width, attached.height);
            MediaView {
                url: self.addresses.file(attached.id, url),
                preview_url: self.addresses.preview(attached.id, url),
                alt: attached.description.clone(),
                width,
                height,
                focus: focus(attached),
            }
        })
    }

    /// Film or sound of another server, by way of us.
    fn film(&self, attached: &Attached) -> Option<FilmView> {
        if attached.path.is_some() || !(GIFV..=SOUND).contains(&attached.kind) {
            return None;
        }
        let url = attached.remote_url.as_deref()?;
        Some(FilmView {
            url: self.addresses.file(attached.id, url),
            sound: attached.kind == SOUND,
            alt: attached.description.clone(),
            original: link(attached)?,
        })
    }

    /// What it asks, as the viewer may answer it.
    fn poll(&self, poll: &Poll, emoji: &Pictures) -> PollView {
        let total = poll.voters.max(1);
        let options = poll.options.iter().enumerate();
        let ends = match (poll.expired, poll.ends_at) {
            (true, _) => "ended".to_owned(),
            (false, Some(at)) => format!("until {}", Moment::new(at, self.now).hour()),
            (false, None) => "open".to_owned(),
        };
        PollView {
            options: options
                .map(|(position, (title, votes))| OptionView {
                    position,
                    title: title.clone(),
                    title_html: emoji.in_text(title),
                    votes: *votes,
                    share: (votes.saturating_mul(100) / total).min(100),
                    chosen: poll
                        .own
                        .iter()
                        .any(|own| usize::try_from(*own) == Ok(position)),
                })
                .collect(),
            multiple: poll.multiple,
            hidden: poll.hides(),
            open: self.viewer.is_some() && !poll.expired && !poll.is_own && poll.own.is_empty(),
            summary: match poll.voters {
                0 => format!("Nobody voted yet · {ends}"),
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
        focus: focus(attached),
    })
}

/// A file of no kind that is shown here: a link to where it lies.
fn elsewhere(attached: &Attached) -> Option<AttachedLink> {
    match attached.kind {
        PICTURE..=SOUND => None,
        _ => link(attached),
    }
}

/// A link to where a file of another server lies.
fn link(attached: &Attached) -> Option<AttachedLink> {
    if attached.path.is_some() {
        return None;
    }
    let url = attached.remote_url.clone()?;
    let host = url::Url::parse(&url).ok()?.host_str()?.to_owned();
    let what = match attached.kind {
        PICTURE => "Picture",
        GIFV | FILM => "Video",
        SOUND => "Sound",
        _ => "File",
    };
    Some(AttachedLink {
        label: format!("{what} at {host}"),
        alt: attached.description.clone(),
        url,
    })
}

/// `media.kind`.
const PICTURE: i16 = 0;
const GIFV: i16 = 1;
const FILM: i16 = 2;
const SOUND: i16 = 3;

/// Beyond this the focus of a picture counts as beside its middle.
const OFF_CENTRE: f32 = 0.33;

/// The classes that keep its focus in view where it is cut.
fn focus(attached: &Attached) -> &'static str {
    let beside = |at: Option<f32>| match at.unwrap_or_default() {
        at if at < -OFF_CENTRE => -1,
        at if at > OFF_CENTRE => 1,
        _ => 0,
    };
    match (beside(attached.focus_x), beside(attached.focus_y)) {
        (0, 0) => "",
        (0, 1) => "at-top",
        (0, _) => "at-bottom",
        (-1, 0) => "at-left",
        (-1, 1) => "at-left at-top",
        (-1, _) => "at-left at-bottom",
        (_, 0) => "at-right",
        (_, 1) => "at-right at-top",
        (_, _) => "at-right at-bottom",
    }
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
