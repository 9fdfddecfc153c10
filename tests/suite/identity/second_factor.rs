//! A second factor: set, asked for, lost, taken away (C6, T5).

use chrono::TimeDelta;
use porchlight::domain::ClientAddress;
use porchlight::domain::role::Role;
use porchlight::identity::second_factor;
use porchlight::identity::second_factor::step::{self, Answer};
use porchlight::identity::sign_in::{self, Entered, SignIn};
use porchlight::secrets::Secret;
use porchlight::secrets::totp::{SharedSecret, step_at};
use reqwest::Method;

use crate::gate::without_redis::two_without_redis;
use crate::support::browser::{Browser, Page};
use crate::support::passkey::SoftKey;
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, run};

/// An app that makes codes.
pub struct Phone(SharedSecret);

impl Phone {
    /// The code that it shows now.
    pub fn code(&self, place: &Place) -> String {
        let step = step_at(place.app.clock.now());
        self.0.code(step).reveal().to_owned()
    }
}

/// Sets an app by the pages; gives it, and the recovery codes that were shown.
pub async fn set_app(place: &Place, browser: &Browser, who: &Person) -> (Phone, Vec<String>) {
    let page = browser.open("/settings/second-factor/app").await;
    let form = page.form("/settings/second-factor/app");
    let context = format!("totp-offer/{}", who.user);
    let opened = place.app.keys.at_rest.open(&context, form.value("sealed"));
    let words = opened.expect("it is sealed for them");
    let (_, hex) = words.reveal().split_once(':').expect("a time and a secret");
    let phone = Phone(SharedSecret::from_text(&Secret::new(hex)).expect("a secret"));
    page.says(&phone.0.to_type());
    let form = form
        .set("code", &phone.code(place))
        .set("password", PASSWORD);
    let shown = browser.submit(form).await;
    (phone, codes_on(&shown))
}

fn codes_on(page: &Page) -> Vec<String> {
    let source = page.answer.text();
    let codes = source.split("<li><code>").skip(1);
    codes
        .filter_map(|rest| rest.split_once("</code>"))
        .map(|(code, _)| code.to_owned())
        .collect()
}

/// Types name and password.
async fn enter(place: &Place, who: &Person) -> (Browser, Page) {
    let browser = place.browser();
    let page = browser.open("/sign-in").await;
    let form = page
        .form("/sign-in")
        .set("login", &who.name)
        .set("password", PASSWORD);
    let page = browser.submit(form).await;
    (browser, page)
}

async fn answer(browser: &Browser, page: &Page, code: &str) -> Page {
    let form = page.form("/sign-in/second").set("code", code);
    browser.submit(form).await
}

fn is_in(browser: &Browser) -> bool {
    browser
        .cookies()
        .keys()
        .any(|name| name.ends_with("porch_session"))
}

#[test]
fn who_set_an_app_is_asked_for_its_code_after_the_password_and_each_code_works_once() {
    run(async |place| {
        let ann = place.member("ann").await;
        let first = place.signed_in(&ann).await;
        let elsewhere = place.signed_in(&ann).await;
        let (phone, codes) = set_app(place, &first, &ann).await;
        assert_eq!(codes.len(), 10, "shown once");
        first
            .open("/settings/second-factor")
            .await
            .says("10 of ten");
        let late = elsewhere.fetch(Method::GET, "/settings/account").await;
        assert_eq!(late.status, 303, "other browsers are signed out");
        let mail = place.mail_to(&ann.email).await;
        assert!(
            mail.text.contains("An app now makes the codes"),
            "{}",
            mail.text
        );

        let (browser, page) = enter(place, &ann).await;
        page.says("One more thing");
        assert!(!is_in(&browser), "the password alone opens nothing");
        let none = browser.fetch(Method::GET, "/home").await;
        assert_eq!(none.status, 303);
        // The code that set it up is used already.
        let same = answer(&browser, &page, &phone.code(place)).await;
        same.says("This is not right.");
        place.advance(TimeDelta::seconds(31));
        let code = phone.code(place);
        let home = answer(&browser, &same, &code).await;
        assert_eq!((home.path.as_str(), is_in(&browser)), ("/home", true));
        // The step is used up, and so is the code.
        let (other, page) = enter(place, &ann).await;
        answer(&other, &page, &code)
            .await
            .says("This is not right.");
        place.advance(TimeDelta::seconds(31));
        let copy = other.copy();
        let good = answer(&other, &page, &phone.code(place)).await;
        assert_eq!(good.path, "/home");
        place.advance(TimeDelta::seconds(31));
        let spent = answer(&copy, &page, &phone.code(place)).await;
        assert!(spent.path.starts_with("/sign-in?"), "{}", spent.path);
    });
}

