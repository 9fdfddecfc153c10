//! Passwords: changed, forgotten, set anew.

use porchlight::domain::role::Role;
use reqwest::Method;

use crate::support::answer::Answer;
use crate::support::browser::Browser;
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, Setup, run};

const NEW: &str = "another wonderful long password";

async fn sign_in(place: &Place, password: &str) -> u16 {
    let browser = place.browser();
    let page = browser.open("/sign-in").await;
    browser
        .post(
            &page
                .form("/sign-in")
                .set("login", "ann")
                .set("password", password),
        )
        .await
        .status
}

async fn ask_for_reset(browser: &Browser, email: &str) -> Answer {
    let page = browser.open("/password").await;
    browser
        .post(&page.form("/password").set("email", email))
        .await
}

#[test]
fn a_forgotten_password_is_set_by_a_link_that_works_once() {
    // T1, T4, T5
    run(async |place| {
        let ann = place.member("ann").await;
        let elsewhere = place.signed_in(&ann).await;
        let known = ask_for_reset(&place.browser(), &ann.email).await;
        let unknown = ask_for_reset(&place.browser(), "nobody@nowhere.example").await;
        assert_eq!(known.status, unknown.status);
        let blank = |answer: &Answer| crate::support::routes::without_chance(&answer.text());
        assert_eq!(blank(&known), blank(&unknown));
        let mail = place.mail_to(&ann.email).await;
        assert_eq!(
            place
                .mails()
                .iter()
                .filter(|m| m.to.contains("nobody"))
                .count(),
            0
        );
        let link = mail.link("/password/");
        let browser = place.browser();
        for _ in 0..2 {
            browser.open(&link).await;
        }
        assert_eq!(
            sign_in(place, PASSWORD).await,
            303,
            "looking changes nothing"
        );
        let page = browser.open(&link).await;
        let weak = browser
            .submit(page.form("/password/").set("password", "short"))
            .await;
        assert_eq!(weak.status(), 422);
        let page = browser.open(&link).await;
        let form = page.form("/password/").set("password", NEW);
        let answer = browser.post(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.shown());
        assert_ne!(sign_in(place, PASSWORD).await, 303);
        assert_eq!(sign_in(place, NEW).await, 303);
        assert_eq!(
            elsewhere
                .visit("/settings/account")
                .await
                .path
                .split('?')
                .next(),
            Some("/sign-in"),
            "other sessions end"
        );
        let again = place.browser().visit(&link).await;
        assert!(!again.has_form("/password/"), "used up");
        // The link is from the configured address, whatever the request said.
        let evil = place.browser();
        let page = evil.open("/password").await;
        let csrf = page.form("/password");
        let request = evil
            .request(Method::POST, "/password")
            .header("Host", "evil.example")
            .header("X-Forwarded-Host", "evil.example")
            .form(&[("csrf", csrf.value("csrf")), ("email", ann.email.as_str())]);
        evil.send(request).await;
        place.settle().await;
        for mail in place.mails() {
            assert!(!mail.text.contains("evil.example"), "{}", mail.text);
        }
    });
}

#[test]
fn a_link_is_for_two_hours_and_a_mailbox_is_not_flooded() {
    // T2
    run(async |place| {
        let ann = place.member("ann").await;
        ask_for_reset(&place.browser(), &ann.email).await;
        let link = place.mail_to(&ann.email).await.link("/password/");
        place.advance(chrono::TimeDelta::hours(3));
        assert!(!place.browser().visit(&link).await.has_form("/password/"));
        for _ in 0..20 {
            // Each time from somewhere else.
            ask_for_reset(&place.browser(), &ann.email).await;
        }
        place.settle().await;
        let mails = place.mails().iter().filter(|m| m.to == ann.email).count();
        assert!((2..=8).contains(&mails), "{mails} mails");
    });
}

