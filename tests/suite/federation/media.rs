//! Files of other servers: shown from here, fetched once and only when somebody looks, kept while
//! there is room. The peer lies in every way.

use std::time::{Duration, Instant, SystemTime};

use chrono::TimeDelta;
use futures::future::join_all;
use image::{ExtendedColorType, ImageEncoder};
use porchlight::app::App;
use porchlight::app::remote_media::{self, Asker};
use porchlight::domain::Error;
use porchlight::social::remote_media::upkeep;
use porchlight::store;
use reqwest::Method;
use serde_json::{Value, json};

use super::elsewhere::{Stranger, actor};
use crate::support::answer::Answer;
use crate::support::browser::Browser;
use crate::support::peer::{Page, Peer};
use crate::support::picture;
use crate::support::place::{Place, Setup};

/// Ann of `alpha.test`, whose files lie there too; her document is what `changes` makes of it.
async fn ann(place: &Place, changes: Value) -> Stranger {
    let mut document = actor("alpha.test", "ann");
    for (name, value) in changes.as_object().expect("an object") {
        document[name] = value.clone();
    }
    followed(place, place.known(document).await).await
}

/// Somebody here follows them, so that what they say is kept.
async fn followed(place: &Place, whom: Stranger) -> Stranger {
    if place.rows("accounts WHERE username = 'reader'").await == 0 {
        place.member("reader").await;
    }
    place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, flags, created_at) \
             SELECT $1, a.id, $1, 1, 0, a.created_at FROM accounts a WHERE a.username = 'reader' \
             ON CONFLICT DO NOTHING",
            &[&whom.id],
        )
        .await;
    whom
}

/// A file of the peer.
fn at(path: &str) -> String {
    format!("http://alpha.test{path}")
}

fn image(path: &str) -> Value {
    json!({"type": "Document", "mediaType": "image/png", "url": at(path), "name": "a lamp"})
}

fn film(path: &str) -> Value {
    json!({"type": "Document", "mediaType": "video/mp4", "url": at(path), "name": "a walk"})
}

/// A public post of hers with these files; as apps see it.
async fn post(place: &Place, ann: &Stranger, number: u32, files: Value) -> Value {
    let note = ann.note(number, json!({ "attachment": files }));
    let uri = note["id"].clone();
    place.hears(ann, ann.says(note)).await;
    let row = place
        .sql("SELECT id FROM statuses WHERE uri = $1", &[&uri.as_str()])
        .await;
    let id: i64 = row[0].get(0);
    let path = format!("/api/v1/statuses/{id}");
    place.stranger().get(&path).await.entity("Status")
}

/// The path of an address of this place.
#[track_caller]
fn path(place: &Place, address: &Value) -> String {
    let address = address.as_str().expect("an address");
    let path = address.strip_prefix(&place.origin);
    path.unwrap_or_else(|| panic!("{address} is no address of ours"))
        .to_owned()
}

/// Where the first file of a post is shown from.
async fn address(place: &Place, ann: &Stranger, number: u32, file: Value) -> String {
    let post = post(place, ann, number, json!([file])).await;
    path(place, &post["media_attachments"][0]["url"])
}

async fn fetch(browser: &Browser, path: &str) -> Answer {
    browser.fetch(Method::GET, path).await
}

/// The peer serves a picture there.
fn serve_png(peer: &Peer, at: &str) {
    peer.serve(at, Page::typed("image/png", picture::png(900, 600)));
}