#[test]
fn a_recovery_code_signs_in_once_and_its_owner_is_told() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (_, codes) = set_app(place, &browser, &ann).await;
        let typed = codes[3].replace('-', " ").to_lowercase();
        let (one, page) = enter(place, &ann).await;
        assert_eq!(answer(&one, &page, &typed).await.path, "/home");
        let mail = place.mail_to(&ann.email).await;
        assert!(
            mail.text.contains("A recovery code was used"),
            "{}",
            mail.text
        );
        let (two, page) = enter(place, &ann).await;
        answer(&two, &page, &codes[3])
            .await
            .says("This is not right.");
        one.open("/settings/second-factor").await.says("9 of ten");
        // New ones make the old ones void.
        let page = one
            .open("/settings/second-factor/change?act=new-codes")
            .await;
        let form = page.form("/settings/second-factor/change");
        let fresh = codes_on(&one.submit(form.set("password", PASSWORD)).await);
        assert_eq!(fresh.len(), 10);
        let (three, page) = enter(place, &ann).await;
        answer(&three, &page, &codes[4])
            .await
            .says("This is not right.");
        assert_eq!(answer(&three, &page, &fresh[0]).await.path, "/home");
        // Kept are digests.
        let kept = place
            .sql("SELECT encode(digest, 'hex') FROM recovery_codes", &[])
            .await;
        assert!(kept.iter().all(|row| row.get::<_, String>(0).len() == 64));
    });
}

#[test]
fn five_wrong_answers_end_the_step_and_strangers_cannot_shut_the_owner_out() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (phone, codes) = set_app(place, &browser, &ann).await;
        // A thief who knows the password guesses from many networks.
        let mut refused = 0;
        for _ in 0..6 {
            let (thief, page) = enter(place, &ann).await;
            for n in 0..5 {
                let form = page
                    .form("/sign-in/second")
                    .set("code", &format!("00000{n}"));
                let said = thief.post(&form).await;
                refused += usize::from(said.status == 429);
                // The fifth wrong answer leads back to the password.
                let wrong = if n == 4 { 303 } else { 422 };
                assert!([wrong, 429].contains(&said.status), "{}", said.shown());
            }
        }
        assert_eq!(refused, 10, "twenty guesses an hour from strange networks");
        let (thief, page) = enter(place, &ann).await;
        place.advance(TimeDelta::seconds(31));
        let form = page.form("/sign-in/second").set("code", &phone.code(place));
        assert_eq!(thief.post(&form).await.status, 429, "even the right one");
        // From where she is signed in, and by a recovery code, the owner comes in.
        let mut home = place.browser();
        home.from.clone_from(&browser.from);
        let sign_in = home.open("/sign-in").await;
        let form = sign_in
            .form("/sign-in")
            .set("login", "ann")
            .set("password", PASSWORD);
        let page = home.submit(form).await;
        assert_eq!(answer(&home, &page, &phone.code(place)).await.path, "/home");
        let (abroad, page) = enter(place, &ann).await;
        assert_eq!(answer(&abroad, &page, &codes[0]).await.path, "/home");

        // One step takes five.
        let (other, page) = enter(place, &ann).await;
        for n in 0..5 {
            let form = page
                .form("/sign-in/second")
                .set("code", &format!("AAAA-AAAA-AAAA-AAA{n}"));
            let wrong = if n == 4 { 303 } else { 422 };
            assert_eq!(other.post(&form).await.status, wrong);
        }
        let over = answer(&other, &page, &codes[1]).await;
        over.says("too many wrong answers");
        assert!(!is_in(&other));
    });
}