#[test]
fn from_one_network_a_few_links_are_mailed_whosever_they_are() {
    // T2
    run(async |place| {
        let browser = place.browser();
        let mut asked = Vec::new();
        for n in 0..13 {
            let person = place.member(&format!("ann{n}")).await;
            asked.push(ask_for_reset(&browser, &person.email).await.status);
        }
        place.settle().await;
        let links = |m: &&crate::support::mail::Mail| m.text.contains("/password/");
        let mailed = place.mails().iter().filter(links).count();
        assert_eq!(mailed, 10, "{asked:?}");
        assert_eq!(asked[12], 429, "{asked:?}");
    });
}

#[test]
fn changing_it_asks_for_the_old_one_and_ends_other_browsers_and_apps() {
    run(async |place| {
        let ann = place.member("ann").await;
        let (here, elsewhere) = (place.signed_in(&ann).await, place.signed_in(&ann).await);
        let page = here.open("/settings/account").await;
        let form = page.form("/settings/password").set("password", NEW);
        let wrong = here
            .submit(form.clone().set("current_password", "not it, sorry"))
            .await;
        assert!(wrong.status() >= 400, "{}", wrong.answer.shown());
        assert_eq!(sign_in(place, PASSWORD).await, 303);
        let page = here.submit(form.set("current_password", PASSWORD)).await;
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
        assert_eq!(sign_in(place, NEW).await, 303);
        assert_eq!(
            elsewhere
                .visit("/settings/account")
                .await
                .path
                .split('?')
                .next(),
            Some("/sign-in")
        );
        here.open("/settings/account").await;
        let told = place.mail_to(&ann.email).await;
        assert!(told.subject.contains("password"), "{}", told.subject);
        assert!(told.text.contains("/password"), "{}", told.text);
        // T5: the tokens of all apps, too.
        ann.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
    });
}

#[test]
fn a_new_address_holds_once_it_is_confirmed() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let browser = place.signed_in(&ann).await;
        let change = async |email: &str, password: &str| {
            let page = browser.open("/settings/account").await;
            let form = page
                .form("/settings/email")
                .set("email", email)
                .set("email_password", password);
            browser.submit(form).await
        };
        assert!(change("new@new.example", "wrong").await.status() >= 400);
        change("new@new.example", PASSWORD).await;
        let email = async || -> String {
            place
                .sql("SELECT email FROM users WHERE username = 'ann'", &[])
                .await[0]
                .get(0)
        };
        assert_eq!(email().await, ann.email);
        let link = place
            .mail_to("new@new.example")
            .await
            .link("/settings/email/");
        place.browser().open(&link).await;
        assert_eq!(email().await, ann.email, "a look confirms nothing");
        let page = browser.open(&link).await;
        browser.submit(page.form("/settings/email/")).await;
        assert_eq!(email().await, "new@new.example");
        // T1: an address of somebody else is not betrayed, and never taken over.
        let page = change(&ben.email, PASSWORD).await;
        assert!(page.status() < 500);
        place.settle().await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE email = 'ben@ben.example'")
                .await,
            1
        );
    });
}

#[test]
fn a_link_for_a_new_password_dies_with_the_address_that_it_went_to() {
    // T4
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/settings/account").await;
        let form = page.form("/settings/email").set("email", "new@new.example");
        browser.submit(form.set("email_password", PASSWORD)).await;
        let change = place.mail_to("new@new.example").await;
        ask_for_reset(&place.browser(), &ann.email).await;
        let link = place.mail_to(&ann.email).await.link("/password/");
        let stranger = place.browser();
        let open = stranger.open(&link).await.form("/password/");
        let page = browser.open(&change.link("/settings/email/")).await;
        browser.submit(page.form("/settings/email/")).await;
        assert!(!place.browser().visit(&link).await.has_form("/password/"));
        stranger.post(&open.set("password", NEW)).await;
        assert_ne!(sign_in(place, NEW).await, 303);
        assert_eq!(sign_in(place, PASSWORD).await, 303);
    });
}

