//! What people say: a `Note`, or something else that is shown as what it is.
//!
//! An article, a page, a picture, a video, an event becomes a post with its title, what it
//! says and a link to where it is at home.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::actor::prefix;
use super::emoji::{self, Emoji};
use super::media::{self, Medium};
use super::poll::Poll;
use super::{Unreadable, quote, value};
use crate::activitypub::uri;
use crate::text::html::{escape, html_to_text};
use crate::text::{clean, hashtags, language, sanitise};

/// Accounts that one post may name; more are left out (N7).
const MAX_MENTIONS: usize = 50;
/// Hashtags of one post; more are left out.
const MAX_HASHTAGS: usize = 50;
/// Addresses in `to` and `cc` that are read.
const MAX_ADDRESSED: usize = 200;
/// Entries of `tag` that are looked at.
const MAX_TAGS: usize = 1_000;
/// Bytes of a text that are read.
const MAX_CONTENT: usize = 100_000;
/// Bytes of an article that are shown here; for the rest one goes to its own page.
const MAX_ARTICLE: usize = 20_000;
/// Characters of a warning or title.
const MAX_LINE: usize = 500;

/// `statuses.kind` of a post.
pub const NOTE: i16 = 0;
/// `statuses.kind` of a post with a poll.
pub const QUESTION: i16 = 1;

/// A post as its server describes it: safe to store, not yet believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Canonical address.
    pub id: String,
    /// `statuses.kind`: 0 note, 1 question, 2 article, 3 page, 4 image, 5 video, 6 event,
    /// 7 audio.
    pub kind: i16,
    /// Who wrote it.
    pub attributed_to: String,
    /// Safe HTML.
    pub html: String,
    /// The content warning, one line, or empty.
    pub spoiler_text: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// ISO 639, where it says so.
    pub language: Option<String>,
    /// The page for people.
    pub url: Option<String>,
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// When it was last edited.
    pub updated: Option<DateTime<Utc>>,
    /// What it answers.
    pub in_reply_to: Option<String>,
    /// A name for its thread, as it was written.
    pub conversation: Option<String>,
    /// Who it is for.
    pub to: Vec<String>,
    /// Who it is also for.
    pub cc: Vec<String>,
    /// Whom its text names.
    pub mentions: Vec<String>,
    /// Normalised name and display case, each name once.
    pub hashtags: Vec<(String, String)>,
    /// Emoji of text, warning and options, as stored.
    pub emojis: Option<Value>,
    /// What is attached, in order.
    pub media: Vec<Medium>,
    /// Of a question.
    pub poll: Option<Poll>,
    /// `name`, where it has no text: a vote, when it answers a question.
    pub vote: Option<String>,
    /// Replies, boosts and favourites as its own server counts them.
    pub totals: Totals,
    /// The collection of its answers.
    pub replies: Option<String>,
}

/// What its own server counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Boosts.
    pub boosts: Option<i64>,
    /// Favourites.
    pub favourites: Option<i64>,
}

/// `statuses.kind` of a type.
pub fn kind(name: &str) -> Option<i16> {
    Some(match name {
        "Note" => NOTE,
        "Question" => QUESTION,
        "Article" => 2,
        "Page" => 3,
        "Image" => 4,
        "Video" => 5,
        "Event" => 6,
        "Audio" => 7,
        _ => return None,
    })
}

/// Whether an object is something that people say.
pub fn is_one(object: &Value) -> bool {
    value::kind(object).and_then(kind).is_some()
}

