//! Posts: whom they reach, how they change and end, where they stand.

use porchlight::incoming::Handled;
use serde_json::json;

use super::super::elsewhere::{PUBLIC, note_uri, uri, uri_of};
use super::{done, follows, ignored};
use crate::support::api::id;
use crate::support::place::run;

#[test]
fn a_mention_reaches_whom_it_names_and_a_direct_post_nobody_else() {
    run(async |place| {
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let named = json!([{"type": "Mention", "href": uri_of(place, &ann), "name": "@ann"}]);
        let secret = bob.note(
            1,
            json!({"to": [uri_of(place, &ann)], "cc": [], "tag": named}),
        );
        done(place.hears(&bob, bob.says(secret)).await);
        let told = ann.api.get("/api/v1/notifications").await.ok();
        assert_eq!(told[0]["type"], "mention", "{told}");
        assert_eq!(told[0]["status"]["visibility"], "direct");
        let path = format!("/api/v1/statuses/{}", id(&told[0]["status"]));
        ann.api.get(&path).await.ok();
        eve.api.get(&path).await.error(404);
        place.stranger().get(&path).await.error(404);
    });
}

#[test]
fn nothing_is_kept_that_nobody_here_wants() {
    run(async |place| {
        let bob = place.stranger_at("far.example", "bob").await;
        ignored(place.hears(&bob, bob.says(bob.note(1, json!({})))).await);
        assert_eq!(place.rows("statuses").await, 0);
        ignored(
            place
                .hears(
                    &bob,
                    bob.does("Announce", json!("https://far.example/notes/9")),
                )
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Like", json!("https://far.example/notes/9")))
                .await,
        );
        ignored(place.hears(&bob, bob.does("Dance", json!("x"))).await);
    });
}

#[test]
fn an_edit_shows_and_keeps_what_was_and_an_old_one_does_not_count() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let at = |hour: u32| json!(format!("2026-01-01T{hour:02}:00:00Z"));
        done(
            place
                .hears(&bob, bob.says(bob.note(1, json!({"published": at(1)}))))
                .await,
        );
        let edit = |hour, text: &str| {
            bob.note(1, json!({"published": at(1), "updated": at(hour), "content": text,
            "tag": [{"type": "Hashtag", "name": "#Lamp"}],
            "attachment": [{"type": "Image", "mediaType": "image/png", "url": "https://far.example/lamp.png", "name": "a lamp"}]}))
        };
        done(
            place
                .hears(&bob, bob.does("Update", edit(5, "<p>five #Lamp</p>")))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Update", edit(3, "<p>three</p>")))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Update", edit(5, "<p>five #Lamp</p>")))
                .await,
        );
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let post = &home[0];
        assert_eq!(post["content"], "<p>five #Lamp</p>", "{home}");
        assert_eq!(post["tags"][0]["name"], "lamp");
        assert_eq!(post["media_attachments"][0]["description"], "a lamp");
        assert_eq!(post["edited_at"], "2026-01-01T05:00:00.000Z");
        let path = format!("/api/v1/statuses/{}/history", id(post));
        let history = ann.api.get(&path).await.ok();
        assert_eq!(history.as_array().map(Vec::len), Some(2), "{history}");
        assert_eq!(history[0]["content"], "<p>Post 1</p>");
    });
}

