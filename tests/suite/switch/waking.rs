//! E28: an account that slept for long wakes, and brings links to strangers; at stage 0 too.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::gate::outreach;

use super::probation::establish;
use super::strangers::{held, is_home, mentions, post_to};
use crate::support::place::run;

#[test]
fn who_wakes_with_links_for_three_strangers_waits_and_moderators_are_told() {
    // E28
    run(async |place| {
        let olive = place.owner().await;
        let remy = place.staff("remy", Role::Moderator).await;
        let rosa = place.staff("rosa", Role::Reviewer).await;
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let (ben, cleo, dan) = (
            place.member("ben").await,
            place.member("cleo").await,
            place.member("dan").await,
        );
        for one in [&ann, &eve] {
            establish(place, &olive, one).await;
        }
        for _ in 0..9 {
            place.advance(TimeDelta::days(20));
            eve.api.toot("I was never away.").await;
        }
        place.advance(TimeDelta::days(20));
        is_home(place, &olive).await;
        let link = "https://rugs.example/";
        // Words alone are a way of coming home.
        let hello = post_to(place, &ann, &[&ben, &cleo, &dan], "I am back").await;
        assert_eq!(held(place, hello).await, None);
        let first = post_to(place, &ann, &[&ben, &cleo], link).await;
        assert_eq!(held(place, first).await, None, "two strangers");
        let again = post_to(place, &ann, &[&ben], link).await;
        assert_eq!(held(place, again).await, None, "the same two");
        let third = post_to(place, &ann, &[&dan], link).await;
        assert_eq!(held(place, third).await.as_deref(), Some("waking"));
        let fourth = post_to(place, &ann, &[&ben], link).await;
        assert_eq!(held(place, fourth).await.as_deref(), Some("waking"));
        assert_eq!(mentions(&dan).await.len(), 1);
        // Who was never away for thirty days is not asked.
        let hers = post_to(place, &eve, &[&ben, &cleo, &dan], link).await;
        assert_eq!(held(place, hers).await, None);

        for person in [&olive, &remy] {
            let mail = place.mail_to(&person.email).await;
            assert!(
                mail.text.contains("ann had posted nothing"),
                "{}",
                mail.text
            );
        }
        let mails = place.mails();
        assert!(mails.iter().all(|m| m.to != rosa.email), "for moderators");
        let told = mails.iter().filter(|m| m.to == remy.email).count();
        assert_eq!(told, 1, "once");

        // Once a person has looked, it is over.
        let desk = place.signed_in(&remy).await;
        let list = desk.open("/desk/held-posts").await;
        list.says("slept for long, and links")
            .says("goes by itself");
        let form = list.form("/desk/held-posts/release-all");
        desk.submit(form).await.says("2 posts go out now.");
        place.settle().await;
        assert_eq!(mentions(&dan).await.len(), 3);
        let fifth = post_to(place, &ann, &[&dan], link).await;
        assert_eq!(held(place, fifth).await, None);
    });
}

#[test]
fn what_nobody_looked_at_goes_two_days_later_unless_nobody_is_home() {
    run(async |place| {
        let olive = place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let (cleo, dan) = (place.member("cleo").await, place.member("dan").await);
        place.advance(TimeDelta::days(40));
        is_home(place, &olive).await;
        // The first of them is too much at once.
        let all = [&ben, &cleo, &dan];
        let post = post_to(place, &ann, &all, "https://rugs.example/").await;
        assert_eq!(held(place, post).await.as_deref(), Some("waking"));
        place.advance(TimeDelta::hours(47));
        outreach::sweep(&place.app).await.expect("it is swept");
        assert_eq!(held(place, post).await.as_deref(), Some("waking"));
        place.advance(TimeDelta::hours(1));
        outreach::sweep(&place.app).await.expect("it is swept");
        assert_eq!(held(place, post).await, None);
        assert_eq!(mentions(&dan).await, [post.to_string()]);
        // Nobody of the staff was seen for long: time lets nothing out.
        place.advance(TimeDelta::days(40));
        is_home(place, &olive).await;
        let post = post_to(place, &ann, &all, "https://rugs.example/").await;
        assert_eq!(held(place, post).await.as_deref(), Some("waking"));
        place.advance(TimeDelta::days(10));
        outreach::sweep(&place.app).await.expect("it is swept");
        assert_eq!(held(place, post).await.as_deref(), Some("waking"));
    });
}

#[test]
fn after_ten_posts_somebody_is_awake() {
    run(async |place| {
        let olive = place.owner().await;
        let ann = place.member("ann").await;
        let (ben, cleo, dan) = (
            place.member("ben").await,
            place.member("cleo").await,
            place.member("dan").await,
        );
        establish(place, &olive, &ann).await;
        place.advance(TimeDelta::days(40));
        is_home(place, &olive).await;
        for n in 0..9 {
            ann.api.toot(&format!("Word {n}")).await;
        }
        let all = [&ben, &cleo, &dan];
        let tenth = post_to(place, &ann, &all, "https://rugs.example/").await;
        assert_eq!(held(place, tenth).await.as_deref(), Some("waking"));
        let eleventh = post_to(place, &ann, &all, "https://rugs.example/").await;
        assert_eq!(held(place, eleventh).await, None);
    });
}