impl Note {
    /// Reads it.
    ///
    /// # Errors
    /// When it is none, or has no id or author.
    pub fn read(object: &Value) -> Result<Note, Unreadable> {
        let kind = value::kind(object)
            .and_then(kind)
            .ok_or(Unreadable("not a post"))?;
        let id = value::text(object, "id")
            .and_then(uri::canonical)
            .ok_or(Unreadable("a post without an id"))?;
        let attributed_to = author(object).ok_or(Unreadable("a post without an author"))?;
        let url = value::page(object, "url");

        let (content, spoken) = value::in_language(object, "content");
        let language = spoken
            .or_else(|| value::in_language(object, "summary").1)
            .or_else(|| value::in_language(object, "name").1)
            // Lemmy's and PeerTube's way.
            .or_else(|| value::text(object.get("language")?, "identifier"))
            .and_then(language::normalise);
        let title = value::in_language(object, "name").0;
        let is_note = matches!(kind, NOTE | QUESTION);
        let summary = value::in_language(object, "summary").0.unwrap_or_default();
        let (html, spoiler_text) = match is_note {
            true => {
                let content = prefix(content.unwrap_or_default(), MAX_CONTENT);
                let html = sanitise::content(content);
                let html = match quote::address(object) {
                    Some(quoted) => quote::link(html, content, &quoted),
                    None => html,
                };
                (html, line(summary))
            }
            false => (
                show(
                    object,
                    title,
                    content,
                    summary,
                    url.as_deref().unwrap_or(&id),
                ),
                String::new(),
            ),
        };
        // snac sends votes with a line break for content.
        let is_blank = content.is_none_or(|html| html_to_text(html).trim().is_empty());
        let vote = title
            .filter(|name| is_note && is_blank && !name.is_empty())
            .map(|name| value::cut(name, MAX_LINE).to_owned());
        let poll = match kind {
            QUESTION => Poll::read(object),
            _ => None,
        };
        let emoji = emoji::read(object);
        let (mentions, hashtags) = tags(object);
        Ok(Note {
            kind: if poll.is_none() && kind == QUESTION {
                NOTE
            } else {
                kind
            },
            attributed_to,
            sensitive: value::flag(object, "sensitive").unwrap_or(false)
                || !spoiler_text.is_empty(),
            language,
            url,
            published: value::moment(object, "published"),
            updated: value::moment(object, "updated"),
            in_reply_to: value::id(object, "inReplyTo"),
            conversation: value::text(object, "conversation")
                .or_else(|| value::text(object, "context"))
                .filter(|name| name.len() <= uri::MAX_BYTES)
                .map(str::to_owned),
            to: value::ids(object, "to", MAX_ADDRESSED),
            cc: value::ids(object, "cc", MAX_ADDRESSED),
            mentions,
            hashtags,
            emojis: emojis(&emoji, &html, &spoiler_text, poll.as_ref()),
            media: media::read(object, kind),
            poll,
            vote,
            totals: Totals {
                boosts: total(object, "shares"),
                favourites: total(object, "likes"),
            },
            replies: object
                .get("replies")
                .and_then(value::id_of)
                .filter(|replies| uri::same_authority(replies, &id)),
            html,
            spoiler_text,
            id,
        })
    }

    /// Whether everybody may read it, as it is addressed.
    pub fn is_public(&self) -> bool {
        self.to.iter().any(|a| value::is_public(a))
    }

    /// Whether everybody may read it, but it is for no public timeline.
    pub fn is_unlisted(&self) -> bool {
        !self.is_public() && self.cc.iter().any(|a| value::is_public(a))
    }

    /// Whether it is for those who follow its author. `followers`: that collection, where it
    /// is known; else what is named like one on the author's server.
    pub fn is_for_followers(&self, followers: Option<&str>) -> bool {
        self.to
            .iter()
            .chain(&self.cc)
            .any(|address| match followers {
                Some(followers) => address == followers,
                None => {
                    address.ends_with("/followers")
                        && uri::same_authority(address, &self.attributed_to)
                }
            })
    }
}

fn author(object: &Value) -> Option<String> {
    // A video is by a channel and by a person: the person is the one who speaks.
    let all = value::list(object, "attributedTo", 10);
    let person = all
        .iter()
        .find(|author| value::kind(author) == Some("Person"));
    value::id_of(person.or_else(|| all.first())?)
}

fn line(text: &str) -> String {
    let plain = sanitise::plain(prefix(text, MAX_CONTENT));
    value::cut(&plain, MAX_LINE).trim().to_owned()
}

/// Something else than a note: title, when and where, what it says, where it is at home.
fn show(
    object: &Value,
    title: Option<&str>,
    content: Option<&str>,
    summary: &str,
    home: &str,
) -> String {
    let mut html = String::new();
    let title = line(title.unwrap_or_default());
    if !title.is_empty() {
        html.push_str(&format!("<p><strong>{}</strong></p>", escape(&title)));
    }
    let facts = facts(object);
    if !facts.is_empty() {
        html.push_str(&format!("<p>{}</p>", escape(&facts)));
    }
    let content = content.unwrap_or_default();
    let says = match value::text(object, "mediaType") {
        Some("text/markdown" | "text/plain") => {
            crate::text::html::note_html(prefix(content, MAX_ARTICLE), false)
        }
        // Half an article is none: its summary, and the way to all of it.
        _ if content.len() > MAX_ARTICLE => sanitise::content(prefix(summary, MAX_ARTICLE)),
        _ if content.is_empty() => sanitise::content(prefix(summary, MAX_ARTICLE)),
        _ => sanitise::content(content),
    };
    html.push_str(&says);
    let mut links = vec![home];
    // A page may be about another page.
    for attached in value::list(object, "attachment", 5) {
        if value::kind(attached) == Some("Link")
            && let Some(about) = value::link(attached)
            && uri::canonical(about).is_some()
        {
            links.insert(0, about);
            break;
        }
    }
    for link in links {
        let link = escape(link);
        html.push_str(&sanitise::content(&format!(
            "<p><a href=\"{link}\">{link}</a></p>"
        )));
    }
    html
}

