//! What strangers can send us, and what must be true of it whatever it is. Each target is a
//! function of bytes that panics where a promise breaks.
//!
//! The suite runs the collected inputs (`corpus/TARGET/`) through them; `bin/bench fuzz` looks
//! for new ones. A bug that was found stays as a file of the corpus.

use std::fmt::Debug;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use porchlight::activitypub::addresses;
use porchlight::activitypub::read::{Actor, Document, Note, actor, note, poll::Poll};
use porchlight::activitypub::webfinger::{self, Handle};
use porchlight::activitypub::{nodeinfo, uri};
use porchlight::door::forms::{Nest, query_value};
use porchlight::incoming::sift::Head;
use porchlight::secrets::signature::{PublicKey, Refused, Request, read};
use porchlight::text::{clean, html, sanitise};
use serde_json::Value;

/// A target by its name.
pub type Target = fn(&[u8]);

/// All of them.
pub const TARGETS: &[(&str, Target)] = &[
    ("signatures", signatures),
    ("documents", documents),
    ("addresses", addresses_of_others),
    ("webfinger", webfinger_answers),
    ("nodeinfo", nodeinfo_answers),
    ("html", html_of_others),
    ("brackets", brackets),
];

/// Some key; nobody has its other half.
const KEY: &str = include_str!("key.pem");
static PUBLIC: LazyLock<PublicKey> = LazyLock::new(|| PublicKey::from_pem(KEY).expect("a key"));

/// Half past one on the first of January 2026: what the corpus is signed for.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_231_000, 0).expect("a moment")
}

/// A request line, headers, an empty line, a body.
fn signatures(data: &[u8]) {
    let (head, body) = split_at(data, b"\n\n");
    let Ok(head) = std::str::from_utf8(head) else {
        return;
    };
    let mut lines = head.lines();
    let (method, target) = lines
        .next()
        .unwrap_or_default()
        .split_once(' ')
        .unwrap_or(("GET", "/"));
    let headers: Vec<(&str, &[u8])> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let body = body.filter(|body| !body.is_empty());
    let request = Request {
        method,
        origin: "https://porch.example",
        target,
        headers: &headers,
        has_body: body.is_some(),
    };
    let Ok(claim) = read(&request, now()) else {
        return;
    };
    assert!(!claim.key_id.is_empty() && claim.key_id.len() <= 2048);
    assert_eq!(read(&request, now()).as_ref(), Ok(&claim));
    // Nobody can sign for that key.
    let believed = claim.verify(&PUBLIC, body);
    assert!(matches!(believed, Err(Refused::Wrong | Refused::Digest)));
    let other = body.map(|body| [body, b" "].concat());
    assert_eq!(
        claim.verify(&PUBLIC, other.as_deref()).is_err(),
        believed.is_err()
    );
}

/// JSON as it comes to the inbox, or is fetched.
fn documents(data: &[u8]) {
    let Ok(Document(document)) = Document::parse(data) else {
        return;
    };
    // What was read is written and read again as the same.
    let again = Document::parse(document.to_string().as_bytes());
    assert_eq!(again.expect("it was read").0, document);
    if let Ok(head) = Head::read(&document, data) {
        assert_eq!(uri::canonical(&head.actor).as_ref(), Some(&head.actor));
    }
    let objects = [Some(&document), document.get("object")];
    for object in objects.into_iter().flatten() {
        let _ = (
            actor::is_one(object),
            note::is_one(object),
            Poll::read(object),
        );
        if let Ok(actor) = Actor::read(object) {
            fits_actor(&actor);
        }
        if let Ok(note) = Note::read(object) {
            fits_note(&note);
        }
    }
}

