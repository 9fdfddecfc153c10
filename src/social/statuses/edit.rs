//! Editing one's own status: everything is replaced, who it is for stays (quirk 92).

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::compose::{Post, compose};
use super::deed::Deed;
use super::post::{handles_in, html_of, media_will_not_do, names_in, new_poll};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::model::status_parts::Attached;
use crate::social::media;
use crate::social::page::{self, Shown};
use crate::store;
use crate::store::edits::{Described, NewVersion, Snapshot, Standing, StandingPoll};
use crate::store::posting::NewPoll;
use crate::store::statuses::Asked;
use crate::text::poll::Poll;
use crate::text::{hashtags, media_words};

/// What the status should say.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// As typed.
    pub text: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Media are hidden at first; `None` keeps it.
    pub sensitive: Option<bool>,
    /// A language code; `None` keeps it.
    pub language: Option<String>,
    /// All media that it has from now on, in order.
    pub media: Vec<Id>,
    /// New words for some of them.
    pub descriptions: Vec<NewWords>,
    /// What it asks from now on; other options make all votes void.
    pub poll: Option<Poll>,
}

/// New words for a medium; `None` keeps what is there.
#[derive(Debug, Clone, Default)]
pub struct NewWords {
    /// The medium.
    pub id: Id,
    /// Alternative text.
    pub description: Option<String>,
    /// `x,y`, each -1 to 1.
    pub focus: Option<String>,
}

/// Edits. What says the same as before is no edit.
///
/// # Errors
/// `NotFound` unless it is the member's own; `Invalid` when the words or files will not do.
pub async fn edit(app: &App, who: &Member, id: Id, cmd: Edit) -> Result<Deed> {
    let now = app.clock.now();
    let account = who.account_id();
    let mut words = Vec::with_capacity(cmd.descriptions.len().min(4));
    for new in cmd.descriptions.into_iter().take(4) {
        words.push(Described {
            id: new.id,
            description: media_words::description(new.description, media::DESCRIPTION_COLUMN)?,
            focus: new
                .focus
                .as_deref()
                .map(media_words::focus)
                .transpose()?
                .flatten(),
        });
    }
    let mut post = Post {
        text: cmd.text,
        spoiler_text: cmd.spoiler_text,
        sensitive: cmd.sensitive,
        language: cmd.language,
        media: cmd.media,
        poll: cmd.poll,
        ..Post::default()
    };
    let mut conn = app.pool.get().await?;
    let changed = conn
        .transaction(async |conn| {
            let wanted = post.media.clone();
            let before = store::edits::lock(conn, id, account, wanted)
                .await?
                .ok_or(Error::NotFound)?;
            post.sensitive = post.sensitive.or(Some(before.sensitive));
            post.language = post.language.take().or_else(|| before.language.clone());
            let composed = compose(&post, who.user(), now)?;
            if composed.media.iter().any(|m| !before.may_have.contains(m)) {
                return Err(media_will_not_do());
            }
            let asked = Asked {
                account,
                user: who.user().id,
                names: names_in(app, &composed.text),
                handles: handles_in(app, &composed.text),
                at: now,
                ..Asked::default()
            };
            let mentions = store::statuses::prepare(conn, asked).await?.mentions;
            let media: Vec<Described> = composed
                .media
                .iter()
                .map(|id| {
                    let new = words.iter().find(|w| w.id == *id).cloned();
                    new.unwrap_or_else(|| Described {
                        id: *id,
                        ..Described::default()
                    })
                })
                .collect();
            let mut tags = hashtags::distinct(&composed.text);
            tags.sort_unstable();
            let new = NewVersion {
                id,
                account,
                at: now,
                sensitive: composed.sensitive,
                html: html_of(app, &composed.text, &mentions),
                spoiler_text: composed.spoiler_text,
                source: composed.text,
                length: composed.length,
                language: composed.language,
                mentions: mentions.iter().map(|m| m.id).collect(),
                tags,
                media,
            };
            let asks = composed.poll.as_ref().map(|poll| new_poll(poll, now));
            let same_poll = asks_the_same(before.poll.as_ref(), asks.as_ref());
            if let (Some(poll), true) = (&asks, same_poll) {
                store::edits::prolong_poll(conn, id, poll, now).await?;
            }
            if same_poll && says_the_same(&before, &new) {
                return Ok(asks.is_some());
            }
            let edited = store::edits::edit(conn, new).await?;
            if !same_poll {
                store::edits::replace_poll(conn, id, asks).await?;
            }
            Ok(edited)
        })
        .await?;
    if changed {
        app.wake_relay();
    }
    Ok(Deed::on(id))
}

