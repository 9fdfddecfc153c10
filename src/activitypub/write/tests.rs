//! Whole documents, as others read them.

use chrono::DateTime;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Here, activity, note, text};
use crate::domain::visibility::Visibility;
use crate::model::document_rows::{
    Addressed, Addressee, BoostRows, Counts, MediaRow, NoteRows, PollOption, PollRow, TagRow,
};

fn here() -> Here {
    Here {
        origin: "https://porch.example".into(),
        handle_domain: "example".into(),
    }
}

fn ours(id: i64) -> Addressed {
    Addressed { id, uri: None }
}

fn theirs(id: i64, uri: &str) -> Addressed {
    Addressed {
        id,
        uri: Some(uri.into()),
    }
}

fn rows() -> NoteRows {
    let at = DateTime::from_timestamp_micros(1_774_224_000_123_456).unwrap();
    NoteRows {
        note: ours(9),
        version: 3,
        author: ours(7),
        author_name: "ann".into(),
        visibility: Visibility::Public,
        local_only: false,
        sensitive: true,
        spoiler_text: "tea".into(),
        html: "<p>Hello</p>".into(),
        language: Some("en".into()),
        created_at: at,
        edited_at: None,
        in_reply_to: Some(theirs(8, "https://far.example/n/8")),
        conversation: None,
        audience: vec![
            Addressee {
                id: 5,
                uri: Some("https://far.example/u/bea".into()),
                username: "bea".into(),
                domain: Some("far.example".into()),
                mentioned: true,
            },
            Addressee {
                id: 6,
                uri: None,
                username: "cem".into(),
                domain: None,
                mentioned: false,
            },
        ],
        tags: vec![TagRow {
            name: "cafe".into(),
            display: "Café".into(),
        }],
        media: vec![MediaRow {
            kind: 0,
            path: Some("media/ab/cd/abcd00000000000000000000000000ef.jpg".into()),
            mime: None,
            width: Some(640),
            height: Some(480),
            blurhash: Some("LEHV6nWB2yk8".into()),
            focus_x: Some(0.5),
            focus_y: Some(-0.25),
            description: "a cup".into(),
        }],
        poll: None,
        counts: Counts {
            replies: 1,
            boosts: 2,
            favourites: 3,
        },
    }
}

fn read(document: &impl Serialize) -> Value {
    serde_json::from_str(&text(document)).expect("it is JSON")
}

#[test]
fn a_note_says_all_of_a_status() {
    let mut document = read(&note::note(&here(), &rows()));
    document
        .as_object_mut()
        .expect("an object")
        .remove("@context");
    assert_eq!(
        document,
        json!({
            "id": "https://porch.example/ap/notes/9",
            "type": "Note",
            "attributedTo": "https://porch.example/ap/actors/7",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [
                "https://porch.example/ap/actors/7/followers",
                "https://far.example/u/bea",
                "https://porch.example/ap/actors/6",
            ],
            "summary": "tea",
            "sensitive": true,
            "content": "<p>Hello</p>",
            "contentMap": { "en": "<p>Hello</p>" },
            "published": "2026-03-23T00:00:00.123Z",
            "url": "https://porch.example/@ann/9",
            "inReplyTo": "https://far.example/n/8",
            "tag": [
                {
                    "type": "Mention",
                    "href": "https://far.example/u/bea",
                    "name": "@bea@far.example",
                },
                {
                    "type": "Hashtag",
                    "href": "https://porch.example/tags/cafe",
                    "name": "#Café",
                },
            ],
            "attachment": [{
                "type": "Document",
                "mediaType": "image/jpeg",
                "url": "https://porch.example/media/ab/cd/abcd00000000000000000000000000ef.jpg",
                "name": "a cup",
                "blurhash": "LEHV6nWB2yk8",
                "focalPoint": [0.5, -0.25],
                "width": 640,
                "height": 480,
            }],
            "replies": "https://porch.example/ap/notes/9/replies",
            "likes": {
                "id": "https://porch.example/ap/notes/9/likes",
                "type": "Collection",
                "totalItems": 3,
            },
            "shares": {
                "id": "https://porch.example/ap/notes/9/shares",
                "type": "Collection",
                "totalItems": 2,
            },
            "interactionPolicy": {
                "canQuote": {
                    "automaticApproval": ["https://porch.example/ap/actors/7"],
                    "manualApproval": [],
                },
            },
        })
    );
}