#[test]
fn a_step_is_over_after_ten_minutes_and_belongs_to_one_browser() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (phone, _) = set_app(place, &browser, &ann).await;
        let (one, page) = enter(place, &ann).await;
        place.advance(TimeDelta::minutes(9));
        let stranger = place.browser();
        let looked = stranger.visit("/sign-in/second").await;
        assert!(looked.path.starts_with("/sign-in?"), "{}", looked.path);
        place.advance(TimeDelta::minutes(2));
        let late = answer(&one, &page, &phone.code(place)).await;
        late.says("That took too long");
        assert!(!is_in(&one));
    });
}

#[test]
fn a_new_password_by_mail_still_asks_for_the_second_factor() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (phone, _) = set_app(place, &browser, &ann).await;
        // Word of the new factor is out: the next mail is the link.
        place.settle().await;
        let thief = place.browser();
        let page = thief.open("/password").await;
        thief
            .post(&page.form("/password").set("email", &ann.email))
            .await;
        let link = place.mail_to(&ann.email).await.link("/password");
        let page = thief.open(&link).await;
        let form = page
            .form("/password/")
            .set("password", "a wholly new password");
        let page = thief.submit(form).await;
        page.says("One more thing");
        assert!(!is_in(&thief));
        place.advance(TimeDelta::seconds(31));
        assert_eq!(
            answer(&thief, &page, &phone.code(place)).await.path,
            "/home"
        );
    });
}

#[test]
fn an_app_is_let_in_through_the_same_two_steps() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (phone, _) = set_app(place, &browser, &ann).await;
        let made = place
            .stranger()
            .post(
                "/api/v1/apps",
                serde_json::json!({ "client_name": "Tusky", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read" }),
            )
            .await
            .expect(200)
            .json();
        let client = made["client_id"].as_str().expect("an id").to_owned();
        let path = format!(
            "/oauth/authorize?response_type=code&client_id={client}&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob&scope=read"
        );
        let other = place.browser();
        let page = other.open(&path).await;
        page.says("Tusky");
        let form = page
            .form("/sign-in")
            .set("login", "ann")
            .set("password", PASSWORD);
        let page = other.submit(form).await;
        page.says("One more thing");
        place.advance(TimeDelta::seconds(31));
        let consent = answer(&other, &page, &phone.code(place)).await;
        consent.says("act for you");
        assert!(consent.path.starts_with("/oauth/authorize?"));
    });
}

#[test]
fn changing_a_factor_asks_for_the_password_and_ends_whatever_else_was_signed_in() {
    // T5
    run(async |place| {
        let remy = place.staff("remy", Role::Moderator).await;
        let browser = place.signed_in(&remy).await;
        let token = place.token_of(remy.user, "read admin:read").await;
        let page = browser.open("/settings/second-factor/app").await;
        let form = page
            .form("/settings/second-factor/app")
            .set("code", "123456")
            .set("password", "wrong password entirely");
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 422);
        page.says("Password is not right");
        set_app(place, &browser, &remy).await;
        place
            .api(token)
            .get("/api/v1/admin/accounts")
            .await
            .error(401);
        remy.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        browser.open("/desk").await;
        // Without the last one the rights sleep.
        let page = browser
            .open("/settings/second-factor/change?act=remove-app")
            .await;
        page.says("your staff rights sleep");
        let form = page
            .form("/settings/second-factor/change")
            .set("password", PASSWORD);
        browser.submit(form).await.says("Nothing is set");
        assert_eq!(browser.visit("/desk").await.status(), 403);
        let lines = place
            .number("SELECT count(*) FROM audit_log WHERE act = 'second_factor.change'")
            .await;
        assert_eq!(lines, 2, "of staff it is written down");
    });
}

