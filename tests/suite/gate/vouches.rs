//! Vouches: an applicant names a member, who is asked in private.

use chrono::TimeDelta;
use porchlight::domain::role::Role;

use super::applying;
use super::door::{crowd, told};
use super::invites::{BEFORE_OTHERS, LIKE_ALL, confirm, person, standing};
use super::waiting::refuse;
use crate::support::browser::{Browser, Page};
use crate::support::people::Person;
use crate::support::place::{Place, run};

async fn name(browser: &Browser, member: &str) -> Page {
    let page = browser.open("/waiting").await;
    browser
        .submit(page.form("/waiting/vouch").set("vouch", member))
        .await
}

/// Says something of the first whom this member is asked about.
async fn say(place: &Place, member: &Person, word: &str) {
    let browser = place.signed_in(member).await;
    browser.open("/notifications").await.says("named you");
    let page = browser.open("/vouches").await;
    browser
        .submit(page.form("/vouches/").press(word))
        .await
        .says("Only the people who read applications see it");
}

async fn card(place: &Place, who: &Person, by: &Person) -> Page {
    let path = format!("/desk/applications/{}", place.application_of(who).await);
    place.signed_in(by).await.open(&path).await
}

#[test]
fn a_named_member_is_asked_once_confirmed_and_a_yes_goes_before_the_others() {
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let browser = place.browser();
        let filled = applying::form(place, &browser, "hana", "hana@hana.example").await;
        browser
            .submit(filled.set("vouch", "@Ann"))
            .await
            .says("Now look into the mailbox");
        let member = place.signed_in(&ann).await;
        member.open("/home").await.hides("named you");
        member
            .open("/vouches")
            .await
            .says("Nothing is asked of you");
        confirm(place, "hana").await;
        member.open("/home").await.says("named you");
        member
            .open("/vouches")
            .await
            .says("@hana")
            .hides("hana.example");
        let told = ann.api.get("/api/v1/notifications").await.ok();
        assert_eq!(told, serde_json::json!([]), "no notification comes of it");
        let hana = person(place, "hana").await;
        card(place, &hana, &owner).await.says("@ann (asked)");
        assert_eq!(standing(place, "hana").await, LIKE_ALL);
        let before = browser.open("/waiting").await.text();

        say(place, &ann, "Yes").await;
        assert_eq!(standing(place, "hana").await, BEFORE_OTHERS);
        card(place, &hana, &owner)
            .await
            .says("ann knows them.")
            .says("@ann (knows them)");
        member.open("/home").await.hides("named you");
        // Once: there is nothing to be said again.
        let csrf = member
            .open("/invites")
            .await
            .form("/invites")
            .value("csrf")
            .to_owned();
        let request = member.request(reqwest::Method::POST, "/vouches/1");
        let fields = [("csrf", csrf.as_str()), ("answer", "no")];
        assert_eq!(member.send(request.form(&fields)).await.status, 404);
        // The applicant's page is as it was.
        let after = browser.open("/waiting").await.text();
        assert_eq!(
            crate::support::routes::without_chance(&before),
            crate::support::routes::without_chance(&after)
        );
    });
}

#[test]
fn a_hundred_bots_of_one_hour_shut_no_door_and_who_is_vouched_for_goes_before_them() {
    // E26
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        crowd(place, 100, "192.0.2.0/32").await;
        let approval = serde_json::json!(["approval", "admin", true]);
        assert_eq!(told(place).await, approval);
        let browser = place.browser();
        let filled = applying::form(place, &browser, "hana", "hana@hana.example").await;
        browser
            .submit(filled.set("vouch", "@ann"))
            .await
            .says("Now look into the mailbox");
        confirm(place, "hana").await;
        say(place, &ann, "Yes").await;
        assert_eq!(standing(place, "hana").await, BEFORE_OTHERS);
        // They stand in no line behind the crowd, but before it, alone.
        let desk = place.signed_in(&owner).await;
        let first = desk.open("/desk?state=vouched").await;
        first.says("@hana").hides("crowd");
        let queue = desk.open("/desk").await.text();
        let of = |name: &str| {
            queue
                .find(name)
                .unwrap_or_else(|| panic!("{name} in {queue}"))
        };
        assert!(of("@hana") < of("@crowd"), "{queue}");
        assert_eq!(told(place).await, approval);
    });
}

#[test]
fn a_no_and_a_silence_let_it_wait_where_it_was() {
    run(async |place| {
        let owner = place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        name(&browser, "ann").await.says("The name is noted");
        name(&browser, "ben").await.says("You named @ann, @ben");
        say(place, &ann, "No").await;
        say(place, &ben, "I would rather not say").await;
        assert_eq!(standing(place, "hana").await, LIKE_ALL);
        card(place, &hana, &owner)
            .await
            .says("They named ann, who does not know them.")
            .says("@ben (would rather not say)")
            .hides("ben knows");
    });
}