/// Whether a vote for one is a vote for the other.
fn asks_the_same(before: Option<&StandingPoll>, new: Option<&NewPoll>) -> bool {
    match (before, new) {
        (None, None) => true,
        (Some(old), Some(new)) => old.options == new.options && old.multiple == new.multiple,
        _ => false,
    }
}

fn says_the_same(before: &Standing, new: &NewVersion) -> bool {
    before.source == new.source
        && before.spoiler_text == new.spoiler_text
        && before.sensitive == new.sensitive
        && before.language == new.language
        && before.media.iter().eq(new.media.iter().map(|m| &m.id))
        && new
            .media
            .iter()
            .all(|m| m.description.is_none() && m.focus.is_none())
}

/// All versions of a status.
#[derive(Debug, Clone)]
pub struct History {
    /// As it stands.
    pub shown: Shown,
    /// Oldest first; the last one is what stands.
    pub versions: Vec<Version>,
}

/// One version.
#[derive(Debug, Clone)]
pub struct Version {
    /// Safe.
    pub html: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// In order.
    pub media: Vec<Attached>,
    /// The options of its poll, in order; empty without one.
    pub options: Vec<String>,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// The versions of a status, at least one (quirk 93).
///
/// # Errors
/// `NotFound` when it is not there, or not for the viewer.
pub async fn history(app: &App, viewer: Option<Id>, id: Id) -> Result<History> {
    let mut conn = app.pool.get().await?;
    let rows = page::rows(app, &mut conn, vec![id], viewer, false).await?;
    let shown = page::shown(&mut conn, rows)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let earlier = store::edits::history(&mut conn, shown.parts.id).await?;
    let mut versions: Vec<Version> = earlier.into_iter().map(version).collect();
    versions.push(Version {
        html: shown.parts.html.clone(),
        spoiler_text: shown.parts.spoiler_text.clone(),
        sensitive: shown.parts.sensitive,
        media: shown.parts.media.clone(),
        options: shown
            .row
            .poll
            .iter()
            .flat_map(|poll| poll.options.iter().map(|(title, _)| title.clone()))
            .collect(),
        at: shown.parts.edited_at.unwrap_or(shown.parts.created_at),
    });
    Ok(History { shown, versions })
}

fn version((snapshot, at): (Snapshot, DateTime<Utc>)) -> Version {
    Version {
        html: snapshot.html,
        spoiler_text: snapshot.spoiler_text,
        sensitive: snapshot.sensitive,
        media: snapshot.media,
        options: snapshot.poll.unwrap_or_default(),
        at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_options_are_another_poll() {
        let before = StandingPoll {
            options: vec!["a".into(), "b".into()],
            multiple: false,
        };
        let new = NewPoll {
            options: vec!["a".into(), "b".into()],
            ends_at: DateTime::UNIX_EPOCH,
            multiple: false,
            hide_totals: true,
        };
        assert!(asks_the_same(Some(&before), Some(&new)));
        assert!(asks_the_same(None, None));
        assert!(!asks_the_same(Some(&before), None));
        assert!(!asks_the_same(None, Some(&new)));
        let many = NewPoll {
            multiple: true,
            ..new.clone()
        };
        assert!(!asks_the_same(Some(&before), Some(&many)));
        let turned = NewPoll {
            options: vec!["b".into(), "a".into()],
            ..new
        };
        assert!(!asks_the_same(Some(&before), Some(&turned)));
    }

    #[test]
    fn the_same_words_are_no_edit() {
        let before = Standing {
            source: "hi".into(),
            spoiler_text: String::new(),
            sensitive: false,
            language: Some("en".into()),
            media: vec![7],
            may_have: vec![7],
            poll: None,
        };
        let new = NewVersion {
            id: 1,
            account: 2,
            at: DateTime::UNIX_EPOCH,
            sensitive: false,
            spoiler_text: String::new(),
            html: "<p>hi</p>".into(),
            source: "hi".into(),
            length: 2,
            language: Some("en".into()),
            mentions: Vec::new(),
            tags: Vec::new(),
            media: vec![Described {
                id: 7,
                ..Described::default()
            }],
        };
        assert!(says_the_same(&before, &new));
        let described = NewVersion {
            media: vec![Described {
                id: 7,
                description: Some("a lamp".into()),
                focus: None,
            }],
            ..new.clone()
        };
        assert!(!says_the_same(&before, &described));
        assert!(!says_the_same(
            &before,
            &NewVersion {
                media: Vec::new(),
                ..new
            }
        ));
    }
}