/// An actor is as the table wants it.
fn fits_actor(actor: &Actor) {
    is_text(actor);
    is_address(Some(&actor.id));
    assert!((1..=200).contains(&actor.username.chars().count()));
    at_most(&actor.display_name, 500);
    at_most(&actor.note_html, 40_000);
    is_safe(&actor.note_html);
    for (name, value) in &actor.fields {
        is_line(name);
        is_safe(value);
    }
    let optional = [
        &actor.shared_inbox,
        &actor.outbox,
        &actor.followers,
        &actor.following,
        &actor.featured,
        &actor.moved_to,
        &actor.url,
    ];
    for address in optional {
        is_address(address.as_deref());
    }
    is_address(Some(&actor.inbox));
    assert!(uri::same_authority(&actor.id, &actor.inbox));
    for (picture, words) in [&actor.avatar, &actor.header].into_iter().flatten() {
        is_address(Some(picture));
        at_most(words, 1_500);
    }
    if let Some(key) = &actor.key {
        is_address(Some(&key.id));
        at_most(&key.pem, 4_096);
    }
    has_no_zero(actor.emojis.as_ref());
}

/// A post is as the table wants it.
fn fits_note(note: &Note) {
    is_text(note);
    is_address(Some(&note.id));
    is_address(Some(&note.attributed_to));
    at_most(&note.html, 500_000);
    is_safe(&note.html);
    at_most(&note.spoiler_text, 20_000);
    is_line(&note.spoiler_text);
    at_most(note.language.as_deref().unwrap_or_default(), 35);
    for address in [&note.url, &note.in_reply_to, &note.replies] {
        is_address(address.as_deref());
    }
    for (name, display) in &note.hashtags {
        assert!((1..=200).contains(&name.chars().count()));
        assert!((1..=200).contains(&display.chars().count()));
    }
    for medium in &note.media {
        is_address(Some(&medium.url));
        at_most(medium.mime.as_deref().unwrap_or_default(), 100);
        at_most(medium.blurhash.as_deref().unwrap_or_default(), 100);
        at_most(&medium.description, 10_000);
        if let Some((x, y)) = medium.focus {
            assert!((-1.0..=1.0).contains(&x) && (-1.0..=1.0).contains(&y));
        }
    }
    if let Some(poll) = &note.poll {
        assert!(!poll.options.is_empty());
        assert!(poll.options.iter().all(|o| o.votes >= 0));
        assert!(poll.voters.is_none_or(|voters| voters >= 0));
    }
    for total in [note.totals.boosts, note.totals.favourites] {
        assert!(total.is_none_or(|total| total >= 0));
    }
    has_no_zero(note.emojis.as_ref());
}

/// Addresses of others, and what may be one of ours.
fn addresses_of_others(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let text = text.trim_end();
    if let Some(address) = uri::canonical(text) {
        assert_eq!(uri::canonical(&address).as_ref(), Some(&address));
        assert_eq!(uri::authority(&address), uri::authority(text));
        assert!(address.len() <= uri::MAX_BYTES);
    }
    if let Some(domain) = uri::domain(text) {
        assert_eq!(uri::domain(&domain).as_ref(), Some(&domain));
        assert!(!domain.is_empty() && domain.len() <= 253);
    }
    let here = "https://porch.example";
    if addresses::local(here, text).is_some() {
        assert!(text.starts_with(here));
    }
}

/// The handle that was asked for in the first line, what was answered after it.
fn webfinger_answers(data: &[u8]) {
    let (asked, body) = split_at(data, b"\n");
    let Ok(asked) = std::str::from_utf8(asked) else {
        return;
    };
    let Some(handle) = Handle::read(asked) else {
        return;
    };
    let spelled = |handle: &Handle| format!("{}@{}", handle.name, handle.domain);
    assert_eq!(Handle::read(&spelled(&handle)).as_ref(), Some(&handle));
    if let Ok(answer) = webfinger::read(body.unwrap_or_default(), &handle) {
        is_address(Some(&answer.actor));
        let again = Handle::read(&spelled(&answer.subject));
        assert_eq!(again.as_ref(), Some(&answer.subject));
    }
}