/// When and where an event is.
fn facts(object: &Value) -> String {
    let moment =
        |name| value::moment(object, name).map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    let place = object
        .get("location")
        .and_then(|place| value::text(place, "name"))
        .map(line)
        .unwrap_or_default();
    let mut facts = Vec::new();
    match (moment("startTime"), moment("endTime")) {
        (Some(start), Some(end)) => facts.push(format!("{start} – {end}")),
        (Some(start), None) => facts.push(start),
        _ => {}
    }
    if !place.is_empty() {
        facts.push(place);
    }
    clean::single_line(&facts.join(" · "))
}

fn tags(object: &Value) -> (Vec<String>, Vec<(String, String)>) {
    let mut mentions: Vec<String> = Vec::new();
    let mut found: Vec<(String, String)> = Vec::new();
    for tag in value::list(object, "tag", MAX_TAGS) {
        match value::kind(tag) {
            Some("Mention") if mentions.len() < MAX_MENTIONS => {
                if let Some(who) = value::text(tag, "href").and_then(uri::canonical)
                    && !mentions.contains(&who)
                {
                    mentions.push(who);
                }
            }
            Some("Hashtag") if found.len() < MAX_HASHTAGS => {
                let display = value::text(tag, "name").unwrap_or_default();
                let display = clean::single_line(value::cut(display, 200));
                let display = display.trim_start_matches('#');
                let name = hashtags::normalise(display);
                if !name.is_empty()
                    && hashtags::is_valid(display)
                    && !found.iter().any(|(other, _)| *other == name)
                {
                    found.push((name, display.to_owned()));
                }
            }
            _ => {}
        }
    }
    found.sort_unstable();
    (mentions, found)
}

fn emojis(emoji: &[Emoji], html: &str, warning: &str, poll: Option<&Poll>) -> Option<Value> {
    let mut texts = vec![html, warning];
    if let Some(poll) = poll {
        texts.extend(poll.options.iter().map(|option| option.title.as_str()));
    }
    emoji::to_json(emoji, &texts)
}