#[test]
fn an_edit_of_the_language_an_emoji_or_the_focus_alone_shows() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let at = |hour: u32| json!(format!("2026-01-01T{hour:02}:00:00Z"));
        let note = |hour, language: &str, cat: &str, focus: f64| {
            bob.note(1, json!({"published": at(1), "updated": at(hour),
            "content": "<p>:cat:</p>", "contentMap": {language: "<p>:cat:</p>"},
            "tag": [{"type": "Emoji", "name": ":cat:", "icon": {"url": format!("https://far.example/{cat}.png")}}],
            "attachment": [{"type": "Image", "mediaType": "image/png", "url": "https://far.example/lamp.png",
                "name": "a lamp", "focalPoint": [focus, 0.0]}]}))
        };
        done(place.hears(&bob, bob.says(note(2, "en", "cat", 0.5))).await);
        let shown = async || ann.api.get("/api/v1/timelines/home").await.ok()[0].clone();
        let edits = [
            (3, "de", "cat", 0.5),
            (4, "de", "kitten", 0.5),
            (5, "de", "kitten", -0.5),
        ];
        let mut pictures = vec![shown().await["emojis"].to_string()];
        for (hour, language, cat, focus) in edits {
            let new = note(hour, language, cat, focus);
            done(place.hears(&bob, bob.does("Update", new)).await);
            let post = shown().await;
            assert_eq!(post["language"], language, "{post}");
            pictures.push(post["emojis"].to_string());
            let x = &post["media_attachments"][0]["meta"]["focus"]["x"];
            assert_eq!(*x, json!(focus), "{post}");
            let again = note(hour + 10, language, cat, focus);
            ignored(place.hears(&bob, bob.does("Update", again)).await);
        }
        assert_eq!(pictures[0], pictures[1]);
        assert_ne!(pictures[1], pictures[2], "another picture of the emoji");
        assert_eq!(pictures[2], pictures[3]);
    });
}

#[test]
fn what_was_deleted_does_not_come_back() {
    // I14
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let note = bob.note(1, json!({}));
        done(place.hears(&bob, bob.says(note.clone())).await);
        let stone = json!({"type": "Tombstone", "id": uri(&note)});
        done(place.hears(&bob, bob.does("Delete", stone.clone())).await);
        ignored(place.hears(&bob, bob.does("Delete", stone)).await);
        ignored(place.hears(&bob, bob.says(note.clone())).await);
        ignored(place.hears(&bob, bob.does("Update", note.clone())).await);
        let announced = place
            .tries(&bob, bob.does("Announce", json!(uri(&note))))
            .await;
        assert!(!matches!(announced, Ok(Handled::Done)));
        // Deleted before it came.
        let late = bob.note(2, json!({}));
        ignored(
            place
                .hears(&bob, bob.does("Delete", json!(uri(&late))))
                .await,
        );
        ignored(place.hears(&bob, bob.says(late)).await);
        assert_eq!(place.rows("statuses").await, 0);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home, json!([]));
    });
}

#[test]
fn boosts_and_favourites_count_once_and_can_be_taken_back() {
    // I27
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let post = ann.api.toot("hello").await;
        place.settle().await;
        let address = note_uri(place, &id(&post));
        let boost = bob.does("Announce", json!(address));
        let like = bob.does("Like", json!(address));
        for _ in 0..2 {
            place.hears(&bob, boost.clone()).await;
            place.hears(&bob, like.clone()).await;
        }
        let path = format!("/api/v1/statuses/{}", id(&post));
        let shown = ann.api.get(&path).await.ok();
        assert_eq!(
            (&shown["reblogs_count"], &shown["favourites_count"]),
            (&json!(1), &json!(1))
        );
        let told = ann.api.get("/api/v1/notifications").await.ok();
        assert_eq!(told.as_array().map(Vec::len), Some(2), "{told}");
        // By what it was done to, and by its own address.
        let unlike = json!({"type": "Like", "actor": bob.uri, "object": address});
        done(place.hears(&bob, bob.does("Undo", unlike)).await);
        done(
            place
                .hears(&bob, bob.does("Undo", json!(boost["id"])))
                .await,
        );
        let shown = ann.api.get(&path).await.ok();
        assert_eq!(
            (&shown["reblogs_count"], &shown["favourites_count"]),
            (&json!(0), &json!(0))
        );
        assert_eq!(ann.api.get("/api/v1/notifications").await.ok(), json!([]));
    });
}

