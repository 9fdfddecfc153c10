//! Checking in: the button, the mailed link, the command line, the post "Still there?".

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;
use porchlight::gate::signs::check_in;
use porchlight::identity::oauth::host;
use porchlight::model::audit::SignOfLife;
use reqwest::Method;
use serde_json::{Value, json};

use super::{signs, stage};
use crate::support::mail::Mail;
use crate::support::people::{Person, SCOPES};
use crate::support::place::{Place, run};

/// A place with two people in it, of whom the owner was not seen for five days; all that is to
/// be told is told.
async fn unseen(place: &Place) -> Person {
    let olive = place.owner().await;
    place.member("bea").await;
    place.settle().await;
    place.live(TimeDelta::days(5) + TimeDelta::hours(1)).await;
    place.settle().await;
    assert_eq!(stage(place).await, Stage::Warned);
    olive
}

/// The path of the newest link that checks somebody in.
async fn link(place: &Place, who: &Person) -> String {
    place.settle().await;
    let mails = place.mails();
    let asks = |m: &&Mail| m.to == who.email && m.text.contains("/check-in/");
    let link = mails.iter().rfind(asks).expect("a link").link("/check-in/");
    link[link.find("/check-in/").expect("a path")..].to_owned()
}

/// The newest post of the server to somebody.
async fn post_to(who: &Person) -> Value {
    let list = who.api.get("/api/v1/notifications?types[]=mention").await;
    let list = list.json();
    list[0]["status"].clone()
}

#[test]
fn the_button_at_the_desk_clears_a_warning_in_one_tap() {
    run(async |place| {
        let olive = unseen(place).await;
        let browser = place.signed_in(&olive).await;
        let form = browser.open("/desk").await.form("/desk/check-in");
        browser
            .submit(form)
            .await
            .says("Good to know that you are there.");
        assert_eq!(stage(place).await, Stage::Calm);
        let ended = "SELECT count(*) FROM episodes WHERE ended_at IS NULL";
        place.tick().await;
        assert_eq!(place.number(ended).await, 0);
    });
}

#[test]
fn a_scanner_that_opens_the_link_changes_nothing_and_the_button_works_once() {
    run(async |place| {
        let olive = unseen(place).await;
        let path = link(place, &olive).await;
        let before = signs(place, &olive).await;
        let scanner = place.browser();
        for _ in 0..3 {
            scanner.open(&path).await.says("Are you there");
            scanner.fetch(Method::HEAD, &path).await;
        }
        assert_eq!(signs(place, &olive).await, before, "E16");
        assert_eq!(stage(place).await, Stage::Warned);

        let stranger = place.browser();
        let form = stranger.open(&path).await.form(&path);
        stranger.submit(form.clone()).await.says("Good to know");
        assert_eq!(signs(place, &olive).await.len(), before.len() + 1);
        assert_eq!(stage(place).await, Stage::Calm);
        assert_eq!(stranger.post(&form).await.status, 409, "it works once");
        assert_eq!(signs(place, &olive).await.len(), before.len() + 1);
    });
}

#[test]
fn of_a_links_token_only_its_digest_is_kept() {
    run(async |place| {
        let olive = unseen(place).await;
        let path = link(place, &olive).await;
        let token = path.rsplit('/').next().expect("a token").to_owned();
        assert_eq!(token.len(), 43, "32 random bytes");
        for table in ["check_in_links", "switch_notices", "jobs", "audit_log"] {
            let rows = place
                .sql(&format!("SELECT row_to_json(t)::text FROM {table} t"), &[])
                .await;
            for row in rows {
                let row: String = row.get(0);
                assert!(!row.contains(&token), "{table}: {row}");
            }
        }
    });
}

#[test]
fn a_link_is_of_one_stage_lasts_three_days_and_goes_with_the_role() {
    run(async |place| {
        let olive = unseen(place).await;
        let path = link(place, &olive).await;
        place.browser().open(&path).await;
        // Another stage: the link of the one before is dead.
        let rem = place.staff("rem", Role::Moderator).await;
        place.live(TimeDelta::days(2)).await;
        place.settle().await;
        assert_eq!(stage(place).await, Stage::Guarded);
        assert_eq!(place.browser().visit(&path).await.status(), 409);
        let newer = link(place, &rem).await;
        place.browser().open(&newer).await;
        // Without the role there is nobody to be seen.
        let by_olive = place.signed_in(&olive).await;
        let page = by_olive.open("/desk/staff").await;
        let form = page.form("/desk/staff/change");
        let form = form.forge("id", &rem.user.to_string());
        by_olive.submit(form.forge("role", "member")).await;
        assert!(place.browser().visit(&newer).await.status() >= 404);
        // Three days.
        let path = link(place, &olive).await;
        place.advance(TimeDelta::hours(73));
        assert_eq!(place.browser().visit(&path).await.status(), 409);
    });
}

