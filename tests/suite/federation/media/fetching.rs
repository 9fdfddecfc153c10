//! Fetched once, when somebody looks; shown from here by apps and pages.

use std::time::{Duration, Instant, SystemTime};

use chrono::TimeDelta;
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::{address, ann, at, fetch, film, image, path, post, serve_png};
use crate::support::browser::Browser;
use crate::support::peer::Page;
use crate::support::picture;
use crate::support::place::Setup;

#[test]
fn a_picture_is_fetched_once_when_somebody_looks_and_shown_from_here() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        serve_png(alpha, "/lamp.png");
        let ann = ann(place, json!({})).await;
        let post = post(place, &ann, 1, json!([image("/lamp.png")])).await;
        let shown = &post["media_attachments"][0];
        assert_eq!(shown["remote_url"], at("/lamp.png"));
        assert_eq!(shown["type"], "image");
        assert_eq!(alpha.times_asked("/lamp.png"), 0, "nobody looked");

        let browser = place.browser();
        let (whole, small) = (
            path(place, &shown["url"]),
            path(place, &shown["preview_url"]),
        );
        assert_ne!(whole, small);
        for (path, size) in [
            (&small, (640, 427)),
            (&whole, (900, 600)),
            (&whole, (900, 600)),
        ] {
            let answer = fetch(&browser, path).await.expect(200);
            assert_eq!(answer.header("content-type"), "image/jpeg");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(
                answer.header("content-security-policy"),
                "default-src 'none'; sandbox"
            );
            assert!(answer.header("cache-control").contains("immutable"));
            let picture = image::load_from_memory(&answer.body).expect("a picture");
            assert_eq!((picture.width(), picture.height()), size);
        }
        assert_eq!(alpha.times_asked("/lamp.png"), 1);
        let asked = alpha.asked().into_iter().find(|a| a.path == "/lamp.png");
        let asked = asked.expect("asked");
        assert_eq!(asked.header("cookie"), "");
        assert_eq!(asked.header("referer"), "");
        assert!(asked.header("accept").starts_with("image/"));
    });
}

#[test]
fn what_says_where_it_was_taken_does_not_say_so_here() {
    Setup::federated().run(async |place| {
        let gps = picture::jpeg_with_gps();
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        alpha.serve("/gps.jpg", Page::typed("image/jpeg", gps));
        let path = address(place, &ann, 1, image("/gps.jpg")).await;
        let answer = fetch(&place.browser(), &path).await.expect(200);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains(picture::SECRET) && !text.contains("Exif"));
    });
}

#[test]
fn pictures_of_accounts_and_emoji_are_shown_from_here_by_apps_and_pages() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        for path in ["/avatar.png", "/header.png", "/cat.png"] {
            serve_png(alpha, path);
        }
        let cat = json!({"type": "Emoji", "name": ":cat:", "icon": {"url": at("/cat.png")}});
        let ann = ann(
            place,
            json!({
                "name": "Ann :cat:", "summary": "<p title=\":cat:\">I like :cat:</p>",
                "icon": {"type": "Image", "url": at("/avatar.png")},
                "image": {"type": "Image", "url": at("/header.png")},
                "tag": [cat],
            }),
        )
        .await;
        let changes = json!({"content": "<p>See <a href=\"https://x.example/:cat:\">:cat:</a></p>", "tag": [cat]});
        place.hears(&ann, ann.says(ann.note(1, changes))).await;

        let stranger = place.stranger();
        let account = stranger.get(&format!("/api/v1/accounts/{}", ann.id)).await;
        let account = account.entity("Account");
        let browser = place.browser();
        for (name, size) in [("avatar", (400, 400)), ("header", (900, 300))] {
            assert_eq!(account[name], account[format!("{name}_static")]);
            let answer = fetch(&browser, &path(place, &account[name])).await.expect(200);
            let picture = image::load_from_memory(&answer.body).expect("a picture");
            assert_eq!((picture.width(), picture.height()), size, "{name}");
        }
        let emoji = &account["emojis"][0];
        assert_eq!(emoji["shortcode"], "cat");
        let address = path(place, &emoji["url"]);
        let answer = fetch(&browser, &address).await.expect(200);
        let picture = image::load_from_memory(&answer.body).expect("a picture");
        assert!(picture.width() <= 128 && picture.height() <= 128);

        // The same one in a post has the same address, so browsers ask once.
        let ben = place.member("ben").await;
        let browser = place.signed_in(&ben).await;
        let page = browser.visit_raw("/@ann@alpha.test").await;
        let drawn = format!("<img class=\"emoji\" src=\"{address}\" alt=\":cat:\"");
        assert_eq!(page.matches(&drawn).count(), 4, "name, head of the post, bio, post: {page}");
        assert!(page.contains(&path(place, &account["avatar"])));
        assert!(page.contains(&path(place, &account["header"])));
        assert!(page.contains("href=\"https://x.example/:cat:\""), "never in an attribute");
        assert!(!page.contains("http://alpha.test/cat.png"));
        assert_eq!(alpha.times_asked("/cat.png"), 1);
    });
}

