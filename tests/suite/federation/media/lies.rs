//! A peer that lies, drips or fails, and addresses that nobody here made.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::json;

use super::{address, ann, at, fetch, image, path, serve_png};
use crate::support::peer::Page;
use crate::support::picture;
use crate::support::place::Setup;

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