/// The list of documents, and a document.
fn nodeinfo_answers(data: &[u8]) {
    if let Some(address) = nodeinfo::document_in(data, "alpha.example") {
        assert_eq!(
            uri::authority(address.as_str()).as_deref(),
            Some("alpha.example")
        );
    }
    if let Some(software) = nodeinfo::read(data) {
        is_line(&software.name);
        at_most(&software.name, 100);
        let version = software.version;
        is_line(&version);
        at_most(&version, 200);
    }
}

/// HTML of others, and text of ours.
fn html_of_others(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    let safe = sanitise::content(raw);
    is_safe(&safe);
    assert_eq!(sanitise::content(&safe), safe, "safe stays as it is");
    let line = sanitise::line(raw);
    is_safe(&line);
    assert_eq!(sanitise::line(&line), line, "a line stays as it is");
    is_line(&sanitise::plain(raw));
    // Every line break, list item and paragraph may add a little.
    assert!(html::html_to_text(raw).len() <= 4 * raw.len() + 16);
    let typed = clean::text(raw);
    is_safe(&html::note_html(&typed, false));
    is_safe(&html::field_html(&typed, false));
}

/// Parameters of a form or a query.
fn brackets(data: &[u8]) {
    let mut nest = Nest::default();
    if nest.read_urlencoded(data).is_ok() {
        let value = Value::Object(nest.into_map());
        assert!(depth(&value) <= 10, "{value}");
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = query_value(text, "access_token");
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn split_at<'a>(data: &'a [u8], mark: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    match data.windows(mark.len()).position(|part| part == mark) {
        Some(at) => (&data[..at], Some(&data[at + mark.len()..])),
        None => (data, None),
    }
}

/// Postgres keeps no zero in a text.
fn is_text(whole: &impl Debug) {
    let shown = format!("{whole:?}");
    assert!(!shown.contains("\\0"), "{shown}");
}

fn has_no_zero(json: Option<&Value>) {
    let text = json.map(Value::to_string).unwrap_or_default();
    assert!(!text.contains("\\u0000"), "{text}");
}

fn at_most(text: &str, most: usize) {
    assert!(
        text.chars().count() <= most,
        "{} characters",
        text.chars().count()
    );
}

fn is_line(text: &str) {
    assert!(!text.chars().any(|c| c.is_control()), "{text:?}");
}

fn is_address(address: Option<&str>) {
    if let Some(address) = address {
        assert!(address.len() <= uri::MAX_BYTES, "{address}");
        assert!(
            uri::authority(address).is_some_and(|host| !host.is_empty()),
            "{address}"
        );
        assert!(
            address.starts_with("https://") || address.starts_with("http://"),
            "{address}"
        );
    }
}

/// Elements that we write.
const ELEMENTS: &[&str] = &[
    "p",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "li",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "code",
    "sub",
    "sup",
    "ruby",
    "rt",
    "rp",
    "a",
    "span",
    "br",
];
/// Attributes that we write.
const ATTRIBUTES: &[&str] = &[
    "href",
    "class",
    "rel",
    "target",
    "translate",
    "lang",
    "title",
    "dir",
    "start",
    "value",
    "reversed",
];

/// Every tag is one of ours, is closed in its order, and has attributes that do nothing.
fn is_safe(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("every tag ends");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{html}");
            continue;
        }
        let tag = tag.strip_suffix(" /").unwrap_or(tag);
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(ELEMENTS.contains(&name), "<{name}> in {html}");
        while !rest.is_empty() {
            let (attribute, after) = rest.split_once("=\"").expect("name=\"value\"");
            let (value, after) = after.split_once('"').expect("a value ends");
            assert!(ATTRIBUTES.contains(&attribute), "{attribute} in {html}");
            if attribute == "href" {
                let value = value.to_ascii_lowercase();
                assert!(
                    ["https://", "http://", "mailto:", "/"]
                        .iter()
                        .any(|start| value.starts_with(start)),
                    "{html}"
                );
            }
            rest = after.trim_start();
        }
        if name != "br" {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{html}");
    assert!(!html.contains('\0'));
}