#[test]
fn twenty_at_once_are_one_request() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.answer("/slow.png", |_| {
            std::thread::sleep(Duration::from_millis(300));
            Page::typed("image/png", picture::png(50, 50))
        });
        let ann = ann(place, json!({})).await;
        let path = address(place, &ann, 1, image("/slow.png")).await;
        let browsers: Vec<Browser> = (0..20).map(|_| place.browser()).collect();
        let answers = join_all(browsers.iter().map(|browser| fetch(browser, &path))).await;
        for answer in answers {
            answer.expect(200);
        }
        assert_eq!(alpha.times_asked("/slow.png"), 1);
    });
}

#[test]
fn what_another_process_fetches_is_waited_for() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        serve_png(alpha, "/lamp.png");
        let path = address(place, &ann, 1, image("/lamp.png")).await;
        // As another process would: it claims, and is killed after a second.
        let now = place.app.clock.now();
        place
            .sql(
                "INSERT INTO cached_media (kind, source_id, url_hash, host_id, state, holder, until, last_used_on) \
                 SELECT 0, m.id, encode(substring(sha256(convert_to(m.remote_url, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid, \
                 a.host_id, 0, gen_random_uuid(), $1, '2026-01-01' FROM media m JOIN accounts a ON a.id = m.account_id",
                &[&SystemTime::from(now + TimeDelta::seconds(90))],
            )
            .await;
        let browser = place.browser();
        let waiting = async {
            let began = Instant::now();
            fetch(&browser, &path).await.expect(200);
            began.elapsed()
        };
        let killed = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(alpha.times_asked("/lamp.png"), 0, "one of them at a time");
            place.sql("UPDATE cached_media SET state = 2, holder = NULL, until = $1", &[&SystemTime::from(now)]).await;
        };
        let (took, ()) = tokio::join!(waiting, killed);
        assert!(took >= Duration::from_millis(700), "{took:?}");
        assert_eq!(alpha.times_asked("/lamp.png"), 1);
    });
}

#[test]
fn film_is_kept_as_it_came_and_given_in_parts() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        let mut bytes = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec();
        bytes.extend((0..300_000_u32).map(|n| n as u8));
        alpha.serve(
            "/walk.mp4",
            Page::typed("application/octet-stream", bytes.clone()),
        );
        alpha.serve(
            "/list.mp4",
            Page::typed("video/mp4", "#EXTM3U\nhttp://127.0.0.1/"),
        );
        let mut huge = bytes.clone();
        huge.resize(41 << 20, 7);
        alpha.serve("/huge.mp4", Page::typed("video/mp4", huge));
        let path = address(place, &ann, 1, film("/walk.mp4")).await;
        let browser = place.browser();
        let answer = fetch(&browser, &path).await.expect(200);
        assert_eq!(answer.header("content-type"), "video/mp4");
        assert_eq!(answer.header("accept-ranges"), "bytes");
        assert!(answer.body == bytes);
        let tag = answer.header("etag").to_owned();

        let with = async |headers: &[(&str, &str)]| {
            let mut request = browser.request(Method::GET, &path);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            browser.send(request).await
        };
        let part = with(&[("range", "bytes=32-1031")]).await.expect(206);
        assert_eq!(
            part.header("content-range"),
            format!("bytes 32-1031/{}", bytes.len())
        );
        assert!(part.body[..] == bytes[32..1032]);
        let end = with(&[("range", "bytes=-10"), ("if-range", &tag)])
            .await
            .expect(206);
        assert!(end.body[..] == bytes[bytes.len() - 10..]);
        with(&[("range", "bytes=-10"), ("if-range", "\"x\"")])
            .await
            .expect(200);
        with(&[("range", "bytes=9999999-")]).await.expect(416);
        with(&[("if-none-match", &tag)]).await.expect(304);
        assert_eq!(alpha.times_asked("/walk.mp4"), 1);

        for (number, at) in [(2, "/list.mp4"), (3, "/huge.mp4")] {
            let path = address(place, &ann, number, film(at)).await;
            fetch(&browser, &path).await.expect(404);
        }
        assert_eq!(place.rows("cached_media WHERE state = 1").await, 1);
        let page = browser.visit_raw("/@ann@alpha.test").await;
        assert!(page.contains("<video controls preload=\"none\""), "{page}");
        assert!(page.contains(&at("/huge.mp4")), "a link to the original");
    });
}

