//! What software of the network sends, with made-up names: all of it is read, and what
//! differs from one to the other comes out the same.

use std::path::{Path, PathBuf};

use porchlight::activitypub::read::{Actor, Document, Note, actor, note, value};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples")
}

fn sample(path: &str) -> Value {
    let file = folder().join(format!("{path}.json"));
    let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Document::parse(&bytes)
        .unwrap_or_else(|error| panic!("{path}: {error}"))
        .0
}

fn post(path: &str) -> Note {
    let sample = sample(path);
    let object = match note::is_one(&sample) {
        true => &sample,
        false => &sample["object"],
    };
    Note::read(object).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_sample_is_read() {
    let mut count = 0;
    for software in std::fs::read_dir(folder()).expect("samples") {
        let software = software.expect("a folder").path();
        for file in std::fs::read_dir(&software).expect("samples") {
            let file = file.expect("a file").path();
            let name = file.with_extension("");
            let name = name.strip_prefix(folder()).expect("inside");
            let name = name.to_str().expect("a name").to_owned();
            let document = sample(&name);
            count += 1;
            if actor::is_one(&document) {
                let read = Actor::read(&document).unwrap_or_else(|e| panic!("{name}: {e}"));
                assert!(read.key.is_some(), "{name}: no key");
                // snac has one only where its admin asks for it.
                let shared = read.shared_inbox.is_some() || name.starts_with("snac2");
                assert!(shared, "{name}: no shared inbox");
            } else if note::is_one(&document) {
                post(&name);
            } else {
                assert!(value::id(&document, "actor").is_some(), "{name}: no actor");
                let object = document.get("object").expect("an object");
                assert!(
                    value::id_of(object).is_some() || object.is_object(),
                    "{name}"
                );
                if note::is_one(object) {
                    post(&name);
                }
            }
        }
    }
    assert!(count >= 30, "{count} samples");
}

#[test]
fn the_posts_of_all_say_who_they_are_for() {
    for path in [
        "mastodon/create_note",
        "gotosocial/create_note",
        "misskey/create_note",
        "pleroma/create_note",
        "pixelfed/create_note",
        "snac2/create_note",
        "lemmy/page",
        "peertube/video",
        "wordpress/create_article",
        "mobilizon/event",
    ] {
        let post = post(path);
        assert!(post.is_public(), "{path}");
        assert!(!post.html.contains("<script"), "{path}: {}", post.html);
        assert!(post.published.is_some(), "{path}");
    }
}

#[test]
fn the_details_of_each_come_through() {
    let mastodon = post("mastodon/create_note");
    assert_eq!(mastodon.spoiler_text, "plants");
    assert_eq!(mastodon.language.as_deref(), Some("de"));
    assert_eq!(mastodon.mentions, ["https://porch.example/ap/actors/7"]);
    assert_eq!(
        mastodon.hashtags,
        [("tomato".to_owned(), "Tomato".to_owned())]
    );
    assert_eq!(mastodon.media[0].focus, Some((0.1, -0.5)));
    assert!(mastodon.emojis.is_some());
    assert_eq!(mastodon.totals.favourites, Some(3));

    let question = post("mastodon/create_question").poll.expect("a poll");
    assert_eq!(question.options[0].title, "Red");
    assert_eq!((question.options[0].votes, question.voters), (3, Some(4)));

    assert_eq!(post("misskey/vote").vote.as_deref(), Some("Red"));
    let vote = post("gotosocial/vote");
    assert_eq!(vote.vote.as_deref(), Some("Green"));
    assert_eq!(vote.attributed_to, "https://gts.example/users/gustav");
    assert!(post("misskey/create_note").sensitive);
    assert_eq!(post("pleroma/create_note").media.len(), 1);
    assert_eq!(post("gotosocial/create_note").hashtags.len(), 1);

    for (path, first) in [
        ("gotosocial/create_question", "tea"),
        ("snac2/create_question", "up"),
    ] {
        let question = post(path).poll.expect("a poll");
        assert_eq!(question.options[0].title, first, "{path}");
    }
    let small = post("snac2/create_note_with_warning");
    assert_eq!(small.spoiler_text, "scw");
    assert_eq!(small.language.as_deref(), Some("it"));
    for path in [
        "gotosocial/create_note_with_picture",
        "snac2/create_note_with_picture",
    ] {
        assert_eq!(post(path).media.len(), 1, "{path}");
    }

    let page = post("lemmy/page");
    assert!(
        page.html.contains("<strong>A lamp worth seeing</strong>"),
        "{}",
        page.html
    );
    assert!(
        page.html.contains("https://lamps.example/one"),
        "{}",
        page.html
    );
    let video = post("peertube/video");
    assert_eq!(video.attributed_to, "https://tube.example/accounts/tina");
    assert_eq!(video.media.len(), 1);
    let article = post("wordpress/create_article");
    assert_eq!(
        article.url.as_deref(),
        Some("https://words.example/2026/11/on-lamps/")
    );
    let event = post("mobilizon/event");
    assert!(
        event.html.contains("2026-12-01 18:00 UTC"),
        "{}",
        event.html
    );

    let marta = Actor::read(&sample("mastodon/actor")).expect("an actor");
    assert!(marta.locked && marta.emojis.is_some());
    assert_eq!(marta.fields.len(), 1);
    let group = Actor::read(&sample("lemmy/group")).expect("an actor");
    assert_eq!(group.kind, 3);
}