#[test]
fn what_asks_is_a_question() {
    let option = |title: &str, votes| PollOption {
        title: title.into(),
        votes,
    };
    let mut poll = PollRow {
        multiple: false,
        ends_at: DateTime::from_timestamp(1_774_224_060, 0),
        closed: false,
        hide_totals: false,
        voters: 3,
        options: vec![option("Tea", 1), option("Coffee", 2)],
    };
    let asks = |poll: &PollRow| NoteRows {
        poll: Some(poll.clone()),
        ..rows()
    };
    let question = read(&note::note(&here(), &asks(&poll)));
    assert_eq!(question["type"], "Question");
    assert_eq!(question["votersCount"], 3);
    assert_eq!(question["endTime"], "2026-03-23T00:01:00.000Z");
    assert_eq!(
        question["oneOf"][1],
        json!({
            "type": "Note", "name": "Coffee",
            "replies": { "type": "Collection", "totalItems": 2 },
        })
    );
    assert!(question.get("anyOf").is_none() && question.get("closed").is_none());
    poll.hide_totals = true;
    let hidden = read(&note::note(&here(), &asks(&poll)));
    assert_eq!(
        hidden["oneOf"][1],
        json!({ "type": "Note", "name": "Coffee" })
    );
    (poll.multiple, poll.closed) = (true, true);
    let question = read(&note::note(&here(), &asks(&poll)));
    assert_eq!(question["anyOf"][0]["name"], "Tea");
    assert_eq!(question["closed"], question["endTime"]);
    assert!(question.get("oneOf").is_none());
}

#[test]
fn an_edit_is_an_activity_of_its_version() {
    let edited = NoteRows {
        edited_at: DateTime::from_timestamp(1_774_224_060, 0),
        ..rows()
    };
    let document = read(&activity::update(&here(), &edited, 0));
    assert_eq!(document["id"], "https://porch.example/ap/notes/9#updates/3");
    assert_eq!(document["published"], "2026-03-23T00:01:00.000Z");
    assert_eq!(document["object"]["updated"], document["published"]);
    assert_eq!(document["cc"], document["object"]["cc"]);
    let created = read(&activity::create(&here(), &edited));
    assert_eq!(created["id"], "https://porch.example/ap/notes/9/create");
    assert_eq!(created["actor"], created["object"]["attributedTo"]);
    assert_eq!(created["published"], "2026-03-23T00:00:00.123Z");
}

#[test]
fn a_private_or_direct_note_names_nobody_else() {
    for visibility in [Visibility::Private, Visibility::Direct] {
        let document = read(&note::note(
            &here(),
            &NoteRows {
                visibility,
                ..rows()
            },
        ));
        assert!(!document.to_string().contains("#Public"), "{document}");
    }
    let direct = NoteRows {
        visibility: Visibility::Direct,
        ..rows()
    };
    let document = read(&note::note(&here(), &direct));
    assert!(!document.to_string().contains("/followers"), "{document}");
}

#[test]
fn what_is_taken_back_stands_inside_its_undo() {
    let boost = BoostRows {
        id: 11,
        booster: ours(7),
        visibility: Visibility::Public,
        created_at: DateTime::UNIX_EPOCH,
        boosted: theirs(8, "https://far.example/n/8"),
        author: theirs(5, "https://far.example/u/bea"),
        local_only: false,
    };
    let undo = read(&activity::undo(activity::announce(&here(), &boost)));
    assert_eq!(undo["id"], "https://porch.example/ap/boosts/11#undo");
    assert_eq!(undo["object"]["type"], "Announce");
    assert_eq!(undo["object"]["object"], "https://far.example/n/8");
    assert_eq!(undo["cc"][1], "https://far.example/u/bea");
    assert!(undo["object"].get("@context").is_none());
}

#[test]
fn an_accept_holds_the_follow_as_it_came() {
    let follow = theirs(21, "https://far.example/f/1");
    let bea = theirs(5, "https://far.example/u/bea");
    let accept = read(&activity::accept(&here(), &follow, &bea, &ours(7)));
    assert_eq!(accept["id"], "https://porch.example/ap/actors/7#accepts/21");
    assert_eq!(accept["object"]["id"], "https://far.example/f/1");
    assert_eq!(accept["object"]["actor"], "https://far.example/u/bea");
    assert_eq!(
        accept["object"]["object"],
        "https://porch.example/ap/actors/7"
    );
    let reject = read(&activity::reject(&here(), &follow, &bea, &ours(7)));
    assert_eq!(reject["type"], "Reject");
    assert_ne!(reject["id"], accept["id"]);
}

#[test]
fn a_report_and_a_vote_have_their_shapes() {
    let about = vec!["https://far.example/u/bea".to_owned()];
    let flag = read(&activity::flag(&here(), 4, "spam", about));
    assert_eq!(flag["actor"], "https://porch.example/ap/actor");
    assert_eq!(flag["object"], json!(["https://far.example/u/bea"]));
    let vote = activity::vote(
        &here(),
        &ours(7),
        4,
        "https://far.example/q/1",
        "https://far.example/u/bea",
        "Tea",
    );
    let vote = read(&vote);
    assert_eq!(vote["object"]["name"], "Tea");
    assert_eq!(vote["object"]["inReplyTo"], "https://far.example/q/1");
    assert!(vote["object"].get("content").is_none());
    assert_eq!(vote["to"], json!(["https://far.example/u/bea"]));
}