#[test]
fn a_link_that_is_asked_for_again_ends_the_one_before() {
    // T4
    run(async |place| {
        place.owner().await;
        let (ann, una) = (place.member("ann").await, place.unconfirmed("una").await);
        ask_for_reset(&place.browser(), &ann.email).await;
        let confirm = place.mail_to(&una.email).await.link("/confirm");
        let reset = place.mail_to(&ann.email).await.link("/password/");
        place.advance(chrono::TimeDelta::minutes(30));
        ask_for_reset(&place.browser(), &ann.email).await;
        let browser = place.signed_in(&una).await;
        let page = browser.open("/waiting").await;
        browser.submit(page.form("/waiting/resend")).await;
        for (old, to, form) in [(confirm, una, "/confirm"), (reset, ann, "/password/")] {
            let new = place.mail_to(&to.email).await.link(form);
            assert_ne!(new, old);
            assert!(!place.browser().visit(&old).await.has_form(form), "{old}");
            assert!(place.browser().visit(&new).await.has_form(form), "{new}");
        }
    });
}

/// A browser at a place in production, signed in or not.
async fn at_home(place: &Place, person: Option<(&Person, &str)>) -> Browser {
    let browser = place.browser_behind_a_proxy();
    if let Some((person, password)) = person {
        let page = browser.open("/sign-in").await;
        let form = page.form("/sign-in").set("login", &person.name);
        let answer = browser.post(&form.set("password", password)).await;
        assert_eq!(answer.status, 303, "{}", answer.shown());
    }
    browser
}

#[test]
fn where_no_mail_goes_out_a_moderator_makes_the_link_for_who_is_of_lower_rank() {
    // C2
    let setup = Setup::default().with("PORCHLIGHT_SERVER__DOMAIN", "porch.example");
    setup.run(async |place| {
        let olive = place.owner().await;
        let rob = place.staff("rob", Role::Moderator).await;
        place.staff("max", Role::Moderator).await;
        place.staff("ada", Role::Admin).await;
        let hana = place.unconfirmed("hana").await;
        let desk = at_home(place, Some((&rob, PASSWORD))).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        desk.open(&card).await.says("A new password");
        let path = "/desk/people/hana/password";
        let links = "SELECT count(*) FROM one_time_links";
        let before = place.number(links).await;
        let page = desk.open(path).await;
        assert_eq!(place.number(links).await, before, "looking makes none");
        let made = desk.submit(page.form(path)).await;
        let link = made.all("textarea")[0].raw_text.trim().to_owned();
        let begin = "https://porch.example/password/";
        let rest = link.strip_prefix(begin).expect("a whole link").to_owned();
        desk.open(path).await.hides(&rest);
        let line =
            "SELECT actor_user_id, subject_id FROM audit_log WHERE act = 'password.reset_link'";
        let lines = place.sql(line, &[]).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].get::<_, Option<i64>>(0), Some(rob.user));
        assert_eq!(lines[0].get::<_, Option<i64>>(1), Some(hana.user));

        let theirs = at_home(place, None).await;
        let page = theirs.open(&format!("/password/{rest}")).await;
        let answer = theirs
            .post(&page.form("/password/").set("password", NEW))
            .await;
        assert_eq!(answer.status, 303, "{}", answer.shown());
        at_home(place, Some((&hana, NEW))).await;

        // Not for equals, nor for who is above, nor for oneself.
        for name in ["max", "ada", "rob", &olive.name] {
            let path = format!("/desk/people/{name}/password");
            assert_eq!(desk.visit(&path).await.status(), 403, "{name}");
            let forged = desk.open("/desk/people/hana/password").await;
            let forged = forged.form("/desk/people/hana/password").aim(&path);
            assert_eq!(desk.post(&forged).await.status, 403, "{name}");
        }
        assert_eq!(
            desk.visit("/desk/people/nobody/password").await.status(),
            404
        );
        assert_eq!(place.sql(line, &[]).await.len(), 1);
        // Whoever only reads applications makes none.
        let greta = place.staff("greta", Role::Reviewer).await;
        let desk = at_home(place, Some((&greta, PASSWORD))).await;
        assert!(desk.visit(path).await.status() >= 400);
        desk.open(&card).await.hides("A new password");
    });
}

#[test]
fn where_mail_goes_out_nobody_else_makes_a_link() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let desk = place.signed_in(&olive).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        desk.open(&card).await.hides("A new password");
        let page = desk.visit("/desk/people/hana/password").await;
        assert_eq!(page.status(), 403);
        page.says("by mail");
    });
}
