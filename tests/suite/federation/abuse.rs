//! What attackers try by documents alone (abuse-cases.md, N8, I12, X1, X2).

use serde_json::{Value, json};

use crate::support::actor::PUBLIC;
use crate::support::api::{Api, id};
use crate::support::peer::{ACTIVITY_JSON, Page};
use crate::support::place::Setup;

/// The posts that a member finds by pasting an address.
async fn paste(olive: &Api, address: &Value) -> Value {
    let address = address.as_str().expect("an address");
    let path = format!("/api/v2/search?resolve=true&q={address}");
    olive.get(&path).await.entity("Search")["statuses"].clone()
}

#[test]
fn posts_that_answer_each_other_end_somewhere() {
    // N8
    Setup::federated().run(async |place| {
        let olive = place.owner().await.api;
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let now = place.app.clock.now();
        let mut circle: Vec<Value> = (0..3)
            .map(|n| ann.note(alpha, now, &format!("<p>{n}</p>")))
            .collect();
        let ids: Vec<Value> = circle.iter().map(|note| note["id"].clone()).collect();
        for (n, note) in circle.iter_mut().enumerate() {
            note["inReplyTo"] = ids[(n + 1) % 3].clone();
            alpha.publish(note.clone());
        }
        // And one that answers itself.
        let mut own = ann.note(alpha, now, "<p>Own</p>");
        own["inReplyTo"] = own["id"].clone();
        alpha.publish(own.clone());
        alpha.forget_asked();
        assert_eq!(
            paste(&olive, &circle[0]["id"]).await[0]["content"],
            "<p>0</p>"
        );
        assert!(
            alpha.times_asked("/users/ann/notes") <= 5,
            "{:?}",
            alpha.asked()
        );
        assert_eq!(paste(&olive, &own["id"]).await[0]["content"], "<p>Own</p>");
        place.settle().await;
        let posts = place.number("SELECT count(*) FROM statuses").await;
        assert_eq!(posts, 4);
    });
}

#[test]
fn pages_that_lead_back_to_each_other_are_read_once() {
    // N8
    Setup::federated().run(async |place| {
        let olive = place.owner().await.api;
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let mut note = ann.note(alpha, place.app.clock.now(), "<p>Root</p>");
        let page = |n: usize| alpha.url(&format!("/replies?page={n}"));
        note["replies"] = json!({ "id": alpha.url("/replies"), "first": page(1) });
        alpha.publish(note.clone());
        let many: Vec<Value> = (0..5_000)
            .map(|n| json!(alpha.url(&format!("/gone/{n}"))))
            .collect();
        for (path, next) in [
            ("/replies", page(1)),
            ("/replies?page=1", page(2)),
            ("/replies?page=2", page(1)),
        ] {
            let collection = json!({
                "id": alpha.url(path), "type": "CollectionPage", "next": next,
                "items": if path.ends_with('2') { many.clone() } else { Vec::new() },
            });
            alpha.serve(path, Page::document(&collection));
        }
        let found = paste(&olive, &note["id"]).await;
        let path = format!("/api/v1/statuses/{}/context", id(&found[0]));
        olive.get(&path).await.ok();
        place.settle().await;
        for path in ["/replies?page=1", "/replies?page=2"] {
            assert_eq!(alpha.times_asked(path), 1, "{path}");
        }
        assert!(
            alpha.times_asked("/gone/") <= 60,
            "{}",
            alpha.times_asked("/gone/")
        );
    });
}

#[test]
fn a_document_with_a_name_twice_or_in_other_words_is_none() {
    // I12
    Setup::federated().run(async |place| {
        let olive = place.owner().await.api;
        let alpha = place.peer("alpha");
        let (ann, bob) = (alpha.actor("ann"), alpha.actor("bob"));
        let address = alpha.url("/notes/1");
        let twice = format!(
            r#"{{"id":"{address}","type":"Note","attributedTo":"{}","attributedTo":"{}","content":"x","to":"{PUBLIC}"}}"#,
            ann.id, bob.id
        );
        let nested = format!(
            r#"{{"id":"{address}","type":"Note","attributedTo":"{}","content":"x","to":"{PUBLIC}","tag":[{{"type":"Mention","type":"Hashtag"}}]}}"#,
            ann.id
        );
        let graph = json!({ "id": address, "@graph": [{
            "id": address, "type": "Note", "attributedTo": ann.id, "content": "x", "to": PUBLIC,
        }] });
        let other_words = json!({
            "@context": [{ "author": "https://www.w3.org/ns/activitystreams#attributedTo" }],
            "id": address, "@type": "Note", "author": ann.id, "content": "x", "to": PUBLIC,
        });
        let reverse = json!({
            "id": address, "type": "Note", "@reverse": { "attributedTo": ann.id }, "content": "x", "to": PUBLIC,
        });
        for text in [twice, nested, graph.to_string(), other_words.to_string(), reverse.to_string()] {
            alpha.serve("/notes/1", Page::typed(ACTIVITY_JSON, text.clone()));
            assert_eq!(paste(&olive, &json!(address)).await, json!([]), "{text}");
        }
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
    });
}