#[test]
fn a_passkey_is_added_by_name_and_signs_in() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let mut key = SoftKey::new(&place.origin, "blue-key");
        let page = browser.open("/settings/second-factor/passkey").await;
        let form = page.form("/settings/second-factor/passkey");
        let options = options_on(&page, "/settings/second-factor/passkey");
        let form = form
            .forge("answer", &key.make(&options))
            .set("name", "Blue key")
            .set("password", PASSWORD);
        let shown = browser.submit(form).await;
        assert_eq!(codes_on(&shown).len(), 10);
        browser
            .open("/settings/second-factor")
            .await
            .says("Blue key")
            .says("never used");

        let (other, page) = enter(place, &ann).await;
        let options = options_on(&page, "/sign-in/passkey");
        let wrong = SoftKey::new(&place.origin, "blue-key").sign(&options);
        let form = page.form("/sign-in/passkey").forge("answer", &wrong);
        other.submit(form).await.says("This passkey was not taken");
        let signed = key.sign(&options);
        let form = page.form("/sign-in/passkey").forge("answer", &signed);
        assert_eq!(other.submit(form).await.path, "/home");
        // What was signed once opens no second door.
        let (third, page) = enter(place, &ann).await;
        let form = page.form("/sign-in/passkey").forge("answer", &signed);
        third.submit(form).await.says("This passkey was not taken");
        let page = other.open("/settings/second-factor").await;
        page.hides("never used");
        let id = place.number("SELECT max(id) FROM passkeys").await;
        let page = other
            .open(&format!(
                "/settings/second-factor/change?act=remove-passkey&id={id}"
            ))
            .await;
        let form = page
            .form("/settings/second-factor/change")
            .set("password", PASSWORD);
        other.submit(form).await.says("Nothing is set");
        place.signed_in(&ann).await.open("/home").await;
    });
}

/// What the page's script would read.
fn options_on(page: &Page, action: &str) -> String {
    let forms = page.html.all("form");
    let form = forms.iter().find(|form| form.get("action") == action);
    form.expect("a form for a passkey")
        .get("data-options")
        .to_owned()
}

#[test]
fn who_waits_may_set_a_second_factor_too() {
    // C2
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let (phone, _) = set_app(place, &browser, &hana).await;
        place.advance(TimeDelta::seconds(31));
        let (other, page) = enter(place, &hana).await;
        let inside = answer(&other, &page, &phone.code(place)).await;
        inside.says("Waiting");
        assert!(is_in(&other));
    });
}

#[test]
fn the_host_takes_a_lost_factor_away_and_it_is_written_down() {
    // H11
    run(async |place| {
        let owner = place.owner().await;
        let browser = place.signed_in(&owner).await;
        set_app(place, &browser, &owner).await;
        let had = second_factor::remove_by_host(&place.app, owner.user).await;
        assert!(had.expect("it is done"));
        let again = second_factor::remove_by_host(&place.app, owner.user).await;
        assert!(!again.expect("there is none"));
        place.signed_in(&owner).await.open("/home").await;
        let lines = place
            .number(
                "SELECT count(*) FROM audit_log WHERE act = 'second_factor.change' \
                 AND actor_user_id IS NULL",
            )
            .await;
        assert_eq!(lines, 2);
    });
}

#[test]
fn without_redis_a_code_still_works_once_for_all_processes_together() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (phone, _) = set_app(place, &browser, &ann).await;
        place.advance(TimeDelta::seconds(31));
        let code = phone.code(place);
        let apps = two_without_redis(place).await;
        let mut steps = Vec::new();
        for app in &apps {
            let entered = sign_in::sign_in(
                app,
                SignIn {
                    login: "ann".into(),
                    password: Secret::new(PASSWORD),
                    browser: somewhere(),
                },
            );
            match entered.await.expect("the password is right") {
                Entered::Asked(asked) => steps.push(asked.token),
                Entered::Opened(_) => panic!("the password alone opened a session"),
            }
        }
        let give = |n: usize| {
            let answer = Answer::Code(code.clone());
            step::answer(&apps[n], steps[n].reveal(), answer, somewhere())
        };
        let (a, b) = futures::join!(give(0), give(1));
        assert_eq!(
            usize::from(a.is_ok()) + usize::from(b.is_ok()),
            1,
            "one of two at once"
        );
    });
}

fn somewhere() -> sign_in::Browser {
    sign_in::Browser {
        address: ClientAddress("81.99.1.1".parse().expect("an address")),
        user_agent: "a test".into(),
        replaces: None,
    }
}