/// A PNG that hardly packs, of some `side` * `side` * 3 bytes.
fn noise(side: u32) -> Vec<u8> {
    let mut seed = u64::from(side);
    let pixels: Vec<u8> = (0..side * side * 3)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        })
        .collect();
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&pixels, side, side, ExtendedColorType::Rgb8)
        .expect("a picture");
    bytes
}

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
fn lies_of_every_kind_show_nothing_and_are_not_asked_for_again_at_once() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        let beta = place.peer("beta");
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        let html = "<!doctype html><script>alert(1)</script>";
        let mut polyglot = picture::png(4, 4);
        polyglot.truncate(40);
        let pages: Vec<(&str, Page)> = vec![
            ("/svg", Page::typed("image/svg+xml", svg)),
            ("/svg.png", Page::typed("image/png", svg)),
            ("/html.png", Page::typed("image/png", html)),
            (
                "/note.png",
                Page::document(&json!({"type": "Note", "id": at("/note.png")})),
            ),
            (
                "/list.png",
                Page::typed("image/png", "#EXTM3U\nhttp://127.0.0.1/"),
            ),
            ("/cut.png", Page::typed("image/png", polyglot)),
            ("/bomb.png", Page::typed("image/png", picture::bomb())),
            ("/empty.png", Page::typed("image/png", "")),
            ("/unpacks", Page::bomb(64 << 20)),
            ("/endless", Page::endless()),
            ("/gone", Page::status(410)),
            ("/denied", Page::status(403)),
            ("/private", Page::redirect("http://127.0.0.1/secret.png")),
            ("/number", Page::redirect("http://[::1]/secret.png")),
            ("/own", Page::redirect("http://porch.test/media/secret.png")),
            ("/circle", Page::redirect("/circle")),
        ];
        let browser = place.browser();
        for (number, (at, page)) in (1..).zip(pages) {
            alpha.serve(at, page);
            let path = address(place, &ann, number, image(at)).await;
            for _ in 0..3 {
                let answer = fetch(&browser, &path).await.expect(404);
                assert!(answer.body.is_empty(), "{at}");
            }
            assert_eq!(alpha.times_asked(at), 1, "{at} is asked for once");
        }
        assert!(beta.asked().is_empty());
        let files = place.rows("cached_media WHERE path IS NOT NULL").await;
        assert_eq!(files, 0);
        // It is tried again when its time has come.
        serve_png(alpha, "/gone");
        place.advance(TimeDelta::hours(2));
        let row = place
            .sql(
                "SELECT id, remote_url FROM media WHERE remote_url LIKE '%/gone'",
                &[],
            )
            .await;
        let (id, url): (i64, String) = (row[0].get(0), row[0].get(1));
        let path = place.app.remote_media.addresses.file(id, &url);
        fetch(&browser, &path).await.expect(200);
    });
}

#[test]
fn who_drips_or_fails_for_a_moment_is_tried_again_later() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        alpha.serve("/busy.png", Page::status(503));
        alpha.serve("/wait.png", Page::status(429).with("retry-after", "7200"));
        let browser = place.browser();
        let busy = address(place, &ann, 1, image("/busy.png")).await;
        let wait = address(place, &ann, 2, image("/wait.png")).await;
        fetch(&browser, &busy).await.expect(404);
        fetch(&browser, &wait).await.expect(404);
        serve_png(alpha, "/busy.png");
        serve_png(alpha, "/wait.png");
        place.advance(TimeDelta::minutes(2));
        fetch(&browser, &busy).await.expect(200);
        fetch(&browser, &wait).await.expect(404);
        place.advance(TimeDelta::hours(2));
        fetch(&browser, &wait).await.expect(200);

        alpha.serve(
            "/drip.png",
            Page::drip(&json!("a".repeat(2_000)), Duration::from_millis(50)),
        );
        let drip = address(place, &ann, 3, image("/drip.png")).await;
        let began = Instant::now();
        let answer = fetch(&browser, &drip).await;
        assert!(answer.status == 404, "{}", answer.status);
        assert!(began.elapsed() < Duration::from_secs(20));
    });
}

#[test]
fn an_avatar_that_cannot_be_had_is_the_usual_one() {
    Setup::federated().run(async |place| {
        let icon = json!({"type": "Image", "url": at("/nothing.png")});
        let ann = ann(place, json!({"icon": icon})).await;
        let account = place
            .stranger()
            .get(&format!("/api/v1/accounts/{}", ann.id))
            .await;
        let path = path(place, &account.entity("Account")["avatar"]);
        let answer = fetch(&place.browser(), &path).await.expect(302);
        assert_eq!(answer.header("location"), "/static/img/avatar-default.png");
    });
}