#[test]
fn what_is_not_for_everybody_is_not_passed_on() {
    // I21
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        done(
            place
                .hears(&bob, bob.does("Follow", json!(uri_of(place, &ann))))
                .await,
        );
        let mut addresses = Vec::new();
        for visibility in ["private", "direct"] {
            let post = ann.api.toot_to(visibility, "secret").await;
            addresses.push(note_uri(place, &post));
        }
        place.settle().await;
        for address in &addresses {
            ignored(
                place
                    .hears(&bob, bob.does("Announce", json!(address)))
                    .await,
            );
        }
        // Bob follows, so the private one he may like; the direct one he never saw.
        done(
            place
                .hears(&bob, bob.does("Like", json!(addresses[0])))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Like", json!(addresses[1])))
                .await,
        );
        assert_eq!(
            place.rows("statuses WHERE reblog_of_id IS NOT NULL").await,
            0
        );
    });
}

#[test]
fn threads_join_whatever_order_their_posts_come_in() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let first = bob.note(1, json!({}));
        let second = bob.note(2, json!({"inReplyTo": uri(&first)}));
        // What it answers cannot be had: it stands alone until that comes.
        done(place.hears(&bob, bob.says(second)).await);
        done(place.hears(&bob, bob.says(first)).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let posts = home.as_array().expect("a list");
        let answer = posts
            .iter()
            .find(|p| p["content"] == "<p>Post 2</p>")
            .expect("the answer");
        let root = posts
            .iter()
            .find(|p| p["content"] == "<p>Post 1</p>")
            .expect("the root");
        assert_eq!(answer["in_reply_to_id"], root["id"], "{home}");
        assert_eq!(answer["in_reply_to_account_id"], json!(bob.id.to_string()));
    });
}

#[test]
fn a_post_stands_where_it_was_written_unless_it_comes_late() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let now = place.app.clock.now();
        let written =
            |minutes: i64| json!((now - chrono::TimeDelta::minutes(minutes)).to_rfc3339());
        let mark = ann.api.toot("a mark").await;
        for (number, minutes) in [(1, 10), (2, 600), (3, -600)] {
            let note = bob.note(
                number,
                json!({"published": written(minutes), "to": [PUBLIC]}),
            );
            done(place.hears(&bob, bob.says(note)).await);
        }
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let order: Vec<&str> = home
            .as_array()
            .expect("a list")
            .iter()
            .map(|post| post["content"].as_str().expect("text"))
            .collect();
        // Late or from the future: as they arrived, after the mark. In time: where it was.
        assert_eq!(
            order,
            [
                "<p>Post 3</p>",
                "<p>Post 2</p>",
                "<p>a mark</p>",
                "<p>Post 1</p>"
            ],
            "{}",
            id(&mark)
        );
    });
}

#[test]
fn an_answer_names_whom_it_answers_elsewhere() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        done(place.hears(&bob, bob.says(bob.note(1, json!({})))).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let answer = ann
            .api
            .post("/api/v1/statuses", json!({"status": "@Bob@FAR.example hello @nobody@far.example", "in_reply_to_id": id(&home[0])}))
            .await
            .ok();
        assert_eq!(answer["mentions"][0]["acct"], "bob@far.example", "{answer}");
        assert_eq!(answer["mentions"].as_array().map(Vec::len), Some(1));
        assert!(
            answer["content"].as_str().expect("text").contains(&bob.uri),
            "{answer}"
        );
        assert_eq!(answer["in_reply_to_account_id"], json!(bob.id.to_string()));
    });
}

#[test]
fn a_file_of_no_shown_kind_is_a_link_with_its_words_on_our_pages() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let attached = json!([{"type": "Document", "mediaType": "application/pdf", "url": "https://far.example/lamp.pdf",
            "name": "a lamp <script>alert(1)</script>"}]);
        done(
            place
                .hears(&bob, bob.says(bob.note(1, json!({"attachment": attached}))))
                .await,
        );
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/home").await;
        page.says("File at far.example").says("a lamp");
        assert!(!browser.visit_raw("/home").await.contains("<script>alert"));
    });
}