fn total(object: &Value, name: &str) -> Option<i64> {
    value::number(object.get(name)?, "totalItems").filter(|n| *n <= 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn note() -> Value {
        json!({
            "id": "https://a.example/notes/1",
            "type": "Note",
            "attributedTo": "https://a.example/users/ann",
            "content": "<p>hello</p>",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": "https://a.example/users/ann/followers",
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut note = note();
        note[name] = value;
        note
    }

    #[test]
    fn who_it_is_for() {
        let read = Note::read(&note()).unwrap();
        assert!(read.is_public() && !read.is_unlisted() && read.is_for_followers(None));
        let mut quiet = note();
        quiet["to"] = json!("https://a.example/users/ann/followers");
        quiet["cc"] = json!(["as:Public"]);
        let read = Note::read(&quiet).unwrap();
        assert!(!read.is_public() && read.is_unlisted());
        quiet["cc"] = json!([]);
        let read = Note::read(&quiet).unwrap();
        assert!(!read.is_unlisted());
        assert!(read.is_for_followers(None));
        assert!(read.is_for_followers(Some("https://a.example/users/ann/followers")));
        assert!(!read.is_for_followers(Some("https://a.example/users/ann/subscribers")));
        let others = with("to", json!(["https://b.example/users/bob/followers"]));
        let mut others = others;
        others["cc"] = json!([]);
        assert!(!Note::read(&others).unwrap().is_for_followers(None));
    }

    #[test]
    fn a_warning_hides_and_a_name_votes() {
        let warned = Note::read(&with("summary", json!("<b>spiders</b>\n"))).unwrap();
        assert_eq!(warned.spoiler_text, "spiders");
        assert!(warned.sensitive);
        let mut vote = with("name", json!("Yes"));
        vote.as_object_mut().unwrap().remove("content");
        assert_eq!(Note::read(&vote).unwrap().vote.as_deref(), Some("Yes"));
        vote["content"] = json!("<br>");
        assert_eq!(Note::read(&vote).unwrap().vote.as_deref(), Some("Yes"));
        assert_eq!(Note::read(&with("name", json!("Yes"))).unwrap().vote, None);
    }

    #[test]
    fn languages_are_read_wherever_servers_write_them() {
        let language = |post: Value| Note::read(&post).unwrap().language;
        let says = |language: &str| with("contentMap", json!({ language: "<p>hello</p>" }));
        assert_eq!(language(says("de")).as_deref(), Some("de"));
        let mut mapped = note();
        mapped.as_object_mut().unwrap().remove("content");
        mapped["contentMap"] = json!({ "fr": "<p>salut</p>" });
        assert_eq!(Note::read(&mapped).unwrap().html, "<p>salut</p>");
        assert_eq!(language(mapped).as_deref(), Some("fr"));
        let warned = with("summaryMap", json!({ "it": "ragni" }));
        assert_eq!(Note::read(&warned).unwrap().spoiler_text, "ragni");
        assert_eq!(language(warned).as_deref(), Some("it"));
        let mut article = with("nameMap", json!({ "es": "Gatos" }));
        article["type"] = json!("Article");
        assert!(
            Note::read(&article)
                .unwrap()
                .html
                .contains("<strong>Gatos</strong>")
        );
        assert_eq!(language(article).as_deref(), Some("es"));
        let lemmy = with(
            "language",
            json!({ "identifier": "pt", "name": "Português" }),
        );
        assert_eq!(language(lemmy).as_deref(), Some("pt"));
        assert_eq!(language(with("contentMap", json!({ "<b>": "x" }))), None);
    }

    #[test]
    fn what_a_post_quotes_is_a_link_below_it() {
        let quoting = with("quote", json!("https://b.example/notes/2"));
        let read = Note::read(&quoting).unwrap();
        assert!(
            read.html.starts_with("<p>hello</p><p>RE: <a "),
            "{}",
            read.html
        );
        assert!(read.html.contains("href=\"https://b.example/notes/2\""));
    }

    #[test]
    fn a_hundred_thousand_of_anything_are_few() {
        // N7
        let tags: Vec<Value> = (0..100_000)
            .map(|n| match n % 2 {
                0 => json!({"type": "Mention", "href": format!("https://a.example/{n}")}),
                _ => json!({"type": "Hashtag", "name": format!("#t{n}")}),
            })
            .collect();
        let read = Note::read(&with("tag", json!(tags))).unwrap();
        assert_eq!(read.mentions.len(), MAX_MENTIONS);
        assert_eq!(read.hashtags.len(), MAX_HASHTAGS);
        let emoji: Vec<Value> = (0..100_000)
            .map(|n| {
                let icon = json!({"type": "Image", "url": format!("https://a.example/{n}.png")});
                json!({"type": "Emoji", "name": format!(":e{n}:"), "icon": icon})
            })
            .collect();
        let read = emoji::read(&with("tag", json!(emoji)));
        assert_eq!(read.len(), emoji::MAX);
        let pictures: Vec<Value> = (0..100_000)
            .map(|n| {
                let url = format!("https://a.example/{n}.png");
                json!({"type": "Document", "mediaType": "image/png", "url": url})
            })
            .collect();
        let read = Note::read(&with("attachment", json!(pictures))).unwrap();
        assert_eq!(read.media.len(), media::MAX);
        let huge = Note::read(&with("content", json!("<b>x".repeat(250_000)))).unwrap();
        assert!(huge.html.len() < 500_000);
        let to: Vec<String> = (0..100_000)
            .map(|n| format!("https://a.example/{n}"))
            .collect();
        assert_eq!(
            Note::read(&with("to", json!(to))).unwrap().to.len(),
            MAX_ADDRESSED
        );
    }

    #[test]
    fn what_is_no_note_says_what_it_is() {
        let event = json!({
            "id": "https://a.example/events/1",
            "type": "Event",
            "attributedTo": {"type": "Group", "id": "https://a.example/@club"},
            "name": "Dance <script>",
            "content": "<p>Come!</p>",
            "startTime": "2026-12-01T19:00:00Z",
            "location": {"type": "Place", "name": "Town hall"},
            "url": "https://a.example/dance",
        });
        let read = Note::read(&event).unwrap();
        assert_eq!(read.kind, 6);
        assert!(
            read.html.starts_with(
                "<p><strong>Dance</strong></p><p>2026-12-01 19:00 UTC · Town hall</p><p>Come!</p>"
            ),
            "{}",
            read.html
        );
        assert!(read.html.contains("href=\"https://a.example/dance\""));
        assert_eq!(read.spoiler_text, "");
        let video = json!({
            "id": "https://tube.example/v/1",
            "type": "Video",
            "attributedTo": [
                {"type": "Group", "id": "https://tube.example/c/channel"},
                {"type": "Person", "id": "https://tube.example/a/ann"},
            ],
            "name": "Cats",
            "mediaType": "text/markdown",
            "content": "A **cat** <b>x</b>",
            "url": [{"type": "Link", "mediaType": "text/html", "href": "https://tube.example/w/1"}],
        });
        let read = Note::read(&video).unwrap();
        assert_eq!(read.attributed_to, "https://tube.example/a/ann");
        assert!(read.html.contains("&lt;b&gt;"), "{}", read.html);
        assert_eq!(read.url.as_deref(), Some("https://tube.example/w/1"));
    }
}