#[test]
fn only_addresses_that_this_place_made_lead_anywhere() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        serve_png(alpha, "/lamp.png");
        serve_png(alpha, "/other.png");
        let good = address(place, &ann, 1, image("/lamp.png")).await;
        let ours = &place.app.remote_media.addresses;
        let signed = |url: &str| ours.emoji(ann.id, url).expect("short");
        let emoji = signed(&at("/lamp.png"));
        let url_of = |path: &str| path.rsplit('/').next().expect("a part").to_owned();
        let others_url = emoji.replace(&url_of(&emoji), &url_of(&signed(&at("/other.png"))));
        let browser = place.browser();
        let forged = [
            format!("{}A", &good[..good.len() - 1]),
            format!("{}B", &good[..good.len() - 1]),
            good.replace("/files/", "/avatars/"),
            good.replace("/files/", "/nonsense/"),
            "/media/remote/files/1/AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            "/media/remote/files/x/AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            others_url,
            emoji.replace(&format!("/{}/", ann.id), "/1/"),
            "/media/remote/emoji/1/AAAAAAAAAAAAAAAAAAAAAA/aHR0cDovL2FscGhhLnRlc3QvbGFtcC5wbmc"
                .to_owned(),
            "/media/remote/http://alpha.test/lamp.png".to_owned(),
        ];
        for path in forged.iter().filter(|path| **path != good) {
            let answer = fetch(&browser, path).await;
            // In place of an avatar there is the usual one.
            let nothing = matches!(answer.status, 404 | 302);
            assert!(nothing, "{path}: {}", answer.status);
        }
        assert!(alpha.asked().iter().all(|a| !a.path.ends_with(".png")));
        // Another place has another key.
        fetch(&browser, &good).await.expect(200);
        fetch(&browser, &emoji).await.expect(200);
    });
}

#[test]
fn somebody_who_waits_at_the_door_makes_no_request_go_out() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        for path in ["/lamp.png", "/seen.png", "/avatar.png"] {
            serve_png(alpha, path);
        }
        let icon = json!({"type": "Image", "url": at("/avatar.png")});
        let ann = ann(place, json!({"icon": icon})).await;
        let unseen = address(place, &ann, 1, image("/lamp.png")).await;
        let seen = address(place, &ann, 2, image("/seen.png")).await;
        let avatar = place
            .app
            .remote_media
            .addresses
            .avatar(ann.id, &at("/avatar.png"));
        fetch(&place.browser(), &seen).await.expect(200);
        alpha.forget_asked();

        let rosa = place.applicant("rosa").await;
        let browser = place.signed_in(&rosa).await;
        fetch(&browser, &unseen).await.expect(404);
        fetch(&browser, &avatar).await.expect(302);
        fetch(&browser, &seen).await.expect(200);
        assert!(alpha.asked().is_empty(), "{:?}", alpha.asked());
        assert_eq!(place.rows("cached_media").await, 1);
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
fn a_full_cache_lets_go_of_what_was_unused_longest() {
    Setup::federated()
        .with("PORCHLIGHT_MEDIA__REMOTE_CACHE_BYTES", "1048576")
        .run(async |place| {
            let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
            let browser = place.browser();
            let mut paths = Vec::new();
            for number in 1..=8 {
                let at = format!("/noise{number}.png");
                alpha.serve(&at, Page::typed("image/png", noise(300)));
                let path = address(place, &ann, number, image(&at)).await;
                fetch(&browser, &path).await.expect(200);
                paths.push(path);
                place.advance(TimeDelta::days(1));
                // Looked at each day: it stays.
                fetch(&browser, &paths[0]).await.expect(200);
            }
            let fill = upkeep::look(&place.app).await.expect("a look");
            assert!(fill.usage.bytes <= fill.quota, "{fill:?}");
            assert!((2..8).contains(&fill.usage.files), "{fill:?}");
            assert_eq!(
                on_disk(place),
                fill.usage.files * 2,
                "no file without a row"
            );
            alpha.forget_asked();
            fetch(&browser, &paths[0]).await.expect(200);
            fetch(&browser, &paths[7]).await.expect(200);
            assert!(alpha.asked().is_empty());
            fetch(&browser, &paths[1]).await.expect(200);
            assert_eq!(alpha.asked().len(), 1, "what went is fetched again");
        });
}

/// Files of other servers on the disk.
fn on_disk(place: &Place) -> i64 {
    fn count(folder: &std::path::Path) -> i64 {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return 0;
        };
        let entries = entries.map(|entry| entry.expect("an entry").path());
        entries
            .map(|path| if path.is_dir() { count(&path) } else { 1 })
            .sum()
    }
    count(&place.data.join("media").join("remote"))
}