#[test]
fn by_mail_alone_it_goes_twice_running_then_somebody_signs_in() {
    run(async |place| {
        let olive = unseen(place).await;
        let press = async |path: &str| {
            let stranger = place.browser();
            let form = stranger.open(path).await.form(path);
            stranger.submit(form).await.says("Good to know");
        };
        press(&link(place, &olive).await).await;
        for _ in 0..2 {
            place.live(TimeDelta::days(5) + TimeDelta::hours(1)).await;
            place.settle().await;
            assert_eq!(stage(place).await, Stage::Warned);
            let path = link(place, &olive).await;
            let mut conn = place.app.pool.get().await.expect("a connection");
            let asks = check_in::must_sign_in(&mut conn, olive.user).await;
            drop(conn);
            match asks.expect("it is counted") {
                false => press(&path).await,
                true => {
                    let stranger = place.browser();
                    let page = stranger.open(&path).await;
                    page.says("This time please sign in");
                    assert!(!page.has_form(&path));
                    assert_eq!(stage(place).await, Stage::Warned);
                    let browser = place.signed_in(&olive).await;
                    let form = browser.open(&path).await.form(&path);
                    browser.submit(form).await.says("Good to know");
                    assert_eq!(stage(place).await, Stage::Calm);
                    // And then it goes by mail again.
                    let mut conn = place.app.pool.get().await.expect("a connection");
                    let asks = check_in::must_sign_in(&mut conn, olive.user).await;
                    assert!(!asks.expect("it is counted"));
                    return;
                }
            }
        }
        panic!("it went by mail alone three times running");
    });
}

#[test]
fn a_favourite_for_the_post_of_the_server_says_i_am_here() {
    run(async |place| {
        let olive = unseen(place).await;
        let post = post_to(&olive).await;
        let text = post["content"].as_str().expect("a post");
        assert!(text.contains("Still there?"), "{text}");
        assert_eq!(post["visibility"], "direct");
        assert_eq!(post["account"]["bot"], true);
        let id = post["id"].as_str().expect("an id");
        let before = signs(place, &olive).await.len();

        let machine = host::token(&place.app, olive.user, SCOPES, false).await;
        let machine = place.api(machine.expect("a token").reveal());
        let path = format!("/api/v1/statuses/{id}/favourite");
        machine.act(&path).await.ok();
        assert_eq!(signs(place, &olive).await.len(), before, "a machine's");
        machine
            .act(&format!("/api/v1/statuses/{id}/unfavourite"))
            .await
            .ok();

        olive.api.act(&path).await.ok();
        assert_eq!(
            signs(place, &olive).await.last(),
            Some(&SignOfLife::CheckIn)
        );
        assert_eq!(stage(place).await, Stage::Calm);
        place.settle().await;
    });
}

#[test]
fn an_answer_to_the_post_of_the_server_says_it_too_and_nobody_else_sees_either() {
    run(async |place| {
        let olive = unseen(place).await;
        let post = post_to(&olive).await;
        let id = post["id"].as_str().expect("an id").to_owned();
        let bea = place.member("ben").await;
        bea.api
            .get(&format!("/api/v1/statuses/{id}"))
            .await
            .expect(404);
        let answer = json!({ "status": "Yes, yes.", "in_reply_to_id": id, "visibility": "direct" });
        olive.api.post("/api/v1/statuses", answer).await.ok();
        assert_eq!(
            signs(place, &olive).await.last(),
            Some(&SignOfLife::CheckIn)
        );
        assert_eq!(stage(place).await, Stage::Calm);
        place.settle().await;
        // The server's account is a part of the house, not of its people.
        let server = post["account"]["id"].as_str().expect("an id");
        let account = olive.api.get(&format!("/api/v1/accounts/{server}")).await;
        assert_eq!(account.json()["acct"], "porchlight");
        let browser = place.signed_in(&olive).await;
        browser.open("/notifications").await.says("Still there?");
        place
            .browser()
            .open("/@porchlight")
            .await
            .hides("Still there?");
    });
}

#[test]
fn the_host_checks_somebody_in_who_keeps_the_light_on() {
    run(async |place| {
        let olive = unseen(place).await;
        let refused = check_in::by_host(&place.app, "bea").await;
        assert!(refused.is_err(), "she has no role");
        let (user, now) = check_in::by_host(&place.app, "@olive")
            .await
            .expect("it works");
        assert_eq!((user.id, now), (olive.user, Stage::Calm));
        assert_eq!(
            signs(place, &olive).await.last(),
            Some(&SignOfLife::CheckIn)
        );
    });
}

#[test]
fn checking_in_stops_the_clock_of_a_guarded_door_and_does_not_open_it() {
    run(async |place| {
        let olive = unseen(place).await;
        place.live(TimeDelta::days(3)).await;
        place.settle().await;
        assert_eq!(stage(place).await, Stage::Guarded);
        let path = link(place, &olive).await;
        let stranger = place.browser();
        let form = stranger.open(&path).await.form(&path);
        stranger.submit(form).await.says("While you were away");
        place.tick().await;
        assert_eq!(stage(place).await, Stage::Guarded, "it is latched");
        place.live(TimeDelta::days(6)).await;
        assert_eq!(stage(place).await, Stage::Guarded, "the clock began anew");
    });
}