#[test]
fn pages_show_files_of_other_servers_and_fold_what_is_sensitive() {
    Setup::federated().run(async |place| {
        let ann = ann(place, json!({})).await;
        let sound = json!({"type": "Audio", "mediaType": "audio/ogg", "url": at("/song.ogg"), "name": "a song"});
        let file = json!({"type": "Document", "url": at("/paper.pdf"), "name": "a paper"});
        let focused = json!({"type": "Document", "mediaType": "image/png", "url": at("/lamp.png"),
            "name": "a <lamp>", "width": 1280, "height": 960, "focalPoint": [-0.9, 0.9]});
        let note = ann.note(1, json!({"sensitive": true, "attachment": [focused, sound, file]}));
        place.hears(&ann, ann.says(note)).await;
        let page = place.browser().visit_raw("/@ann@alpha.test").await;
        assert!(page.contains("Show 2 files"), "{page}");
        assert!(page.contains("alt=\"a &#60;lamp&#62;\"") || page.contains("alt=\"a &lt;lamp&gt;\""), "{page}");
        assert!(page.contains("class=\"at-left at-top\" width=\"640\" height=\"480\""), "{page}");
        assert!(page.contains("<audio controls preload=\"none\""));
        assert!(page.contains(">File at alpha.test</a>"));
        assert!(!page.contains("src=\"http://alpha.test"));
        let policy = place.browser().fetch(Method::GET, "/@ann@alpha.test").await;
        let policy = policy.header("content-security-policy").to_owned();
        assert!(policy.contains("img-src 'self';") && policy.contains("media-src 'self';"));
    });
}

#[test]
fn what_a_picture_turns_out_to_be_is_told_to_apps() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        for name in ["/silent.png", "/liar.png", "/honest.png"] {
            serve_png(alpha, name);
        }
        let sized = |name: &str, width: u32, height: u32| {
            let mut file = image(name);
            (file["width"], file["height"]) = (json!(width), json!(height));
            file["blurhash"] = json!("LEHV6nWB2yk8pyo0adR*.7kCMdnj");
            file
        };
        let ann = ann(place, json!({})).await;
        let files = json!([
            image("/silent.png"),
            sized("/liar.png", 10, 900),
            sized("/honest.png", 1800, 1200)
        ]);
        let before = post(place, &ann, 1, files).await;
        let shown = &before["media_attachments"];
        assert!(shown[0]["meta"]["original"].is_null(), "{shown}");
        let browser = place.browser();
        for file in shown.as_array().expect("a list") {
            fetch(&browser, &path(place, &file["url"]))
                .await
                .expect(200);
        }
        let status = before["id"].as_str().expect("an id");
        let again = place
            .stranger()
            .get(&format!("/api/v1/statuses/{status}"))
            .await;
        let after = again.entity("Status");
        let size = |n: usize| {
            let original = &after["media_attachments"][n]["meta"]["original"];
            (original["width"].clone(), original["height"].clone())
        };
        assert_eq!(size(0), (json!(900), json!(600)));
        assert_eq!(size(1), (json!(900), json!(600)), "it was laid out wrongly");
        assert_eq!(
            size(2),
            (json!(1800), json!(1200)),
            "as large as it is there"
        );
        assert!(after["media_attachments"][0]["blurhash"].is_string());
        assert_eq!(
            after["media_attachments"][2]["blurhash"],
            "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
        );
    });
}
