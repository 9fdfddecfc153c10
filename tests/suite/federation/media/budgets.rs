//! Who may make requests go out, and how many.

use chrono::TimeDelta;
use porchlight::app::App;
use porchlight::app::remote_media::{self, Asker};
use porchlight::domain::Error;
use serde_json::json;

use super::{address, ann, at, fetch, image, serve_png};
use crate::support::peer::Page;
use crate::support::picture;
use crate::support::place::Setup;

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