#[test]
fn a_file_that_is_lost_is_fetched_again() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        serve_png(alpha, "/lamp.png");
        let path = address(place, &ann, 1, image("/lamp.png")).await;
        let browser = place.browser();
        fetch(&browser, &path).await.expect(200);
        std::fs::remove_dir_all(place.data.join("media").join("remote")).expect("files");
        fetch(&browser, &path).await.expect(200);
        fetch(&browser, &path).await.expect(200);
        assert_eq!(alpha.times_asked("/lamp.png"), 2);
    });
}

#[test]
fn what_is_deleted_or_refused_is_shown_no_more_and_its_files_go() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        for path in ["/gone.png", "/stays.png", "/avatar.png"] {
            serve_png(alpha, path);
        }
        let icon = json!({"type": "Image", "url": at("/avatar.png")});
        let ann = ann(place, json!({"icon": icon})).await;
        let gone = address(place, &ann, 1, image("/gone.png")).await;
        let stays = address(place, &ann, 2, image("/stays.png")).await;
        let avatar = place
            .app
            .remote_media
            .addresses
            .avatar(ann.id, &at("/avatar.png"));
        let browser = place.browser();
        for path in [&gone, &stays, &avatar] {
            fetch(&browser, path).await.expect(200);
        }
        assert_eq!(on_disk(place), 5);

        let note = ann.note(1, json!({}))["id"].clone();
        let tombstone = json!({"type": "Tombstone", "id": note});
        place.hears(&ann, ann.does("Delete", tombstone)).await;
        fetch(&browser, &gone).await.expect(404);
        upkeep::sweep(&place.app).await.expect("swept");
        assert_eq!(on_disk(place), 3);
        assert_eq!(place.rows("media WHERE remote_url IS NOT NULL").await, 1);
        fetch(&browser, &stays).await.expect(200);

        // Its people's media are refused: neither shown nor fetched, and what is here goes.
        place
            .sql(
                "UPDATE hosts SET flags = 4 WHERE domain = 'alpha.test'",
                &[],
            )
            .await;
        place.app.policies.forget();
        alpha.forget_asked();
        fetch(&browser, &stays).await.expect(404);
        fetch(&browser, &avatar).await.expect(302);
        upkeep::sweep(&place.app).await.expect("swept");
        assert_eq!(on_disk(place), 0);
        assert_eq!(place.rows("cached_media").await, 0);
        assert!(alpha.asked().is_empty());

        // Refused where it lies, though shown by somebody of another server.
        let ben = followed(place, place.known(actor("beta.test", "ben")).await).await;
        let path = address(place, &ben, 1, image("/stays.png")).await;
        fetch(&browser, &path).await.expect(404);
        assert!(alpha.asked().is_empty());
    });
}

#[test]
fn a_new_picture_has_a_new_address_and_the_old_one_goes() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        serve_png(alpha, "/one.png");
        serve_png(alpha, "/two.png");
        let icon = |path: &str| json!({"icon": {"type": "Image", "url": at(path)}});
        let before = ann(place, icon("/one.png")).await;
        let addresses = &place.app.remote_media.addresses;
        let one = addresses.avatar(before.id, &at("/one.png"));
        let two = addresses.avatar(before.id, &at("/two.png"));
        let browser = place.browser();
        fetch(&browser, &one).await.expect(200);
        assert_eq!(fetch(&browser, &two).await.status, 302);
        ann(place, icon("/two.png")).await;
        fetch(&browser, &two).await.expect(200);
        assert_eq!(fetch(&browser, &one).await.status, 302);
        upkeep::sweep(&place.app).await.expect("swept");
        assert_eq!(place.rows("cached_media").await, 1);
        assert_eq!(on_disk(place), 1);
    });
}

#[test]
fn what_was_interrupted_is_finished_by_the_next_run() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        for number in 1..=2 {
            let at = format!("/{number}.png");
            serve_png(alpha, &at);
            let path = address(place, &ann, number, image(&at)).await;
            fetch(&place.browser(), &path).await.expect(200);
        }
        // Killed after the mark; killed between the note of where it will lie and the end.
        let long_ago = place.app.clock.now() - TimeDelta::days(8);
        place
            .sql("UPDATE cached_media SET state = 3 WHERE id = (SELECT min(id) FROM cached_media)", &[])
            .await;
        place
            .sql(
                "UPDATE cached_media SET state = 0, holder = gen_random_uuid(), until = $1 WHERE state = 1",
                &[&SystemTime::from(long_ago)],
            )
            .await;
        assert_eq!(on_disk(place), 4);
        upkeep::sweep(&place.app).await.expect("swept");
        assert_eq!((on_disk(place), place.rows("cached_media").await), (0, 0));
        assert_eq!(place.rows("media WHERE remote_url IS NOT NULL").await, 2);
    });
}