#[test]
fn whatever_others_write_is_inert_on_our_pages() {
    // X1, X2
    Setup::federated().run(async |place| {
        let olive = place.owner().await.api;
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let evil = "<script>alert(1)</script><img src=x onerror=alert(1)><a href=\"javascript:alert(1)\">x</a>\"'><svg onload=alert(1)>";
        let mut document = ann.document();
        for name in ["name", "summary"] {
            document[name] = json!(format!("{evil} :cat:"));
        }
        document["attachment"] = json!([{ "type": "PropertyValue", "name": evil, "value": evil }]);
        document["icon"] = json!({ "type": "Image", "url": "javascript:alert(1)", "name": evil });
        let emoji = |name: &str, url: &str| json!({ "type": "Emoji", "name": name, "icon": { "type": "Image", "url": url } });
        document["tag"] = json!([
            emoji(":cat:", "javascript:alert(1)"),
            emoji(":\" onerror=alert(1) :", &alpha.url("/cat.png")),
        ]);
        alpha.publish(document);
        let note = ann.note_with(alpha, place.app.clock.now(), json!({
            "type": "Question",
            "summary": evil,
            "content": format!("<p title=\":cat:\" style=\"color:red\">{evil} :cat: <a href=\"https://a.example/:cat:\">:cat:</a></p>"),
            "url": "javascript:alert(1)",
            "oneOf": [{ "name": evil, "replies": { "totalItems": 1 } }, { "name": "No" }],
            "tag": [
                emoji(":cat:", &alpha.url("/cat.png")),
                { "type": "Hashtag", "name": format!("#{evil}"), "href": "javascript:alert(1)" },
                { "type": "Mention", "name": evil, "href": "javascript:alert(1)" },
            ],
            "attachment": [
                { "type": "Image", "mediaType": "image/png", "url": alpha.url("/x.png"), "name": evil, "blurhash": evil },
                { "type": "Document", "mediaType": "text/html", "url": "data:text/html,<script>alert(1)</script>", "name": evil },
            ],
        }));
        let found = paste(&olive, &note["id"]).await;
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
        let address = found[0]["uri"].as_str().expect("text").to_owned();
        assert_eq!(address, note["id"]);
        let pages = [
            format!("/@ann@alpha.test/{}", id(&found[0])),
            "/@ann@alpha.test".to_owned(),
        ];
        for path in pages {
            let page = place.browser().visit_raw(&path).await;
            let low = page.to_lowercase();
            for bad in ["<script>alert", "onerror=alert(1)>", "href=\"javascript:", "src=\"javascript:", "<svg onload", "src=\"data:text/html", "href=\"data:text/html"] {
                assert!(!low.contains(bad), "{path} holds {bad}");
            }
            // Emoji stand in text, never inside of an attribute.
            for attribute in low.split(&['<', '>'][..]).filter(|part| part.contains("=\"")) {
                assert!(!attribute.contains("<img"), "{path}: {attribute}");
            }
        }
        for text in [found[0]["content"].as_str(), found[0]["account"]["note"].as_str()] {
            let text = text.expect("HTML").to_lowercase();
            for bad in ["<script", "<img", "onerror=", "javascript:", "<svg", "style=", "title="] {
                let tags = text.split('<').skip(1).map(|part| part.split('>').next().unwrap_or_default());
                for tag in tags {
                    assert!(!format!("<{tag}").contains(bad), "{bad} in <{tag}>");
                }
            }
        }
        assert_eq!(found[0]["url"], note["id"], "no address that runs");
    });
}