#[test]
fn the_same_words_whether_or_not_anybody_has_that_name_or_may_vouch() {
    run(async |place| {
        place.owner().await;
        place.member("ann").await;
        let gone = place.member("gone").await;
        let limited = place.member("limited").await;
        for (person, sql) in [
            (
                &gone,
                "UPDATE users SET disabled_at = created_at WHERE id = $1",
            ),
            (
                &limited,
                "UPDATE accounts SET flags = 1 WHERE id = (SELECT account_id FROM users WHERE id = $1)",
            ),
        ] {
            place.sql(sql, &[&person.user]).await;
        }
        let ivan = place.applicant("ivan").await;
        let mut words = Vec::new();
        let mut costs = Vec::new();
        for member in ["ann", "nobody_here", "gone", "limited", &ivan.name] {
            let hana = place
                .applicant(&format!("hana_{}", member.replace('_', "")))
                .await;
            let browser = place.signed_in(&hana).await;
            let page = browser.open("/waiting").await;
            place.settle().await;
            let before = place.counted();
            let answer = browser
                .post(&page.form("/waiting/vouch").set("vouch", member))
                .await;
            costs.push(place.counted().commits - before.commits);
            assert_eq!(answer.status, 303);
            let page = browser.open("/waiting").await;
            words.push(page.text().replace(member, "WHO").replace(&hana.name, "ME"));
        }
        let asked = place
            .sql("SELECT name FROM vouches WHERE asked_at IS NOT NULL", &[])
            .await;
        let asked: Vec<String> = asked.iter().map(|row| row.get(0)).collect();
        assert_eq!(asked, ["ann"], "only members in good standing are asked");
        let told = |text: &String| text.contains("You named @WHO");
        assert!(words.iter().all(told), "{words:#?}");
        for bad in ["", "no such name", "@ann@elsewhere.example"] {
            let hana = person(place, "hana_ann").await;
            let browser = place.signed_in(&hana).await;
            let page = browser.open("/waiting").await;
            let page = browser
                .submit(page.form("/waiting/vouch").set("vouch", bad))
                .await;
            assert_eq!(page.status(), 422, "{bad:?}");
        }
    });
}

#[test]
fn an_applicant_names_three_and_a_member_is_asked_five_times_a_week() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let first = place.applicant("guest0").await;
        let browser = place.signed_in(&first).await;
        for member in ["ann", "b", "c"] {
            name(&browser, member).await.says("The name is noted");
        }
        let full = browser.open("/waiting").await;
        assert!(!full.has_form("/waiting/vouch"));
        for n in 1..7 {
            let guest = place.applicant(&format!("guest{n}")).await;
            let browser = place.signed_in(&guest).await;
            let page = name(&browser, "ann").await;
            page.says("You named @ann");
        }
        let asked = "SELECT count(*) FROM vouches WHERE user_id IS NOT NULL";
        assert_eq!(place.number(asked).await, 5);
        place.advance(TimeDelta::days(8));
        let late = place.applicant("late").await;
        name(&place.signed_in(&late).await, "ann").await;
        assert_eq!(place.number(asked).await, 6);
        place
            .signed_in(&ann)
            .await
            .open("/vouches")
            .await
            .says("@late");
    });
}

#[test]
fn nobody_is_asked_about_who_was_refused_without_a_word() {
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        refuse(place, &owner, &hana, false, "").await;
        name(&browser, "ann").await.says("You named @ann");
        place
            .signed_in(&ann)
            .await
            .open("/vouches")
            .await
            .says("Nothing is asked of you");
    });
}

#[test]
fn who_vouched_does_not_decide_and_who_may_not_speak_is_not_heard() {
    run(async |place| {
        place.owner().await;
        let mo = place.staff("mo", Role::Moderator).await;
        let ann = place.member("ann").await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        name(&browser, "mo").await;
        name(&browser, "ann").await;
        say(place, &mo, "Yes").await;
        card(place, &hana, &mo)
            .await
            .says("You said that you know them.");
        // Somebody else's question is nobody's business.
        let theirs =
            "SELECT v.id FROM vouches v JOIN users u ON u.id = v.user_id WHERE u.username = 'ann'";
        let id = place.number(theirs).await;
        let desk = place.signed_in(&mo).await;
        let csrf = desk
            .open("/invites")
            .await
            .form("/invites")
            .value("csrf")
            .to_owned();
        let post = async |browser: &Browser, csrf: &str| {
            let request = browser.request(reqwest::Method::POST, &format!("/vouches/{id}"));
            let fields = [("csrf", csrf), ("answer", "no")];
            browser.send(request.form(&fields)).await.status
        };
        assert_eq!(post(&desk, &csrf).await, 404);
        // A suspended member's word does not count.
        say(place, &ann, "No").await;
        card(place, &hana, &mo)
            .await
            .says("ann, who does not know them");
        let sql = "UPDATE accounts SET flags = 2 WHERE id = (SELECT account_id FROM users WHERE username = 'ann')";
        place.sql(sql, &[]).await;
        card(place, &hana, &mo)
            .await
            .hides("ann, who does not know them");
        // What was put aside stays aside, whoever knows them.
        let ivan = place.applicant("ivan").await;
        let aside = "UPDATE applications SET lane = 3 WHERE user_id = $1";
        place.sql(aside, &[&ivan.user]).await;
        name(&place.signed_in(&ivan).await, "mo").await;
        say(place, &mo, "Yes").await;
        assert_eq!(standing(place, "ivan").await, (1, 3));
    });
}
