//! Local statuses as notes.
// Fields are in ActivityStreams' words.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Here, audience, time};
use crate::activitypub::addresses;
use crate::files::MediaPath;
use crate::model::document_rows::{Addressed, Addressee, MediaRow, NoteRows, PollOption, PollRow};

/// A status of ours, in ActivityStreams' words: a `Note`, or a `Question` where it asks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub attributed_to: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    /// The content warning.
    pub summary: Option<String>,
    pub sensitive: bool,
    /// HTML.
    pub content: String,
    /// The same by language, where that is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub content_map: BTreeMap<String, String>,
    pub published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    /// The page for people.
    pub url: String,
    pub in_reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    pub tag: Vec<Tag>,
    pub attachment: Vec<Attachment>,
    pub replies: String,
    pub likes: Total,
    pub shares: Total,
    pub interaction_policy: InteractionPolicy,
    /// Of a question with one answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Choice>>,
    /// Of a question with many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<Vec<Choice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// When a question that is over ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voters_count: Option<i64>,
}

/// An option of a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub name: String,
    /// Left out while the numbers are hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<Votes>,
}

/// How often an option was chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Votes {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub total_items: i64,
}

/// What a note's text points to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tag {
    /// `Mention` or `Hashtag`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub href: String,
    /// `@name@domain` or `#Name`.
    pub name: String,
}

/// A medium of a note.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub media_type: String,
    pub url: String,
    /// Alternative text.
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<[f32; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i32>,
}

/// A collection of which only the number is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub total_items: i64,
}

/// What others may do with a note: quoting it is not offered here, so nobody may.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionPolicy {
    pub can_quote: Approval,
}

/// Whose doing is approved, at once or by the author's word.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    pub automatic_approval: Vec<String>,
    pub manual_approval: Vec<String>,
}

/// A local status. Whether anybody may have it is the caller's business.
pub fn note(here: &Here, rows: &NoteRows) -> Note {
    let id = here.note(&rows.note);
    let author = here.actor(&rows.author);
    let audience::Audience { to, cc } = audience::of_note(here, rows);
    let total = |name: &str, count: i64| Total {
        id: format!("{}/{name}", addresses::note(&here.origin, rows.note.id)),
        kind: "Collection",
        total_items: count,
    };
    let poll = rows.poll.as_ref();
    Note {
        kind: match rows.poll {
            Some(_) => "Question",
            None => "Note",
        },
        to,
        cc,
        summary: Some(rows.spoiler_text.clone()).filter(|text| !text.is_empty()),
        sensitive: rows.sensitive,
        content: rows.html.clone(),
        content_map: rows
            .language
            .iter()
            .map(|language| (language.clone(), rows.html.clone()))
            .collect(),
        published: time(rows.created_at),
        updated: rows.edited_at.map(time),
        url: here.page(&rows.author_name, rows.note.id),
        in_reply_to: rows.in_reply_to.as_ref().map(|parent| here.note(parent)),
        conversation: rows.conversation.map(|id| conversation(here, id)),
        tag: tags(here, rows),
        attachment: rows
            .media
            .iter()
            .filter_map(|medium| attachment(here, medium))
            .collect(),
        replies: addresses::replies(&here.origin, rows.note.id),
        likes: total("likes", rows.counts.favourites),
        shares: total("shares", rows.counts.boosts),
        interaction_policy: InteractionPolicy {
            can_quote: Approval {
                automatic_approval: vec![author.clone()],
                manual_approval: Vec::new(),
            },
        },
        one_of: poll.filter(|poll| !poll.multiple).map(choices),
        any_of: poll.filter(|poll| poll.multiple).map(choices),
        end_time: poll.and_then(|poll| poll.ends_at).map(time),
        closed: poll
            .filter(|poll| poll.closed)
            .and_then(|poll| poll.ends_at)
            .map(time),
        voters_count: poll.map(|poll| poll.voters),
        attributed_to: author,
        id,
    }
}

fn choices(poll: &PollRow) -> Vec<Choice> {
    let choice = |option: &PollOption| Choice {
        kind: "Note",
        name: option.title.clone(),
        replies: (poll.closed || !poll.hide_totals).then_some(Votes {
            kind: "Collection",
            total_items: option.votes,
        }),
    };
    poll.options.iter().map(choice).collect()
}

/// A thread that began here. A tag URI (RFC 4151): it names, and nobody tries to fetch it.
fn conversation(here: &Here, id: i64) -> String {
    let began = crate::domain::ids::time_of(id).format("%Y-%m-%d");
    format!("tag:{},{began}:conversation:{id}", here.handle_domain)
}

fn tags(here: &Here, rows: &NoteRows) -> Vec<Tag> {
    let mention = |named: &Addressee| Tag {
        kind: "Mention",
        href: here.actor(&Addressed {
            id: named.id,
            uri: named.uri.clone(),
        }),
        name: format!(
            "@{}@{}",
            named.username,
            named.domain.as_deref().unwrap_or(&here.handle_domain)
        ),
    };
    let mentions = rows.audience.iter().filter(|a| a.mentioned).map(mention);
    let hashtags = rows.tags.iter().map(|tag| Tag {
        kind: "Hashtag",
        href: here.tag(&tag.name),
        name: format!("#{}", tag.display),
    });
    mentions.chain(hashtags).collect()
}

/// `None` for a medium whose file is not there.
fn attachment(here: &Here, medium: &MediaRow) -> Option<Attachment> {
    let path = MediaPath::parse(medium.path.as_deref()?)?;
    let side = |pixels: Option<i32>| pixels.filter(|n| *n > 0);
    Some(Attachment {
        kind: "Document",
        media_type: medium
            .mime
            .clone()
            .unwrap_or_else(|| path.content_type().to_owned()),
        url: here.file(path.as_str()),
        name: Some(medium.description.clone()).filter(|text| !text.is_empty()),
        blurhash: medium.blurhash.clone(),
        focal_point: medium.focus_x.zip(medium.focus_y).map(|(x, y)| [x, y]),
        width: side(medium.width),
        height: side(medium.height),
    })
}