#[test]
fn strangers_have_a_budget_and_hear_when_to_come_back() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.answer("/e/", |_| Page::typed("image/png", picture::png(2, 2)));
        let ann = ann(place, json!({})).await;
        let stranger = place.browser();
        let mut refused = None;
        for number in 0..400 {
            let url = at(&format!("/e/{number}.png"));
            let path = place
                .app
                .remote_media
                .addresses
                .emoji(ann.id, &url)
                .expect("short");
            let answer = fetch(&stranger, &path).await;
            if answer.status == 503 {
                refused = Some((number, answer));
                break;
            }
            answer.expect(200);
        }
        let (number, answer) = refused.expect("there is an end");
        assert!((100..200).contains(&number), "{number}");
        assert!(
            answer
                .header("retry-after")
                .parse::<u32>()
                .is_ok_and(|wait| wait > 0)
        );
        assert_eq!(alpha.times_asked("/e/"), number);
        // What lies here already costs nothing; others have budgets of their own.
        let addresses = &place.app.remote_media.addresses;
        let first = addresses.emoji(ann.id, &at("/e/0.png")).expect("short");
        let next = |n: u8| {
            addresses
                .emoji(ann.id, &at(&format!("/e/next{n}.png")))
                .expect("short")
        };
        fetch(&stranger, &first).await.expect(200);
        // One a second comes back, which may be just now.
        let mut answers = Vec::new();
        for n in 0..3 {
            answers.push(fetch(&stranger, &next(n)).await.status);
        }
        assert!(answers.contains(&503), "{answers:?}");
        fetch(&place.browser(), &next(9)).await.expect(200);
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
fn the_desk_and_the_command_line_know_how_full_it_is() {
    Setup::federated().run(async |place| {
        let (alpha, ann) = (place.peer("alpha"), ann(place, json!({})).await);
        serve_png(alpha, "/lamp.png");
        let path = address(place, &ann, 1, image("/lamp.png")).await;
        fetch(&place.browser(), &path).await.expect(200);
        let owner = place.owner().await;
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/hosts").await;
        page.says("kept here:").says("of 5.4 GB, in 1 file");
        let largest = upkeep::largest(&place.app).await.expect("a list");
        assert_eq!(largest[0].0, "alpha.test");
        assert!(largest[0].1 > 0);
        let gone = upkeep::prune(&place.app).await.expect("pruned");
        assert_eq!((gone.files, on_disk(place)), (1, 0));
        let mut conn = place.app.pool.get().await.expect("a connection");
        let usage = store::cached_media_room::usage(&mut conn)
            .await
            .expect("a sum");
        assert_eq!(usage, store::cached_media_room::Usage::default());
        drop(conn);
        fetch(&place.browser(), &path).await.expect(200);
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

#[test]
fn budgets_are_those_of_all_processes_together() {
    Setup::federated().run(async |place| {
        let now = place.app.clock.now();
        let other = App::open(place.app.config.clone()).await.expect("it opens");
        let stranger = Asker::Stranger("81.5.5.5/32".to_owned());
        let mut given = 0;
        for n in 0..400 {
            let app = if n % 2 == 0 { &place.app } else { &other };
            match remote_media::spend(app, &stranger, &format!("h{n}.example"), now).await {
                Ok(()) => given += 1,
                Err(Error::TooMany { retry_at, .. }) => assert!(retry_at > now),
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(given, 180);
        // Others are not to blame, and it is not for ever.
        let next = Asker::Stranger("81.6.6.6/32".to_owned());
        remote_media::spend(&other, &next, "a.example", now)
            .await
            .expect("there is room");
        let later = now + TimeDelta::minutes(3);
        remote_media::spend(&other, &stranger, "a.example", later)
            .await
            .expect("there is room");
    });
}
