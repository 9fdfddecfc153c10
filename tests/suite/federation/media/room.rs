//! What is kept, for how long, and what makes it go.

use std::time::SystemTime;

use chrono::TimeDelta;
use image::{ExtendedColorType, ImageEncoder};
use porchlight::social::remote_media::upkeep;
use porchlight::store;
use serde_json::json;

use super::super::elsewhere::actor;
use super::{address, ann, at, fetch, followed, image, serve_png};
use crate::support::peer::Page;
use crate::support::place::{Place, Setup};

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
